#include "layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/spins.h"
#include "renorm/stage.h" /* RN_TC, rn_parse_f64 */

/* A whole number of the file, whatever its type there. */
static enum rn_status
get_whole(const struct rn_column *from, const void *in, enum rn_type type, uint64_t *value,
	struct rn_error *err)
{
	struct rn_column to = { .name = from->name, .type = type, .count = 1, .bytes = rn_type_bytes(type) };
	struct conversion c = { .from = from, .to = &to, .how = CONVERT };
	uint8_t bytes[8];
	enum rn_status status = convert(&c, in, bytes, err);

	if (!status)
		*value = rn_get_u64(&to, bytes, 0);
	return status;
}

/* Identity from the file where it has one; else a chain's successive records, or records that stand alone. */
static enum rn_status
put_spins(const struct layout *l, const void *in, uint64_t number, void *out, struct rn_error *err)
{
	struct rn_spins_record r = { .T = l->const_T, .h = l->const_h, .id = number };
	enum rn_status status;
	uint64_t replica;

	memset(l->spins, 0, l->lattice.bytes);
	status = convert(&l->configuration, in, l->spins, err);
	if (!status && l->T)
		r.T = rn_get_f64(l->T, in, 0);
	if (!status && l->h)
		r.h = rn_get_f64(l->h, in, 0);
	if (!status && l->file_id)
		status = get_whole(l->file_id, in, RN_U64, &r.id, err);
	replica = l->independent ? (uint32_t)r.id : 0;
	if (!status && l->replica)
		status = get_whole(l->replica, in, RN_U32, &replica, err);
	r.sweep = l->independent ? 0 : number + 1;
	if (!status && l->sweep)
		status = get_whole(l->sweep, in, RN_U64, &r.sweep, err);
	if (status)
		return status;
	r.replica = (uint32_t)replica;
	if (!(r.T >= 0) || isnan(r.h))
		return rn_fail(err, RN_EDATA, "a temperature of %g and a field of %g", r.T, r.h);
	rn_spins_put(out, &r, &l->lattice, l->spins);
	return RN_OK;
}

enum rn_status
layout_record(const struct layout *l, const void *in, const void *label, uint64_t number, void *out,
	struct rn_error *err)
{
	enum rn_status status = RN_OK;

	memset(out, 0, l->out->record_bytes); /* the padding of bits */
	if (l->is_spins)
		status = put_spins(l, in, number, out, err);
	else if (l->id)
		rn_put_u64(l->id, out, 0, number);
	for (size_t i = 0; i < l->constants; i++)
		rn_put_f64(l->constant[i].to, out, 0, l->constant[i].value);
	for (size_t i = 0; i < l->steps && !status; i++)
		status = convert(&l->step[i].conversion, l->step[i].of_labels ? label : in, out, err);
	return status;
}

/* --- the plan ------------------------------------------------------------------ */

/* The part behind "NAME=", or NULL; "NAME" alone has none. */
static const char *
value_for(char *const pairs[], size_t n, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(pairs[i], name, length) && pairs[i][length] == '=')
			return pairs[i] + length + 1;
	return NULL;
}

static enum rn_status
parse_label(const char *pair, double *value, struct rn_error *err)
{
	const char *text = strchr(pair, '=') + 1;

	if (!strcmp(text, "Tc"))
		*value = RN_TC;
	else if (!rn_parse_f64(text, value))
		return rn_fail(err, RN_EUSAGE, "--label '%.100s': '%.60s' is not a number, as 2.5, inf or Tc",
			pair, text);
	return RN_OK;
}

static enum rn_status
check_names(const struct rn_schema *in, const struct wishes *w, struct rn_error *err)
{
	const struct rn_column *found;
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < w->labels && !status; i++)
		if (!strchr(w->label[i], '='))
			status = rn_schema_require_column(in, w->label[i], &found, err);
	for (size_t i = 0; i < w->types && !status; i++) {
		char *name = strndup(w->type[i], strcspn(w->type[i], "="));

		if (!name)
			return rn_fail_memory(err, "names");
		status = rn_schema_require_column(in, name, &found, err);
		free(name);
	}
	return status;
}

static enum rn_status
find_configuration(const struct rn_schema *in, const struct wishes *w, const struct rn_column **x,
	struct rn_error *err)
{
	if (w->column)
		return rn_schema_require_column(in, w->column, x, err);
	*x = &in->column[0];
	for (size_t k = 1; k < in->columns; k++)
		if (in->column[k].count > (*x)->count)
			*x = &in->column[k];
	return RN_OK;
}

static enum rn_status
add_step(struct layout *l, const struct rn_column *from, enum how how, bool of_labels, struct rn_error *err)
{
	struct step *larger = reallocarray(l->step, l->steps + 1, sizeof *larger);

	if (!larger)
		return rn_fail_memory(err, "columns");
	l->step = larger;
	/* `to` is found when all columns are there: adding one moves the others. */
	l->step[l->steps++] =
		(struct step){ { .from = from, .how = how, .threshold = l->threshold }, of_labels };
	return RN_OK;
}

/* The type a column goes out with, and how it gets there. */
static enum rn_status
choose(const struct source *file, size_t k, const struct rn_column *x, const struct wishes *w,
	enum rn_type *type, enum how *how, struct rn_error *err)
{
	const struct rn_column *c = &file->schema->column[k];
	const char *wanted = value_for(w->type, w->types, c->name);
	bool numbers = strcmp(w->kind, "table") != 0; /* records have an id, and it is u64 */

	*type = c->type;
	if (c == x && (w->has_threshold || w->pm1 || !strcmp(w->kind, "spins"))) {
		if (wanted && strcmp(wanted, "bit") != 0)
			return rn_fail(err, RN_EUSAGE, "--type %s=%s: the configuration is made of bits here",
				c->name, wanted);
		*type = RN_BIT;
	} else if (wanted) {
		rn_type_parse(wanted, type); /* the option was checked */
	} else if (file->boolean[k]) {
		*type = RN_BIT;
	} else if (numbers && !strcmp(c->name, "id")) {
		*type = RN_U64;
	}
	if (c == x && w->has_threshold)
		*how = THRESHOLD;
	else if (c == x && w->pm1 && c->type != RN_BIT)
		*how = SIGNS;
	else
		*how = *type == c->type ? COPY : *type == RN_BIT ? BITS : CONVERT;
	return RN_OK;
}

/* The columns of every spins stream have their types, which --type cannot change. */
static enum rn_status
check_own_type(const struct rn_schema *spins, const char *name, const struct wishes *w, struct rn_error *err)
{
	const char *wanted = value_for(w->type, w->types, name);
	const char *own = rn_type_name(rn_schema_find(spins, name)->type);

	if (wanted && strcmp(wanted, own) != 0)
		return rn_fail(err, RN_EUSAGE, "--type %s=%s: in spins that column is %s; leave it out", name,
			wanted, own);
	return RN_OK;
}

static enum rn_status
add_columns(struct layout *l, const struct source *file, const struct rn_column *x, const struct wishes *w,
	struct rn_error *err)
{
	static const struct rn_column packed = { .type = RN_BIT }; /* l->spins holds nothing else */
	static const char *const own[] = { "T", "h", "replica", "sweep", "id", "e", "m" };
	bool is_field = !strcmp(w->kind, "field");
	enum rn_status status = RN_OK;

	for (size_t k = 0; k < file->schema->columns && !status; k++) {
		const struct rn_column *c = &file->schema->column[k];
		const char *name = c == x && is_field ? "phi" : c->name;
		enum rn_type type = c->type;
		enum how how = COPY;
		bool known = false;

		status = choose(file, k, x, w, &type, &how, err);
		for (size_t i = 0; i < sizeof own / sizeof *own && l->is_spins; i++)
			known = known || !strcmp(c->name, own[i]);
		if (!status && known)
			status = check_own_type(l->out, c->name, w, err);
		if (status || known)
			continue;
		if (l->is_spins && c == x) {
			l->configuration = (struct conversion){ c, &packed, how, l->threshold };
			continue;
		}
		if (c == x && is_field && type != RN_F32 && type != RN_F64) {
			type = RN_F64;
			how = CONVERT;
		}
		status = rn_schema_add_column(l->out, name, type, c->ndim, c->shape, err);
		if (status == RN_EUSAGE) /* the caller's fault there is the file's fault here */
			status = err->status = RN_EDATA;
		if (!status)
			status = add_step(l, c, how, false, err);
	}
	return status;
}

/* New label columns, those of --labels, and the file's own that are named as labels. */
static enum rn_status
add_labels(struct layout *l, const struct source *file, const struct rn_schema *labels,
	const struct wishes *w, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < w->labels && !status; i++) {
		char *name = strndup(w->label[i], strcspn(w->label[i], "="));

		if (!name)
			return rn_fail_memory(err, "names");
		if (strchr(w->label[i], '=') &&
			!(l->is_spins && (!strcmp(name, "T") || !strcmp(name, "h")))) {
			if (rn_schema_find(file->schema, name))
				status = rn_fail(err, RN_EUSAGE, "--label '%s': the file has a column '%s'",
					w->label[i], name);
			else
				status = rn_schema_add_column(l->out, name, RN_F64, 0, NULL, err);
		}
		if (!status)
			status = rn_schema_add_label(l->out, name, err);
		free(name);
	}
	if (labels && !status)
		status = rn_schema_add_column(l->out, "digit", labels->column[0].type, 0, NULL, err);
	if (labels && !status)
		status = rn_schema_add_label(l->out, "digit", err);
	if (labels && !status)
		status = add_step(l, &labels->column[0], COPY, true, err);
	return status;
}

static const struct rn_column *
scalar(const struct rn_schema *s, const char *name)
{
	const struct rn_column *c = rn_schema_find(s, name);

	return c && c->count == 1 ? c : NULL;
}

/* T, h and identity: of the file, or as told. */
static enum rn_status
begin_spins(struct layout *l, const struct rn_schema *in, const struct rn_column *x, const struct wishes *w,
	struct rn_error *err)
{
	enum rn_status status = RN_OK;

	if (x->ndim < 1 || x->ndim > 2)
		return rn_fail(err, RN_EDATA,
			"column '%s' has %u dimensions; spins have one or two (--column names another)",
			x->name, x->ndim);
	l->is_spins = true;
	l->independent = w->independent;
	l->lattice = rn_lattice_make(x->ndim, x->shape);
	l->T = scalar(in, "T");
	l->h = scalar(in, "h");
	l->replica = scalar(in, "replica");
	l->sweep = scalar(in, "sweep");
	l->file_id = scalar(in, "id");
	for (size_t i = 0; i < w->labels && !status; i++) {
		const char *pair = w->label[i];
		bool is_T = !strncmp(pair, "T=", 2), is_h = !strncmp(pair, "h=", 2);

		if ((is_T && l->T) || (is_h && l->h))
			return rn_fail(err, RN_EUSAGE, "--label '%s': the file has a column '%c'", pair,
				*pair);
		if (is_T || is_h)
			status = parse_label(pair, is_T ? &l->const_T : &l->const_h, err);
	}
	if (!status && !l->T && !value_for(w->label, w->labels, "T"))
		return rn_fail(err, RN_EUSAGE, "spins have a temperature: give it with --label T=2.5");
	if (!status && !(l->const_T >= 0))
		return rn_fail(err, RN_EUSAGE, "a temperature of %g; it is 0 or above, or inf", l->const_T);
	if (status)
		return status;
	l->out = rn_spins_schema(&l->lattice);
	l->spins = calloc(1, l->lattice.bytes + RN_SLACK);
	return l->out && l->spins ? RN_OK : rn_fail_memory(err, "header");
}

/* Once the schema is whole: where each step ends, and the labels that are the same in all records. */
static enum rn_status
finish(struct layout *l, const struct rn_column *first, const struct wishes *w, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	l->constant = calloc(w->labels + 1, sizeof *l->constant);
	if (!l->constant)
		return rn_fail_memory(err, "labels");
	for (size_t i = 0; i < l->steps; i++) {
		const char *name = l->step[i].of_labels ? "digit" : l->step[i].conversion.from->name;

		if (!l->step[i].of_labels && l->step[i].conversion.from == first && !strcmp(w->kind, "field"))
			name = "phi";
		l->step[i].conversion.to = rn_schema_find(l->out, name);
	}
	for (size_t i = 0; i < w->labels && !status; i++) {
		char *name = strndup(w->label[i], strcspn(w->label[i], "="));
		const struct rn_column *c = name ? rn_schema_find(l->out, name) : NULL;
		double value;

		free(name);
		if (!c || !strchr(w->label[i], '='))
			continue;
		status = parse_label(w->label[i], &value, err);
		if (!status)
			l->constant[l->constants++] = (struct constant){ c, value };
	}
	return status;
}

static enum rn_status
make(struct layout *l, const struct source *file, const struct rn_schema *labels, const struct wishes *w,
	struct rn_error *err)
{
	const struct rn_column *x = NULL;
	bool numbered = strcmp(w->kind, "table") != 0 && !rn_schema_find(file->schema, "id");
	enum rn_status status = check_names(file->schema, w, err);

	l->threshold = w->threshold;
	if (!status)
		status = find_configuration(file->schema, w, &x, err);
	if (!status && !strcmp(w->kind, "spins"))
		status = begin_spins(l, file->schema, x, w, err);
	else if (!status)
		l->out = rn_schema_create(w->kind);
	if (status)
		return status;
	if (!l->out)
		return rn_fail_memory(err, "header");
	status = add_labels(l, file, labels, w, err);
	if (!status && !l->is_spins && numbered)
		status = rn_schema_add_column(l->out, "id", RN_U64, 0, NULL, err);
	if (!status)
		status = add_columns(l, file, x, w, err);
	if (!status)
		status = finish(l, x, w, err);
	if (!status && numbered && !l->is_spins)
		l->id = rn_schema_find(l->out, "id");
	return status;
}

enum rn_status
layout_make(struct layout *l, const struct source *file, const struct rn_schema *labels,
	const struct wishes *w, struct rn_error *err)
{
	enum rn_status status;

	*l = (struct layout){ 0 };
	status = make(l, file, labels, w, err);
	if (status)
		layout_clear(l);
	return status;
}

void
layout_clear(struct layout *l)
{
	rn_schema_destroy(l->out);
	free(l->step);
	free(l->constant);
	free(l->spins);
	*l = (struct layout){ 0 };
}
