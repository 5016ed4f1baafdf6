#include "pairs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "renorm/invrg.h"

/* --- a segment -------------------------------------------------------------------- */

static const char *
shape_text(char out[64], const struct rn_lattice *l)
{
	if (l->dim == 1)
		snprintf(out, 64, "%zu", l->cols);
	else
		snprintf(out, 64, "%zux%zu", l->rows, l->cols);
	return out;
}

/* Exits with *err and where it was. */
_Noreturn static void
refuse(const struct pairs *p, struct rn_error *err)
{
	rn_error_prefix(err, "%s: segment %" PRIu64, rn_reader_file(p->in), rn_reader_segment_index(p->in));
	rn_die(err->status, "%s", err->text);
}

static enum rn_status
find_level(const struct rn_schema *s, bool spins, unsigned k, struct rn_lattice *l,
	const struct rn_column **c, struct rn_error *err)
{
	char name[32];

	snprintf(name, sizeof name, k ? "%s.%u" : "%s", spins ? "spins" : "phi", k);
	*c = rn_schema_find(s, name);
	if (!*c)
		return rn_fail(err, RN_EDATA,
			"there is no column %s; pairs of a configuration and its blocks are needed: "
			"blockspin "
			"--levels %u",
			name, k ? k : 1);
	return spins ? rn_lattice_of_column(*c, l, err) : rn_field_of_column(*c, l, err);
}

static enum rn_status
find_b(const struct rn_lattice *fine, const struct rn_lattice *coarse, size_t *b, struct rn_error *err)
{
	char from[64], to[64];

	*b = fine->cols / coarse->cols;
	if (fine->dim == coarse->dim && *b >= 2 && *b * coarse->cols == fine->cols &&
		(fine->dim == 1 || *b * coarse->rows == fine->rows)) {
		if (*b <= RN_INVRG_MAX_B)
			return RN_OK;
		return rn_fail(err, RN_EDATA, "blocks of b = %zu: more than %d are not learned", *b,
			RN_INVRG_MAX_B);
	}
	return rn_fail(err, RN_EDATA,
		"the lattices are %s and %s: the first should be the second enlarged b times, b = 2, 3, ...",
		shape_text(from, fine), shape_text(to, coarse));
}

static enum rn_status
take_segment(struct pairs *p, const struct rn_schema *s, struct rn_error *err)
{
	const struct rn_column *fine, *coarse;
	struct rn_lattice l[2] = { { .cols = 1 }, { .cols = 1 } };
	size_t b;
	enum rn_status st;

	p->spins = strcmp(s->kind, "spins") == 0;
	if (!p->spins && strcmp(s->kind, "field") != 0)
		return rn_fail(err, RN_EDATA,
			"these records are of kind %s; pairs of kind field or spins are needed, from "
			"blockspin "
			"--levels 1",
			s->kind);
	if ((st = find_level(s, p->spins, p->step - 1, &l[0], &fine, err)) != RN_OK ||
		(st = find_level(s, p->spins, p->step, &l[1], &coarse, err)) != RN_OK ||
		(st = find_b(&l[0], &l[1], &b, err)) != RN_OK ||
		(st = labels_segment(&p->labels, s, err)) != RN_OK)
		return st;
	if (fine->type != coarse->type)
		return rn_fail(err, RN_EDATA, "%s is %s and %s is %s: both must be of one type", fine->name,
			rn_type_name(fine->type), coarse->name, rn_type_name(coarse->type));
	p->fine_offset = fine->offset;
	p->coarse_offset = coarse->offset;
	p->record_bytes = s->record_bytes;
	if (!p->schema) {
		p->type = fine->type;
		p->fine = l[0];
		p->coarse = l[1];
		p->b = b;
		p->schema = rn_schema_copy(s);
		return p->schema ? RN_OK : rn_fail_memory(err, "header");
	}
	if (p->type != fine->type || p->fine.dim != l[0].dim || p->fine.rows != l[0].rows ||
		p->fine.cols != l[0].cols || p->b != b) {
		char now[64], before[64];

		return rn_fail(err, RN_EDATA,
			"pairs of %s %s with b = %zu, after such of %s %s with b = %zu: one training set is "
			"of "
			"one kind",
			rn_type_name(fine->type), shape_text(now, &l[0]), b, rn_type_name(p->type),
			shape_text(before, &p->fine), p->b);
	}
	return rn_schema_merge_history(p->schema, s, err);
}

static bool
next_segment(struct pairs *p)
{
	const struct rn_schema *s;
	struct rn_error err;

	if (rn_or_die(rn_reader_segment(p->in, &s, &err), &err) == RN_END)
		return false;
	if (take_segment(p, s, &err) != RN_OK)
		refuse(p, &err);
	return true;
}

void
pairs_open(struct pairs *p, struct rn_reader *in, unsigned step)
{
	*p = (struct pairs){ .in = in, .step = step };
	next_segment(p);
}

void
pairs_close(struct pairs *p)
{
	rn_schema_destroy(p->schema);
	labels_clear(&p->labels);
	*p = (struct pairs){ 0 };
}

/* --- a pair ------------------------------------------------------------------------ */

bool
pairs_next(struct pairs *p, const uint8_t **fine, const uint8_t **coarse)
{
	const void *records;
	struct rn_error err;

	while (p->left == 0) {
		if (rn_or_die(rn_reader_next(p->in, &records, &p->batch, &err), &err) == RN_OK) {
			p->record = records;
			p->left = p->batch;
		} else if (!next_segment(p)) {
			return false;
		}
	}
	*fine = p->record + p->fine_offset;
	*coarse = p->record + p->coarse_offset;
	if (!p->spins &&
		(!rn_field_is_finite(p->type, *fine, p->fine.sites) ||
			!rn_field_is_finite(p->type, *coarse, p->coarse.sites))) {
		rn_fail(&err, RN_EDATA, "the field is not finite; nothing can be learned from it");
		rn_reader_locate(p->in, p->batch - p->left, &err);
		rn_die(RN_EDATA, "%s", err.text);
	}
	labels_add(&p->labels, p->record);
	p->record += p->record_bytes;
	p->left--;
	p->n++;
	return true;
}
