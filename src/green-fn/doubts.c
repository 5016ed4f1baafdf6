/*
 * doubts.c - remarks on the numbers of a table
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "doubts.h"

void
doubts_note(struct doubt *d, const struct key *key, double badness, const struct doubt *what)
{
	const uint64_t groups = d->groups + !(d->groups && key_same(&d->last, key));

	if (!d->groups || badness > d->badness) {
		*d = *what;
		d->worst = *key;
		d->badness = badness;
	}
	d->groups = groups;
	d->last = *key;
}

static void
remark(const struct rn_common *common, const struct doubt *d, const char *text)
{
	char more[64] = "", step[64] = "";

	if (!d->groups)
		return;
	if (d->groups > 1)
		snprintf(more, sizeof more, " (and %" PRIu64 " more)", d->groups - 1);
	if (d->worst.step)
		snprintf(step, sizeof step, ", step %" PRIu64, d->worst.step);
	rn_remark(common, "N %g, sigma_w %g, sigma_b %g%s%s: %s", d->worst.N, d->worst.sigma_w,
		d->worst.sigma_b, step, more, text);
}

static void
tell_errors(const struct doubt *d, const char *estimator, const struct rn_common *common)
{
	char text[256], times[64] = "beyond what a double can hold";

	if (isfinite(d->number))
		snprintf(times, sizeof times, "%.3g times as large", d->number);
	snprintf(text, sizeof text, "the error bars of %s cannot be trusted: that of G%u is %s in truth",
		estimator, d->order, times);
	remark(common, d, text);
}

static void
tell_nets(const struct doubts *d, const struct rn_common *common)
{
	char text[256];

	tell_errors(&d->error, "the plain estimator", common);
	tell_errors(&d->rb_error, "rb", common);
	snprintf(text, sizeof text,
		"the error bars of the plain estimator cannot be trusted: the largest products of %u legs "
		"fall off like x^-%.2g, "
		"and a variance needs more than x^-2",
		d->hill.order, d->hill.number);
	remark(common, &d->hill, text);
	remark(common, &d->one_bag, "one bag: no background, and errors from stretches of its networks");
	remark(common, &d->few, "too few networks for an error");
}

static void
tell_moments(const struct doubts *d, const struct rn_common *common)
{
	static const char untrusted[] = "the error bars of moments cannot be trusted";
	char text[256];

	snprintf(text, sizeof text,
		"%s: those of %u legs come from neurons of tilt %" PRIu32
		", of which each deviates by e^%.2g times the mean; sample neurons with --tilt %u, too",
		untrusted, d->tilt.order, d->tilt.tilt, d->tilt.number, d->tilt.order);
	remark(common, &d->tilt, text);
	snprintf(text, sizeof text, "%s: in those of %u legs no more than %.3g neurons count", untrusted,
		d->ess.order, d->ess.number);
	remark(common, &d->ess, text);
	snprintf(text, sizeof text,
		"%s: of %.0f neurons a g is too small for its type; let points lie closer together",
		untrusted, d->lost.number);
	remark(common, &d->lost, text);
	remark(common, &d->beyond, "not all moments can be had: they are beyond what a double can hold");
	remark(common, &d->one_neurons, "one bag of neurons: errors from stretches of it");
	remark(common, &d->few_neurons, "too few neurons for an error");
	remark(common, &d->neurons, "no neurons of this sigma_w and sigma_b, so no moments");
}

void
doubts_tell(const struct doubts *d, const struct rn_common *common)
{
	char text[256];

	tell_nets(d, common);
	tell_moments(d, common);
	snprintf(text, sizeof text, "not all exact values can be had: %s", d->exact.why ? d->exact.why : "");
	remark(common, &d->exact, text);
	snprintf(text, sizeof text, "no u4 and u6: %s", d->couplings.why ? d->couplings.why : "");
	remark(common, &d->couplings, text);
	remark(common, &d->representable,
		"a coupling is beyond a double: the points are so far apart that N_K is nearly 0");
}
