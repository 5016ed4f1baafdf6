/*
 * runs.h - the clusters that bonds make of the sites of a torus, by runs
 *
 * The cluster step of Swendsen and Wang, whatever the bonds are drawn from. A run is what horizontal bonds join within a
 * row (the bond around the torus left aside). Runs, numbered in the order of their sites, are the nodes of a union-find
 * forest, which other bonds join. A parent is never behind its child, so that the root of a cluster is its first run.
 *
 * Rows are words of bits: bit x % 64 of word x / 64 is column x. The functions are in runs_kernel.h, to be compiled
 * for the CPU's level by who uses them.
 */
#ifndef RUNS_H
#define RUNS_H

#include "renorm/lattice.h"

enum { RUNS_PAIRS = 2048 };

/* Two runs. */
struct pair {
	uint32_t a, b;
};

struct runs {
	size_t rows, words;	      /* and words a row */
	unsigned end;		      /* the place of the last column in the last word of a row */
	uint64_t last;		      /* the bits of that word */
	const uint64_t *right, *down; /* bonds of the row under way */
	uint64_t *above;	      /* those down from the row before */
	uint64_t *start;	      /* rows x words: the first sites of runs */
	uint32_t *parent;	      /* of a run; room for 64 more */
	uint8_t *up;		      /* 1: the coin of the run's cluster fell so */
	struct pair *pair;	      /* to be united */
	size_t pairs;
};

/* Of at most 2^32 - 64 sites. false: out of memory. */
bool rn_runs_init(struct runs *r, const struct rn_lattice *l);
void rn_runs_clear(struct runs *r);

#endif
