#include "sextic.h"

#include <float.h>
#include <math.h>

#include "renorm/cpu.h"

/* J. R. Dormand, P. J. Prince, J. Comp. Appl. Math. 6 (1980) 19; E: order 5 minus order 4. */
#define A21 (1. / 5)
#define A31 (3. / 40)
#define A32 (9. / 40)
#define A41 (44. / 45)
#define A42 (-56. / 15)
#define A43 (32. / 9)
#define A51 (19372. / 6561)
#define A52 (-25360. / 2187)
#define A53 (64448. / 6561)
#define A54 (-212. / 729)
#define A61 (9017. / 3168)
#define A62 (-355. / 33)
#define A63 (46732. / 5247)
#define A64 (49. / 176)
#define A65 (-5103. / 18656)
#define A71 (35. / 384)
#define A73 (500. / 1113)
#define A74 (125. / 192)
#define A75 (-2187. / 6784)
#define A76 (11. / 84)
#define E1 (71. / 57600)
#define E3 (-71. / 16695)
#define E4 (71. / 1920)
#define E5 (-17253. / 339200)
#define E6 (22. / 525)
#define E7 (-1. / 40)

#define BOUND 1e250
#define GAP_MIN 1e-6 /* below it 1 + u2 counts as 0 */
#define GAP_GIVEN_UP 0.05
#define LONGEST 5.0 /* steps: no factor beyond e^20, as |D| <= 4 */
#define SAFETY 0.88

static double
first_step(double rtol)
{
	return 0.8 * pow(rtol, 0.2);
}

/* Why no step is short enough at couplings u on which fluctuations act with a force. */
static enum event
reason(const double u[3], const double force[3])
{
	if (u[0] < GAP_GIVEN_UP - 1)
		return SINGULAR;
	for (size_t i = 0; i < 3; i++)
		if (fabs(u[i]) > BOUND / 2 && fabs(force[i]) <= fabs(u[i]))
			return TOO_LARGE;
	return DIVERGED;
}

/* From the index on, the first that can start and has a way to go; the others are answered here. */
static size_t
first_to_run(struct sextic s[], size_t n, size_t index)
{
	for (; index < n; index++) {
		struct sextic *here = &s[index];
		bool numbers = here->u[0] > GAP_MIN - 1;

		for (size_t i = 0; i < 3; i++)
			numbers = numbers && fabs(here->u[i]) <= BOUND;
		here->reached = 0;
		here->steps = 0;
		here->event = numbers ? REQUESTED : UNSTARTED;
		if (numbers && here->end != 0)
			break;
	}
	return index;
}

#define LEVEL 0
#include "sextic_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "sextic_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "sextic_kernel.h"
#else
#define run_1 run_0
#define run_2 run_0
#endif

void
sextic_run(struct sextic trajectories[], size_t n, const struct rules *rules)
{
	switch (rn_cpu()) {
	case RN_CPU_BASELINE: run_0(trajectories, n, rules->rtol, rules->steps_max); return;
	case RN_CPU_AVX2: run_1(trajectories, n, rules->rtol, rules->steps_max); return;
	case RN_CPU_AVX512: run_2(trajectories, n, rules->rtol, rules->steps_max); return;
	}
}
