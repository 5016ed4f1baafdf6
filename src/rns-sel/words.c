#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/text.h"

#define PREFIX "code."

bool
words_is_key(const char *key, const char *column)
{
	return !strncmp(key, PREFIX, strlen(PREFIX)) && !strcmp(key + strlen(PREFIX), column);
}

const char *
words_of(const struct rn_schema *s, const char *column)
{
	for (size_t i = 0; i < s->extras; i++)
		if (words_is_key(s->extra[i].key, column))
			return s->extra[i].value;
	return NULL;
}

bool
words_find(const struct rn_schema *s, const char *column, const char *word, uint32_t *code)
{
	const char *p = words_of(s, column);
	size_t n = strlen(word);

	for (; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (!strncmp(p, word, n) && p[n] == '=') {
			*code = (uint32_t)strtoul(p + n + 1, NULL, 10);
			return true;
		}
	return false;
}

static bool
good_word(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] <= ' ' || p[i] == 0x7f || strchr("=<>!", p[i]))
			return false;
	return n > 0 && n <= 255;
}

/* Whether the word of n bytes stands in the list before. */
static bool
is_double(const char *list, const char *word, size_t n)
{
	for (const char *p = list; p < word; p += strcspn(p, ",") + 1)
		if (strcspn(p, ",") == n && !strncmp(p, word, n))
			return true;
	return false;
}

enum rn_status
words_declare(struct rn_schema *s, const char *column, const char *list, struct rn_error *err)
{
	struct rn_text value = { 0 }, key = { 0 };
	enum rn_status status = RN_OK;
	const char *p = list;
	bool ok = rn_text_printf(&key, PREFIX "%s", column) && rn_text_put(&value, "", 0);

	for (unsigned code = 0; ok; code++) {
		size_t n = strcspn(p, ",");

		if (!good_word(p, n)) {
			status = rn_fail(err, RN_EUSAGE, "'%.100s' is no list of words, as low,high", list);
			break;
		}
		if (is_double(list, p, n)) {
			status = rn_fail(err, RN_EUSAGE, "'%.100s' has the word '%.*s' twice", list,
				(int)(n < 100 ? n : 100), p);
			break;
		}
		ok = rn_text_printf(&value, "%s%.*s=%u", code ? " " : "", (int)n, p, code);
		if (!p[n])
			break;
		p += n + 1;
	}
	if (ok && !status)
		status = rn_schema_set_key(s, key.data, value.data, err);
	rn_text_clear(&key);
	rn_text_clear(&value);
	return ok ? status : rn_fail_memory(err, "words");
}
