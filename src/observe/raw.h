/* raw.h - the time series: a row for each record and level as it comes */
#ifndef OBSERVE_RAW_H
#define OBSERVE_RAW_H

#include "level.h"
#include "renorm/writer.h"

struct raw;

struct raw *raw_create(const struct rn_schema *schema, const struct levels *levels, struct rn_error *err);
void raw_destroy(struct raw *r); /* NULL is accepted */
struct rn_schema *raw_schema(const struct raw *r);
RN_MUST_CHECK enum rn_status
raw_add(struct raw *r, const uint8_t *record, struct rn_writer *w, struct rn_error *err);

#endif
