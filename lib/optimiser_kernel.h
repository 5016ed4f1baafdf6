/* optimiser_kernel.h - the updates of optimiser.h at one CPU level (vector.h says how it is included) */
#include "vector.h"

/* The gradient with its regularisers: g + l2 theta + l1 sign(theta). */
TARGET static RN_INLINE vec
LEVEL_NAME(regularised)(vec g, vec theta, const struct step *s)
{
	const vec none = { 0 }, l1 = none + s->l1;
	const vec pull = (vec)((ivec)l1 | ((ivec)theta & INT32_MIN));

	g += s->l2 * theta;
	return s->l1 > 0 ? g + LEVEL_NAME(select)(theta != 0, pull, none) : g;
}

TARGET static RN_INLINE vec
LEVEL_NAME(moved)(vec theta, vec g, vec *m, vec *v, const struct step *s)
{
	g = LEVEL_NAME(regularised)(g, theta, s);
	if (s->kind == RN_SGD)
		return theta - s->rate * g;
	if (s->kind == RN_MOMENTUM) {
		*m = s->momentum * *m + g;
		return theta - s->rate * *m;
	}
	*m = s->beta1 * *m + s->rest1 * g;
	*v = s->beta2 * *v + s->rest2 * (g * g);
	return theta - s->rate * (*m * s->scale1) / (SLEEF(sqrt, )(*v * s->scale2) + s->epsilon);
}

/* n <= W parameters. m and v may be NULL where the kind has none. */
TARGET static RN_INLINE void
LEVEL_NAME(some)(float theta[], const float g[], float m[], float v[], size_t n, const struct step *s)
{
	const vec t = LEVEL_NAME(load_some)(theta, n), gi = LEVEL_NAME(load_some)(g, n);
	vec mi = { 0 }, vi = { 0 };

	if (m)
		mi = LEVEL_NAME(load_some)(m, n);
	if (v)
		vi = LEVEL_NAME(load_some)(v, n);
	LEVEL_NAME(store_some)(theta, LEVEL_NAME(moved)(t, gi, &mi, &vi, s), n);
	if (m)
		LEVEL_NAME(store_some)(m, mi, n);
	if (v)
		LEVEL_NAME(store_some)(v, vi, n);
}

TARGET static void
LEVEL_NAME(update)(float theta[], const float g[], float m[], float v[], size_t n, const struct step *s)
{
	size_t i = 0;

	for (; i + W <= n; i += W)
		LEVEL_NAME(some)(theta + i, g + i, m ? m + i : NULL, v ? v + i : NULL, W, s);
	if (i < n)
		LEVEL_NAME(some)(theta + i, g + i, m ? m + i : NULL, v ? v + i : NULL, n - i, s);
}
