#include "keyed.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const void *
keyed_key(const struct keyed_map *map, const struct keyed *entry)
{
	return (const char *)entry + map->entry_bytes;
}

struct keyed *
keyed_find(const struct keyed_map *map, const void *key)
{
	uint64_t hash = XXH3_64bits(key, map->key_bytes);

	if (!map->slots)
		return NULL;
	for (struct keyed *e = map->slot[hash & (map->slots - 1)]; e; e = e->next)
		if (e->hash == hash && !memcmp(keyed_key(map, e), key, map->key_bytes))
			return e;
	return NULL;
}

static int
double_slots(struct keyed_map *map)
{
	size_t slots = map->slots ? 2 * map->slots : 64;
	struct keyed **slot = calloc(slots, sizeof *slot), *next;

	if (!slot)
		return -1;
	for (size_t i = 0; i < map->slots; i++)
		for (struct keyed *e = map->slot[i]; e; e = next) {
			next = e->next;
			e->next = slot[e->hash & (slots - 1)];
			slot[e->hash & (slots - 1)] = e;
		}
	free(map->slot);
	map->slot = slot;
	map->slots = slots;
	return 0;
}

struct keyed *
keyed_add(struct keyed_map *map, const void *key)
{
	struct keyed *e, **slot;

	if (map->entries >= map->slots && double_slots(map))
		return NULL;
	e = calloc(1, map->entry_bytes + map->key_bytes);
	if (!e)
		return NULL;
	e->hash = XXH3_64bits(key, map->key_bytes);
	memcpy((char *)e + map->entry_bytes, key, map->key_bytes);
	slot = &map->slot[e->hash & (map->slots - 1)];
	e->next = *slot;
	*slot = e;
	map->entries++;
	return e;
}

void
keyed_clear(struct keyed_map *map, void (*destroy)(struct keyed *entry))
{
	struct keyed *next;

	for (size_t i = 0; i < map->slots; i++)
		for (struct keyed *e = map->slot[i]; e; e = next) {
			next = e->next;
			destroy(e);
			free(e);
		}
	free(map->slot);
	*map = (struct keyed_map){ 0 };
}
