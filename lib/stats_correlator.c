/*
 * stats_correlator.c - multiple-tau correlation and its integral with an automatic window
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stats.h"

enum { LAGS = 16, HALF = LAGS / 2, LEVELS = 60 }; /* 2^60 records are more than there will be */

/* What one chain remembers of one level: the last LAGS means, and up to LAGS new ones not yet multiplied. */
struct memory {
	uint64_t seen; /* means multiplied so far */
	float x[2 * LAGS];
	float odd; /* waits for its partner in a pair of the next level */
	uint8_t fresh, has_odd;
};

struct rn_history {
	struct rn_correlator *owner;
	struct rn_history *next;
	unsigned levels;
	struct memory *level;
};

/*
 * Of one level and all chains. Pairs at a lag leave out the last means of a chain on one side
 * and the first on the other: first[] and last[] say what, so that the products can be
 * taken about any mean afterwards.
 */
struct products {
	double sum[LAGS];
	uint64_t pairs[LAGS];
	double all;			/* sum of all means */
	double first[LAGS], last[LAGS]; /* sums of the first and last `lag` means of each chain */
};

struct rn_correlator {
	bool started, ending;
	double origin; /* the first value: all others are taken from it, against cancellation */
	unsigned levels;
	struct products *level;
	struct rn_history *first, **last;
};

struct rn_correlator *
rn_correlator_create(void)
{
	struct rn_correlator *c = calloc(1, sizeof *c);

	if (c)
		c->last = &c->first;
	return c;
}

void
rn_correlator_destroy(struct rn_correlator *c)
{
	struct rn_history *h, *next;

	if (!c)
		return;
	for (h = c->first; h; h = next) {
		next = h->next;
		free(h->level);
		free(h);
	}
	free(c->level);
	free(c);
}

/* The chain's levels, and the group's where it has fewer, up to `levels`. */
static bool
grow(struct rn_history *h, unsigned levels)
{
	struct rn_correlator *c = h->owner;
	struct memory *level;
	struct products *products;

	if (c->levels < levels) {
		products = reallocarray(c->level, levels, sizeof *products);
		if (!products)
			return false;
		memset(products + c->levels, 0, (levels - c->levels) * sizeof *products);
		c->level = products;
		c->levels = levels;
	}
	level = reallocarray(h->level, levels, sizeof *level);
	if (!level)
		return false;
	memset(level + h->levels, 0, (levels - h->levels) * sizeof *level);
	h->level = level;
	h->levels = levels;
	return true;
}

struct rn_history *
rn_correlator_chain(struct rn_correlator *c)
{
	struct rn_history *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->owner = c;
	if (!grow(h, 1)) {
		free(h);
		return NULL;
	}
	*c->last = h;
	c->last = &h->next;
	return h;
}

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

/*
 * Eight lags from `lag` on. r[] is reversed in time, so that the lags of one value lie side
 * by side; each is a sum of its own, in the order of time, whatever vectors do it.
 */
static void
multiply_eight(double sum[LAGS], const double r[2 * LAGS], unsigned lag, unsigned fresh)
{
	pair *into = (pair *)(sum + lag);
	pair a = into[0], b = into[1], c = into[2], d = into[3];

	for (unsigned i = 0; i < fresh; i++) {
		const double *now = r + LAGS - 1 - i;
		const pair *then = (const pair *)(now + lag), x = { *now, *now };

		a += x * then[0];
		b += x * then[1];
		c += x * then[2];
		d += x * then[3];
	}
	into[0] = a;
	into[1] = b;
	into[2] = c;
	into[3] = d;
}

/* Adds to edge[lag] the sum of `lag` values from x on, in steps of 1 or -1. */
static void
add_edge(double edge[LAGS], const float x[], int step)
{
	double sum = 0;

	for (int lag = 0; lag < LAGS; lag++) {
		edge[lag] += sum;
		sum += (double)x[lag * step];
	}
}

/*
 * Products of the new means with those before. (Before the first value of a chain
 * stand zeros, which add nothing.)
 */
static void
multiply(struct products *into, const struct memory *m, unsigned from_lag)
{
	double r[2 * LAGS];

	for (unsigned i = 0; i < 2 * LAGS; i++)
		r[2 * LAGS - 1 - i] = (double)m->x[i];
	for (unsigned lag = from_lag; lag < LAGS; lag += 8)
		multiply_eight(into->sum, r, lag, m->fresh);
	for (unsigned i = 0; i < m->fresh; i++)
		into->all += r[LAGS - 1 - i];
	if (!m->seen)
		add_edge(into->first, m->x + LAGS, 1);

	for (unsigned lag = from_lag; lag < LAGS; lag++) {
		uint64_t alone =
			lag > m->seen ? lag - m->seen : 0; /* new means without a partner that far back */

		into->pairs[lag] += alone < m->fresh ? m->fresh - alone : 0;
	}
}

static bool flush(struct rn_history *h, unsigned l);

static bool
pass_on(struct rn_history *h, unsigned l, float x)
{
	struct memory *m = &h->level[l], *above;

	if (!m->has_odd) {
		m->odd = x;
		m->has_odd = 1;
		return true;
	}
	m->has_odd = 0;
	above = m + 1;
	above->x[LAGS + above->fresh++] = (m->odd + x) / 2;
	return above->fresh < LAGS || flush(h, l + 1);
}

/*
 * Multiplies what is fresh at level l, hands pairs up, forgets all but the last
 * LAGS. At the end of a chain no new level is made: the one below it saw at most
 * LAGS means, so the new one would have at most HALF of them and no product.
 */
static bool
flush(struct rn_history *h, unsigned l)
{
	struct rn_correlator *c = h->owner;
	unsigned fresh = h->level[l].fresh;
	bool up = h->levels > l + 1 || (!c->ending && l + 1 < LEVELS);
	struct memory *m;

	if (up && h->levels <= l + 1 && !grow(h, l + 2))
		return false;
	m = &h->level[l];
	multiply(&c->level[l], m, l ? HALF : 0);
	m->seen += fresh;
	m->fresh = 0;
	for (unsigned i = 0; up && i < fresh; i++)
		if (!pass_on(h, l, h->level[l].x[LAGS + i]))
			return false;
	m = &h->level[l];
	memmove(m->x, m->x + fresh, LAGS * sizeof m->x[0]);
	return true;
}

bool
rn_history_push(struct rn_history *h, double x)
{
	struct rn_correlator *c = h->owner;
	struct memory *m = h->level;

	if (!c->started) {
		c->origin = x;
		c->started = true;
	}
	m->x[LAGS + m->fresh++] = (float)(x - c->origin);
	return m->fresh < LAGS || flush(h, 0);
}

static void
flush_all(struct rn_correlator *c)
{
	if (c->ending)
		return;
	c->ending = true;
	for (struct rn_history *h = c->first; h; h = h->next)
		for (unsigned l = 0; l < h->levels; l++) {
			if (!flush(h, l))
				abort(); /* cannot be: nothing is allocated while ending */
			add_edge(c->level[l].last, h->level[l].x + LAGS - 1, -1);
		}
}

/* <(x - mean)(x' - mean)> over the pairs there are: exact, so the origin does not matter. */
double
rn_correlator_at(const struct rn_correlator *c, unsigned level, unsigned lag)
{
	const struct products *p = c->level + level;

	if (level >= c->levels || lag >= LAGS || !p->pairs[lag])
		return NAN;
	double mean = c->level[0].all / (double)c->level[0].pairs[0];
	double ends = 2 * p->all - p->first[lag] - p->last[lag];

	return (p->sum[lag] - mean * ends) / (double)p->pairs[lag] + mean * mean;
}

/*
 * Wolff's (51), (52): with tau_W the decay time that tau would mean for a single
 * exponential (times S = 1.5), the truncation error exp(-W / tau_W) falls below the
 * statistical one, tau_W / sqrt(W n). A chain that alternates (tau < 1/2, where he
 * stops at once) has the decay time of |rho(1)|.
 */
static bool
window_closes(double tau, double rho1, double window, double n)
{
	double a = tau > 0.5 ? (2 * tau - 1) / (2 * tau + 1) : fmin(fabs(rho1), 0.999);
	double decay = -1.5 / log(a);

	return exp(-window / decay) < decay / sqrt(window * n);
}

struct rn_tau
rn_correlator_tau(struct rn_correlator *c)
{
	struct rn_tau t = { .tau = NAN, .error = NAN, .open = true };
	double C0, rho1, n, tau = 0.5, W = 0;

	flush_all(c);
	n = c->levels ? (double)c->level[0].pairs[0] : 0;
	C0 = rn_correlator_at(c, 0, 0);
	if (!(C0 > 0) || !c->level[0].pairs[1])
		return t;
	rho1 = rn_correlator_at(c, 0, 1) / C0;

	for (unsigned l = 0; t.open && l < c->levels; l++)
		for (unsigned lag = l ? HALF : 1; t.open && lag < LAGS && c->level[l].pairs[lag]; lag++) {
			double step = ldexp(lag == LAGS - 1 && l + 1 < c->levels ? 0.5 : 1, (int)l);

			tau += step * rn_correlator_at(c, l, lag) / C0;
			W = ldexp(lag, (int)l);
			t.open = !window_closes(tau, rho1, W, n);
		}

	/* The mean is that of the data, which lowers every C(t) by the variance of the mean, 2 tau C(0) / n. */
	double lowered = 2 * tau / n;

	tau = (tau + lowered * (W + 0.5)) / (1 + lowered);
	if (!(lowered > -1 && tau > 0))
		return (struct rn_tau){ .tau = NAN, .error = NAN, .window = W, .open = true };
	t.tau = tau;
	t.error = tau * sqrt(fmax(0, W + 0.5 - tau) * 4 / n);
	t.window = W;
	return t;
}
