/*
 * words.h - labels that are words
 *
 * Columns hold numbers. A label whose values are words, train=low, is a u32
 * column of codes, and the header key "code.train: low=0 high=1" says what they
 * mean. Streams whose vocabularies are equal can be joined.
 */
#ifndef RNS_SEL_WORDS_H
#define RNS_SEL_WORDS_H

#include "renorm/schema.h"

/* "low=0 high=1", or NULL when the column has no words. */
const char *words_of(const struct rn_schema *s, const char *column);
bool words_find(const struct rn_schema *s, const char *column, const char *word, uint32_t *code);

/* Declares the words of a comma-separated list, numbered from 0; RN_EUSAGE for an empty or double one. */
RN_MUST_CHECK enum rn_status
words_declare(struct rn_schema *s, const char *column, const char *list, struct rn_error *err);

/* Whether a header key is the vocabulary of that column. */
bool words_is_key(const char *key, const char *column);

#endif
