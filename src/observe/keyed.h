/*
 * keyed.h - entries found by the bytes of their key
 *
 * An entry of a map begins with struct keyed; its key stands behind it. Entries
 * never move. Chained hashing, the table doubled as it fills.
 */
#ifndef OBSERVE_KEYED_H
#define OBSERVE_KEYED_H

#include <stddef.h>
#include <stdint.h>

struct keyed {
	struct keyed *next;
	uint64_t hash;
};

struct keyed_map {
	size_t entry_bytes, key_bytes;
	size_t entries, slots;
	struct keyed **slot;
};

const void *keyed_key(const struct keyed_map *map, const struct keyed *entry);
/* NULL when there is none. */
struct keyed *keyed_find(const struct keyed_map *map, const void *key);
/* A new, zeroed entry with that key, which there was none of; NULL: out of memory. */
struct keyed *keyed_add(struct keyed_map *map, const void *key);
void keyed_clear(struct keyed_map *map, void (*destroy)(struct keyed *entry));

#endif
