#!/usr/bin/python3
"""An ensemble of Gauss nets as one would write it: nets.py numpy|torch f64|f32 N NETS, prints "seconds X".

f(x) = W1 . exp(W0 x + b0) / sqrt(exp(2 (sb^2 + sW^2 x^2))) + b1 at six points, all sigmas 1, whole batches of networks
at a time, drawn anew each; one thread, CPU time. Starting Python is not in the seconds.
"""
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

peer, kind, N, nets = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
BATCH = max(64, 65536 // N)		# networks at a time: what fits a cache works faster
points = 0.01 * np.array([-1, -0.6, -0.2, 0.2, 0.6, 1])
norm = 1 / np.sqrt(np.exp(2 * (1 + points**2)))

if peer == "numpy":
    dtype = np.float64 if kind == "f64" else np.float32
    rng = np.random.Generator(np.random.SFC64(1))
    x, z = points.astype(dtype), norm.astype(dtype)

    def normals(*shape):
        return rng.standard_normal(shape, dtype=dtype)

    def batch():
        W0, b0, W1, b1 = normals(BATCH, N), normals(BATCH, N), normals(BATCH, N) / dtype(N**0.5), normals(BATCH, 1)
        f = np.empty((BATCH, 6), dtype)
        for i in range(6):
            f[:, i] = np.einsum("bn,bn->b", W1, np.exp(W0 * x[i] + b0))
        return f * z + b1
else:
    import torch
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    dtype = torch.float64 if kind == "f64" else torch.float32
    x, z = torch.tensor(points, dtype=dtype), torch.tensor(norm, dtype=dtype)

    def normals(*shape):
        return torch.randn(*shape, dtype=dtype)

    def batch():
        W0, b0, W1, b1 = normals(BATCH, N), normals(BATCH, N), normals(BATCH, N) / N**0.5, normals(BATCH, 1)
        f = torch.stack([(torch.exp(torch.addcmul(b0, W0, x[i])) * W1).sum(1) for i in range(6)], 1)
        return f * z + b1

batch()
start, done = time.process_time(), 0
while done < nets:
    batch()
    done += BATCH
print("seconds %.6f" % ((time.process_time() - start) * nets / done))
