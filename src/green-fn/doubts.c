/*
 * doubts.c - remarks on the numbers of a table
 */
#include <inttypes.h>
#include <stdio.h>

#include "doubts.h"

static void
remark(const struct rn_common *common, const struct doubt *d, const char *text)
{
	char more[64] = "", step[64] = "";

	if (!d->groups)
		return;
	if (d->groups > 1)
		snprintf(more, sizeof more, " (and %" PRIu64 " more)", d->groups - 1);
	if (d->first.step)
		snprintf(step, sizeof step, ", step %" PRIu64, d->first.step);
	rn_remark(common, "N %g, sigma_w %g, sigma_b %g%s%s: %s", d->first.N, d->first.sigma_w,
		d->first.sigma_b, step, more, text);
}

void
doubts_tell(const struct doubts *d, const struct rn_common *common)
{
	char text[256];

	snprintf(text, sizeof text,
		"the error bars of the plain estimator cannot be trusted: "
		"that of G%u is %.3g times as large in truth",
		d->error.order, d->error.number);
	remark(common, &d->error, text);
	snprintf(text, sizeof text,
		"the error bars of the plain estimator cannot be trusted: "
		"the largest products of %u legs fall off like x^-%.2g, and a variance needs more than x^-2",
		d->hill.order, d->hill.number);
	remark(common, &d->hill, text);
	remark(common, &d->one_bag, "one bag: no background, and errors from stretches of its networks");
	remark(common, &d->few, "too few networks for an error");
	snprintf(text, sizeof text, "not all exact values can be had: %s", d->exact.why ? d->exact.why : "");
	remark(common, &d->exact, text);
	snprintf(text, sizeof text, "no u4 and u6: %s", d->couplings.why ? d->couplings.why : "");
	remark(common, &d->couplings, text);
	remark(common, &d->neurons, "no neurons of this sigma_w and sigma_b, so no moments");
	remark(common, &d->representable,
		"a coupling is beyond a double: the points are so far apart that N_K is nearly 0");
}
