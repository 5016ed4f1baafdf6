#include "split.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct group {
	size_t bytes;
	uint64_t count;
	uint8_t labels[];
};

static bool
parse_number(const char **p, uint64_t *v)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*v = strtoull(*p, &end, 10);
	*p = end;
	return !errno;
}

enum rn_status
split_parse(const char *text, struct split *s, struct rn_error *err)
{
	const char *p = text;
	bool ok = parse_number(&p, &s->first);

	s->last = s->first;
	if (ok && *p == '-') {
		p++;
		ok = parse_number(&p, &s->last);
	}
	ok = ok && *p++ == '/' && parse_number(&p, &s->n) && !*p;
	if (!ok || s->first < 1 || s->last < s->first || s->n < s->last)
		return rn_fail(err, RN_EUSAGE, "'%.60s' is not I/N or I-J/N with 1 <= I <= J <= N", text);
	return RN_OK;
}

static int
compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return memcmp(x->labels, y->labels, x->bytes);
}

enum rn_status
split_begin(struct split *s, const struct rn_schema *schema, bool continues, struct rn_error *err)
{
	s->schema = schema;
	if (continues)
		return RN_OK;
	tdestroy(s->groups, free);
	s->groups = NULL;
	s->recent = NULL;
	s->key_bytes = 0;
	for (size_t i = 0; i < schema->labels; i++)
		s->key_bytes += rn_schema_find(schema, schema->label[i])->bytes;
	free(s->key);
	s->key = malloc(sizeof(struct group) + s->key_bytes);
	return s->key ? RN_OK : rn_fail_memory(err, "label groups");
}

static enum rn_status
find_group(struct split *s, const void *record, struct group **found, struct rn_error *err)
{
	struct group *key = (struct group *)s->key, **node;
	uint8_t *p = key->labels;

	for (size_t i = 0; i < s->schema->labels; i++) {
		const struct rn_column *c = rn_schema_find(s->schema, s->schema->label[i]);

		memcpy(p, (const uint8_t *)record + c->offset, c->bytes);
		p += c->bytes;
	}
	key->bytes = s->key_bytes;
	key->count = 0;
	*found = s->recent;
	if (s->recent && !compare_groups(s->recent, key)) /* records of a group tend to stand together */
		return RN_OK;
	node = tsearch(key, &s->groups, compare_groups);
	if (!node)
		return rn_fail_memory(err, "label groups");
	if (*node == key) { /* a new group: it becomes the tree's, and the key is made anew */
		s->key = malloc(sizeof *key + s->key_bytes);
		if (!s->key)
			return rn_fail_memory(err, "label groups");
	}
	*found = s->recent = *node;
	return RN_OK;
}

enum rn_status
split_take(struct split *s, const void *record, bool *mine, struct rn_error *err)
{
	struct group *group;
	enum rn_status status;
	uint64_t part;

	*mine = true;
	if (s->n == 0)
		return RN_OK;
	status = find_group(s, record, &group, err);
	if (status)
		return status;
	part = group->count++ % s->n + 1;
	*mine = s->first <= part && part <= s->last;
	return RN_OK;
}

void
split_clear(struct split *s)
{
	tdestroy(s->groups, free);
	free(s->key);
	s->groups = s->key = NULL;
}
