/* Sixteen chains of f32; the sweeps are in sweep_kernel.h. */
#include "sweep.h"

#define BITS 32
#define sweeps_of_type sweep_f32
#include "sweep_levels.h"
