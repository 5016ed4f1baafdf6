#include "flow.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_WORDS = 4 }; /* 32-bit words of a random block */

static size_t
blocks_of(size_t words)
{
	return (words + BLOCK_WORDS - 1) / BLOCK_WORDS;
}

enum rn_status
flow_make(struct flow *f, const struct rn_rbm *rbm, bool mean, struct rn_error *err)
{
	*f = (struct flow){ .rbm = rbm,
		.mean = mean,
		.rows = FLOW_ROWS,
		.h_words = rbm->nh,
		.v_words = rbm->nv };
	if (rbm->visible == RN_UNITS_GAUSSIAN)
		f->v_words *= 2;
	f->v = calloc(FLOW_ROWS * rbm->nv, sizeof *f->v);
	f->h = calloc(FLOW_ROWS * rbm->nh, sizeof *f->h);
	if (!f->v || !f->h)
		return rn_fail_memory(err, "layers");
	if (mean)
		return RN_OK;
	f->v_random = calloc(FLOW_ROWS * f->v_words, sizeof *f->v_random);
	f->h_random = calloc(FLOW_ROWS * f->h_words, sizeof *f->h_random);
	f->blocks = calloc(blocks_of(f->v_words) + blocks_of(f->h_words), 2 * sizeof *f->blocks);
	return f->v_random && f->h_random && f->blocks ? RN_OK : rn_fail_memory(err, "random numbers");
}

void
flow_clear(struct flow *f)
{
	free(f->v);
	free(f->h);
	free(f->v_random);
	free(f->h_random);
	free(f->blocks);
	*f = (struct flow){ 0 };
}

static void
draw_words(struct flow *f, size_t first, size_t n)
{
	const size_t h_blocks = blocks_of(f->h_words), blocks = h_blocks + blocks_of(f->v_words);

	for (size_t i = first; i < first + n; i++) {
		const struct flow_chain *c = &f->chain[i];

		rn_random_fill(&c->key, c->id, c->step * blocks, f->blocks, blocks);
		memcpy(f->h_random + i * f->h_words, f->blocks, f->h_words * sizeof *f->h_random);
		memcpy(f->v_random + i * f->v_words, f->blocks + 2 * h_blocks,
			f->v_words * sizeof *f->v_random);
	}
}

void
flow_step(struct flow *f, size_t first, size_t n)
{
	if (f->mean) {
		rn_rbm_hidden(f->rbm, f->v, f->rows, NULL, f->h, NULL);
		rn_rbm_visible(f->rbm, f->h, f->rows, NULL, f->v, NULL);
	} else {
		draw_words(f, first, n);
		rn_rbm_hidden(f->rbm, f->v, f->rows, f->h_random, NULL, f->h);
		rn_rbm_visible(f->rbm, f->h, f->rows, f->v_random, NULL, f->v);
	}
	for (size_t i = first; i < first + n; i++)
		f->chain[i].step++;
}
