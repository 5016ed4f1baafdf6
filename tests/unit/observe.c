/* observe.c - the bit-parallel kernels of observe against loops over spins; the thermometer against its own inverse */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/observe/pairs.h"
#include "../../src/observe/structure.h"
#include "../../src/observe/thermometer.h"
#include "renorm/ising_exact.h"
#include "renorm/random.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

/* 1 x L are rings: widths below, at and above a word, of whole bytes and not; rows fewer and more than eight lines. */
static const size_t shapes[][2] = {
	{ 1, 2 },
	{ 1, 3 },
	{ 1, 10 },
	{ 1, 63 },
	{ 1, 64 },
	{ 1, 65 },
	{ 1, 1000 },
	{ 1, 4096 },
	{ 2, 2 },
	{ 3, 3 },
	{ 4, 4 },
	{ 5, 3 },
	{ 3, 5 },
	{ 7, 7 },
	{ 8, 8 },
	{ 10, 10 },
	{ 16, 16 },
	{ 20, 20 },
	{ 31, 31 },
	{ 32, 32 },
	{ 33, 33 },
	{ 40, 40 },
	{ 63, 63 },
	{ 64, 64 },
	{ 65, 65 },
	{ 72, 72 },
	{ 100, 100 },
	{ 128, 128 },
	{ 200, 3 },
	{ 3, 200 },
	{ 64, 128 },
	{ 128, 64 },
	{ 9, 130 },
	{ 130, 9 },
	{ 2, 1 },
	{ 257, 257 },
	{ 256, 256 },
	{ 512, 512 },
	{ 13, 512 },
	{ 20, 1024 },
	{ 8, 192 },
	{ 1024, 64 },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static struct rn_lattice
lattice(size_t i)
{
	return shapes[i][0] == 1 ? rn_lattice_make(1, &shapes[i][1]) : rn_lattice_make(2, shapes[i]);
}

static int
spin(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1 ? 1 : -1;
}

/* Garbage behind the last spin, as in a record with more columns. */
static void
draw(uint8_t *bits, size_t n, uint64_t id)
{
	struct rn_random_key key = rn_random_key(1, "test-observe", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, id);

	for (size_t i = 0; i < n; i++)
		bits[i] = (uint8_t)rn_random_u64(&r);
}

/* --- structure factor -------------------------------------------------------- */

static double
plain_power(const struct rn_lattice *l, const uint8_t *bits, bool along_columns)
{
	double re = 0, im = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			size_t at = along_columns ? x : y, L = along_columns ? l->cols : l->rows;
			double angle = 2 * M_PI * (double)at / (double)L, s = spin(bits, y * l->cols + x);

			re += s * cos(angle);
			im += s * sin(angle);
		}
	return re * re + im * im;
}

static double
plain_structure(const struct rn_lattice *l, const uint8_t *bits)
{
	double N = (double)l->sites;

	if (l->rows == l->cols)
		return (plain_power(l, bits, true) + plain_power(l, bits, false)) / 2 / N;
	return plain_power(l, bits, l->cols > l->rows) / N;
}

static void
test_structure(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		struct rn_lattice l = lattice(i);
		struct structure s;
		uint8_t *bits = calloc(1, l.bytes + RN_SLACK);
		double worst = 0, mirror = 0, ordered = 0;

		structure_init(&s, &l);
		if (!structure_prepare(&s) || !bits)
			exit(1);
		for (uint64_t id = 0; id < 10; id++) {
			double S;

			draw(bits, l.bytes + RN_SLACK, 100 * i + id);
			S = structure_factor(&s, bits);
			worst = fmax(worst, fabs(S - plain_structure(&l, bits)));
			for (size_t b = 0; b < l.bytes; b++)
				bits[b] = (uint8_t)~bits[b];
			mirror = fmax(mirror, fabs(S - structure_factor(&s, bits)));
		}
		for (int up = 0; up < 2; up++) {
			memset(bits, up ? 0xff : 0, l.bytes);
			ordered = fmax(ordered, structure_factor(&s, bits));
		}
		OK(worst < 1e-12 * (double)(l.rows + l.cols) && mirror == 0 && ordered == 0,
			"S(k) on %zu x %zu: within %.1e; that of the mirror to the bit; of order, 0", l.rows,
			l.cols, worst);
		structure_clear(&s);
		free(bits);
	}
}

static void
test_structure_has(void)
{
	const size_t one[] = { 1, 1 }, column[] = { 5, 1 };
	struct rn_lattice l = rn_lattice_make(2, one), ring = rn_lattice_make(1, one),
			  c = rn_lattice_make(2, column);
	struct structure s;

	structure_init(&s, &l);
	OK(!structure_has(&s), "a single site has no momentum");
	structure_init(&s, &ring);
	OK(!structure_has(&s), "nor has a ring of one");
	structure_init(&s, &c);
	OK(structure_has(&s), "5 x 1 has one along its rows");
}

/* --- pairs -------------------------------------------------------------------- */

static double
plain_pairs(const struct rn_lattice *l, const uint8_t *bits, size_t r)
{
	double sum = 0, n = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			int s = spin(bits, y * l->cols + x);

			if (2 * r <= l->cols) {
				sum += s * spin(bits, y * l->cols + (x + r) % l->cols);
				n++;
			}
			if (l->dim == 2 && 2 * r <= l->rows) {
				sum += s * spin(bits, (y + r) % l->rows * l->cols + x);
				n++;
			}
		}
	return sum / n;
}

static void
test_pairs(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		struct rn_lattice l = lattice(i);
		size_t n = pairs_distances(&l), longer = l.rows > l.cols ? l.rows : l.cols;
		double *G = calloc(n, sizeof *G), worst = 0;
		uint8_t *bits = calloc(1, l.bytes + RN_SLACK);

		if (!G || !bits)
			exit(1);
		draw(bits, l.bytes + RN_SLACK, 10000 + i);
		pairs_add(&l, bits, G);
		for (size_t r = 0; r < n; r++)
			worst = fmax(worst, fabs(G[r] - plain_pairs(&l, bits, r)));
		OK(worst < 1e-14 && n == longer / 2 + 1 && G[0] == 1, "G(r) on %zu x %zu: within %.1e",
			l.rows, l.cols, worst);
		free(G);
		free(bits);
	}
}

/* --- thermometer -------------------------------------------------------------- */

static void
test_thermometer(void)
{
	static const size_t square[] = { 8, 8 }, ring[] = { 50 };
	struct rn_lattice lattices[] = { rn_lattice_make(2, square), rn_lattice_make(1, ring) };
	static const double T[] = { 0.7, 1, 2, 2.269185314213022, 3, 10 };

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof T / sizeof T[0]; k++) {
			double e = rn_ising_energy(&lattices[i], T[k]);
			struct reading r = thermometer_read(&lattices[i], 0, e, 0.01);

			OK(fabs(r.T - T[k]) < 1e-8 * T[k] && r.flag == READING_INSIDE,
				"e of T = %g reads %.12g on %zu sites", T[k], r.T, lattices[i].sites);
			OK((r.lo == 0 || fabs(rn_ising_energy(&lattices[i], r.lo) - (e - 0.01)) < 1e-9) &&
					fabs(rn_ising_energy(&lattices[i], r.hi) - (e + 0.01)) < 1e-9 &&
					r.error == (r.hi - r.lo) / 2,
				"  and e -+ 0.01 %.6g to %.6g", r.lo, r.hi);
		}
}

static void
test_thermometer_range(void)
{
	static const size_t square[] = { 8, 8 };
	struct rn_lattice l = rn_lattice_make(2, square);
	struct reading r = thermometer_read(&l, 0, -2, 0);

	OK(r.T == 0 && r.lo == 0 && r.hi == 0 && r.error == 0 && r.flag == READING_COLD,
		"the ground state is T = 0");
	r = thermometer_read(&l, 0, -2.1, 0.2);
	OK(r.T == 0 && r.lo == 0 && r.hi > 1 && r.error == r.hi / 2 && r.flag == READING_COLD,
		"below it too, with an end");
	r = thermometer_read(&l, 0, 0, 0.01);
	OK(isinf(r.T) && isfinite(r.lo) && isinf(r.hi) && isinf(r.error) && r.flag == READING_HOT,
		"e = 0 is T = inf");
	r = thermometer_read(&l, 0, 0.5, 0.01);
	OK(isinf(r.T) && isinf(r.lo) && isinf(r.hi) && isinf(r.error) && r.flag == READING_HOT,
		"e well above 0: no number is nan");
	r = thermometer_read(&l, 0, -0.1, 0.2);
	OK(isfinite(r.T) && isfinite(r.lo) && isinf(r.hi) && isinf(r.error) && r.flag == READING_INSIDE,
		"an interval may end at infinity alone");
	r = thermometer_read(&l, 0, -1, NAN);
	OK(isfinite(r.T) && isnan(r.lo) && isnan(r.hi) && isnan(r.error),
		"no error, no interval, but a reading");
	r = thermometer_read(&l, 0.1, -1, 0.01);
	OK(isnan(r.T) && r.flag == READING_NONE, "no thermometer for tori in a field");
	r = thermometer_read(&l, NAN, -1, 0.01);
	OK(isnan(r.T) && r.flag == READING_NONE, "nor where the field is not one");
}

static void
test_thermometer_field(void)
{
	static const size_t ring[] = { 30 };
	struct rn_lattice l = rn_lattice_make(1, ring);
	static const double fields[] = { 0.1, -0.5, 2 }, T[] = { 0.4, 1, 3, 50 };
	struct reading r;

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 4; k++) {
			double h = fields[i], e = rn_ising_energy_1d(30, T[k], h);

			r = thermometer_read(&l, h, e, 0);
			OK(fabs(rn_ising_energy_1d(30, r.T, h) - e) < 1e-14 &&
					fabs(r.T - T[k]) < 1e-3 * T[k] && r.flag == 0,
				"ring at h = %g, T = %g reads %.12g", h, T[k], r.T);
		}
	r = thermometer_read(&l, 0.5, -1, 0);
	OK(r.T == 0 && r.flag == READING_COLD, "ring in a field, ground state");
	r = thermometer_read(&l, 0.5, -0.1, 0.01); /* T = inf: -tanh^2 h = -0.2135 */
	OK(isinf(r.T) && r.flag == READING_HOT, "ring in a field, above the energy of T = inf");
}

int
main(void)
{
	test_structure();
	test_structure_has();
	test_pairs();
	test_thermometer();
	test_thermometer_range();
	test_thermometer_field();
	return tap_done();
}
