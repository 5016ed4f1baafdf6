/*
 * A CSV table, a row a temperature. Cells that mean nothing for the way it was sampled are empty.
 */
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const char columns[] =
	"T,h,algorithm,T_sampled,sweeps_half,sweeps_map,maps,coalesced,tried,taken,sweeps_mean,sweeps_max,"
	"replicas,therm,every,tau_e,tau_e_err,tau_m2,tau_m2_err\n";

static void
must(bool ready)
{
	if (!ready)
		rn_die(RN_ENOMEM, "out of memory (--report)");
}

struct report *
report_open(const char *path)
{
	struct report *t = rn_alloc_or_die(1, sizeof *t);
	struct rn_error err;

	t->file = rn_ptr_or_die(rn_outfile_open(path, &err), &err);
	must(rn_text_printf(&t->text, "%s", columns));
	return t;
}

/* A number, or an empty cell where there is none. */
static void
put_number(struct report *t, double x)
{
	must(isnan(x) ? rn_text_printf(&t->text, ",") : rn_text_printf(&t->text, ",%.6g", x));
}

static void
put_ensemble(struct report *t, const struct step *s, const char *algorithm)
{
	char T[RN_NUMBER_MAX], h[RN_NUMBER_MAX];

	rn_print_f64(T, s->ensemble.T);
	rn_print_f64(h, s->ensemble.h);
	must(rn_text_printf(&t->text, "%s,%s,%s", T, h, algorithm));
}

void
report_exact(struct report *t, const struct run *r, const struct step *s)
{
	static const char *const names[] = { "direct", "rows", "coupled sites", "coupled bonds" };
	const struct perfect_report *c = &r->perfect.report;
	const struct fk_report *f = &r->fk.report;

	put_ensemble(t, s, names[s->way]);
	if (s->way == COUPLED)
		must(rn_text_printf(&t->text,
			",%.6g,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",,",
			c->T, c->median, c->sweeps, c->maps, c->coalesced, c->tried, c->taken));
	else if (s->way == BOND_BY_BOND)
		must(rn_text_printf(&t->text, ",,,,,,,,%.6g,%" PRIu64, (double)f->sweeps / (double)f->records,
			f->longest));
	else
		must(rn_text_printf(&t->text, ",,,,,,,,,"));
	must(rn_text_printf(&t->text, ",,,,,,,\n"));
}

void
report_chains(struct report *t, const struct step *s, uint64_t chains, const struct watch_tau *tau)
{
	put_ensemble(t, s, algorithm_names[s->algorithm]);
	must(rn_text_printf(&t->text, ",,,,,,,,,,%" PRIu64 ",%" PRIu64 ",%" PRIu64, chains, s->therm,
		s->every));
	put_number(t, tau->e.tau);
	put_number(t, tau->e.error);
	put_number(t, tau->m2.tau);
	put_number(t, tau->m2.error);
	must(rn_text_printf(&t->text, "\n"));
}

void
report_close(struct report *t)
{
	struct rn_error err;

	if (!t)
		return;
	rn_or_die(rn_outfile_write(t->file, t->text.data, t->text.length, &err), &err);
	rn_or_die(rn_outfile_close(t->file, &err), &err);
	rn_text_clear(&t->text);
	free(t);
}
