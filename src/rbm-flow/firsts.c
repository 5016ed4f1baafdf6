#include "firsts.h"

#include <stdlib.h>

/* Keys are hashes. The slot of this one, or the free one where it would be. */
static size_t
slot_of(const struct firsts *f, const struct rn_random_key *key)
{
	size_t i = key->k[0] & (f->slots - 1);

	for (; f->slot[i]; i = (i + 1) & (f->slots - 1)) {
		const struct rn_random_key *other = &f->first[f->slot[i] - 1].key;

		if (other->k[0] == key->k[0] && other->k[1] == key->k[1])
			break;
	}
	return i;
}

const struct first *
firsts_find(const struct firsts *f, const struct rn_random_key *key)
{
	const uint32_t place = f->slots ? f->slot[slot_of(f, key)] : 0;

	return place ? &f->first[place - 1] : NULL;
}

/* Slots are at most half full. */
static enum rn_status
grow(struct firsts *f, struct rn_error *err)
{
	const size_t slots = f->slots ? 2 * f->slots : 16;
	struct first *first = realloc(f->first, slots / 2 * sizeof *first);
	uint32_t *slot = calloc(slots, sizeof *slot);

	if (first)
		f->first = first;
	if (!first || !slot) {
		free(slot);
		return rn_fail_memory(err, "labels");
	}
	free(f->slot);
	f->slot = slot;
	f->slots = slots;
	for (size_t i = 0; i < f->n; i++)
		f->slot[slot_of(f, &f->first[i].key)] = (uint32_t)i + 1;
	return RN_OK;
}

enum rn_status
firsts_add(struct firsts *f, struct first first, struct rn_error *err)
{
	if (2 * f->n == f->slots && grow(f, err) != RN_OK)
		return RN_ENOMEM;
	f->first[f->n++] = first;
	f->slot[slot_of(f, &first.key)] = (uint32_t)f->n;
	return RN_OK;
}

void
firsts_clear(struct firsts *f)
{
	free(f->first);
	free(f->slot);
	*f = (struct firsts){ 0 };
}
