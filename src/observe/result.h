/* result.h - the columns that observe adds to those it takes over */
#ifndef OBSERVE_RESULT_H
#define OBSERVE_RESULT_H

#include "renorm/schema.h"

/* A scalar column; RN_EDATA, with the cure, when one of this name was taken over from the input. */
RN_MUST_CHECK enum rn_status
result_add_column(struct rn_schema *table, const char *name, enum rn_type type, struct rn_error *err);

#endif
