/* Memory of the forest of runs; what is done in it is in runs_kernel.h. */
#include "runs.h"

#include <stdlib.h>

bool
rn_runs_init(struct runs *r, const struct rn_lattice *l)
{
	const size_t words = (l->cols + 63) / 64;

	*r = (struct runs){
		.rows = l->rows,
		.words = words,
		.end = (l->cols - 1) % 64,
		.last = UINT64_MAX >> (63 - (l->cols - 1) % 64),
	};
	r->above = calloc(words, sizeof *r->above);
	r->start = calloc(l->rows * words, sizeof *r->start);
	r->parent = calloc(l->sites + 64, sizeof *r->parent);
	r->up = calloc(l->sites + 64, sizeof *r->up);
	r->pair = calloc(RUNS_PAIRS + 64, sizeof *r->pair);
	return r->above && r->start && r->parent && r->up && r->pair;
}

void
rn_runs_clear(struct runs *r)
{
	free(r->above);
	free(r->start);
	free(r->parent);
	free(r->up);
	free(r->pair);
	*r = (struct runs){ 0 };
}
