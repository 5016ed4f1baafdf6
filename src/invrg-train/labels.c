#include "labels.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/text.h"

static enum rn_status
take_names(struct labels *l, const struct rn_schema *s, struct rn_error *err)
{
	l->label = calloc(s->labels + 1, sizeof *l->label);
	if (!l->label)
		return rn_fail_memory(err, "labels");
	for (size_t i = 0; i < s->labels; i++) {
		if (!(l->label[i].name = strdup(s->label[i])))
			return rn_fail_memory(err, "labels");
		l->label[l->n++].common = true;
	}
	return RN_OK;
}

enum rn_status
labels_segment(struct labels *l, const struct rn_schema *s, struct rn_error *err)
{
	const enum rn_status st = l->label ? RN_OK : take_names(l, s, err);

	for (size_t i = 0; i < l->n; i++) {
		struct label *label = &l->label[i];

		label->column = rn_schema_find(s, label->name);
		if (!label->column || label->column->ndim > 0 || !rn_schema_is_label(s, label->name))
			label->common = false;
	}
	return st;
}

void
labels_add(struct labels *l, const uint8_t *record)
{
	for (size_t i = 0; i < l->n; i++) {
		struct label *label = &l->label[i];
		double value;

		if (!label->common)
			continue;
		value = rn_get_f64(label->column, record, 0);
		if (!l->begun)
			label->value = value;
		label->common = label->value == value;
	}
	l->begun = true;
}

enum rn_status
labels_text(const struct labels *l, char **text, struct rn_error *err)
{
	struct rn_text t = { 0 };
	char number[RN_NUMBER_MAX];

	*text = NULL;
	for (size_t i = 0; l->begun && i < l->n; i++) {
		if (!l->label[i].common)
			continue;
		rn_print_f64(number, l->label[i].value);
		if (!rn_text_printf(&t, "%s%s=%s", t.length ? " " : "", l->label[i].name, number)) {
			rn_text_clear(&t);
			return rn_fail_memory(err, "labels");
		}
	}
	*text = t.data;
	return RN_OK;
}

void
labels_clear(struct labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->label[i].name);
	free(l->label);
	*l = (struct labels){ 0 };
}
