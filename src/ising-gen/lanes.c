/* 512 chains side by side: tables and starts; the sweeps are in lanes_kernel.h. */
#include "lanes.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/cpu.h"

#define ONE_BY_ONE ((uint64_t)1 << 63) /* the draws of lanes settled alone begin here */

static uint64_t *
spin_of(const struct lanes *l, size_t block)
{
	return l->spin + block * (l->lattice.sites + 2) * LANE_WORDS;
}

/* What is being done. */
struct task {
	const struct lanes *l;
	uint64_t *spin; /* of the block */
	uint64_t id, sweep;
};

/* Number of neighbours of a position that are up in a lane. */
static size_t
neighbours_up(const struct task *task, size_t p, size_t lane)
{
	const uint32_t *near = task->l->near + 4 * p;
	size_t n = 0;

	for (size_t k = 0; k < 4; k++)
		n += task->spin[LANE_WORDS * near[k] + lane / 64] >> lane % 64 & 1;
	return n;
}

/*
 * Lanes of uint64_t `word` at a position, all of whose bits have been equal to the threshold's: so far a no. How many
 * those were, the number of earlier sites of the group tells where the lane was open: of the first of all the bits of
 * the first pool, of the second those of the second.
 */
static void
settle_word(const struct task *task, size_t p, size_t word, uint64_t lanes, const uint64_t *earlier, size_t n,
	size_t stride)
{
	static const unsigned rounds[] = { FIXED + FIRST, FIXED + SECOND, FIXED };
	const struct lanes *l = task->l;

	for (; lanes; lanes &= lanes - 1) {
		const unsigned bit = (unsigned)__builtin_ctzll(lanes);
		const size_t lane = 64 * word + bit, up = neighbours_up(task, p, lane);
		const uint64_t threshold = l->chance.threshold[l->field ? up : up % 2];
		uint64_t random[2];
		size_t before = 0;

		for (size_t i = 0; i < n; i++)
			before += earlier[stride * i] >> bit & 1;
		rn_random_block(&l->key, task->id,
			ONE_BY_ONE + LANES / 2 * (task->sweep * l->lattice.sites + p) + lane / 2, random);
		if (random[lane % 2] < threshold << rounds[before < 2 ? before : 2])
			task->spin[LANE_WORDS * p + word] ^= (uint64_t)1 << bit;
	}
}

struct kernel {
	void (*sweeps[2][2])(struct lanes *l, size_t block, uint64_t first,
		uint64_t end); /* [algorithm][field] */
	void (*take)(struct lanes *l, size_t block, size_t w);
};

#define LEVEL 0
#include "lanes_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "lanes_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "lanes_kernel.h"
#undef LEVEL
#define LEVEL 3
#include "lanes_kernel.h"
static const struct kernel *const kernels[] = { &kernel_0, &kernel_1, &kernel_2, &kernel_3 };
#else
static const struct kernel *const kernels[] = { &kernel_0, &kernel_0, &kernel_0, &kernel_0 };
#endif

/* 0 1 0 1 ..., and 2 where a ring of odd length closes. */
static unsigned
colour_on_ring(size_t x, size_t length)
{
	return length % 2 && length > 1 && x == length - 1 ? 2 : x % 2;
}

static unsigned
colour(const struct rn_lattice *t, unsigned colours, size_t i)
{
	return (colour_on_ring(i / t->cols, t->rows) + colour_on_ring(i % t->cols, t->cols)) % colours;
}

static unsigned
colours_of(const struct rn_lattice *t)
{
	return (t->rows % 2 && t->rows > 1) || (t->cols % 2 && t->cols > 1) ? 3 : 2;
}

/* Sites get their positions, positions their groups. */
static void
sort_sites(struct lanes *l)
{
	const struct rn_lattice *t = &l->lattice;
	uint32_t p = 0;

	l->colours = colours_of(t);
	for (unsigned c = 0; c < l->colours; c++) {
		size_t in_group = GROUP;

		l->colour[c] = l->groups;

		for (size_t i = 0; i < t->sites; i++) {
			if (colour(t, l->colours, i) != c)
				continue;
			if (in_group++ == GROUP) {
				l->group[l->groups++] = p;
				in_group = 1;
			}
			l->position[i] = p++;
		}
	}
	l->colour[l->colours] = l->groups;
	l->group[l->groups] = p;
}

static void
find_neighbours(struct lanes *l)
{
	const size_t rows = l->lattice.rows, cols = l->lattice.cols;
	const uint32_t down = (uint32_t)l->lattice.sites, up = down + 1;

	for (size_t y = 0; y < rows; y++)
		for (size_t x = 0; x < cols; x++) {
			const uint32_t *row = l->position + y * cols;
			uint32_t *near = l->near + 4 * (size_t)row[x];

			near[0] = cols > 1 ? row[x ? x - 1 : cols - 1] : down;
			near[1] = cols > 1 ? row[x + 1 < cols ? x + 1 : 0] : up;
			near[2] = rows > 1 ? l->position[(y ? y - 1 : rows - 1) * cols + x] : down;
			near[3] = rows > 1 ? l->position[(y + 1 < rows ? y + 1 : 0) * cols + x] : up;
		}
}

static uint64_t *
vectors(size_t n)
{
	size_t size;

	if (__builtin_mul_overflow(n, sizeof(uint64_t) * LANE_WORDS, &size))
		return NULL;
	return aligned_alloc(sizeof(uint64_t) * LANE_WORDS, size);
}

bool
lanes_init(struct lanes *l, const struct rn_lattice *lattice, size_t blocks, uint64_t first_block,
	enum chain_algorithm algorithm)
{
	size_t N = lattice->sites, n;

	*l = (struct lanes){
		.level = words_level(),
		.lattice = *lattice,
		.algorithm = algorithm,
		.blocks = blocks,
		.first_block = first_block,
		.stride = N / 64 + (N % 64 != 0),
	};
	if (N > UINT32_MAX - 2 || __builtin_mul_overflow(N + 2, blocks, &n))
		return false;
	l->group = calloc(N / GROUP + 4, sizeof *l->group); /* each colour may have a small one */
	l->position = calloc(N, sizeof *l->position);
	l->near = calloc(N, 4 * sizeof *l->near);
	l->spin = vectors(n);
	l->random = vectors(GROUP_WORDS);
	l->taken = vectors(64 * l->stride + 1); /* and RN_SLACK behind the last */
	if (!l->group || !l->position || !l->near || !l->spin || !l->random || !l->taken)
		return false;
	memset(l->taken + LANES * l->stride, 0, LANES / 8);
	sort_sites(l);
	find_neighbours(l);
	for (size_t b = 0; b < blocks; b++) {
		memset(spin_of(l, b) + LANE_WORDS * N, 0, LANES / 8);
		memset(spin_of(l, b) + LANE_WORDS * (N + 1), 0xff, LANES / 8);
	}
	return true;
}

void
lanes_clear(struct lanes *l)
{
	free(l->group);
	free(l->position);
	free(l->near);
	free(l->spin);
	free(l->random);
	free(l->taken);
	*l = (struct lanes){ 0 };
}

static void
rule_of_heatbath(struct lanes *l, const struct ensemble *e)
{
	struct heatbath r = heatbath_make(e->T, e->h);

	l->chance = bernoulli_make(r.up,
		l->field ? CLASSES : 2); /* with no field: of 0 and of 1, as of 4 and of 3 */
}

static void
rule_of_metropolis(struct lanes *l, const struct ensemble *e)
{
	struct metropolis r = metropolis_make(e->T, e->h);
	bool up_pays[CLASSES], down_gains[CLASSES];
	uint64_t threshold[CLASSES];

	for (int n = 0; n < CLASSES; n++) {
		double force = (2 * n - 4) / e->T + e->h;

		up_pays[n] = force > 0;
		down_gains[n] = force >= 0;
		threshold[n] = r.flip[force > 0][n];
	}
	bernoulli_changes(up_pays, CLASSES, l->up_pays);
	bernoulli_changes(down_gains, CLASSES, l->down_gains);
	l->chance = bernoulli_make(threshold, l->field ? CLASSES : 2);
}

static void
start_hot(struct lanes *l, size_t block)
{
	rn_random_fill(&l->key, l->first_block + block, 0, spin_of(l, block), LANE_DRAWS * l->lattice.sites);
}

static void
start_cold(struct lanes *l, size_t block, uint64_t ground_is_up)
{
	uint64_t *word = l->random, *spin = spin_of(l, block), up[LANE_WORDS] = { 0 };

	rn_random_fill(&l->key, l->first_block + block, 0, word, LANES / 2);
	for (size_t lane = 0; lane < LANES; lane++)
		up[lane / 64] |= (uint64_t)(word[lane] < ground_is_up) << lane % 64;
	for (size_t p = 0; p < l->lattice.sites; p++)
		memcpy(spin + LANE_WORDS * p, up, sizeof up);
}
_Static_assert(LANES <= GROUP_WORDS * LANE_WORDS, "a word for each lane must fit the words of a group");

void
lanes_start(struct lanes *l, const struct ensemble *e, enum chain_start start)
{
	bool hot = chain_starts_hot(start, e->T);

	l->key = ensemble_key(e, l->algorithm == HEATBATH ? "heatbath lanes" : "metropolis lanes");
	l->field = e->h != 0;
	if (l->algorithm == HEATBATH)
		rule_of_heatbath(l, e);
	else
		rule_of_metropolis(l, e);
	for (size_t b = 0; b < l->blocks; b++)
		if (hot)
			start_hot(l, b);
		else
			start_cold(l, b, ensemble_ground_is_up(&e->lattice, e->h));
}

void
lanes_sweep(struct lanes *l, size_t block, uint64_t done, uint64_t more)
{
	kernels[l->level]->sweeps[l->algorithm == METROPOLIS][l->field](l, block, done + 1, done + more + 1);
}

void
lanes_take(struct lanes *l, size_t block)
{
	for (size_t w = 0; w < l->stride; w++)
		kernels[l->level]->take(l, block, w);
}

const uint8_t *
lanes_bits(const struct lanes *l, size_t lane)
{
	return (const uint8_t *)(l->taken + lane * l->stride);
}

void
lanes_insert(struct lanes *l, size_t block, size_t lane, const uint8_t *packed)
{
	const uint64_t one = (uint64_t)1 << lane % 64;

	for (size_t i = 0; i < l->lattice.sites; i++) {
		uint64_t *word = spin_of(l, block) + LANE_WORDS * l->position[i] + lane / 64;

		*word = packed[i / 8] >> i % 8 & 1 ? *word | one : *word & ~one;
	}
}
