#!/usr/bin/python3
"""n-point functions at six points in NumPy: green_fn.py RECORDS prints "seconds X".

RECORDS is what rns-cat --records gives of nets at six points. G2, G4 and G6 of every bag, all 21, 126 and 462 choices,
by matrix products of f2, the 21 products of two, as one would write it after some thought. Reading the file is part of the
work, as it is of the stage's; starting Python is not.
"""
import itertools
import sys
import time

import numpy as np

record = np.dtype([("N", "u4"), ("sigma_w", "f8"), ("sigma_b", "f8"), ("bag", "u4"), ("net", "u8"), ("f", "f8", 6)])
BATCH = 1 << 12		# networks at a time: what fits a cache works faster than all at once


def choices(n):
    return list(itertools.combinations_with_replacement(range(6), n))


pairs, fours = choices(2), choices(4)
at2, at4 = ({c: i for i, c in enumerate(of)} for of in (pairs, fours))
left, right = np.array(pairs).T
in4 = np.array([(at2[c[:2]], at2[c[2:]]) for c in fours]).T
in6 = np.array([(at2[c[:2]], at4[c[2:]]) for c in choices(6)]).T

start = time.perf_counter()
nets = np.memmap(sys.argv[1], record, "r")
edges = np.flatnonzero(np.diff(nets["bag"])) + 1
G = []
for first, last in zip([0, *edges], [*edges, len(nets)]):
    G2, M4, M6 = np.zeros(21), np.zeros((21, 21)), np.zeros((21, 126))
    for i in range(first, last, BATCH):
        f = np.ascontiguousarray(nets["f"][i:min(i + BATCH, last)].T)
        f2 = f[left] * f[right]
        G2 += f2.sum(axis=1)
        M4 += f2 @ f2.T
        M6 += f2 @ (f2[in4[0]] * f2[in4[1]]).T
    G.append(np.concatenate([G2, M4[in4[0], in4[1]], M6[in6[0], in6[1]]]) / (last - first))
G = np.array(G)
mean, error = G.mean(axis=0), G.std(axis=0, ddof=1) / len(G)**0.5
assert np.isfinite(mean).all() and (error > 0).all()
print("seconds %.6f" % (time.perf_counter() - start))
