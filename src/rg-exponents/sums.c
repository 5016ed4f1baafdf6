#include "sums.h"

#include <math.h>

/* Of O alone the first, then of each level, all from the origin. */
enum { O_, LEVELS };
enum { ABSM, M2, ABSM_O, M2_O, LEVEL };

size_t
sums_count(size_t n)
{
	return LEVELS + n * LEVEL;
}

void
sums_add(size_t n, const double origin[], const double value[], double sum[])
{
	const double O = value[0] - origin[0];

	sum[O_] += O;
	for (size_t i = 1; i <= n; i++) {
		const double absm = value[i] - origin[i];
		const double m2 = absm * (value[i] + origin[i]); /* m^2 - its origin */
		double *level = sum + LEVELS + (i - 1) * LEVEL;

		level[ABSM] += absm;
		level[M2] += m2;
		level[ABSM_O] += absm * O;
		level[M2_O] += m2 * O;
	}
}

/* Means of one level, and their derivatives; of chi0 and chi without the factor V. */
struct level {
	double absm, chi0, chi;
	double d_absm, d_chi0, d_chi;
};

static struct level
level_of(const double origin[], const double mean[], size_t i)
{
	const double *level = mean + LEVELS + i * LEVEL;
	struct level l;

	l.absm = origin[1 + i] + level[ABSM];
	l.chi0 = origin[1 + i] * origin[1 + i] + level[M2];
	/* <m^2> - <|m|>^2, from the origin: nothing cancels that does not have to. */
	l.chi = level[M2] - level[ABSM] * (2 * origin[1 + i] + level[ABSM]);
	l.d_absm = level[ABSM_O] - level[ABSM] * mean[O_];
	l.d_chi0 = level[M2_O] - level[M2] * mean[O_];
	l.d_chi = l.d_chi0 - 2 * l.absm * l.d_absm;
	return l;
}

static double
log_ratio(double a, double b)
{
	const double ratio = b / a;

	return ratio > 0 && isfinite(ratio) ? log(ratio) : NAN;
}

void
sums_exponents(const struct scales *s, const double origin[], const double mean[], size_t i, size_t j,
	double out[EXPONENTS])
{
	const struct level a = level_of(origin, mean, i), b = level_of(origin, mean, j);
	const double scale = log(scales_factor(&s->scale[i], &s->scale[j]));
	const double d = s->scale[i].l.dim; /* ln(V_j / V_i) = d scale */

	out[BETA] = -log_ratio(a.d_absm, b.d_absm) / scale;
	out[GAMMA] = d + log_ratio(a.d_chi0, b.d_chi0) / scale;
	out[GAMMA_CHI] = d + log_ratio(a.d_chi, b.d_chi) / scale;
	out[BETA_VALUE] = -log_ratio(a.absm, b.absm) / scale;
	out[GAMMA_VALUE] = d + log_ratio(a.chi0, b.chi0) / scale;
	out[GAMMA_CHI_VALUE] = d + log_ratio(a.chi, b.chi) / scale;
}
