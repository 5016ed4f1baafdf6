#include "keys.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The slot of a key, or the empty one where it belongs. */
static uint32_t *
slot_of(const struct keys *t, const uint8_t *key)
{
	size_t i = XXH3_64bits(key, t->key_bytes) & (t->slots - 1);

	while (t->slot[i] && memcmp(t->key + (t->slot[i] - 1) * t->key_bytes, key, t->key_bytes) != 0)
		i = (i + 1) & (t->slots - 1);
	return &t->slot[i];
}

static int
double_slots(struct keys *t)
{
	const size_t slots = t->slots ? 2 * t->slots : 64;
	uint32_t *slot = calloc(slots, sizeof *slot);

	if (!slot)
		return -1;
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	for (uint32_t i = 0; i < t->n; i++)
		*slot_of(t, t->key + i * t->key_bytes) = i + 1;
	return 0;
}

static int
double_room(struct keys *t)
{
	const size_t room = t->room ? 2 * t->room : 64;
	uint8_t *key = reallocarray(t->key, room, t->key_bytes);

	if (!key)
		return -1;
	t->key = key;
	t->room = room;
	return 0;
}

uint32_t
keys_find(struct keys *t, const uint8_t *key, int *added)
{
	uint32_t *slot;

	if ((4 * t->n >= 3 * t->slots && double_slots(t) != 0) || (t->n == t->room && double_room(t) != 0) ||
		t->n == KEYS_NONE - 1)
		return KEYS_NONE;
	slot = slot_of(t, key);
	*added = !*slot;
	if (*added) {
		memcpy(t->key + t->n * t->key_bytes, key, t->key_bytes);
		*slot = (uint32_t)++t->n;
	}
	return *slot - 1;
}

void
keys_clear(struct keys *t)
{
	free(t->key);
	free(t->slot);
	*t = (struct keys){ .key_bytes = t->key_bytes };
}
