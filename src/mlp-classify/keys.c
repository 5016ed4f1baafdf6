#include "keys.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The slot of a key, or the empty one where it belongs. */
static size_t
slot_of(const struct keys *t, const uint8_t *key)
{
	size_t i = XXH3_64bits(key, t->key_bytes) & (t->slots - 1);

	while (t->number[i] != KEYS_NONE && memcmp(t->key + i * t->key_bytes, key, t->key_bytes) != 0)
		i = (i + 1) & (t->slots - 1);
	return i;
}

static void
put(struct keys *t, const uint8_t *key, uint64_t number)
{
	const size_t i = slot_of(t, key);

	memcpy(t->key + i * t->key_bytes, key, t->key_bytes);
	t->number[i] = number;
}

static int
double_slots(struct keys *t)
{
	struct keys old = *t;

	t->slots = old.slots ? 2 * old.slots : 64;
	t->key = calloc(t->slots, t->key_bytes);
	t->number = malloc(t->slots * sizeof *t->number);
	if (!t->key || !t->number) {
		free(t->key);
		free(t->number);
		*t = old;
		return -1;
	}
	memset(t->number, 0xff, t->slots * sizeof *t->number);
	for (size_t i = 0; i < old.slots; i++)
		if (old.number[i] != KEYS_NONE)
			put(t, old.key + i * t->key_bytes, old.number[i]);
	free(old.key);
	free(old.number);
	return 0;
}

uint64_t
keys_find(struct keys *t, const uint8_t *key, int *added)
{
	size_t i;

	if (4 * t->n >= 3 * t->slots && double_slots(t) != 0)
		return KEYS_NONE;
	i = slot_of(t, key);
	*added = t->number[i] == KEYS_NONE;
	if (*added)
		put(t, key, t->n++);
	return t->number[i];
}

void
keys_clear(struct keys *t)
{
	free(t->key);
	free(t->number);
	*t = (struct keys){ .key_bytes = t->key_bytes };
}
