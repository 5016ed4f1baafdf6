/*
 * operators_kernel.h - the products of one word of sites, for words of every width
 *
 * A product of spins is -1 where the XOR of their bits is 1. Included with WORD (a type with ^), LOAD(p) of one from
 * uint64_t *p, ONES(w) (its bits that are 1, as a WORD), TARGET (what instructions) and COUNT, its name, defined.
 */
TARGET static RN_INLINE void
COUNT(const struct operators *o, size_t i, WORD minus[OPERATORS])
{
	const uint64_t *p0 = o->plane[0] + i, *p1 = o->plane[1] + i, *p2 = o->plane[2] + i;
	const size_t down = o->words;
	const WORD a = LOAD(p0), a1 = LOAD(p1), a2 = LOAD(p2);
	const WORD b = LOAD(p0 + down), b1 = LOAD(p1 + down), b2 = LOAD(p2 + down);
	const WORD c = LOAD(p0 + 2 * down), c1 = LOAD(p1 + 2 * down), c2 = LOAD(p2 + 2 * down);
	const WORD along = a ^ a1, across = a ^ b, plaquette = along ^ b ^ b1;

	minus[0] += ONES(along) + ONES(across);
	minus[1] += ONES(a ^ b1) + ONES(b ^ a1);
	minus[2] += ONES(plaquette);
	minus[3] += ONES(a ^ a2) + ONES(a ^ c);
	minus[4] += ONES(a ^ b2) + ONES(b ^ a2) + ONES(a ^ c1) + ONES(c ^ a1);
	minus[5] += ONES(a1 ^ b ^ b2 ^ c1);
	minus[6] += ONES(a ^ c2) + ONES(c ^ a2);
	minus[7] += ONES(a);
	minus[8] += ONES(plaquette ^ a) + ONES(plaquette ^ a1) + ONES(plaquette ^ b) + ONES(plaquette ^ b1);
	minus[9] += ONES(along ^ a2) + ONES(across ^ c);
}
#undef WORD
#undef LOAD
#undef ONES
#undef TARGET
#undef COUNT
