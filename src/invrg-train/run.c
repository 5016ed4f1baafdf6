#include "run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "count.h"
#include "squares.h"

/* --- options, given the data -------------------------------------------------------- */

static void
complete_spins(const struct options *o)
{
	if (o->of_field)
		rn_die(RN_EUSAGE, "%s is an option of fields, and these are spins", o->of_field);
	if (o->trains)
		rn_die(RN_EUSAGE, "the tables of spins are counted: training options have no effect");
}

static void
check_kernel(const struct options *o, const struct pairs *p)
{
	const struct rn_taps taps = rn_taps_make(p->b, o->K);
	const size_t least =
		p->coarse.dim == 2 && p->coarse.rows < p->coarse.cols ? p->coarse.rows : p->coarse.cols;

	if (rn_taps_most(&taps) > least)
		rn_die(RN_EUSAGE,
			"--kernel %zu: it covers %zu sites of the coarse lattice, which has %zu and their "
			"images: "
			"%zu at most",
			o->K, rn_taps_most(&taps), least, least * p->b);
	if (o->symmetry == 1 && (o->K - p->b) % 2)
		rn_die(RN_EUSAGE,
			"--symmetry d4: a kernel of %zu does not stand symmetrically about a block of %zu; "
			"--kernel %zu does",
			o->K, p->b, o->K + 1);
}

static void
complete_training(struct options *o)
{
	if (o->method == EXACT && !o->maps) {
		if (o->trains)
			rn_die(RN_EUSAGE,
				"a linear map is solved for: training options are those of --method descent, "
				"or "
				"of --maps");
		return;
	}
	if (o->training.holdout < 0)
		o->training.holdout = o->training.test ? 0 : 0.1;
	if (o->training.patience == UINT64_MAX)
		o->training.patience = o->training.test || o->training.holdout > 0 ? 5 : 0;
	rn_training_check(&o->training);
}

void
run_complete(struct options *o, const struct pairs *p)
{
	if (p->spins) {
		complete_spins(o);
		o->symmetry = o->symmetry != 0;
		return;
	}
	if (o->of_spins)
		rn_die(RN_EUSAGE, "%s is an option of spins, and this is a field", o->of_spins);
	if (o->K == 0)
		o->K = 3 * p->b;
	if (o->K < p->b)
		rn_die(RN_EUSAGE, "--kernel %zu: blocks are of %zu sites, and the kernel covers at least one",
			o->K, p->b);
	check_kernel(o, p);
	if (o->symmetry < 0)
		o->symmetry = !o->maps && (o->K - p->b) % 2 == 0;
	complete_training(o);
}

void
run_history(const void *options, bool continues, struct rn_schema *schema)
{
	const struct options *o = options;
	struct rn_training training = o->training;
	struct rn_text line;

	if (continues)
		training.resume = NULL;
	rn_history_begin(&line, &o->common);
	rn_history_add_u64(&line, "--step", o->step);
	if (o->K)
		rn_history_add_u64(&line, "--kernel", o->K);
	else
		rn_history_add(&line, "--context", rn_invrg_contexts[o->context]);
	rn_history_add(&line, "--symmetry", o->symmetry ? "d4" : "none");
	if (o->maps) {
		rn_history_add_u64(&line, "--maps", o->maps);
		rn_history_add(&line, "--activation", rn_invrg_activations[o->activation]);
		rn_history_add_u64(&line, "--mix", o->mix);
	} else if (o->K) {
		rn_history_add(&line, "--method", o->method == DESCENT ? "descent" : "exact");
	}
	if (o->maps || o->method == DESCENT)
		rn_training_history(&training, &line);
	rn_history_end(&line, &o->common, schema);
}

/* --- the end -------------------------------------------------------------------------- */

static void
write_model(const struct options *o, const struct pairs *p, struct rn_invrg *m, struct rn_writer *out)
{
	struct rn_schema *schema;
	struct rn_error err;
	void *record;

	rn_or_die(labels_text(&p->labels, &m->trained, &err), &err);
	rn_or_die(rn_invrg_schema(m, &schema, &err), &err);
	rn_or_die(rn_schema_merge_history(schema, p->schema, &err), &err);
	run_history(o, true, schema);
	record = rn_alloc_or_die(schema->record_bytes, 1);
	rn_invrg_put(m, schema, 0, record);
	rn_or_die(rn_writer_segment(out, schema, &err), &err);
	rn_or_die(rn_writer_put(out, record, 1, &err), &err);
	free(record);
	rn_schema_destroy(schema);
}

/* x(error), in the digits that the error leaves meaning to. */
static void
print_with_error(char out[64], double x, double error)
{
	const int digits = error > 0 && error < 1 ? (int)fmin(15, ceil(1 - log10(error))) : 6;

	snprintf(out, 64, "%.*f +- %.*f", digits, x, digits, error);
}

void
run_tell(const struct options *o, const struct rn_invrg *m)
{
	const struct rn_invrg_fit *f = &m->fit;
	char gain[64], beta_nu[64], limit[64];

	if (m->map != RN_INVRG_LINEAR)
		return;
	print_with_error(gain, f->gain, f->gain_err);
	if (!(f->gain > 0) || !(f->gain_limit > 0)) {
		rn_remark(&o->common,
			"c = %s of this kernel, which is no inverse of a block rule: c should be positive",
			gain);
		return;
	}
	print_with_error(beta_nu, f->beta_nu, f->beta_nu_err);
	print_with_error(limit, -log(f->gain_limit) / log((double)m->b),
		f->gain_limit_err / f->gain_limit / log((double)m->b));
	rn_remark(&o->common,
		"c = %s, so beta/nu = %s in every step: of a kernel of %zu; of one as large as the lattice "
		"%s",
		gain, beta_nu, m->K, limit);
}

void
run_exact(const struct options *o, struct pairs *p, struct rn_writer *out)
{
	const uint8_t *fine, *coarse;
	struct rn_progress progress;
	struct squares s;
	struct rn_invrg m;
	struct rn_error err;

	rn_or_die(rn_invrg_create_linear(&m, p->coarse.dim, p->b, o->K, &err), &err);
	m.symmetric = o->symmetry == 1;
	rn_or_die(squares_create(&s, &p->coarse, p->b, o->K, m.symmetric, &err), &err);
	rn_progress_begin(&progress, &o->common, "pairs", 0);
	while (pairs_next(p, &fine, &coarse)) {
		rn_or_die(squares_add(&s, p->type, fine, coarse, &err), &err);
		rn_progress_add(&progress, 1);
	}
	rn_progress_end(&progress);
	if (p->n == 0)
		rn_die(RN_EDATA, "there are no records to learn from");
	rn_or_die(squares_solve(&s, &m, &err), &err);
	for (size_t e = 0; e < m.entries; e++)
		m.kernel[e] = m.least_squares[e];
	run_tell(o, &m);
	write_model(o, p, &m, out);
	squares_clear(&s);
	rn_invrg_clear(&m);
}

void
run_tables(const struct options *o, struct pairs *p, struct rn_writer *out)
{
	const uint8_t *fine, *coarse;
	struct rn_progress progress;
	struct count c;
	struct rn_invrg m;
	struct rn_error err;

	rn_or_die(rn_invrg_create_tables(&m, o->context, &err), &err);
	m.symmetric = o->symmetry == 1;
	rn_or_die(count_create(&c, &m, &p->fine, &p->coarse, &err), &err);
	rn_progress_begin(&progress, &o->common, "pairs", 0);
	while (pairs_next(p, &fine, &coarse)) {
		count_add(&c, fine, coarse);
		rn_progress_add(&progress, 1);
	}
	rn_progress_end(&progress);
	if (p->n == 0)
		rn_die(RN_EDATA, "there are no records to learn from");
	rn_or_die(count_images(&c, m.symmetric, &err), &err);
	write_model(o, p, &m, out);
	count_clear(&c);
	rn_invrg_clear(&m);
}
