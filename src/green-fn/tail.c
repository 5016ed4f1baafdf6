#include "tail.h"

#include <math.h>
#include <stdlib.h>

#include "legendre.h"

bool
tail_init(struct tail *t)
{
	*t = (struct tail){ .threshold = -1 };
	t->largest = calloc(2 * TAIL_MAX, sizeof *t->largest);
	return t->largest;
}

void
tail_clear(struct tail *t)
{
	free(t->largest);
	*t = (struct tail){ 0 };
}

static int
falling(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* Every TAIL_MAX large ones: some comparisons each. */
static void
compact(struct tail *t)
{
	qsort(t->largest, t->kept, sizeof *t->largest, falling);
	if (t->kept >= TAIL_MAX) {
		t->kept = TAIL_MAX;
		t->threshold = t->largest[TAIL_MAX - 1];
	}
}

void
tail_add(struct tail *t, const double square[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double s = square[i];

		t->sum[1] += s;
		t->sum[2] += s * s;
		t->sum[3] += s * s * s;
		if (s > t->threshold) {
			if (t->kept == 2 * TAIL_MAX)
				compact(t);
			t->largest[t->kept++] = s;
		}
	}
	t->n += n;
}

double
tail_gauss(double p, unsigned legs)
{
	enum { NODES = 64, REACH = 9 };
	double x[NODES], w[NODES], low = 0, high = 40, mean = 0;

	for (unsigned i = 0; i < 200; i++) {
		const double middle = (low + high) / 2;

		*(erfc(middle * M_SQRT1_2) > p ? &low : &high) = middle;
	}
	/* E[ln |z| / q] = int over z > q of P(|z| > z) / z / p */
	legendre_nodes(NODES, x, w);
	for (unsigned i = 0; i < NODES; i++) {
		const double z = low + REACH * (1 + x[i]) / 2;

		mean += w[i] * REACH / 2 * erfc(z * M_SQRT1_2) / z / p;
	}
	return 1 / (mean * legs);
}

struct tail_figures
tail_figures(struct tail *t, unsigned legs)
{
	struct tail_figures f = { NAN, NAN, NAN, NAN, NAN };
	size_t thousandth = t->n / 1000, k;
	const unsigned half = legs / 2;
	double sum = 0, logs = 0;

	compact(t);
	if (t->n < 100 || legs % 2 || half > 3)
		return f;
	if (thousandth > t->kept)
		thousandth = t->kept;
	k = thousandth < 10 ? 10 : thousandth;
	for (size_t i = 0; i < k; i++) {
		sum += pow(t->largest[i], half);
		if (i + 1 == 10)
			f.top10 = sum / t->sum[half];
		if (i + 1 == thousandth)
			f.top1000th = sum / t->sum[half];
		logs += half * log(t->largest[i] / t->largest[k - 1]);
	}
	f.hill = (double)k / logs;
	f.hill_err = f.hill / sqrt((double)k);
	f.hill_gauss = tail_gauss((double)k / (double)t->n, legs);
	return f;
}
