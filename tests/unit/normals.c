/* Normals: against the formula in plain arithmetic, their moments, their tails, and what is independent. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/normals.h"
#include "tap.h"

enum { PAIRS = 32 };

/* The definition in normals.h, lane l of a pair's 16 words. */
static void
reference(const uint64_t words[16], size_t l, double z[2])
{
	const uint64_t high = words[l / 2] >> 32 * (l % 2) & 0xffffffff;
	const uint64_t low = words[8 + l / 2] >> 32 * (l % 2) & 0xffffffff;
	const double u = ((double)(high >> 1 << 8 | (low & 0xff)) + 0.5) * 0x1p-39;
	const double t = (double)(low >> 9) * 0x1p-23 - 0.5, phi = M_PI * (t + (double)(low >> 8 & 1));

	z[0] = sqrt(-2 * log(u)) * cos(phi);
	z[1] = sqrt(-2 * log(u)) * sin(phi);
}

static void
formula(void)
{
	const struct rn_random_key key = rn_random_key(5, "normals", NULL, 0, NULL, 0);
	double worst = 0;

	for (uint64_t id = 0; id < 500; id++) {
		rn_normals_row z[2 * PAIRS];
		uint64_t words[PAIRS][16];

		rn_normals_rows(&key, id, 7, PAIRS, z);
		rn_random_fill(&key, id, 7 * 8, words[0], PAIRS * 8);
		for (size_t j = 0; j < PAIRS; j++)
			for (size_t l = 0; l < RN_NORMALS_LANES; l++) {
				double want[2];

				reference(words[j], l, want);
				/* of ln u, u is known to 2^-24: the radius r to 2^-24 / r */
				for (size_t i = 0; i < 2; i++) {
					const double r = hypot(want[0], want[1]);

					worst = fmax(worst,
						fabs(z[2 * j + i][l] - want[i]) * r / (1 + r * r));
				}
			}
	}
	OK(worst < 5e-7, "rows are what the formula says, to %.1e", worst);
}

/* sum of x^q, q = 1 ... 8, products of neighbours, and how many lie beyond 4, 5, 5.5 */
struct sums {
	double n, moment[9], rows, lanes, square_rows, beyond[3];
};

static void
add(struct sums *s, const rn_normals_row z[], size_t rows)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t l = 0; l < RN_NORMALS_LANES; l++) {
			const double x = z[r][l], size = fabs(x);
			double power = 1;

			for (int q = 1; q <= 8; q++)
				s->moment[q] += power *= x;
			s->rows += x * z[(r + 1) % rows][l];
			s->square_rows += x * x * z[(r + 1) % rows][l] * z[(r + 1) % rows][l];
			s->lanes += x * z[r][(l + 1) % RN_NORMALS_LANES];
			s->beyond[0] += size > 4;
			s->beyond[1] += size > 5;
			s->beyond[2] += size > 5.5;
			s->n++;
		}
}

static double
in_errors(double mean, double exact, double variance, double n)
{
	return (mean - exact) / sqrt(variance / n);
}

static void
law(void)
{
	static const double exact[9] = { 1, 0, 1, 0, 3, 0, 15, 0, 105 };
	static const double square[9] = { 1, 1, 3, 15, 105, 945, 10395, 135135, 2027025 };
	static const double at[3] = { 4, 5, 5.5 };
	const struct rn_random_key key = rn_random_key(6, "normals", NULL, 0, NULL, 0);
	struct sums s = { 0 };

	for (uint64_t id = 0; id < 40000; id++) {
		rn_normals_row z[2 * PAIRS];

		rn_normals_rows(&key, id, 0, PAIRS, z);
		add(&s, z, 2 * PAIRS);
	}
	for (int q = 1; q <= 8; q++) {
		const double off =
			in_errors(s.moment[q] / s.n, exact[q], square[q] - exact[q] * exact[q], s.n);

		OK(fabs(off) < 4.5, "moment %d is %.5g, %.1f errors off", q, s.moment[q] / s.n, off);
	}
	OK(fabs(in_errors(s.rows / s.n, 0, 1, s.n)) < 4.5, "rows are not correlated");
	OK(fabs(in_errors(s.square_rows / s.n, 1, 8, s.n)) < 4.5, "nor are their squares");
	OK(fabs(in_errors(s.lanes / s.n, 0, 1, s.n)) < 4.5, "nor lanes");
	for (int i = 0; i < 3; i++) {
		const double expected = s.n * erfc(at[i] / M_SQRT2);

		OK(fabs(s.beyond[i] - expected) < 4.5 * sqrt(expected),
			"%.0f beyond %g where %.1f are expected", s.beyond[i], at[i], expected);
	}
	/* Power: a law whose width is wrong by one in a thousand would be found out. */
	OK(fabs(in_errors(1.001 * 1.001 * s.moment[2] / s.n, 1, 2, s.n)) > 5, "0.1 %% would be seen");
}

/* Every start and length, against the rows. */
static void
sequence(void)
{
	const struct rn_random_key key = rn_random_key(7, "normals", NULL, 0, NULL, 0);
	rn_normals_row rows[8];
	bool same = true;

	rn_normals_rows(&key, 3, 0, 4, rows);
	for (size_t first = 0; first < 128; first++)
		for (size_t n = 0; first + n <= 128; n++) {
			float z[129] = { 0 };

			rn_normals_fill(&key, 3, first, n, z);
			same &= !memcmp(z, (const float *)rows + first, n * sizeof *z) && z[n] == 0;
		}
	OK(same, "any part of the sequence is what the rows have there");
}

int
main(void)
{
	formula();
	sequence();
	law();
	return tap_done();
}
