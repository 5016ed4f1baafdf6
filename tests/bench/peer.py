#!/usr/bin/python3
"""What one would write in NumPy: peer.py blockspin|observe L RECORDS prints "seconds X".

RECORDS is what rns-cat --records gives of spins on L x L sites. Reading the file is part of the work, as it is
of the stage's; starting Python is not.
"""
import sys
import time

import numpy as np

what, L, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
record = np.dtype([("T", "f8"), ("h", "f8"), ("replica", "u4"), ("sweep", "u8"), ("id", "u8"),
                   ("e", "f8"), ("m", "f8"), ("spins", "u1", (L * L + 7) // 8)])
BATCH = 1 << 16		# records at a time: what fits a cache works faster than all at once


def spins_of(r):
    return np.unpackbits(r["spins"], axis=1, count=L * L, bitorder="little").reshape(-1, L, L)


def blockspin(r, rng):
    block = spins_of(r).reshape(-1, L // 2, 2, L // 2, 2).sum(axis=(2, 4), dtype=np.int8)
    up = (block > 2) | ((block == 2) & (rng.integers(0, 2, block.shape, dtype=np.int8) == 1))
    return np.packbits(up.reshape(len(r), -1), axis=1, bitorder="little")


def observe(r):
    s = spins_of(r)
    e = 2 * L * L - 2 * (s ^ np.roll(s, -1, 1)).sum(axis=(1, 2), dtype=np.int32) \
        - 2 * (s ^ np.roll(s, -1, 2)).sum(axis=(1, 2), dtype=np.int32)
    m = 2 * s.sum(axis=(1, 2), dtype=np.int32) / (L * L) - 1
    return e.sum(), np.abs(m).sum(), (m**2).sum(), (m**4).sum()


start = time.perf_counter()
records = np.fromfile(path, record)
rng = np.random.Generator(np.random.SFC64(1))
for i in range(0, len(records), BATCH):
    batch = records[i:i + BATCH]
    if what == "blockspin":
        blockspin(batch, rng)
    else:
        observe(batch)
print("seconds %.6f" % (time.perf_counter() - start))
