/*
 * input.h - the bytes of one file, looked at before they are taken
 *
 * The buffer grows with what arrives, never with what a header claims.
 */
#ifndef RNS_IMPORT_INPUT_H
#define RNS_IMPORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/status.h"

struct input {
	const char *name; /* for messages */
	int fd;
	uint8_t *buffer; /* buffer[begin .. end) came and was not taken */
	size_t begin, end, capacity;
	bool finished; /* nothing comes after that */
};

/* "-" is standard input. */
RN_MUST_CHECK enum rn_status input_open(struct input *in, const char *path, struct rn_error *err);
void input_close(struct input *in);

/* Reads until `n` bytes are there, or all there will be. Moves what input_bytes() points to. */
RN_MUST_CHECK enum rn_status input_want(struct input *in, size_t n, struct rn_error *err);
static inline uint8_t *
input_bytes(const struct input *in)
{
	return in->buffer + in->begin;
}
static inline size_t
input_have(const struct input *in)
{
	return in->end - in->begin;
}
static inline void
input_take(struct input *in, size_t n)
{
	in->begin += n;
}

#endif
