/* Chains on large tori: a board for each. */
#include <stdlib.h>

#include "board.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "sampler.h"

struct boards {
	size_t n;
	struct board *board;
	uint64_t first_id;
	enum board_algorithm algorithm;
	uint8_t *bits;
};

static void
start_boards(void *state, const struct ensemble *e, enum chain_start start)
{
	struct boards *s = state;
	const bool hot = chain_starts_hot(start, e->T);

	for (size_t i = 0; i < s->n; i++)
		board_start(&s->board[i], e->T, e->h, e->seed, s->first_id + i, s->algorithm, hot);
}

static void
advance_board(void *state, size_t b, uint64_t done, uint64_t more)
{
	board_sweep(&((struct boards *)state)->board[b], done, more);
}

static void
take_board(void *state, size_t b)
{
	struct boards *s = state;

	board_extract(&s->board[b], s->bits);
}

static const uint8_t *
bits_of_board(const void *state, size_t i)
{
	(void)i; /* a batch is one */
	return ((const struct boards *)state)->bits;
}

static void
insert_in_board(void *state, size_t k, const uint8_t *bits)
{
	board_insert(&((struct boards *)state)->board[k], bits);
}

static void
destroy_boards(void *state)
{
	struct boards *s = state;

	for (size_t i = 0; s->board && i < s->n; i++)
		board_clear(&s->board[i]);
	free(s->board);
	free(s->bits);
	free(s);
}

struct sampler
board_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id, enum chain_algorithm algorithm,
	unsigned threads)
{
	struct boards *s = calloc(1, sizeof *s);
	bool ready;

	if (!s)
		return (struct sampler){ 0 };
	*s = (struct boards){
		.board = calloc(replicas, sizeof *s->board),
		.bits = calloc(l->bytes + RN_SLACK, 1),
		.first_id = first_id,
		.algorithm = algorithm == HEATBATH ? BOARD_HEATBATH : BOARD_METROPOLIS,
	};
	ready = s->board && s->bits;
	while (ready && s->n < replicas)
		ready = board_init(&s->board[s->n++], l, threads);
	if (ready)
		return (struct sampler){ s, 1, start_boards, advance_board, take_board, bits_of_board,
			insert_in_board, destroy_boards };
	destroy_boards(s);
	return (struct sampler){ 0 };
}
