/*
 * renorm/text.h - a growing run of bytes, and numbers as text
 */
#ifndef RENORM_TEXT_H
#define RENORM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "renorm/status.h"

/* { 0 } is an empty one. data is NUL-terminated after every successful put. */
struct rn_text {
	char *data;
	size_t length, capacity;
};

void rn_text_clear(struct rn_text *t); /* frees */
/* false: out of memory; the text is as before. */
RN_MUST_CHECK bool rn_text_put(struct rn_text *t, const void *data, size_t n);
RN_MUST_CHECK bool rn_text_printf(struct rn_text *t, const char *format, ...) RN_PRINTF(2, 3);
RN_MUST_CHECK bool rn_text_reserve(struct rn_text *t, size_t more);

/* The longest that rn_print_f64 and rn_print_f32 write, with the NUL. */
#define RN_NUMBER_MAX 32

/*
 * The shortest decimal that reads back as the same number ("0.1", "1e+300",
 * "inf", "-inf", "nan", "-0"). Returns the length.
 */
size_t rn_print_f64(char out[RN_NUMBER_MAX], double x);
size_t rn_print_f32(char out[RN_NUMBER_MAX], float x);

#endif
