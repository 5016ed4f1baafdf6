#include "sextic.h"

#include <float.h>
#include <math.h>

#include "dormand_prince.h"
#include "renorm/cpu.h"

#define LONGEST (LONGEST_FACTOR / 4) /* as |D| <= 4 */
#define SAFETY 0.88		     /* STEP_SAFETY, and what the kernel's fifth root may be off */

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
