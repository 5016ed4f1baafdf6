"""Peers of invrg-train and invrg-apply, one thread: print "seconds X" of the work alone, without start and reading.

invrg.py torch L K N        N lattices L x L enlarged to 2L x 2L by conv_transpose2d, periodic, f32
invrg.py numpy L K N        the same by NumPy: shifted copies of the coarse lattice, a class of sites at a time
invrg.py squares L K N      least squares from N pairs 2L -> L: NumPy, windows of the coarse lattice and a matrix product
"""
import sys
import time

import numpy as np

what, L, K, n = sys.argv[1], *(int(a) for a in sys.argv[2:])
rng = np.random.default_rng(1)
x = rng.standard_normal((n, L, L), dtype=np.float32)
kernel = rng.standard_normal((K, K), dtype=np.float32) / K
pad = (K - 2) // 2
reach = (pad + 1) // 2 + 1


def windows(x, r, s):
    """For site (r, s) of a block: entries of the kernel, and the coarse lattices that they multiply."""
    for a in range(-reach, reach + 1):
        for b in range(-reach, reach + 1):
            u, v = r + pad - 2 * a, s + pad - 2 * b
            if 0 <= u < K and 0 <= v < K:
                yield u, v, np.roll(x, (-a, -b), (1, 2))


def by_torch():
    import torch

    torch.set_num_threads(1)
    field, w = torch.from_numpy(x)[:, None], torch.from_numpy(kernel)[None, None]
    crop = 2 * reach + pad

    def step(batch):
        wide = torch.nn.functional.pad(batch, (reach,) * 4, mode="circular")
        return torch.nn.functional.conv_transpose2d(wide, w, stride=2)[:, :, crop : crop + 2 * L, crop : crop + 2 * L].contiguous()

    step(field[:1])
    t = time.perf_counter()
    for i in range(n):
        step(field[i : i + 1])
    return time.perf_counter() - t


def by_numpy():
    y = np.empty((1, 2 * L, 2 * L), np.float32)
    t = time.perf_counter()
    for i in range(n):
        for r in range(2):
            for s in range(2):
                y[:, r::2, s::2] = sum(kernel[u, v] * shifted for u, v, shifted in windows(x[i : i + 1], r, s))
    return time.perf_counter() - t


def squares():
    y = rng.standard_normal((n, 2 * L, 2 * L), dtype=np.float32)
    fit = np.zeros((K, K))
    t = time.perf_counter()
    for r in range(2):
        for s in range(2):
            found = list(windows(x, r, s))
            A = np.stack([shifted.ravel() for _, _, shifted in found]).astype(np.float64)
            w = np.linalg.solve(A @ A.T, A @ y[:, r::2, s::2].ravel().astype(np.float64))
            for (u, v, _), value in zip(found, w):
                fit[u, v] = value
    return time.perf_counter() - t


print("seconds", {"torch": by_torch, "numpy": by_numpy, "squares": squares}[what]())
