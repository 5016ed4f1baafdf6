#!/usr/bin/python3
"""What one would write in NumPy: peer.py blockspin|observe|blockfield|observefield L RECORDS prints "seconds X".

RECORDS is what rns-cat --records gives of spins on L x L sites, or of a field with its couplings and id. Reading the file is part of the work, as it is
of the stage's; starting Python is not.
"""
import sys
import time

import numpy as np

what, L, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
record = np.dtype([("T", "f8"), ("h", "f8"), ("replica", "u4"), ("sweep", "u8"), ("id", "u8"),
                   ("e", "f8"), ("m", "f8"), ("spins", "u1", (L * L + 7) // 8)])
BATCH = 1 << 16		# records at a time: what fits a cache works faster than all at once
if "field" in what:
    record = np.dtype([("coupling", "f8", 3), ("id", "u8"), ("phi", "f4", (L, L))])
    BATCH = max(1, (1 << 16) // (L * L))


def spins_of(r):
    return np.unpackbits(r["spins"], axis=1, count=L * L, bitorder="little").reshape(-1, L, L)


def blockspin(r, rng):
    block = spins_of(r).reshape(-1, L // 2, 2, L // 2, 2).sum(axis=(2, 4), dtype=np.int8)
    up = (block > 2) | ((block == 2) & (rng.integers(0, 2, block.shape, dtype=np.int8) == 1))
    return np.packbits(up.reshape(len(r), -1), axis=1, bitorder="little")


def observe(r, rng):
    s = spins_of(r)
    e = 2 * L * L - 2 * (s ^ np.roll(s, -1, 1)).sum(axis=(1, 2), dtype=np.int32) \
        - 2 * (s ^ np.roll(s, -1, 2)).sum(axis=(1, 2), dtype=np.int32)
    m = 2 * s.sum(axis=(1, 2), dtype=np.int32) / (L * L) - 1
    return e.sum(), np.abs(m).sum(), (m**2).sum(), (m**4).sum()


def blockfield(r, rng):
    block = r["phi"].reshape(-1, L // 2, 2, L // 2, 2)
    sign = np.sign(block.sum(axis=(2, 4), keepdims=True, dtype=np.float64))
    major = block * sign > 0
    return (np.where(major, block, 0).sum(axis=(2, 4)) / major.sum(axis=(2, 4))).astype(np.float32)


def observefield(r, rng):
    phi = r["phi"].astype(np.float64)
    m, phi2 = phi.mean(axis=(1, 2)), phi**2
    nn = (phi * (np.roll(phi, -1, 1) + np.roll(phi, -1, 2))).mean(axis=(1, 2))
    return np.abs(m).sum(), (m**2).sum(), (m**4).sum(), nn.sum(), phi2.sum(), (phi2**2).sum()


start = time.perf_counter()
records = np.fromfile(path, record)
rng = np.random.Generator(np.random.SFC64(1))
for i in range(0, len(records), BATCH):
    batch = records[i:i + BATCH]
    {"blockspin": blockspin, "observe": observe, "blockfield": blockfield, "observefield": observefield}[what](batch, rng)
print("seconds %.6f" % (time.perf_counter() - start))
