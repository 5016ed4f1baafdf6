/* One large torus, a bit a spin: its layout, the few sites that the kernels leave undecided, and threads. */
#include "board.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ars.h"
#include "renorm/bits.h"
#include "renorm/cpu.h"
#include "renorm/random.h"
#include "update.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 512  /* bits */
#define PENDING 16 /* sets of sites */

static unsigned
blocks_of(const struct board *b, size_t group)
{
	const size_t rest = b->blocks - group * BOARD_GROUP;

	return rest < BOARD_GROUP ? (unsigned)rest : BOARD_GROUP;
}

static inline uint64_t
group_draw(const struct board *b, uint64_t sweep, unsigned colour, size_t group)
{
	return ((2 * sweep + colour) * b->groups + group) * BOARD_DRAWS;
}

static inline uint64_t
site_draw(const struct board *b, uint64_t sweep, unsigned colour, size_t bit)
{
	return ((uint64_t)1 << 63) + (2 * sweep + colour) * b->blocks * BLOCK + bit;
}

/* Whether some bits of a block are no sites, or might be. */
static inline bool
is_end(const struct board *b, size_t block)
{
	return b->pitch < BLOCK ? block + 1 == b->blocks : (block + 1) * BLOCK % b->pitch == 0;
}

/* What is being made of the random numbers of a group: out up to end. */
struct ahead {
	/* Of ARS-7, 128 bits four times; from one vector of counters to the next. */
	_Alignas(64) uint64_t key[ARS_ROUNDS + 1][8], counter[8], step[8];
	uint64_t *out, *end;
};

/* Sites that a kernel leaves, in some words of the blocks of a group. */
struct pending {
	_Alignas(64) uint64_t eq[BOARD_GROUP * 8]; /* undecided after the rounds of each block */
	uint64_t left[(BOARD_MERGED + 1) * 8]; /* of each merged block after its rounds; last, those in none */
	size_t block;			       /* the first of the group */
	unsigned blocks, part;		       /* of the group; the first word */
};

struct supply;
typedef void
kernel(const struct board *b, unsigned colour, uint64_t sweep, size_t first, size_t end, struct supply *s);

/* What a thread works with: random numbers of one group and of the one after it, and sites that are left. */
struct supply {
	struct ahead ahead;
	/* Not a page from one to the other: a load would wait for a store to the same place of the other page. */
	_Alignas(64) uint64_t random[2][2 * BOARD_DRAWS + 256];
	/* Settled a few at a time, so that the kernel does not branch on something so hard to foresee. */
	struct pending pending[PENDING];
	size_t pending_count;
	uint64_t draw; /* of the group that comes next */
	unsigned next; /* which of random[] is or will be its numbers */
	bool made;     /* whether they have been made */
	bool possible; /* whether the kernel makes numbers ahead */
	kernel *half_sweep;
};
static void settle(const struct board *b, unsigned colour, uint64_t sweep, unsigned words, struct supply *s);

static inline size_t
draws_of(unsigned blocks)
{
	return 4 * (BOARD_MERGED_ROUNDS + (size_t)blocks * BOARD_FIRST);
}

/* The random numbers of the group at `draw`, made ahead or now. */
static inline const uint64_t *
supply_take(struct supply *s, const struct board *b, uint64_t draw, unsigned blocks)
{
	uint64_t *random = s->random[s->next];

	if (!s->made || s->draw != draw)
		rn_random_fill(&b->key, b->id, draw, random, draws_of(blocks));
	s->next = 1 - s->next;
	return random;
}

/* To be filled, until supply_take() is called again, with those of the group at `draw`. */
static inline struct ahead *
supply_ahead(struct supply *s, const struct board *b, uint64_t draw, unsigned blocks)
{
	s->made = s->possible;
	s->draw = draw;
	s->ahead.out = s->random[s->next];
	s->ahead.end = s->ahead.out + (s->possible ? 2 * draws_of(blocks) : 0);
	for (unsigned i = 0; i < 8; i += 2) {
		s->ahead.counter[i] = draw + (s->ahead.step[0] > 1 ? i / 2 : 0);
		s->ahead.counter[i + 1] = b->id;
	}
	return &s->ahead;
}

#define LEVEL 0
#include "board_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "board_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "board_kernel.h"
#endif

/* The kernels of the wider levels want AES instructions of that width, or nearly. */
static void
supply_start(struct supply *s, const struct board *b)
{
	uint64_t step = 0;

	s->half_sweep = half_sweep_0;
	s->next = 0;
	s->made = false;
	s->pending_count = 0;
#if defined(__x86_64__)
	if (rn_cpu_vaes()) {
		s->half_sweep = half_sweep_2;
		step = 4;
	} else if (rn_cpu() >= RN_CPU_AVX2 && rn_cpu_aes()) {
		s->half_sweep = half_sweep_1;
		step = 1;
	}
#endif
	s->possible = step > 0;
	for (unsigned i = 0; i < 8; i += 2) {
		s->ahead.step[i] = step;
		s->ahead.step[i + 1] = 0;
		for (unsigned r = 0; r <= ARS_ROUNDS; r++) {
			s->ahead.key[r][i] = b->key.k[0] + r * ARS_WEYL_LOW;
			s->ahead.key[r][i + 1] = b->key.k[1] + r * ARS_WEYL_HIGH;
		}
	}
}

/* Also of the rows beside the lattice: before it, where bits count below 0, and after it. */
static unsigned
bit_at(const uint64_t *colour, ptrdiff_t bit)
{
	return colour[bit >> 6] >> (bit & 63) & 1;
}

static size_t
pitch_of(size_t width)
{
	for (size_t pitch = 32; pitch < BLOCK; pitch *= 2)
		if (width <= pitch)
			return pitch;
	return (width + BLOCK - 1) / BLOCK * BLOCK;
}

static void
mark_sites(struct board *b)
{
	const size_t row_blocks = b->pitch < BLOCK ? b->blocks : b->pitch / BLOCK;

	for (size_t end = 0; end <= 1; end++)
		for (size_t i = 0; i < BLOCK; i++) {
			const size_t bit = (end ? row_blocks - 1 : 0) * BLOCK + i;
			const bool is_site = bit % b->pitch < b->width && bit / b->pitch < b->lattice.rows;

			b->valid[end][i / 64] |= (uint64_t)is_site << i % 64;
		}
	b->last_word[(b->width - 1) / 64 % 8] = ~(uint64_t)0;
}

/*
 * The neighbour to the side of bit k is k - 1 or k + 1, modulo the width. So a row of one lane is shifted up by 1
 * and down by width - 1, or the other way round; with more words to a row, those come from beside or the other end.
 */
static void
shift_lanes(struct board *b, unsigned colour)
{
	const uint32_t last = (uint32_t)(b->width - 1), bits = b->pitch == 32 ? 32 : 64;
	const uint32_t row_lanes = (uint32_t)b->pitch / bits, step = bits / 32;

	for (uint32_t lane = 0; lane < BLOCK / bits; lane++) {
		const uint32_t at = lane % row_lanes, start = lane - at;
		const bool lower = (lane / row_lanes + colour) % 2 == 0; /* k - 1 */
		uint32_t from_up = lane, from_down = lane, by_up = 1, by_down = 1;

		if (lower) {
			from_down = at == 0 ? start + last / bits : lane - 1;
			by_down = at == 0 ? last % bits : bits - 1;
		} else {
			from_up = at == last / bits ? start : lane + 1 - (at == row_lanes - 1);
			by_up = at == last / bits ? last % bits : bits - 1;
		}
		b->up[colour].by[lane * step] = by_up;
		b->down[colour].by[lane * step] = by_down;
		for (uint32_t half = 0; half < step; half++) {
			b->up[colour].lane[lane * step + half] = from_up * step + half;
			b->down[colour].lane[lane * step + half] = from_down * step + half;
		}
	}
}

bool
board_covers(const struct rn_lattice *l)
{
	return l->dim == 2 && l->rows % 2 == 0 && l->cols % 2 == 0;
}

bool
board_init(struct board *b, const struct rn_lattice *l, unsigned threads)
{
	const size_t page = 4096 / sizeof(uint64_t);
	size_t width, pitch, blocks, margin, words;

	*b = (struct board){ 0 };
	if (l->sites > SIZE_MAX / 64) /* padded, its bits could not be counted */
		return false;
	width = l->cols / 2;
	pitch = pitch_of(width);
	blocks = (l->rows * pitch + BLOCK - 1) / BLOCK;
	margin = (pitch / 64 + 15) / 8 * 8; /* words on either side: a row, and one word more */
	/* Of a colour, not whole pages: see struct supply. */
	words = (8 * blocks + 2 * margin + page - 1) / page * page + page / 2 + 8;
	*b = (struct board){
		.lattice = *l,
		.width = width,
		.pitch = pitch,
		.blocks = blocks,
		.groups = (blocks + BOARD_GROUP - 1) / BOARD_GROUP,
		.threads = threads < 1		  ? 1
			: threads < BOARD_THREADS ? threads
						  : BOARD_THREADS,
		.memory = aligned_alloc(64, 2 * words * sizeof(uint64_t)),
	};
	if (!b->memory)
		return false;
	memset(b->memory, 0, 2 * words * sizeof(uint64_t));
	for (unsigned c = 0; c < 2; c++) {
		b->colour[c] = (uint64_t *)b->memory + c * words + margin;
		if (pitch < BLOCK)
			shift_lanes(b, c);
	}
	mark_sites(b);
	return true;
}

void
board_clear(struct board *b)
{
	free(b->memory);
	*b = (struct board){ 0 };
}

static void
copy_border(struct board *b, unsigned colour)
{
	const size_t bytes = b->pitch / 8;
	char *first = (char *)b->colour[colour], *end = first + b->lattice.rows * bytes;

	memcpy(first - bytes, end - bytes, bytes);
	memcpy(end, first, bytes);
}

/* What the spins that differ in the cost of a flip have in common: for n neighbours up, those with the smaller chance. */
static unsigned
reluctant_spin(const struct board *b, unsigned n)
{
	return b->threshold[1][n] < b->threshold[0][n];
}

static uint64_t
bit_of_threshold(const struct board *b, unsigned s, unsigned n, unsigned j)
{
	return -(b->threshold[s][n] >> (63 - j) & 1);
}

/* Five masks, by the number of neighbours up, as the terms that the kernels' by_neighbours() puts together. */
static void
set_terms(uint64_t term[5], const uint64_t mask[5])
{
	term[0] = mask[0];
	term[1] = mask[0] ^ mask[2];
	term[2] = mask[0] ^ mask[4];
	term[3] = mask[1];
	term[4] = mask[1] ^ mask[3];
}

static void
set_rule(struct board *b)
{
	uint64_t mask[5];

	for (unsigned j = 0; j < BOARD_BITS; j++) {
		for (unsigned n = 0; n < 5; n++)
			mask[n] = bit_of_threshold(b, reluctant_spin(b, n), n, j);
		switch (b->rule) {
		case RULE_HEATBATH:
			b->term[j][0] = mask[1];
			b->term[j][1] = mask[1] ^ mask[0];
			break;
		case RULE_METROPOLIS:
			b->term[j][0] = mask[2];
			b->term[j][1] = mask[2] ^ mask[3];
			b->term[j][2] = mask[2] ^ mask[4];
			break;
		default:
			set_terms(b->term[j], mask);
			b->term[j][5] = bit_of_threshold(b, 1 - reluctant_spin(b, 0), 0, j);
		}
	}
	for (unsigned n = 0; n < 5; n++)
		mask[n] = -(uint64_t)reluctant_spin(b, n);
	set_terms(b->reluctant, mask);
}

/* The start. */
static void
start_cold(struct board *b, double h)
{
	uint64_t word[2];

	rn_random_block(&b->key, b->id, 0, word);
	if (word[0] < ensemble_ground_is_up(&b->lattice, h))
		for (unsigned c = 0; c < 2; c++)
			memset(b->colour[c], 0xff, b->blocks * BLOCK / 8);
}

static void
start_hot(struct board *b)
{
	for (unsigned c = 0; c < 2; c++)
		for (size_t g = 0; g < b->groups; g++) {
			rn_random_fill(&b->key, b->id, group_draw(b, 0, c, g),
				b->colour[c] + 8 * g * BOARD_GROUP, 4 * blocks_of(b, g));
		}
}

/* Takes away what is no site and copies the borders. */
static void
trim(struct board *b)
{
	for (unsigned c = 0; c < 2; c++) {
		for (size_t i = 0; i < 8 * b->blocks; i++)
			b->colour[c][i] &= b->valid[is_end(b, i / 8)][i % 8];
		copy_border(b, c);
	}
}

void
board_start(struct board *b, double T, double h, uint64_t seed, uint64_t id, enum board_algorithm a, bool hot)
{
	const double labels[] = { T, h };
	const size_t extents[] = { b->lattice.rows, b->lattice.cols, BOARD_STREAM + a };

	b->key = rn_random_key(seed, "ising-gen", labels, 2, extents, 3);
	b->id = id;
	if (a == BOARD_HEATBATH) {
		const struct heatbath chance = heatbath_make(T, h);

		b->rule = h == 0 ? RULE_HEATBATH : RULE_HEATBATH_FIELD;
		for (unsigned s = 0; s < 2; s++)
			memcpy(b->threshold[s], chance.up, sizeof chance.up);
	} else {
		const struct metropolis chance = metropolis_make(T, h);

		b->rule = h == 0 ? RULE_METROPOLIS : RULE_METROPOLIS_FIELD;
		memcpy(b->threshold, chance.flip, sizeof chance.flip);
	}
	set_rule(b);
	memset(b->colour[0], 0, b->blocks * BLOCK / 8);
	memset(b->colour[1], 0, b->blocks * BLOCK / 8);
	if (hot)
		start_hot(b);
	else
		start_cold(b, h);
	trim(b);
}

/* One site: the threshold from bit `used` on against a number of its own. */
static void
settle_site(const struct board *b, unsigned colour, uint64_t sweep, size_t bit, unsigned used)
{
	const uint64_t *other = b->colour[1 - colour];
	const ptrdiff_t pitch = (ptrdiff_t)b->pitch, at = (ptrdiff_t)bit;
	const size_t row = bit / b->pitch, k = bit % b->pitch;
	const size_t side = (row + colour) % 2 == 0 ? (k > 0 ? k : b->width) - 1
		: k + 1 < b->width		    ? k + 1
						    : 0;
	const unsigned s = bit_at(b->colour[colour], at);
	unsigned n = bit_at(other, at) + bit_at(other, at - pitch) + bit_at(other, at + pitch) +
		bit_at(other, at - (ptrdiff_t)k + (ptrdiff_t)side);
	uint64_t word[2];

	if (b->rule == RULE_HEATBATH && n > 2)
		n = 4 - n; /* the chance to be other than most neighbours */
	rn_random_block(&b->key, b->id, site_draw(b, sweep, colour, bit), word);
	if (word[0] < b->threshold[s][n] << used)
		b->colour[colour][bit / 64] ^= (uint64_t)1 << bit % 64;
}

/* The k-th undecided site of a lane went into merged block k, or is in none of them. */
static void
settle_lane(const struct board *b, unsigned colour, uint64_t sweep, unsigned words, const struct pending *p,
	unsigned word, unsigned lane)
{
	unsigned k = 0;

	for (unsigned v = 0; v < p->blocks; v++)
		if (p->eq[v * words + word] >> lane & 1) {
			if (p->left[k * words + word] >> lane & 1)
				settle_site(b, colour, sweep,
					(p->block + v) * BLOCK + 64 * (size_t)(p->part + word) + lane,
					BOARD_FIRST + (k < BOARD_MERGED ? board_rounds[k] : 0));
			k += k < BOARD_MERGED;
		}
}

static void
settle(const struct board *b, unsigned colour, uint64_t sweep, unsigned words, struct supply *s)
{
	for (const struct pending *p = s->pending; p < s->pending + s->pending_count; p++)
		for (unsigned word = 0; word < words; word++) {
			uint64_t any = 0;

			for (unsigned k = 0; k <= BOARD_MERGED; k++)
				any |= p->left[k * words + word];
			for (; any; any &= any - 1)
				settle_lane(b, colour, sweep, words, p, word, (unsigned)__builtin_ctzll(any));
		}
	s->pending_count = 0;
}

/*
 * Threads. Each has a run of groups; after each colour all wait until the last one has copied the border. They
 * differ little in work, so they wait for a while before they give up their turn.
 */
#define PATIENCE 4096

struct crew {
	struct board *board;
	uint64_t done, more;
	pthread_mutex_t gate; /* shut until the number of members is known */
	unsigned members;
	atomic_uint arrived, colours; /* colours updated */
};

struct member {
	struct crew *crew;
	unsigned number;
	pthread_t thread;
};

static void
wait_for_all(struct crew *c, unsigned colour)
{
	const unsigned before = atomic_load(&c->colours);

	if (atomic_fetch_add(&c->arrived, 1) + 1 == c->members) {
		copy_border(c->board, colour);
		atomic_store(&c->arrived, 0);
		atomic_store(&c->colours, before + 1);
		return;
	}
	for (unsigned i = 0; atomic_load(&c->colours) == before; i++)
		if (i >= PATIENCE)
			sched_yield();
}

static void
do_share(struct crew *c, unsigned number)
{
	const struct board *b = c->board;
	const size_t first = b->groups * number / c->members, end = b->groups * (number + 1) / c->members;

	struct supply supply;

	supply_start(&supply, b);
	for (uint64_t sweep = c->done + 1; sweep <= c->done + c->more; sweep++)
		for (unsigned colour = 0; colour < 2; colour++) {
			supply.half_sweep(b, colour, sweep, first, end, &supply);
			wait_for_all(c, colour);
		}
}

static void *
join_in(void *arg)
{
	struct member *m = arg;

	pthread_mutex_lock(&m->crew->gate);
	pthread_mutex_unlock(&m->crew->gate);
	do_share(m->crew, m->number);
	return NULL;
}

/* Where the system has no thread for a member, those there are share its work. */
void
board_sweep(struct board *b, uint64_t done, uint64_t more)
{
	struct crew crew = { .board = b,
		.done = done,
		.more = more,
		.gate = PTHREAD_MUTEX_INITIALIZER,
		.members = 1 };
	struct member member[BOARD_THREADS] = { { 0 } };

	pthread_mutex_lock(&crew.gate);
	while (crew.members < b->threads) {
		struct member *m = &member[crew.members];

		*m = (struct member){ .crew = &crew, .number = crew.members };
		if (pthread_create(&m->thread, NULL, join_in, m) != 0)
			break;
		crew.members++;
	}
	pthread_mutex_unlock(&crew.gate);
	do_share(&crew, 0);
	for (unsigned i = 1; i < crew.members; i++)
		pthread_join(member[i].thread, NULL);
	pthread_mutex_destroy(&crew.gate);
}

/* In and out: bit k of 32 is bit 2 k of 64. */
static uint64_t
spread(uint64_t x)
{
	x = (x | x << 16) & 0x0000ffff0000ffff;
	x = (x | x << 8) & 0x00ff00ff00ff00ff;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
	x = (x | x << 2) & 0x3333333333333333;
	return (x | x << 1) & 0x5555555555555555;
}

static uint64_t
gather(uint64_t x)
{
	x &= 0x5555555555555555;
	x = (x | x >> 1) & 0x3333333333333333;
	x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0f;
	x = (x | x >> 4) & 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	return (x | x >> 16) & 0x00000000ffffffff;
}

/* The up to 32 sites of a colour among the 64 of the lattice from (y, x) on. */
static void *
sites_at(const struct board *b, unsigned colour, size_t y, size_t x)
{
	return (char *)b->colour[colour] + y * (b->pitch / 8) + x / 16;
}

void
board_extract(const struct board *b, uint8_t *bits)
{
	const struct rn_lattice *l = &b->lattice;

	memset(bits, 0, l->bytes);
	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x += 64) {
			uint32_t even, odd;
			uint64_t word;

			memcpy(&even, sites_at(b, y % 2, y, x), sizeof even);
			memcpy(&odd, sites_at(b, 1 - y % 2, y, x), sizeof odd);
			word = spread(even) | spread(odd) << 1;
			if (l->cols % 64 == 0)
				memcpy(bits + (y * l->cols + x) / 8, &word, sizeof word);
			else
				rn_bits_or(bits, y * l->cols + x, l->cols - x < 64 ? l->cols - x : 64, &word);
		}
}

void
board_insert(struct board *b, const uint8_t *bits)
{
	const struct rn_lattice *l = &b->lattice;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x += 64) {
			const uint64_t word =
				rn_bits_get64(bits, y * l->cols + x, l->cols - x < 64 ? l->cols - x : 64);

			const uint32_t even = (uint32_t)gather(word), odd = (uint32_t)gather(word >> 1);

			memcpy(sites_at(b, y % 2, y, x), &even, sizeof even);
			memcpy(sites_at(b, 1 - y % 2, y, x), &odd, sizeof odd);
		}
	copy_border(b, 0);
	copy_border(b, 1);
}
