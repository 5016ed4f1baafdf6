/*
 * report.h - what --report tells of each set of couplings: how it was sampled, and how long that takes to forget
 */
#ifndef PHI4_GEN_REPORT_H
#define PHI4_GEN_REPORT_H

#include "renorm/outfile.h"
#include "run.h"

struct report {
	struct rn_outfile *file;
	struct rn_text text;
};

/* All exit. */
struct report *report_open(const char *path);
void report_step(struct report *t, const struct run *r, const struct step *s, const struct watch_tau *tau);
void report_close(struct report *t); /* NULL is accepted */

#endif
