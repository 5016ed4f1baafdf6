/* keys.h - values found by the bytes of a key: open addressing, the table doubled when three quarters are full */
#ifndef MLP_CLASSIFY_KEYS_H
#define MLP_CLASSIFY_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct keys {
	size_t key_bytes;
	size_t n, slots;  /* slots: 0 or a power of two */
	uint8_t *key;	  /* slots keys */
	uint64_t *number; /* of each key: 0 for the first one added, 1, ...; UINT64_MAX in empty slots */
};

#define KEYS_NONE UINT64_MAX

/* The number of a key, which is added if there is none: then *added is true. KEYS_NONE: no memory. */
uint64_t keys_find(struct keys *t, const uint8_t *key, int *added);
void keys_clear(struct keys *t);

#endif
