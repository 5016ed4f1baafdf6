/*
 * sextic_kernel.h - the trajectories of sextic.h at one CPU level
 *
 * sextic.c defines LEVEL as 0 (on x86 then as 1 and as 2: enum rn_cpu) and includes this file, which has no include
 * guard.
 *
 * A step of Dormand and Prince in the variables w_n = exp(D_n tau) x_n needs exp(+-D_n c h) for the places c of its
 * stages, all of them multiples of h/90. As D_6 = 2 D_4 - D_2, those of D_2 = 2 and D_4 = 4 - d are enough: powers 18,
 * 27, 72, 80 of exp(D h/90), whose errors of some 1e-14 reach the forces alone, and exp(D h) itself at the end of the
 * step, which the couplings are multiplied with.
 */
#undef W
#undef TARGET
#undef EXP
#if LEVEL == 2
#define W 8
#define TARGET RN_TARGET_AVX512
#define EXP Sleef_cinz_expd8_u10avx512fnofma
#elif LEVEL == 1
#define W 4
#define TARGET RN_TARGET_AVX2
#define EXP Sleef_cinz_expd4_u10avx
#else
#define W 2
#define TARGET
#define EXP Sleef_cinz_expd2_u10sse2
#endif

#ifndef LEVEL_NAME
#define LEVEL_PASTE(f, level) f##_##level
#define LEVEL_EXPAND(f, level) LEVEL_PASTE(f, level)
#define LEVEL_NAME(f) LEVEL_EXPAND(f, LEVEL)
#define vec LEVEL_NAME(vec)
#define ivec LEVEL_NAME(ivec)
#define triple LEVEL_NAME(triple)
#define lanes LEVEL_NAME(lanes)
#define factors LEVEL_NAME(factors)
#define attempt LEVEL_NAME(attempt)
#endif

typedef double vec __attribute__((vector_size(8 * W)));
typedef int64_t ivec __attribute__((vector_size(8 * W)));

#if defined(__x86_64__)
TARGET vec EXP(vec x);
#else
double Sleef_cinz_expd1_u10purec(double x);
static RN_INLINE vec
EXP(vec x)
{
	for (size_t i = 0; i < W; i++)
		x[i] = Sleef_cinz_expd1_u10purec(x[i]);
	return x;
}
#endif

struct triple {
	vec u2, u4, u6;
};

struct lanes {
	struct triple x, force; /* at t */
	vec t, h, end, K, D4;
	ivec steps, tried;
	struct sextic *of[W]; /* NULL: idle */
};

/* exp(D c h) and exp(-D c h) of the three couplings. */
struct factors {
	struct triple up, down;
};

struct attempt {
	struct triple x, w, force; /* at t + h; the force is that on w */
	vec error;		   /* in units of what is allowed; not a number if it failed */
};

TARGET static RN_INLINE vec
LEVEL_NAME(choose)(ivec mask, vec a, vec b)
{
	return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
}

TARGET static RN_INLINE vec
LEVEL_NAME(size)(vec x)
{
	return (vec)((ivec)x & INT64_MAX);
}

TARGET static RN_INLINE vec
LEVEL_NAME(larger)(vec a, vec b)
{
	return LEVEL_NAME(choose)(a > b, a, b);
}

TARGET static RN_INLINE bool
LEVEL_NAME(any)(ivec mask)
{
	int64_t some = 0;

	for (size_t i = 0; i < W; i++)
		some |= mask[i];
	return some;
}

/* x^(-1/5) within a few percent, for x > 0: the exponent divided, the logarithm of the mantissa taken as linear. */
TARGET static RN_INLINE vec
LEVEL_NAME(fifth_root_of_inverse)(vec x)
{
	const ivec one = (ivec)(x * 0 + 1);
	ivec fifth = (((ivec)x - one) >> 3) + (((ivec)x - one) >> 4);

	fifth += fifth >> 4;
	fifth += fifth >> 8;
	return (vec)(one - fifth);
}

TARGET static RN_INLINE struct triple
LEVEL_NAME(force_at)(vec K, struct triple x)
{
	const vec r = 1 / (1 + x.u2), Kr2 = K * (r * r), f = Kr2 * r * x.u4;

	return (struct triple){
		.u2 = -(Kr2 * x.u4),
		.u4 = 6 * (f * x.u4) - Kr2 * x.u6,
		.u6 = 30 * f * (x.u6 - 3 * (r * (x.u4 * x.u4))),
	};
}

TARGET static RN_INLINE struct triple
LEVEL_NAME(times)(struct triple a, struct triple b)
{
	return (struct triple){ a.u2 * b.u2, a.u4 * b.u4, a.u6 * b.u6 };
}

TARGET static RN_INLINE struct factors
LEVEL_NAME(factors_of)(vec up2, vec down2, vec up4, vec down4)
{
	return (struct factors){
		.up = { up2, up4, up4 * up4 * down2 },
		.down = { down2, down4, down4 * down4 * up2 },
	};
}

/* Powers 18, 27, 72, 80 of p. */
TARGET static RN_INLINE void
LEVEL_NAME(powers)(vec p, vec power[4])
{
	const vec p2 = p * p, p4 = p2 * p2, p8 = p4 * p4, p9 = p8 * p, p18 = p9 * p9, p36 = p18 * p18;

	power[0] = p18;
	power[1] = p18 * p9;
	power[2] = p36 * p36;
	power[3] = power[2] * p8;
}

/* Those of the stages 1/5, 3/10, 4/5, 8/9 and 1. */
TARGET static RN_INLINE void
LEVEL_NAME(all_factors)(vec h, vec D4, struct factors f[5])
{
	const vec small2 = EXP(h * (2. / 90)), small4 = EXP(D4 * h * (1. / 90)), all2 = EXP(2 * h),
		  all4 = EXP(D4 * h);
	vec up2[4], down2[4], up4[4], down4[4];

	LEVEL_NAME(powers)(small2, up2);
	LEVEL_NAME(powers)(1 / small2, down2);
	LEVEL_NAME(powers)(small4, up4);
	LEVEL_NAME(powers)(1 / small4, down4);
	for (size_t i = 0; i < 4; i++)
		f[i] = LEVEL_NAME(factors_of)(up2[i], down2[i], up4[i], down4[i]);
	f[4] = LEVEL_NAME(factors_of)(all2, 1 / all2, all4, 1 / all4);
}

/* The error of one coupling in units of rtol |w|; DBL_MIN keeps 0 / 0 away. */
#define ERROR(u) \
	(LEVEL_NAME(size)( \
		 h * (E1 * k1.u + E3 * k3.u + E4 * k4.u + E5 * k5.u + E6 * k6.u + E7 * a->force.u)) / \
		(rtol * LEVEL_NAME(larger)(LEVEL_NAME(size)(l->x.u), LEVEL_NAME(size)(a->w.u)) + DBL_MIN))
#define EACH(expression) \
	w = (struct triple) { expression(u2), expression(u4), expression(u6) }
#define STAGE2(u) (l->x.u + h * (A21 * k1.u))
#define STAGE3(u) (l->x.u + h * (A31 * k1.u + A32 * k2.u))
#define STAGE4(u) (l->x.u + h * (A41 * k1.u + A42 * k2.u + A43 * k3.u))
#define STAGE5(u) (l->x.u + h * (A51 * k1.u + A52 * k2.u + A53 * k3.u + A54 * k4.u))
#define STAGE6(u) (l->x.u + h * (A61 * k1.u + A62 * k2.u + A63 * k3.u + A64 * k4.u + A65 * k5.u))
#define STAGE7(u) (l->x.u + h * (A71 * k1.u + A73 * k3.u + A74 * k4.u + A75 * k5.u + A76 * k6.u))

/* The force on w at w, and whether 1 + u2 was above 0 there and before. */
#define FORCE(k, i) \
	x = LEVEL_NAME(times)(w, f[i].down); \
	regular &= x.u2 > -1; \
	const struct triple k = LEVEL_NAME(times)(LEVEL_NAME(force_at)(l->K, x), f[i].up)

TARGET static RN_INLINE void
LEVEL_NAME(attempt_step)(const struct lanes *l, vec h, double rtol, struct factors f[5], struct attempt *a)
{
	const struct triple k1 = l->force;
	struct triple w, x;
	ivec regular = LEVEL_NAME(size)(h) >= 0;

	LEVEL_NAME(all_factors)(h, l->D4, f);
	EACH(STAGE2);
	FORCE(k2, 0);
	EACH(STAGE3);
	FORCE(k3, 1);
	EACH(STAGE4);
	FORCE(k4, 2);
	EACH(STAGE5);
	FORCE(k5, 3);
	EACH(STAGE6);
	FORCE(k6, 4);
	EACH(STAGE7);
	FORCE(k7, 4);
	a->w = w;
	a->x = x;
	a->force = k7;
	a->error = LEVEL_NAME(larger)(ERROR(u2), LEVEL_NAME(larger)(ERROR(u4), ERROR(u6)));
	/* A comparison with what is no number is false, and larger() may lose it. */
	regular &= LEVEL_NAME(size)(x.u2) <= BOUND;
	regular &= LEVEL_NAME(size)(x.u4) <= BOUND;
	regular &= LEVEL_NAME(size)(x.u6) <= BOUND;
	a->error = LEVEL_NAME(choose)(regular, a->error, h * 0 + 1e30);
}
#undef ERROR
#undef EACH
#undef FORCE
#undef STAGE2
#undef STAGE3
#undef STAGE4
#undef STAGE5
#undef STAGE6
#undef STAGE7

#define KEEP(u) l->u = LEVEL_NAME(choose)(accepted, next.u, l->u)

/* A step of all lanes; those that are to be looked at. */
TARGET static RN_INLINE ivec
LEVEL_NAME(step)(struct lanes *l, double rtol)
{
	const vec left = l->end - l->t, zero = left * 0;
	const ivec last = LEVEL_NAME(size)(l->h) >= LEVEL_NAME(size)(left) * (1 - 1e-12);
	const vec h = LEVEL_NAME(choose)(last, left, l->h);
	const vec resolution = 1e-13 * LEVEL_NAME(larger)(zero + 1, LEVEL_NAME(size)(l->t));
	struct factors f[5];
	struct attempt a;
	ivec accepted, watched;
	vec factor, longer;

	LEVEL_NAME(attempt_step)(l, h, rtol, f, &a);
	accepted = a.error <= 1;
	factor = SAFETY * LEVEL_NAME(fifth_root_of_inverse)(LEVEL_NAME(larger)(a.error, zero + 1e-30));
	factor = LEVEL_NAME(choose)(factor < 5, factor, zero + 5);
	factor = LEVEL_NAME(choose)(factor > 0.2, factor, zero + 0.2);
	factor = LEVEL_NAME(choose)(accepted | (factor < 0.9), factor, zero + 0.9);
	longer = h * factor;
	longer = LEVEL_NAME(choose)(LEVEL_NAME(size)(longer) > LONGEST,
		LEVEL_NAME(choose)(longer > 0, zero + LONGEST, zero - LONGEST), longer);
	l->h = LEVEL_NAME(choose)(accepted & last, l->h, longer);

	const struct {
		struct triple x, force;
		vec t;
	} next = { a.x, LEVEL_NAME(times)(a.force, f[4].down), LEVEL_NAME(choose)(last, l->end, l->t + h) };
	KEEP(x.u2);
	KEEP(x.u4);
	KEEP(x.u6);
	KEEP(force.u2);
	KEEP(force.u4);
	KEEP(force.u6);
	KEEP(t);
	l->steps -= accepted;
	l->tried += 1;
	watched = (accepted & last) | (l->x.u2 < GAP_MIN - 1) | (LEVEL_NAME(size)(l->h) <= resolution);
	return watched;
}
#undef KEEP

/* What a lane that is watched has come to; false: it goes on. */
TARGET static bool
LEVEL_NAME(finish)(struct lanes *l, size_t i, bool exhausted)
{
	struct sextic *s = l->of[i];

	if (!s)
		return false;
	s->u[0] = l->x.u2[i];
	s->u[1] = l->x.u4[i];
	s->u[2] = l->x.u6[i];
	s->reached = l->t[i];
	s->steps = (uint32_t)l->steps[i];
	if (l->t[i] == l->end[i])
		s->event = REQUESTED;
	else if (l->x.u2[i] < GAP_MIN - 1)
		s->event = SINGULAR;
	else if (exhausted)
		s->event = EXHAUSTED;
	else
		s->event = reason(s->u, (double[]){ l->force.u2[i], l->force.u4[i], l->force.u6[i] });
	return true;
}

/* A trajectory that does no harm and never ends; or *s, from its start. */
TARGET static void
LEVEL_NAME(begin)(struct lanes *l, size_t i, struct sextic *s, double first)
{
	l->of[i] = s;
	l->t[i] = 0;
	l->x.u2[i] = s ? s->u[0] : 0;
	l->x.u4[i] = s ? s->u[1] : 0;
	l->x.u6[i] = s ? s->u[2] : 0;
	l->end[i] = s ? s->end : 1e300;
	l->h[i] = s && s->end < 0 ? -first : first;
	l->K[i] = s ? litim_factor(s->d) : 0;
	l->D4[i] = s ? 4 - s->d : 0;
	l->steps[i] = l->tried[i] = 0;
}

/* The force on the one that has begun in lane i. */
TARGET static void
LEVEL_NAME(renew_force)(struct lanes *l, size_t i)
{
	const struct triple all = LEVEL_NAME(force_at)(l->K, l->x);

	l->force.u2[i] = all.u2[i];
	l->force.u4[i] = all.u4[i];
	l->force.u6[i] = all.u6[i];
}

TARGET static void
LEVEL_NAME(run)(struct sextic s[], size_t n, double rtol, uint64_t steps_max)
{
	const double first = first_step(rtol);
	struct lanes l = { .steps = { 0 } };
	size_t next = 0, busy = 0;

	for (size_t i = 0; i < W; i++) {
		next = first_to_run(s, n, next);
		busy += next < n;
		LEVEL_NAME(begin)(&l, i, next < n ? &s[next++] : NULL, first);
	}
	for (size_t i = 0; i < W; i++)
		LEVEL_NAME(renew_force)(&l, i);
	while (busy) {
		const ivec exhausted = l.tried >= (int64_t)steps_max - 1;
		const ivec watched = LEVEL_NAME(step)(&l, rtol) | exhausted;

		if (!LEVEL_NAME(any)(watched))
			continue;
		for (size_t i = 0; i < W; i++) {
			if (!watched[i] || !LEVEL_NAME(finish)(&l, i, exhausted[i]))
				continue;
			next = first_to_run(s, n, next);
			busy -= next == n;
			LEVEL_NAME(begin)(&l, i, next < n ? &s[next++] : NULL, first);
			LEVEL_NAME(renew_force)(&l, i);
		}
	}
}
