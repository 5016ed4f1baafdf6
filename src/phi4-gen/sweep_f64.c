/* Sixteen chains of f64; the sweeps are in sweep_kernel.h. */
#include "sweep.h"

#define BITS 64
#define sweeps_of_type sweep_f64
#include "sweep_levels.h"
