#include "watch.h"

#include <math.h>

bool
rn_watch_begin(struct watch *w, uint64_t chains, uint64_t each, uint64_t therm, uint64_t every)
{
	*w = (struct watch){
		.chains = chains < WATCHED ? (size_t)chains : WATCHED,
		.records = each >= WATCH_RECORDS,
		.e = rn_correlator_create(),
		.m2 = rn_correlator_create(),
	};
	w->spacing = w->records ? every : therm / WATCH_TIMES + (therm >= 8 && therm < WATCH_TIMES);
	for (size_t k = 0; w->e && w->m2 && k < w->chains; k++) {
		w->of_e[k] = rn_correlator_chain(w->e);
		w->of_m2[k] = rn_correlator_chain(w->m2);
		if (!w->of_e[k] || !w->of_m2[k])
			return false;
	}
	return w->e && w->m2;
}

uint64_t
rn_watch_next(const struct watch *w, uint64_t done, uint64_t therm)
{
	const uint64_t next = w->spacing ? (done / w->spacing + 1) * w->spacing : 0;

	if (w->records || !w->spacing || next > therm)
		return UINT64_MAX;
	return next > therm / 3 ? next : (therm / 3 / w->spacing + 1) * w->spacing;
}

bool
rn_watch_see(struct watch *w, uint64_t k, double e, double m2)
{
	return k >= w->chains || (rn_history_push(w->of_e[k], e) && rn_history_push(w->of_m2[k], m2));
}

static struct rn_tau
in_sweeps(struct rn_correlator *c, uint64_t spacing)
{
	struct rn_tau t = rn_correlator_tau(c);

	t.tau *= (double)spacing;
	t.error *= (double)spacing;
	t.window *= (double)spacing;
	return t;
}

struct watch_tau
rn_watch_end(struct watch *w)
{
	const struct watch_tau t = { in_sweeps(w->e, w->spacing), in_sweeps(w->m2, w->spacing),
		(double)w->spacing };

	rn_correlator_destroy(w->e);
	rn_correlator_destroy(w->m2);
	*w = (struct watch){ 0 };
	return t;
}

struct rn_tau
rn_watch_longer(const struct watch_tau *t)
{
	return t->e.tau > t->m2.tau || isnan(t->m2.tau) ? t->e : t->m2;
}

bool
rn_watch_is_short(const struct watch_tau *t, uint64_t therm)
{
	const struct rn_tau longer = rn_watch_longer(t);
	const double surely = longer.tau - (longer.open ? 1 : 2) * longer.error; /* open: too small already */

	return isfinite(surely) && surely > 0.75 * t->spacing && WATCH_ENOUGH * surely > (double)therm;
}

bool
rn_watch_is_resolved(const struct watch_tau *t)
{
	const struct rn_tau longer = rn_watch_longer(t);

	return longer.tau > 0.75 * t->spacing && longer.error < longer.tau && !longer.open;
}
