/* Structure factor and two-point function of fields and spins along the axes, against loops over sites. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/observe/field_pairs.h"
#include "../../src/observe/pairs.h"
#include "../../src/observe/projection.h"
#include "renorm/random.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

/* 1 x L are rings: rows below, at and above 16 lanes, odd and even extents, long and tall. */
static const size_t shapes[][2] = { { 1, 1 }, { 1, 2 }, { 1, 7 }, { 1, 16 }, { 1, 40 }, { 2, 1 }, { 2, 2 },
	{ 3, 3 }, { 4, 4 }, { 3, 5 }, { 5, 3 }, { 15, 15 }, { 16, 16 }, { 17, 17 }, { 32, 32 }, { 33, 33 },
	{ 9, 40 }, { 40, 9 }, { 64, 64 } };
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static const enum rn_type types[] = { RN_BIT, RN_F32, RN_F64 };

static struct rn_random source;

static struct rn_lattice
lattice(size_t i)
{
	return shapes[i][0] == 1 ? rn_lattice_make(1, &shapes[i][1]) : rn_lattice_make(2, shapes[i]);
}

/* Numbers 0.3 + a normal one, or signs; the bytes begin one off alignment. */
static void
draw(const struct rn_lattice *l, enum rn_type type, double *phi, uint8_t *bytes)
{
	for (size_t i = 0; i < l->sites; i++) {
		const float narrow = (float)(0.3 + rn_random_normal(&source));

		phi[i] = type == RN_BIT ? (narrow > 0 ? 1 : -1) : (double)narrow;
		if (type == RN_BIT)
			bytes[i / 8] = (uint8_t)((bytes[i / 8] & ~(1u << i % 8)) | (narrow > 0) << i % 8);
		else if (type == RN_F32)
			memcpy(bytes + i * sizeof narrow, &narrow, sizeof narrow);
		else
			memcpy(bytes + i * sizeof *phi, &phi[i], sizeof *phi);
	}
}

static double
plain_power(const struct rn_lattice *l, const double *phi, size_t n, bool along_columns)
{
	const size_t L = along_columns ? l->cols : l->rows;
	double re = 0, im = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const double angle = 2 * M_PI * (double)(n * (along_columns ? x : y) % L) / (double)L;

			re += phi[y * l->cols + x] * cos(angle);
			im += phi[y * l->cols + x] * sin(angle);
		}
	return (re * re + im * im) / (double)l->sites;
}

static double
plain_structure(const struct rn_lattice *l, const double *phi, size_t n)
{
	if (l->dim == 2 && l->rows == l->cols)
		return (plain_power(l, phi, n, true) + plain_power(l, phi, n, false)) / 2;
	return plain_power(l, phi, n, l->cols > l->rows || l->dim == 1);
}

static double
plain_pairs(const struct rn_lattice *l, const double *phi, size_t r)
{
	double sum = 0, n = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const double here = phi[y * l->cols + x];

			if (2 * r <= l->cols) {
				sum += here * phi[y * l->cols + (x + r) % l->cols];
				n++;
			}
			if (l->dim == 2 && 2 * r <= l->rows) {
				sum += here * phi[(y + r) % l->rows * l->cols + x];
				n++;
			}
		}
	return sum / n;
}

/* All n are added to what was there; the smallest is one of them, to the bit. */
static double
worst_structure(const struct rn_lattice *l, enum rn_type type, const double *phi, const uint8_t *data)
{
	struct projection p;
	double *S, worst = 0;

	projection_init(&p, l, type);
	S = calloc(projection_modes(&p), sizeof *S);
	if (!S || !projection_prepare(&p))
		exit(1);
	projection_add(&p, data, S);
	if (projection_modes(&p) > 1 && projection_smallest(&p, data) != S[1])
		worst = INFINITY;
	for (size_t n = 0; n < projection_modes(&p); n++)
		worst = fmax(worst, fabs(S[n] - plain_structure(l, phi, n)) / (1 + S[n]));
	projection_clear(&p);
	free(S);
	return worst;
}

static double
worst_pairs(const struct rn_lattice *l, enum rn_type type, const double *phi, const uint8_t *data)
{
	const size_t distances = pairs_distances(l);
	struct field_pairs p;
	double *G = calloc(distances, sizeof *G), worst = 0;

	field_pairs_init(&p, l, type);
	if (!G || !field_pairs_prepare(&p))
		exit(1);
	field_pairs_add(&p, data, G);
	field_pairs_add(&p, data, G);
	for (size_t r = 0; r < distances; r++)
		worst = fmax(worst, fabs(G[r] / 2 - plain_pairs(l, phi, r)));
	field_pairs_clear(&p);
	free(G);
	return worst;
}

static void
against_loops(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		const struct rn_lattice l = lattice(i);
		double *phi = calloc(l.sites, sizeof *phi), S = 0, G = 0;
		uint8_t *bytes = calloc(1, 1 + l.sites * sizeof *phi);

		if (!phi || !bytes)
			exit(1);
		for (size_t t = 0; t < 3; t++) {
			draw(&l, types[t], phi, bytes + 1);
			S = fmax(S, worst_structure(&l, types[t], phi, bytes + 1));
			G = fmax(G, worst_pairs(&l, types[t], phi, bytes + 1));
		}
		OK(S < 1e-12 && G < 1e-13, "S(k) and G(r) on %zu x %zu: within %.1e, %.1e", l.rows, l.cols, S,
			G);
		free(phi);
		free(bytes);
	}
}

/* A wave has S at its own k alone; a constant has it at 0 alone, exactly. */
static void
waves(void)
{
	enum { L = 24 };
	const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	double phi[L * L], S[L / 2 + 1], worst = 0;
	struct projection p;

	projection_init(&p, &l, RN_F64);
	if (!projection_prepare(&p))
		exit(1);
	for (size_t wave = 1; wave <= L / 2; wave++) {
		for (size_t i = 0; i < L * L; i++)
			phi[i] = cos(2 * M_PI * (double)(wave * (i % L) % L) / L);
		memset(S, 0, sizeof S);
		projection_add(&p, (const uint8_t *)phi, S);
		for (size_t n = 0; n <= L / 2; n++) /* N/4, N at L/2; along one axis of two */
			worst = fmax(worst,
				fabs(S[n] -
					(n != wave			? 0
							: wave == L / 2 ? L * L / 2.
									: L * L / 8.)));
	}
	OK(worst < 1e-10, "waves have S(k) at their own k: within %.1e", worst);
	for (size_t i = 0; i < L * L; i++)
		phi[i] = 0.1;
	memset(S, 0, sizeof S);
	projection_add(&p, (const uint8_t *)phi, S);
	worst = 0;
	for (size_t n = 1; n <= L / 2; n++)
		worst = fmax(worst, S[n]);
	OK(worst == 0 && fabs(S[0] - 0.01 * L * L) < 1e-12, "a constant has it at k = 0 alone");
	projection_clear(&p);
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "observe fields", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	against_loops();
	waves();
	return tap_done();
}
