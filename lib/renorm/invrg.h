/*
 * renorm/invrg.h - the inverse renormalization group: models that make a lattice b times as large
 *
 * Of a field x on a coarse lattice, a transposed convolution of stride b makes a field y on the fine one: with A, I
 * coarse sites and r the place in a block, 0 <= r < b, along each direction
 *
 *	y[b I + r] = sum_A w[b (I - A) + r + p] x[A],   p = floor((K - b)/2),   0 <= index < K,
 *
 * sites A beyond the border being those of the periodic images. For even K - b the kernel stands symmetrically about the
 * block; for odd K - b it reaches one site farther on one side. Its sum decides the fate of the magnetisation:
 *
 *	m(y) = c m(x),   c = sum w / b^d,   exactly,
 *
 * so a linear map gives the same "exponent" beta/nu = -log_b c in each step, whatever it is applied to.
 *
 *	linear	y = TC(x) + Gaussian noise of the covariance `noise` within a block, none between blocks
 *	net	y = sum_k C_k(f(TC_k(x))) + noise: maps k, convolutions C_k of stride 1 and edge `mix`; no biases, so that
 *		for an odd f the map is odd, as the theory is
 *	tables	of Ising spins, b = 2, d = 2: the probability of the 16 states of a block, given what is around it
 *
 * The last is a local inverse of the majority rule: D. Ron, R. Swendsen, A. Brandt, Phys. Rev. Lett. 89 (2002) 275701;
 * the first two are after D. Bachtis, G. Aarts, F. Di Renzo, B. Lucini, Phys. Rev. Lett. 128 (2022) 081603.
 */
#ifndef RENORM_INVRG_H
#define RENORM_INVRG_H

#include "renorm/lattice.h"
#include "renorm/random.h"
#include "renorm/schema.h"

enum { RN_INVRG_MAX_B = 8, RN_INVRG_MAX_K = 32, RN_INVRG_STATES = 16 };

/* --- the transposed convolution ------------------------------------------------------------------------------ */

/*
 * Along one direction: of which coarse sites A = I + first + i, 0 <= i < n, a block I is made. Some of its sites may
 * have no part in some of them.
 */
struct rn_taps {
	size_t b, K, n;
	ptrdiff_t first;
};
struct rn_taps rn_taps_make(size_t b, size_t K);
/* Where the kernel is for site r of the block and tap i: 0 ... K - 1, or K when it does not reach there. */
size_t rn_taps_entry(const struct rn_taps *t, size_t r, size_t i);
/* The most taps a site of a block has: ceil(K / b). */
size_t rn_taps_most(const struct rn_taps *t);

/* For one size of lattice. A ring has b, K in its only direction, and 1, 1 in the other. */
struct rn_tc {
	struct rn_taps rows, cols;
	struct rn_lattice coarse, fine;
	size_t weights;					 /* floats in the form the kernels want */
	size_t from[RN_INVRG_MAX_B], to[RN_INVRG_MAX_B]; /* tap rows in which a row of a block has a part */
	size_t padded;					 /* floats in a row with what is beyond its borders */
	float *row; /* rows.n of them: a window that moves down the lattice */
	double *row_f64;
};
/* b = 1 is a convolution, whose kernel is mirrored: tap i goes with entry K - 1 - i. */
RN_MUST_CHECK enum rn_status
rn_tc_create(struct rn_tc *t, const struct rn_lattice *coarse, size_t b, size_t K, struct rn_error *err);
void rn_tc_clear(struct rn_tc *t); /* { 0 } is accepted */

/* The weights of a kernel, K x K (a ring: K) row-major: t->weights floats. */
void rn_tc_weights(const struct rn_tc *t, const float kernel[], float w[]);
/* y = TC(x), or y += TC(x). x and y: f32, row-major, aligned to nothing. One result on every CPU. */
void rn_tc_apply(struct rn_tc *t, const float w[], const void *x, bool add, void *y);
/* y = TC(x) in double, by plain loops, from the kernel itself. */
void rn_tc_apply_f64(struct rn_tc *t, const double kernel[], const void *x, void *y);

/*
 * y[b J + s] (+)= sum over i < n1, j < n2 of w[(i n2 + j) b + s] x[i][J + j], for 0 <= J < cols, 0 <= s < b: what all of
 * the above is made of. RN_COMBINE_SLACK floats behind what is needed of each row are read.
 */
#define RN_COMBINE_SLACK 64
void rn_combine(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t cols,
	bool add, void *y);

/* --- models --------------------------------------------------------------------------------------------------- */

enum rn_invrg_map { RN_INVRG_LINEAR, RN_INVRG_NET, RN_INVRG_TABLES };
enum rn_invrg_activation { RN_INVRG_TANH, RN_INVRG_RELU, RN_INVRG_NONE };
/*
 * What the state of a block of spins is given by: bit 0 is its own coarse spin, then
 *
 *	centre+4	bits 1 ... 4: the coarse spins above, left, right, below
 *	centre+8	bits 1 ... 8: all eight around it, row by row
 *	two-colour	blocks with even I + J: centre+8; then the others: centre and the eight fine spins that adjoin the
 *			block, bits 1 2 above, 3 5 left, 4 6 right, 7 8 below, from left to right and top to bottom
 *
 * A state has a bit a spin, row by row; 1 is up.
 */
enum rn_invrg_context { RN_INVRG_CENTRE4, RN_INVRG_CENTRE8, RN_INVRG_TWO_COLOUR };
extern const char *const rn_invrg_activations[], *const rn_invrg_contexts[]; /* NULL-terminated */

/* What training says of a map. NaN where it has no meaning. */
struct rn_invrg_fit {
	double gain, gain_err;		   /* c of the kernel */
	double beta_nu, beta_nu_err;	   /* -log_b c */
	double gain_limit, gain_limit_err; /* <m m'>/<m'^2>: c of a kernel as large as the lattice */
	double mse, mse_err; /* mean square of what the map misses: of a net, on held-out pairs */
};

struct rn_invrg {
	enum rn_invrg_map map;
	unsigned dim;
	size_t b, sites; /* sites of a block: b^dim */
	bool symmetric;	 /* the kernels have the symmetries of the square */
	double *noise;	 /* sites x sites: covariance of what the map misses in a block; NULL of tables */
	struct rn_invrg_fit fit;
	char *trained; /* "T=2.5 h=0": labels that all pairs had in common; malloc'd, NULL: none */
	/* linear */
	size_t K, entries;		/* entries of a kernel: K^dim */
	double *kernel, *least_squares; /* entries each */
	/* net */
	size_t maps, mix, mix_entries;
	enum rn_invrg_activation activation;
	size_t parameters;
	float *theta, *kernels, *mixes; /* theta: maps x entries, then maps x mix_entries */
	/* tables */
	enum rn_invrg_context context;
	size_t contexts;    /* rows of a table */
	uint64_t *count[2]; /* contexts x 16: how often; [1] is of the second colour, else NULL */
};

/* b, dim are set; the others are created zero. K from b, mix odd. */
RN_MUST_CHECK enum rn_status
rn_invrg_create_linear(struct rn_invrg *m, unsigned dim, size_t b, size_t K, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_invrg_create_net(struct rn_invrg *m, unsigned dim, size_t b, size_t K,
	size_t maps, enum rn_invrg_activation f, size_t mix, struct rn_error *err);
RN_MUST_CHECK enum rn_status
rn_invrg_create_tables(struct rn_invrg *m, enum rn_invrg_context context, struct rn_error *err);
void rn_invrg_clear(struct rn_invrg *m); /* { 0 } is accepted */

/* As a record of kind model.invrg, and back: RN_EDATA when it is none, or holds what is not finite. */
RN_MUST_CHECK enum rn_status
rn_invrg_schema(const struct rn_invrg *m, struct rn_schema **schema, struct rn_error *err);
void rn_invrg_put(const struct rn_invrg *m, const struct rn_schema *schema, uint32_t epoch, void *record);
RN_MUST_CHECK enum rn_status rn_invrg_of_record(struct rn_invrg *m, const struct rn_schema *schema,
	const void *record, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_invrg_read(struct rn_invrg *m, const char *path, struct rn_error *err);

/* --- a step ----------------------------------------------------------------------------------------------------- */

/* A model on one size of lattice. */
struct rn_invrg_step;

/* noise: factor of the noise, 0 for none. `type` is that of the field, RN_F32 or RN_F64, or RN_BIT. m is not copied. */
RN_MUST_CHECK enum rn_status rn_invrg_step_create(struct rn_invrg_step **step, const struct rn_invrg *m,
	const struct rn_lattice *coarse, enum rn_type type, double noise, struct rn_error *err);
void rn_invrg_step_destroy(struct rn_invrg_step *s); /* NULL is accepted */
const struct rn_lattice *rn_invrg_step_fine(const struct rn_invrg_step *s);
/*
 * y from x: fields, or packed spins, y of fine->bytes with RN_SLACK bytes behind both. Random numbers are those of key
 * and id; a field is aligned to nothing.
 */
void rn_invrg_step_apply(struct rn_invrg_step *s, const struct rn_random_key *key, uint64_t id, const void *x,
	void *y);

/* x = f(x) of n numbers. */
void rn_invrg_activate(enum rn_invrg_activation f, float x[], size_t n);

/*
 * The lower triangle T of a positive semidefinite n x n matrix, T T^t = A, in place (zeros above); false when A is not
 * that, to rounding.
 */
bool rn_cholesky(size_t n, double A[]);

/* The probabilities of the 16 states in one context: see invrg-train(1). counts: contexts x 16. */
void
rn_invrg_probabilities(const uint64_t counts[], size_t contexts, size_t context, double p[RN_INVRG_STATES]);

#endif
