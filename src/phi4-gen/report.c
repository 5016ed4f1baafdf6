/*
 * A CSV table, a row a set of couplings. Times are in sweeps (metropolis) or cycles (cluster); what is not known is an
 * empty cell.
 */
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const char columns[] = "kappa,lambda,mu2,algorithm,step,local_per_cluster,replicas,therm,every,"
			      "tau_action,tau_action_err,tau_m2,tau_m2_err\n";

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

/* A number as it is, with a comma behind it. */
static void
put_exactly(struct report *t, double x)
{
	char number[RN_NUMBER_MAX];

	rn_print_f64(number, x);
	must(rn_text_printf(&t->text, "%s,", number));
}

static void
put_tau(struct report *t, const struct rn_tau *tau)
{
	must(isnan(tau->tau) ? rn_text_printf(&t->text, ",,")
			     : rn_text_printf(&t->text, ",%.6g,%.6g", tau->tau, tau->error));
}

void
report_step(struct report *t, const struct run *r, const struct step *s, const struct watch_tau *tau)
{
	const struct ensemble *e = &s->ensemble;

	if (e->model) {
		must(rn_text_printf(&t->text, ",,,%s,,", algorithm_names[e->algorithm]));
	} else {
		put_exactly(t, e->coupling.kappa);
		put_exactly(t, e->coupling.lambda);
		put_exactly(t, e->coupling.mu2);
		must(rn_text_printf(&t->text, "%s,%.6g,", algorithm_names[e->algorithm], e->step));
	}
	must(r->local_per_cluster ? rn_text_printf(&t->text, "%" PRIu64, r->local_per_cluster) : true);
	must(rn_text_printf(&t->text, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, run_chains(r), s->therm,
		s->every));
	put_tau(t, &tau->e);
	put_tau(t, &tau->m2);
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
