#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wick.h"

bool
frame_init(struct frame *f)
{
	const size_t total = combinations_total(f->sites);

	f->G = calloc(5 * total, sizeof *f->G);
	if (!f->G)
		return false;
	f->G0 = f->G + total;
	f->dG = f->G0 + total;
	f->Gc = f->dG + total;
	f->input = f->Gc + total;
	return true;
}

void
frame_clear(struct frame *f)
{
	free(f->G);
	f->G = NULL;
}

size_t
frame_size(const struct frame *f)
{
	size_t size = 0;

	for (unsigned n = 1; n <= ORDER_MAX; n++)
		if (f->wanted[n])
			size += f->means ? MEAN : ROW * combinations_of(f->sites, n);
	return size;
}

/* --- couplings --------------------------------------------------------------- */

/* Mean and flatness; NaN spoils both, as it should. In units of 2^power, the size of the first number: squares are doubles. */
struct spread {
	double n, mean, square;
	int power;
};

static void
spread_add(struct spread *s, double x)
{
	double before;

	if (s->n == 0 && x != 0 && isfinite(x))
		s->power = ilogb(x);
	x = ldexp(x, -s->power);
	before = x - s->mean;
	s->n++;
	s->mean += before / s->n;
	s->square += before * (x - s->mean);
}

static double
spread_mean(const struct spread *s)
{
	return s->n > 0 ? ldexp(s->mean, s->power) : NAN;
}

static double
spread_flat(const struct spread *s)
{
	return s->n > 0 ? sqrt(s->square / s->n) / fabs(s->mean) : NAN;
}

static double
u4_of(const struct frame *f, size_t i)
{
	return couplings_u4(f->u, i, f->Gc[f->sites->first[4] + i]);
}

static struct spread
all_u4(const struct frame *f)
{
	struct spread s = { 0 };

	for (size_t i = 0; f->sites->highest >= 4 && i < combinations_of(f->sites, 4); i++)
		if (couplings_u4_is(f->u, i))
			spread_add(&s, u4_of(f, i));
	return s;
}

static double
coupling(const struct frame *f, unsigned n, size_t i, double u4)
{
	return n == 4 ? u4_of(f, i) : n == 6 ? couplings_u6(f->u, i, u4, f->Gc[f->sites->first[6] + i]) : NAN;
}

/* --- results ----------------------------------------------------------------- */

static double *
finish_rows(const struct frame *f, unsigned n, double u4, double *out)
{
	for (size_t i = 0; i < combinations_of(f->sites, n); i++, out += ROW) {
		const size_t at = f->sites->first[n] + i;

		out[ROW_G0] = f->G0[at];
		out[ROW_G] = f->G[at];
		out[ROW_DG] = f->dG[at];
		out[ROW_M] = f->G0[at] != 0 ? f->dG[at] / f->G0[at] : NAN;
		out[ROW_GC] = f->Gc[at];
		out[ROW_U] = coupling(f, n, i, u4);
	}
	return out;
}

/* m counts where G0 is not 0 (legs of different outputs, odd orders). */
static double *
finish_means(const struct frame *f, unsigned n, const struct spread *u4, double *out)
{
	struct spread absm = { 0 }, dG = { 0 }, Gc = { 0 }, u6 = { 0 };

	for (size_t i = 0; i < combinations_of(f->sites, n); i++) {
		const size_t at = f->sites->first[n] + i;

		if (f->G0[at] != 0)
			spread_add(&absm, fabs(f->dG[at] / f->G0[at]));
		spread_add(&dG, f->dG[at]);
		spread_add(&Gc, f->Gc[at]);
		if (n == 6 && couplings_u6_is(f->u, i))
			spread_add(&u6, coupling(f, 6, i, spread_mean(u4)));
	}
	out[MEAN_ABSM] = spread_mean(&absm);
	out[MEAN_DG] = spread_mean(&dG);
	out[MEAN_GC] = spread_mean(&Gc);
	out[MEAN_U4] = n == 4 || n == 6 ? spread_mean(u4) : NAN;
	out[MEAN_U4_FLAT] = n == 4 || n == 6 ? spread_flat(u4) : NAN;
	out[MEAN_U6] = spread_mean(&u6);
	out[MEAN_U6_FLAT] = spread_flat(&u6);
	return out + MEAN;
}

void
frame_finish(struct frame *f, double out[])
{
	const struct spread u4 = all_u4(f);

	for (unsigned n = 1; n <= ORDER_MAX; n++)
		if (f->wanted[n])
			out = f->means ? finish_means(f, n, &u4, out)
				       : finish_rows(f, n, spread_mean(&u4), out);
}

void
frame_measured(struct frame *f, double out[])
{
	const struct combinations *c = f->sites;
	const bool own = f->K && c->highest >= 2;

	memcpy(f->input, f->G, combinations_total(c) * sizeof *f->G);
	for (unsigned n = 1; f->even && n <= c->highest; n += 2)
		memset(f->input + c->first[n], 0, combinations_of(c, n) * sizeof *f->input);
	if (own)
		memcpy(f->input + c->first[2], f->K, combinations_of(c, 2) * sizeof *f->input);
	wick(c, f->input, f->G0, f->Gc);
	for (size_t i = 0; i < combinations_total(c); i++)
		f->dG[i] = f->G[i] - f->G0[i];
	for (size_t i = c->first[2]; own && i < c->first[3]; i++)
		f->Gc[i] = f->G[i];
	frame_finish(f, out);
}

void
frame_moments(struct frame *f, const double rho[], double out[])
{
	double power = 1; /* N^(n/2 - 1) */

	for (unsigned n = 2; n <= f->sites->highest; n += 2, power *= f->N)
		for (size_t i = 0; i < combinations_of(f->sites, n); i++) {
			const size_t at = f->sites->first[n] + i;
			const struct coefficients x =
				exact_coefficients(f->sites, f->points, f->dout, &f->law, rho, n, i);

			f->G0[at] = x.G0;
			f->dG[at] = (x.over_N + x.over_N2 / f->N) / f->N;
			f->G[at] = f->G0[at] + f->dG[at];
			f->Gc[at] = x.connected / power;
		}
	for (unsigned n = 1; n <= f->sites->highest; n += 2)
		for (size_t i = f->sites->first[n]; i < f->sites->first[n + 1]; i++)
			f->G[i] = f->G0[i] = f->dG[i] = f->Gc[i] = 0;
	frame_finish(f, out);
}
