/*
 * report.h - what --report tells of each temperature: how it was sampled, and how long that takes to forget
 */
#ifndef ISING_GEN_REPORT_H
#define ISING_GEN_REPORT_H

#include "renorm/outfile.h"
#include "run.h"

struct report {
	struct rn_outfile *file;
	struct rn_text text;
};

/* All exit. */
struct report *report_open(const char *path);
void report_exact(struct report *t, const struct run *r, const struct step *s);
void report_chains(struct report *t, const struct step *s, uint64_t chains, const struct watch_tau *tau);
void report_close(struct report *t); /* NULL is accepted */

#endif
