/*
 * The signs of clusters, lane by lane. Bonds come as 16 lanes for each site; they are transposed to 64 sites of each
 * lane, whose clusters are found by runs.h, and what turns is transposed back.
 */
#include "chains.h"
#include "runs_kernel.h"

/* A matrix of 16 x 16 bits, row r in bits 16 (r % 4) .. of word r / 4: exchanges what is beside the diagonal. */
static RN_INLINE void
transpose(uint64_t a[4])
{
	for (int k = 0; k < 2; k++) {
		const uint64_t t = (a[k] >> 8 ^ a[k + 2]) & 0x00ff00ff00ff00ff;

		a[k + 2] ^= t;
		a[k] ^= t << 8;
	}
	for (int k = 0; k < 4; k += 2) {
		const uint64_t t = (a[k] >> 4 ^ a[k + 1]) & 0x0f0f0f0f0f0f0f0f;

		a[k + 1] ^= t;
		a[k] ^= t << 4;
	}
	for (int k = 0; k < 4; k++) {
		uint64_t t = (a[k] >> 2 ^ a[k] >> 32) & 0x33333333;

		a[k] ^= t << 2 ^ t << 32;
		t = (a[k] >> 1 ^ a[k] >> 16) & 0x0000555500005555;
		a[k] ^= t << 1 ^ t << 16;
	}
}

/* n <= 64 sites of 16 lanes to a word of each lane, words `stride` apart; and back. */
static RN_INLINE void
to_lanes(const uint16_t *site, size_t n, uint64_t *lane, size_t stride)
{
	for (size_t l = 0; l < SIDE; l++)
		lane[stride * l] = 0;
	for (size_t i = 0; i < n; i += 16) {
		uint64_t a[4] = { 0 };

		for (size_t k = 0; k < 16 && i + k < n; k++)
			a[k / 4] |= (uint64_t)site[i + k] << 16 * (k % 4);
		transpose(a);
		for (size_t l = 0; l < SIDE; l++)
			lane[stride * l] |= (a[l / 4] >> 16 * (l % 4) & 0xffff) << i;
	}
}

static RN_INLINE void
to_sites(const uint64_t *lane, size_t stride, size_t n, uint16_t *site)
{
	for (size_t i = 0; i < n; i += 16) {
		uint64_t a[4] = { 0 };

		for (size_t l = 0; l < SIDE; l++)
			a[l / 4] |= (lane[stride * l] >> i & 0xffff) << 16 * (l % 4);
		transpose(a);
		for (size_t k = 0; k < 16 && i + k < n; k++)
			site[i + k] = (uint16_t)(a[k / 4] >> 16 * (k % 4));
	}
}

/* Rows of the lane whose bonds are looked at. */
struct lane {
	const uint64_t *right, *down;
};

static RN_INLINE void
bonds_of_row(struct runs *r, size_t y, void *context)
{
	const struct lane *l = context;

	r->right = l->right + y * r->words;
	r->down = l->down + y * r->words;
}

/* The run of site x of a row, whose words `start` and `entered` begin with. */
static RN_INLINE uint32_t
run_at(const uint64_t *start, const uint32_t *entered, size_t x)
{
	return entered[x / 64] + ones(start[x / 64] & (UINT64_MAX >> (63 - x % 64))) - 1;
}

/* Bonds from column x to column x + step, in the ring of columns, of the row below. */
static RN_INLINE void
join_diagonals(struct chains *c, const uint64_t *bonds, size_t step)
{
	struct runs *r = &c->runs;
	const size_t cols = c->lattice.cols;

	for (size_t y = 0; y < r->rows; y++) {
		const size_t row = y * r->words, below = (y + 1 < r->rows ? y + 1 : 0) * r->words;

		for (size_t w = 0; w < r->words; w++)
			for (uint64_t left = bonds[row + w]; left; left &= left - 1) {
				const size_t x = 64 * w + (size_t)__builtin_ctzll(left);

				note_pair(r, run_at(r->start + row, c->entered + row, x),
					run_at(r->start + below, c->entered + below, (x + step) % cols));
				if (r->pairs >= RUNS_PAIRS)
					unite_pairs(r);
			}
	}
	unite_pairs(r);
}

static RN_INLINE void
count_entered(struct chains *c)
{
	uint32_t n = 0;

	for (size_t i = 0; i < c->runs.rows * c->runs.words; i++) {
		c->entered[i] = n;
		n += ones(c->runs.start[i]);
	}
}

/* What turns is left in the place of the bonds to the right. */
static RN_INLINE void
turn_lane(struct chains *c, size_t block, size_t l, uint64_t draw, deposit_function *deposit)
{
	struct runs *r = &c->runs;
	const size_t first = l * r->rows * r->words;
	struct lane lane = { c->rows[0] + first, c->rows[1] + first };
	const uint32_t n = runs_join(r, bonds_of_row, &lane);

	if (c->bond_sets > 1) {
		count_entered(c);
		join_diagonals(c, c->rows[2] + first, 1);
		join_diagonals(c, c->rows[3] + first, c->lattice.cols - 1);
	}
	rn_random_fill(&c->ensemble.clusters, c->first_block + block, draw, c->coins, n / 128 + 1);
	runs_fill_up(r, n);
	for (uint32_t k = 0; k < n; k += 64) {
		runs_toss(r, k, c->coins[k / 64]);
		runs_follow(r, k);
	}
	runs_paint(r, deposit, c->rows[0] + first);
}

static RN_INLINE void
turn(struct chains *c, size_t block, uint64_t sweep, deposit_function *deposit)
{
	const size_t N = c->lattice.sites, cols = c->lattice.cols, words = c->runs.words,
		     stride = c->lattice.rows * words;

	for (size_t k = 0; k < 2 * c->bond_sets; k++)
		for (size_t i = 0; i < stride; i++) {
			const size_t x = 64 * (i % words), n = cols - x < 64 ? cols - x : 64;

			to_lanes(c->bond[k] + i / words * cols + x, n, c->rows[k] + i, stride);
		}
	for (size_t l = 0; l < SIDE; l++)
		turn_lane(c, block, l, chains_coins_draw(c, sweep) + l * (N / 128 + 1), deposit);
	for (size_t i = 0; i < stride; i++) {
		const size_t x = 64 * (i % words), n = cols - x < 64 ? cols - x : 64;

		to_sites(c->rows[0] + i, stride, n, c->bond[0] + i / words * cols + x);
	}
}

static void
turn_any(struct chains *c, size_t block, uint64_t sweep)
{
	turn(c, block, sweep, deposit_by_loop);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
turn_avx2(struct chains *c, size_t block, uint64_t sweep)
{
	turn(c, block, sweep, deposit_by_loop);
}

RN_TARGET_AVX2 static void
turn_pdep(struct chains *c, size_t block, uint64_t sweep)
{
	turn(c, block, sweep, deposit_by_pdep);
}

RN_TARGET_AVX512 static void
turn_avx512(struct chains *c, size_t block, uint64_t sweep)
{
	turn(c, block, sweep, deposit_by_pdep);
}
#endif

void
chains_turn(struct chains *c, size_t block, uint64_t sweep)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512 && rn_cpu_pext())
		turn_avx512(c, block, sweep);
	else if (rn_cpu_pext())
		turn_pdep(c, block, sweep);
	else if (rn_cpu() >= RN_CPU_AVX2)
		turn_avx2(c, block, sweep);
	else
#endif
		turn_any(c, block, sweep);
}
