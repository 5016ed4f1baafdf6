/* keys.h - values found by the bytes of a key: open addressing, the slots doubled when three quarters are taken */
#ifndef MLP_CLASSIFY_KEYS_H
#define MLP_CLASSIFY_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct keys {
	size_t key_bytes;
	size_t n, room, slots; /* slots: 0 or a power of two */
	uint8_t *key;	       /* n of them, in the order they came */
	uint32_t *slot;	       /* of each slot the number of its key and 1; 0: empty */
};

#define KEYS_NONE UINT32_MAX

/* The number of a key, which is added if there is none: then *added is true. KEYS_NONE: no memory. */
uint32_t keys_find(struct keys *t, const uint8_t *key, int *added);
void keys_clear(struct keys *t);

#endif
