/*
 * board_kernel.h - half a sweep of groups of a board at one CPU level
 *
 * board.c defines LEVEL as 0 (on x86 then as 1 and as 2: enum rn_cpu) and includes this file, which therefore has no
 * guard. Everything is done bit by bit, so a block of 512 bits is done in as many parts as it has vectors.
 */
#undef WORDS
#undef TARGET
#undef TERNARY
#if LEVEL == 2
#define WORDS 8
#define TARGET RN_TARGET_AVX512 __attribute__((target("vaes")))
#define TERNARY(f, a, b, c) \
	((vec)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), f(0xf0, 0xcc, 0xaa) & 0xff))
#elif LEVEL == 1
#define WORDS 4
#define TARGET RN_TARGET_AVX2 __attribute__((target("aes")))
#define TERNARY(f, a, b, c) f(a, b, c)
#else
#define WORDS 2
#define TARGET
#define TERNARY(f, a, b, c) f(a, b, c)
#endif

#ifndef BOARD_NAMES
#define BOARD_NAMES
#define BOARD_PASTE(f, level) f##_##level
#define BOARD_EXPAND(f, level) BOARD_PASTE(f, level)
#define LEVEL_NAME(f) BOARD_EXPAND(f, LEVEL)
#define vec LEVEL_NAME(vec)
#define aes LEVEL_NAME(aes)
#define vec32 LEVEL_NAME(vec32)

/* Functions of three bits: one instruction of AVX-512. */
#define SUM(a, b, c) ((a) ^ (b) ^ (c))
#define MAJORITY(a, b, c) (((a) & (b)) | ((c) & ((a) | (b))))
#define SELECT(a, b, c) (((a) & (b)) | (~(a) & (c))) /* a ? b : c */
#define FLIP_IF(a, b, c) ((a) ^ ((b) & (c)))
#define OR_AND(a, b, c) ((a) | ((b) & (c)))
#define AND_OR(a, b, c) ((a) & ((b) | (c)))
#define AND_NOR(a, b, c) ((a) & ~((b) | (c)))
#define AND_EQUAL(a, b, c) ((a) & ~((b) ^ (c)))
#define LESS(a, b, c) \
	(((b) & ~(c)) | ((a) & ~((b) ^ (c)))) /* b == c ? a : b, that is c < b unless later bits say */

#endif

/* Counters for AES: so many vectors of them at once, that AES_ROUND need not wait for the one before. */
#undef FLIGHT
#undef AES_ROUND
#undef AES_LAST
#if LEVEL == 2
#define FLIGHT 4
#define AES_ROUND(v, k) ((aes)_mm512_aesenc_epi128((__m512i)(v), (__m512i)(k)))
#define AES_LAST(v, k) ((aes)_mm512_aesenclast_epi128((__m512i)(v), (__m512i)(k)))
typedef uint64_t aes __attribute__((vector_size(64)));
#else
#define FLIGHT 8
#define AES_ROUND(v, k) ((aes)_mm_aesenc_si128((__m128i)(v), (__m128i)(k)))
#define AES_LAST(v, k) ((aes)_mm_aesenclast_si128((__m128i)(v), (__m128i)(k)))
typedef uint64_t aes __attribute__((vector_size(16)));
#endif

typedef uint64_t vec __attribute__((vector_size(8 * WORDS)));
typedef uint32_t vec32 __attribute__((vector_size(8 * WORDS)));

/* What a site's thresholds depend on, a mask for each bit of it; class[] by rule. */
struct LEVEL_NAME(sites) {
	vec class[4];
};

TARGET static RN_INLINE vec
LEVEL_NAME(load)(const uint64_t *p)
{
	vec v;

	memcpy(&v, p, sizeof v);
	return v;
}

TARGET static RN_INLINE void
LEVEL_NAME(store)(uint64_t *p, vec v)
{
	memcpy(p, &v, sizeof v);
}

TARGET static RN_INLINE vec
LEVEL_NAME(all)(uint64_t x)
{
	return (vec){ 0 } + x;
}

TARGET static RN_INLINE bool
LEVEL_NAME(is_zero)(vec x)
{
#if LEVEL == 2
	return _mm512_test_epi64_mask((__m512i)x, (__m512i)x) == 0;
#elif LEVEL == 1
	return _mm256_testz_si256((__m256i)x, (__m256i)x);
#else
	return (x[0] | x[1]) == 0;
#endif
}

/* Lanes of 32 bits by number, which counts modulo their number. */
TARGET static RN_INLINE vec
LEVEL_NAME(permuted)(vec x, const uint32_t lane[])
{
#if LEVEL == 2
	return (vec)_mm512_permutexvar_epi32(_mm512_loadu_si512(lane), (__m512i)x);
#elif LEVEL == 1
	return (vec)_mm256_permutevar8x32_epi32((__m256i)x, _mm256_loadu_si256((const __m256i *)lane));
#else
	(void)lane; /* with two words no row has several */
	return x;
#endif
}

/*
 * The neighbours to the side. `o` is where the sites stand, in the other colour. Rows within a vector are rotated
 * by one bit, to the left or right as the row has it: by shifts of lanes, of 32 or 64 bits, or of whole words that
 * come from two places. A vector within one row takes a bit from the word before or after, at the row's ends from
 * the other end.
 */
TARGET static RN_INLINE vec
LEVEL_NAME(rotated)(const struct board_shift *up, const struct board_shift *down, size_t pitch,
	const uint64_t *o)
{
	const vec x = LEVEL_NAME(load)(o);
	vec by_up, by_down;

	memcpy(&by_up, up->by, sizeof by_up);
	memcpy(&by_down, down->by, sizeof by_down);
	if (pitch == 32)
		return (vec)((vec32)x << (vec32)by_up | (vec32)x >> (vec32)by_down);
	if (pitch == 64)
		return x << by_up | x >> by_down;
	return LEVEL_NAME(permuted)(x, up->lane) << by_up | LEVEL_NAME(permuted)(x, down->lane) >> by_down;
}

TARGET static RN_INLINE vec
LEVEL_NAME(within_row)(const struct board *b, unsigned colour, const uint64_t *o, size_t word)
{
	const uint32_t row_words = (uint32_t)(b->pitch / 64);
	const uint32_t row = (uint32_t)word / row_words, at = (uint32_t)word % row_words;
	const size_t last = (b->width - 1) / 64;
	const unsigned top = (b->width - 1) % 64;
	const uint64_t *start = o - at;
	vec carry;

	if ((row + colour) % 2 == 0) {
		carry = LEVEL_NAME(load)(o - 1) >> 63;
		if (at == 0)
			carry[0] = start[last] >> top & 1;
		return LEVEL_NAME(load)(o) << 1 | carry;
	}
	carry = LEVEL_NAME(load)(o + 1) << 63;
	if (at <= last && last < at + WORDS) {
		const vec end = LEVEL_NAME(load)(b->last_word + at % 8);

		carry = TERNARY(SELECT, end, LEVEL_NAME(all)((start[0] & 1) << top), carry);
	}
	return LEVEL_NAME(load)(o) >> 1 | carry;
}

TARGET static RN_INLINE vec
LEVEL_NAME(to_the_side)(const struct board *b, unsigned colour, const uint64_t *o, size_t word)
{
	if (b->pitch <= 32 * WORDS) /* at least two rows */
		return LEVEL_NAME(rotated)(&b->up[colour], &b->down[colour], b->pitch, o);
	return LEVEL_NAME(within_row)(b, colour, o, word);
}

/* One of five masks by the number of neighbours up, n = n0 + 2 n1 + 4 n2: term[] = of 0, 0^2, 0^4, 1, 1^3. */
TARGET static RN_INLINE vec
LEVEL_NAME(by_neighbours)(const vec n[3], const uint64_t term[5])
{
	const vec even =
		TERNARY(FLIP_IF, TERNARY(FLIP_IF, LEVEL_NAME(all)(term[0]), n[1], LEVEL_NAME(all)(term[1])),
			n[2], LEVEL_NAME(all)(term[2]));
	const vec odd = TERNARY(FLIP_IF, LEVEL_NAME(all)(term[3]), n[1], LEVEL_NAME(all)(term[4]));

	return TERNARY(SELECT, n[0], odd, even);
}

/*
 * Bit j of the thresholds.
 *
 * Heat bath without field: the new spin is the majority of the neighbours', or with a chance below 1/2 the other:
 *	class 0: all four are alike. Sites with two of each are decided by one bit.
 * Metropolis without field: class 0, 1: three, four neighbours are like the site.
 * Heat bath: classes 0, 1, 2 are the number of neighbours up.
 * Metropolis: and class 3, whether a flip costs energy.
 */
TARGET static RN_INLINE vec
LEVEL_NAME(threshold)(enum board_rule rule, const struct LEVEL_NAME(sites) * s, const uint64_t term[6])
{
	vec t;

	switch (rule) {
	case RULE_HEATBATH:
		return TERNARY(FLIP_IF, LEVEL_NAME(all)(term[0]), s->class[0], LEVEL_NAME(all)(term[1]));
	case RULE_METROPOLIS:
		t = TERNARY(FLIP_IF, LEVEL_NAME(all)(term[0]), s->class[0], LEVEL_NAME(all)(term[1]));
		return TERNARY(FLIP_IF, t, s->class[1], LEVEL_NAME(all)(term[2]));
	case RULE_HEATBATH_FIELD: return LEVEL_NAME(by_neighbours)(s->class, term);
	default:
		t = LEVEL_NAME(by_neighbours)(s->class, term);
		return TERNARY(SELECT, s->class[3], t, LEVEL_NAME(all)(term[5]));
	}
}

TARGET static RN_INLINE unsigned
LEVEL_NAME(classes)(enum board_rule rule)
{
	return rule == RULE_HEATBATH ? 1 : rule == RULE_METROPOLIS ? 2 : rule == RULE_HEATBATH_FIELD ? 3 : 4;
}

/* Compares `rounds` bits: *eq keeps the sites where all are equal, the answer has those where the random one is less. */
TARGET static RN_INLINE vec
LEVEL_NAME(compare)(enum board_rule rule, const struct LEVEL_NAME(sites) * s, const uint64_t term[][6],
	const uint64_t *random, unsigned rounds, vec *eq)
{
	vec less = { 0 }, equal = *eq;

#pragma GCC unroll 16
	for (unsigned j = rounds; j-- > 0;) { /* the last bit first: an earlier one overrules it */
		const vec r = LEVEL_NAME(load)(random + 8 * j);
		const vec t = LEVEL_NAME(threshold)(rule, s, term[j]);

		less = TERNARY(LESS, less, t, r);
		equal = TERNARY(AND_EQUAL, equal, t, r);
	}
	*eq = equal;
	return less;
}

/* A vector of sites: writes what they are if the undecided ones are not less, which *eq tells. */
TARGET static RN_INLINE void
LEVEL_NAME(update)(const struct board *b, enum board_rule rule, unsigned colour, size_t word, vec valid,
	const uint64_t *random, struct LEVEL_NAME(sites) * s, vec *eq)
{
	const uint64_t *o = b->colour[1 - colour] + word;
	const char *bytes = (const char *)o;
	const vec here = LEVEL_NAME(load)(o), side = LEVEL_NAME(to_the_side)(b, colour, o, word);
	vec above, below, n[3], less, before, base;

	memcpy(&above, bytes - b->pitch / 8, sizeof above);
	memcpy(&below, bytes + b->pitch / 8, sizeof below);
	{
		const vec sum = TERNARY(SUM, here, above, below),
			  carry = TERNARY(MAJORITY, here, above, below);

		n[0] = sum ^ side;
		n[1] = TERNARY(FLIP_IF, carry, sum, side);
		n[2] = carry & sum & side;
	}
	before = LEVEL_NAME(load)(b->colour[colour] + word);
	*eq = valid;
	switch (rule) {
	case RULE_HEATBATH:
		s->class[0] = ~(n[0] | n[1]);
		base = TERNARY(OR_AND, n[2], n[0], n[1]);
		break;
	case RULE_METROPOLIS:
		s->class[0] = TERNARY(AND_EQUAL, n[0], n[1], before);
		s->class[1] = TERNARY(AND_EQUAL, ~(n[0] | n[1]), n[2], before);
		base = before;
		break;
	case RULE_HEATBATH_FIELD:
#pragma GCC unroll 4
		for (unsigned i = 0; i < 3; i++)
			s->class[i] = n[i];
		base = (vec){ 0 };
		break;
	default:
#pragma GCC unroll 4
		for (unsigned i = 0; i < 3; i++)
			s->class[i] = n[i];
		s->class[3] = ~(LEVEL_NAME(by_neighbours)(n, b->reluctant) ^ before);
		base = before;
		break;
	}
	less = LEVEL_NAME(compare)(rule, s, b->term, random, BOARD_FIRST, eq);
	if (rule == RULE_HEATBATH) {
		const vec tie = n[1] & ~n[0];

		less = TERNARY(SELECT, tie, LEVEL_NAME(load)(random), less);
		*eq &= ~tie;
	}
	LEVEL_NAME(store)(b->colour[colour] + word, (base ^ less) & valid);
}

/*
 * Random numbers for the group to come, a few at a time among the work on this one: AES and logic then run side by
 * side, where filling a buffer first leaves the one idle during the other. The same numbers as rn_random_fill(), which
 * is used where the CPU has no such instructions. A full group has as many as its vectors make; what is made beyond
 * those of a smaller one is not used.
 */
struct LEVEL_NAME(place) {
	aes counter;
	uint64_t *out;
};

TARGET static RN_INLINE struct LEVEL_NAME(place) LEVEL_NAME(place_of)(const struct ahead *a)
{
	struct LEVEL_NAME(place) p = { .out = a->out };

	memcpy(&p.counter, a->counter, sizeof p.counter);
	return p;
}

TARGET static RN_INLINE void
LEVEL_NAME(keep_place)(struct ahead *a, const struct LEVEL_NAME(place) * p)
{
	a->out = p->out;
	memcpy(a->counter, &p->counter, sizeof p->counter);
}

TARGET static RN_INLINE void
LEVEL_NAME(make_ahead)(const struct ahead *a, struct LEVEL_NAME(place) * p)
{
#if LEVEL > 0
	aes v[FLIGHT], k, step;

	memcpy(&k, a->key[0], sizeof k);
	memcpy(&step, a->step, sizeof step);
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++) {
		v[j] = p->counter ^ k;
		p->counter += step;
	}
#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++) {
		memcpy(&k, a->key[r], sizeof k);
#pragma GCC unroll 8
		for (int j = 0; j < FLIGHT; j++)
			v[j] = AES_ROUND(v[j], k);
	}
	memcpy(&k, a->key[ARS_ROUNDS], sizeof k);
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++) {
		v[j] = AES_LAST(v[j], k);
		memcpy(p->out, &v[j], sizeof v[j]);
		p->out += sizeof v[j] / 8;
	}
#else
	(void)a;
	(void)p;
#endif
}

/* The undecided sites of a group at one part of its blocks. */
struct LEVEL_NAME(merged) {
	struct LEVEL_NAME(sites) sites[BOARD_MERGED];
	vec taken[BOARD_MERGED], less[BOARD_MERGED];
	vec left[BOARD_MERGED + 1];
};

/* Those of one vector: each goes where its place is free. */
TARGET static RN_INLINE void
LEVEL_NAME(merge)(enum board_rule rule, struct LEVEL_NAME(merged) * m, const struct LEVEL_NAME(sites) * s,
	vec eq)
{
#pragma GCC unroll 4
	for (unsigned i = 0; i < BOARD_MERGED; i++) {
		const vec take = eq & ~m->taken[i];

#pragma GCC unroll 4
		for (unsigned j = 0; j < LEVEL_NAME(classes)(rule); j++)
			m->sites[i].class[j] = TERNARY(OR_AND, m->sites[i].class[j], take, s -> class[j]);
		eq &= m->taken[i];
		m->taken[i] |= take;
	}
	m->left[BOARD_MERGED] |= eq;
}

/* Compares the next bits of them. */
TARGET static RN_INLINE void
LEVEL_NAME(decide)(const struct board *b, enum board_rule rule, struct LEVEL_NAME(merged) * m,
	const uint64_t *random)
{
#pragma GCC unroll 4
	for (unsigned i = 0; i < BOARD_MERGED; i++) {
		m->left[i] = m->taken[i];
		m->less[i] = m->taken[i] &
			LEVEL_NAME(compare)(rule, &m->sites[i], b->term + BOARD_FIRST, random,
				board_rounds[i], &m->left[i]);
		random += 8 * board_rounds[i];
	}
}

/* The flips that came out of it for the next vector, which finds its sites as merge() has placed them. */
TARGET static RN_INLINE vec
LEVEL_NAME(flips)(struct LEVEL_NAME(merged) * m, vec eq)
{
	vec flip = { 0 };

#pragma GCC unroll 4
	for (unsigned i = 0; i < BOARD_MERGED; i++) {
		const vec take = eq & ~m->taken[i];

		flip = TERNARY(OR_AND, flip, take, m->less[i]);
		eq &= m->taken[i];
		m->taken[i] |= take;
	}
	return flip;
}

/* One part of the blocks of a group. Whether some sites are left, which *pending tells. */
TARGET static RN_INLINE bool
LEVEL_NAME(part)(const struct board *b, enum board_rule rule, unsigned colour, size_t block, unsigned blocks,
	unsigned part, const uint64_t *random, struct ahead *ahead, struct pending *pending)
{
	struct LEVEL_NAME(merged) merged = { 0 };
	struct LEVEL_NAME(place) place = LEVEL_NAME(place_of)(ahead);
	const uint64_t *r = random + part + 8 * BOARD_MERGED_ROUNDS;
	vec any = { 0 };

	for (unsigned v = 0; v < blocks; v++, r += 8 * BOARD_FIRST) {
		const vec valid = LEVEL_NAME(load)(b->valid[is_end(b, block + v)] + part);
		struct LEVEL_NAME(sites) s;
		vec eq;

		LEVEL_NAME(make_ahead)(ahead, &place);
		LEVEL_NAME(update)(b, rule, colour, 8 * (block + v) + part, valid, r, &s, &eq);
		LEVEL_NAME(store)(pending->eq + v * WORDS, eq);
		LEVEL_NAME(make_ahead)(ahead, &place);
		LEVEL_NAME(merge)(rule, &merged, &s, eq);
	}
	LEVEL_NAME(keep_place)(ahead, &place);
	LEVEL_NAME(decide)(b, rule, &merged, random + part);
#pragma GCC unroll 4
	for (unsigned i = 0; i < BOARD_MERGED; i++)
		merged.taken[i] = (vec){ 0 };
	for (unsigned v = 0; v < blocks; v++) {
		uint64_t *p = b->colour[colour] + 8 * (block + v) + part;
		const vec eq = LEVEL_NAME(load)(pending->eq + v * WORDS);

		LEVEL_NAME(store)(p, LEVEL_NAME(load)(p) ^ LEVEL_NAME(flips)(&merged, eq));
	}
#pragma GCC unroll 4
	for (unsigned i = 0; i <= BOARD_MERGED; i++) {
		LEVEL_NAME(store)(pending->left + i * WORDS, merged.left[i]);
		any |= merged.left[i];
	}
	pending->block = block;
	pending->blocks = blocks;
	pending->part = part;
	return !LEVEL_NAME(is_zero)(any);
}

/* The groups from `first` to before `end` of a colour. After those of a colour come those of the other. */
TARGET static RN_INLINE void
LEVEL_NAME(groups)(const struct board *b, enum board_rule rule, unsigned colour, uint64_t sweep, size_t first,
	size_t end, struct supply *s)
{
	for (size_t g = first; g < end; g++) {
		const uint64_t *random = supply_take(s, b, group_draw(b, sweep, colour, g), blocks_of(b, g));
		const bool is_last = g + 1 == end;
		const size_t next = is_last ? first : g + 1;
		const uint64_t next_draw = is_last ? group_draw(b, sweep + colour, 1 - colour, next)
						   : group_draw(b, sweep, colour, next);
		struct ahead *ahead = supply_ahead(s, b, next_draw, blocks_of(b, next));

		for (unsigned part = 0; part < 8; part += WORDS) {
			s->pending_count += LEVEL_NAME(part)(b, rule, colour, g * BOARD_GROUP,
				blocks_of(b, g), part, random, ahead, &s->pending[s->pending_count]);
			if (s->pending_count == PENDING)
				settle(b, colour, sweep, WORDS, s);
		}
		while (ahead->out < ahead->end) {
			struct LEVEL_NAME(place) place = LEVEL_NAME(place_of)(ahead);

			LEVEL_NAME(make_ahead)(ahead, &place);
			LEVEL_NAME(keep_place)(ahead, &place);
		}
	}
	settle(b, colour, sweep, WORDS, s);
}

TARGET static void
LEVEL_NAME(half_sweep)(const struct board *b, unsigned colour, uint64_t sweep, size_t first, size_t end,
	struct supply *s)
{
	switch (b->rule) {
	case RULE_HEATBATH: LEVEL_NAME(groups)(b, RULE_HEATBATH, colour, sweep, first, end, s); return;
	case RULE_HEATBATH_FIELD:
		LEVEL_NAME(groups)(b, RULE_HEATBATH_FIELD, colour, sweep, first, end, s);
		return;
	case RULE_METROPOLIS: LEVEL_NAME(groups)(b, RULE_METROPOLIS, colour, sweep, first, end, s); return;
	case RULE_METROPOLIS_FIELD:
		LEVEL_NAME(groups)(b, RULE_METROPOLIS_FIELD, colour, sweep, first, end, s);
		return;
	}
}
