#!/usr/bin/python3
"""phi^4 as one would write it in Numba: phi4_numba.py L SWEEPS prints "seconds X".

Metropolis in raster order, float64, with Numba's own random numbers; kappa = 1, lambda = 0.7, mu2 = -0.9515.
Compiling is not part of the work.
"""
import sys
import time
from math import exp

import numba as nb
import numpy as np


@nb.njit(fastmath=True)
def metropolis(f, a, b, step, sweeps):
    L = f.shape[0]
    for _ in range(sweeps):
        for y in range(L):
            up = y - 1 if y > 0 else L - 1
            down = y + 1 if y < L - 1 else 0
            for x in range(L):
                left = x - 1 if x > 0 else L - 1
                right = x + 1 if x < L - 1 else 0
                h = f[up, x] + f[down, x] + f[y, left] + f[y, right]
                p = f[y, x]
                q = p + step * (2 * np.random.random() - 1)
                more = (q - p) * ((q + p) * (a + b * (q * q + p * p)) - h)
                if more <= 0 or np.random.random() < exp(-more):
                    f[y, x] = q


L, sweeps = int(sys.argv[1]), int(sys.argv[2])
field = np.random.default_rng(1).normal(size=(L, L))
couplings = (-0.9515 + 4) / 2, 0.7 / 4, 2.0
metropolis(field, *couplings, 1)
start = time.perf_counter()
metropolis(field, *couplings, sweeps)
print("seconds %.6f" % (time.perf_counter() - start))
