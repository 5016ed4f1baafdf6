/*
 * renorm/nets.h - streams of kind "nets" and "neurons": ensembles of random networks at given points
 *
 *	f(x) = W1 g(W0 x + b0) + b1,   W0 ~ N(0, sigma_w^2 / din), W1 ~ N(0, sigma_w^2 / N), b0, b1 ~ N(0, sigma_b^2)
 *
 *	gauss	g = exp(W0 x + b0) / sqrt(exp(2 (sigma_b^2 + sigma_w^2 |x|^2 / din)))
 *	relu	g = max(0, W0 x + b0)
 *	erf	g = erf(W0 x + b0)
 *
 * (Halverson, Maiti and Stoner 2008.08601; Erbin, Lahoche and Samary 2108.01403). N is the number of units of each of
 * the `depth` hidden layers; layers after the first have weights N(0, sigma_w^2 / N), biases N(0, sigma_b^2), and
 * |a|^2 / N, a being what comes in, in place of |x|^2 / din.
 *
 * nets: a record is a network at the P points.
 *
 *	label: N sigma_w sigma_b [step]
 *	N u32, sigma_w sigma_b f64, [step u64,] bag u32, net u64, f f64|f32 P dout, [cov f64|f32 P(P+1)/2]
 *
 * step: steps of gradient descent that the network has been trained. cov: the covariance of any one output, given the
 * hidden layers, cov(a, b) = (sigma_w^2 / N) sum_i g_i(x_a) g_i(x_b) + sigma_b^2, a <= b, row by row:
 * (0,0) (0,1) ... (0,P-1) (1,1) ...
 *
 * neurons: a record is one unit of the (only) hidden layer.
 *
 *	label: sigma_w sigma_b tilt
 *	sigma_w sigma_b f64, tilt u32, bag u32, neuron u64, logw f64, g f64|f32 P
 *
 * logw is ln(density of its (W0, b0) under the law above / density under the law it was drawn from), so that
 * E[g(x_1) ... g(x_n)] of the law above is the mean of exp(logw) g(x_1) ... g(x_n) over the records of any one tilt.
 * It is best at tilt = n; with tilt = 0 logw is 0.
 *
 * Header keys of both: points, activation, din, depth; of nets also dout. points: blanks between points, commas
 * between the coordinates of one, as "-0.01 0.5" or "0,0 0,1": the shortest decimals that read back the same.
 */
#ifndef RENORM_NETS_H
#define RENORM_NETS_H

#include "renorm/schema.h"

enum rn_net_activation { RN_NET_GAUSS, RN_NET_RELU, RN_NET_ERF };
extern const char *const rn_net_activations[]; /* their names, then NULL */

/* n >= 1 points of din >= 1 finite coordinates; they may be repeated. */
struct rn_net_points {
	size_t n, din;
	double *x; /* n x din */
};

/* Where none are given: the six points of Erbin's talk on 2108.01403. */
#define RN_NET_POINTS_DEFAULT "-0.01 -0.006 -0.002 0.002 0.006 0.01"

#define RN_NET_COORDINATES 32768 /* n din at most: a header holds them all */

/* From the text form. RN_EDATA says what is wrong with it; nothing is allocated then. */
RN_MUST_CHECK enum rn_status
rn_net_points_parse(const char *text, struct rn_net_points *p, struct rn_error *err);
/*
 * From what stands after --points: the text form, else the path of a CSV file, a row a point, all columns coordinates.
 * RN_ENOINPUT when it is neither the form nor, though it does not begin like a list of numbers, a file.
 */
RN_MUST_CHECK enum rn_status
rn_net_points_of_operand(const char *operand, struct rn_net_points *p, struct rn_error *err);
/* Whether there are two alike, the first of them `first`, `second` (from 0). */
bool rn_net_points_repeated(const struct rn_net_points *p, size_t *first, size_t *second);
char *rn_net_points_print(const struct rn_net_points *p); /* malloc'd; NULL: out of memory */
void rn_net_points_clear(struct rn_net_points *p);

/* What the records of a segment are. */
struct rn_nets {
	bool neurons; /* kind neurons, else nets */
	enum rn_net_activation activation;
	struct rn_net_points points;
	size_t dout, depth; /* of neurons 1 */
	enum rn_type type;  /* RN_F64 or RN_F32: of f and cov, or g */
	bool step, cov;	    /* of nets: whether there are these columns */
	/* Bytes from the start of a record; of columns that are not there, 0. */
	struct {
		size_t sigma_w, sigma_b, bag;
		size_t N, step, net, f, cov;  /* nets */
		size_t tilt, neuron, logw, g; /* neurons */
	} at;
};

static inline size_t
rn_nets_pairs(size_t points)
{
	return points * (points + 1) / 2;
}

/* A new schema for all but `at`, which is filled in. RN_EUSAGE when a record or the header would be too large. */
RN_MUST_CHECK enum rn_status
rn_nets_schema(struct rn_nets *n, struct rn_schema **schema, struct rn_error *err);
/* From a schema; RN_EDATA when it is of another kind, or lacks or changes a key or column. n owns its points. */
RN_MUST_CHECK enum rn_status
rn_nets_of_schema(const struct rn_schema *schema, struct rn_nets *n, struct rn_error *err);
void rn_nets_clear(struct rn_nets *n);

/* The `count` numbers f, cov or g of a record that begin at byte `at`, as doubles. */
void rn_nets_values(const struct rn_nets *n, const void *record, size_t at, size_t count, double out[]);

#endif
