/*
 * dormand_prince.h - the pair of Runge-Kutta methods of trajectories, and how their steps are chosen
 */
#ifndef WETTERICH_DORMAND_PRINCE_H
#define WETTERICH_DORMAND_PRINCE_H

#include <math.h>

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

#define BOUND 1e250	   /* of couplings in units of k */
#define GAP_MIN 1e-6	   /* below it 1 + u'' counts as 0 */
#define GAP_GIVEN_UP 0.05  /* below it the flow is singular where no step is short enough */
#define LONGEST_FACTOR 20. /* of D h: no canonical factor beyond e^20 in a step */
#define STEP_SAFETY 0.9

static inline double
first_step(double rtol)
{
	return 0.8 * pow(rtol, 0.2);
}

#endif
