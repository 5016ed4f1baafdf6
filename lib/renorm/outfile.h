/*
 * renorm/outfile.h - an output file that appears whole or not at all
 *
 * The bytes go to a temporary in the same directory; closing syncs it and
 * renames it over the name. A stage that dies removes its temporaries (also on
 * SIGINT, SIGTERM and SIGHUP); after SIGKILL one may be left, named
 * ".NAME.XXXXXX.tmp", and the old file is untouched.
 */
#ifndef RENORM_OUTFILE_H
#define RENORM_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "renorm/status.h"

struct rn_outfile;

/* path NULL or "-": file descriptor 1, written in place. NULL on failure. */
struct rn_outfile *rn_outfile_open(const char *path, struct rn_error *err);
int rn_outfile_fd(const struct rn_outfile *f);
const char *rn_outfile_name(const struct rn_outfile *f); /* for messages: the path, or "standard output" */
/* All n bytes, or RN_EIO. */
RN_MUST_CHECK enum rn_status
rn_outfile_write(struct rn_outfile *f, const void *data, size_t n, struct rn_error *err);
/* Sync, rename, and close, checking each; frees f whatever it returns. */
RN_MUST_CHECK enum rn_status rn_outfile_close(struct rn_outfile *f, struct rn_error *err);
/*
 * For what is worth keeping when the stage dies: the temporary becomes "NAME.part" and stays, until it is renamed to
 * NAME at the end. RN_EUSAGE: there is one already. Nothing is done for standard output and devices.
 */
RN_MUST_CHECK enum rn_status rn_outfile_keep(struct rn_outfile *f, struct rn_error *err);
void rn_outfile_abandon(struct rn_outfile *f); /* NULL is accepted */

/*
 * Whether two paths are one regular file: by what they are where both exist, else by where they would come to be.
 * false for standard output and devices.
 */
bool rn_same_file(const char *a, const char *b);

#endif
