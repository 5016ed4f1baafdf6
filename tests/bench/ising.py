#!/usr/bin/python3
"""The Ising model as one would write it in Python: ising.py numba|numpy metropolis|wolff L N T prints "seconds X".

That is what N sweeps of Metropolis on a chess-board took, or N configurations by Wolff, each after 10 L^2 spins turned
on average. One thread; compiling and warming up are not in it. wolff is for numba only.
"""
import sys
import time

import numpy as np

peer, algorithm, L, n, T = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
if peer == "numba":
    from numba import njit
else:
    def njit(**_):
        return lambda f: f


@njit(cache=True, fastmath=True)
def numba_metropolis(s, accept, n, state):
    """One xorshift64* a row; accept[cost], negative costs from the end."""
    L = s.shape[0]
    for _ in range(n):
        for colour in range(2):
            for y in range(L):
                above = y - 1 if y > 0 else L - 1
                below = y + 1 if y < L - 1 else 0
                r = state[y]
                for x in range((y + colour) & 1, L, 2):
                    left = x - 1 if x > 0 else L - 1
                    right = x + 1 if x < L - 1 else 0
                    cost = s[y, x] * (s[above, x] + s[below, x] + s[y, left] + s[y, right])
                    r ^= r >> np.uint64(12)
                    r ^= r << np.uint64(25)
                    r ^= r >> np.uint64(27)
                    if ((r * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(32)) * 2.0**-32 < accept[cost]:
                        s[y, x] = -s[y, x]
                state[y] = r


@njit(cache=True)
def numba_wolff(s, stack, L, bond, clusters):
    N = L * L
    turned = 0
    for _ in range(clusters):
        i = np.random.randint(0, N)
        old = s[i]
        s[i] = -old
        stack[0] = i
        top = 1
        turned += 1
        while top > 0:
            top -= 1
            k = stack[top]
            x, y = k % L, k // L
            for d in range(4):
                if d == 0:
                    j = k - 1 if x > 0 else k + L - 1
                elif d == 1:
                    j = k + 1 if x < L - 1 else k + 1 - L
                elif d == 2:
                    j = k - L if y > 0 else k + N - L
                else:
                    j = k + L if y < L - 1 else k + L - N
                if s[j] == old and np.random.random() < bond:
                    s[j] = -old
                    stack[top] = j
                    top += 1
                    turned += 1
    return turned


def numpy_metropolis(s, accept, n, rng):
    colour = np.add.outer(np.arange(L), np.arange(L)) & 1
    for _ in range(n):
        for c in (0, 1):
            cost = s * (np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1))
            turn = (rng.random((L, L), dtype=np.float32) < accept[cost]) & (colour == c)
            np.negative(s, out=s, where=turn)


rng = np.random.Generator(np.random.SFC64(1))
s = np.where(rng.random((L, L)) < (0.5 if T > 2.26 else 1), 1, -1).astype(np.int8)
accept = np.ones(9, np.float32)     # of costs 0 to 4, and -4 to -1
accept[1:5] = np.exp(-2 * np.arange(1, 5) / T)
if algorithm == "wolff":
    s, stack, bond = s.ravel(), np.empty(L * L, np.int64), 1 - np.exp(-2 / T)
    turned = clusters = 0
    while turned < 100 * L * L:
        turned += numba_wolff(s, stack, L, bond, 1)
    turned = 0
    while turned < 100 * L * L:
        turned += numba_wolff(s, stack, L, bond, 10)
        clusters += 10
    each = int(np.ceil(10 * L * L * clusters / turned))

    def run(n):
        numba_wolff(s, stack, L, bond, n * each)
elif peer == "numba":
    words = rng.integers(1, 2**63, L).astype(np.uint64)

    def run(n):
        numba_metropolis(s, accept, n, words)
else:
    def run(n):
        numpy_metropolis(s, accept, n, rng)

run(1)
start = time.process_time()
run(n)
print("seconds %.6f" % (time.process_time() - start))
