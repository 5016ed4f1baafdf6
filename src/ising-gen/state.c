#include "state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/outfile.h"
#include "renorm/reader.h"
#include "renorm/spins.h"

static const char key[] = "checkpoint";

/* --- saving --------------------------------------------------------------------- */

static void *
record_at(const struct run *r, void *records, size_t i)
{
	return (uint8_t *)records + i * r->schema->record_bytes;
}

/* A record of each chain. */
static void
put_chains(struct run *r, const struct step *s, void *records)
{
	const struct sampler *x = run_sampler(r, s);
	const uint64_t chains = run_chains(r, s);

	for (uint64_t k = 0; k < chains; k++) {
		if (k % x->batch == 0)
			x->take(x->state, k / x->batch);
		rn_spins_put(record_at(r, records, k),
			&(struct rn_spins_record){
				.T = s->ensemble.T,
				.h = s->ensemble.h,
				.replica = (uint32_t)(r->o->first_id + k),
				.sweep = r->done[k / x->batch],
				.id = r->o->first_id + r->next,
			},
			&r->lattice, x->bits(x->state, k % x->batch));
	}
}

void
state_save_or_die(struct run *r)
{
	const struct step *s = &r->step[r->now];
	const bool chains = s->way == CHAINS;
	const size_t n = chains ? run_chains(r, s) : 1;
	void *records = chains ? rn_alloc_or_die(n, r->schema->record_bytes) : r->last;
	struct rn_error err;

	if (chains)
		put_chains(r, s, records);
	rn_or_die(rn_checkpoint_write(r->o->checkpoint, r->saved, records, n, &err), &err);
	if (chains)
		free(records);
}

/* --- reading ----------------------------------------------------------------------- */

/* The last records of each chain of the last temperature of a stream; of exact samples there is one. */
struct tail {
	char *path;
	struct rn_reader *in;
	bool checkpoint, cut;
	uint64_t records;
	size_t step;	 /* SIZE_MAX: no record */
	uint64_t chains; /* of the step; 1 for exact samples */
	void *record;	 /* 2 x chains: the last, and the one before */
	unsigned *have;	 /* by chain: 0, 1 or 2 */
};

static struct rn_reader *
open_or_die(char *path)
{
	char *const files[] = { path };
	const struct rn_reader_options options = { .salvage = true };
	struct rn_error err;

	return rn_ptr_or_die(rn_reader_open(files, 1, &options, &err), &err);
}

/* That it is of this run, but for the number of samples. */
static void
check_or_die(const struct run *r, struct tail *t, const struct rn_schema *s)
{
	static const char *const but[] = { "-n", NULL };
	const char *ours = r->schema->history[r->schema->histories - 1];
	const char *theirs = s->histories ? s->history[s->histories - 1] : "";
	struct rn_error err;

	t->checkpoint = rn_schema_get_key(s, key) != NULL;
	if (rn_schema_match(t->checkpoint ? r->saved : r->schema, s, &err))
		rn_die(RN_EDATA, "--resume %s: %s", t->path, err.text);
	if (!rn_history_same_but(theirs, ours, but))
		rn_die(RN_EDATA, "--resume %s: of a run with other options (%s); this one has those of: %s",
			t->path, theirs, ours);
	if (strcmp(theirs, ours) != 0 && r->steps > 1)
		rn_die(RN_EUSAGE, "--resume %s: -n can be another one for a single temperature; this has %zu",
			t->path, r->steps);
}

static size_t
step_or_die(const struct run *r, const struct tail *t, double T)
{
	for (size_t i = 0; i < r->steps; i++)
		if (r->step[i].ensemble.T == T)
			return i;
	rn_die(RN_EDATA, "--resume %s: a record of T = %.6g, which this run has not", t->path, T);
}

static void
begin_step(const struct run *r, struct tail *t, size_t step)
{
	const struct step *s = &r->step[step];

	t->step = step;
	t->chains = s->way == CHAINS ? run_chains(r, s) : 1;
	free(t->record);
	free(t->have);
	t->record = rn_alloc_or_die(2 * t->chains, r->schema->record_bytes + RN_SLACK);
	t->have = rn_alloc_or_die(t->chains, sizeof *t->have);
}

static void *
kept(const struct run *r, const struct tail *t, uint64_t k, unsigned before)
{
	return (uint8_t *)t->record + (2 * k + before) * (r->schema->record_bytes + RN_SLACK);
}

/* What record i of the output of this run is. */
static struct rn_spins_record
identity_of(const struct run *r, const struct step *s, uint64_t i)
{
	const uint64_t sample = r->steps > 1 ? i % r->o->n : i, id = r->o->first_id + sample;
	struct rn_spins_record x = { s->ensemble.T, s->ensemble.h, (uint32_t)id, 0, id };

	if (s->way == CHAINS) {
		x.replica = (uint32_t)(r->o->first_id + sample % s->replicas);
		x.sweep = run_sweep_of(s, sample / s->replicas);
	}
	return x;
}

/*
 * Plain and CSV streams that were cut have no checksum that vouches for a record: so that nothing damaged is gone on
 * from, or copied, each must have the e and m of its spins, and in an output be the one that comes next.
 */
static bool
is_sound(const struct run *r, const struct tail *t, const void *record)
{
	struct rn_spins_record x = rn_spins_get(record);
	const uint64_t step = r->steps > 1 ? t->records / r->o->n : 0;

	if (!t->checkpoint) {
		if (step >= r->steps)
			return false;
		x = identity_of(r, &r->step[step], t->records);
	}
	memcpy(r->bits, rn_spins_bits(record), r->lattice.bytes);
	rn_spins_put(r->last, &x, &r->lattice, r->bits);
	return !memcmp(r->last, record, r->schema->record_bytes);
}

/* Records of a batch are at most one step apart, for they are written one after the other: two of a chain are enough. */
static void
keep(const struct run *r, struct tail *t, const void *record)
{
	const struct rn_spins_record x = rn_spins_get(record);
	const size_t bytes = r->schema->record_bytes;
	uint64_t k = 0;

	if (!is_sound(r, t, record))
		rn_die(RN_EDATA,
			"--resume %s: record %" PRIu64 " is damaged, or of another run; see rns-cat --head",
			t->path, t->records);
	t->records++;
	if (t->step == SIZE_MAX || x.T != r->step[t->step].ensemble.T)
		begin_step(r, t, step_or_die(r, t, x.T));
	if (r->step[t->step].way == CHAINS)
		k = (uint32_t)(x.replica - (uint32_t)r->o->first_id);
	if (k >= t->chains || (r->step[t->step].way != CHAINS && x.sweep != 0))
		rn_die(RN_EDATA,
			"--resume %s: replica %" PRIu32 " is no chain of this run, which has %" PRIu64
			"; choose -n as "
			"it was",
			t->path, x.replica, t->chains);
	memcpy(kept(r, t, k, 1), kept(r, t, k, 0), bytes);
	memcpy(kept(r, t, k, 0), record, bytes);
	t->have[k] += t->have[k] < 2;
}

static void
read_or_die(const struct run *r, struct tail *t)
{
	const struct rn_schema *schema;
	const void *records;
	struct rn_error err;
	size_t n;

	t->in = open_or_die(t->path);
	while (rn_or_die(rn_reader_segment(t->in, &schema, &err), &err) == RN_OK) {
		check_or_die(r, t, schema);
		while (rn_or_die(rn_reader_next(t->in, &records, &n, &err), &err) == RN_OK)
			for (size_t i = 0; i < n; i++)
				keep(r, t, (const uint8_t *)records + i * r->schema->record_bytes);
	}
	t->cut = rn_reader_was_cut(t->in);
	rn_reader_close(t->in);
}

/* --- going on ----------------------------------------------------------------------- */

/* The sweep that all chains of a batch have a record of. */
static uint64_t
sweep_of_batch(const struct run *r, const struct tail *t, uint64_t first, uint64_t end)
{
	uint64_t sweep = UINT64_MAX;

	for (uint64_t k = first; k < end; k++) {
		const uint64_t s = t->have[k] ? rn_spins_get(kept(r, t, k, 0)).sweep : 0;

		sweep = s < sweep ? s : sweep;
	}
	return sweep;
}

/* Records of an output may be turned over by a coin; those of a checkpoint are the chains'. */
static void
insert_or_die(struct run *r, const struct tail *t, const struct step *s, uint64_t k, uint64_t sweep)
{
	const struct sampler *x = run_sampler(r, s);

	for (unsigned before = 0; before < t->have[k]; before++) {
		const void *record = kept(r, t, k, before);
		const struct rn_spins_record is = rn_spins_get(record);

		if (is.sweep != sweep)
			continue;
		memcpy(r->bits, rn_spins_bits(record), r->lattice.bytes);
		if (!t->checkpoint && run_is_turned(s, is.id))
			run_turn(&r->lattice, r->bits);
		x->insert(x->state, k, r->bits);
		return;
	}
	rn_die(RN_EDATA, "--resume %s: replica %" PRIu64 " has no record of sweep %" PRIu64, t->path,
		r->o->first_id + k, sweep);
}

/* Records that a chain has given by that sweep. */
static uint64_t
given(const struct step *s, uint64_t sweep)
{
	return sweep > s->therm ? (sweep - s->therm) / s->every : 0;
}

static void
take_chains(struct run *r, const struct tail *t, const struct step *s)
{
	const size_t batch = run_sampler(r, s)->batch;

	run_start_chains(r, s);
	for (uint64_t b = 0; b * batch < t->chains; b++) {
		const uint64_t first = b * batch;
		const uint64_t end = first + batch < t->chains ? first + batch : t->chains;
		const uint64_t sweep = sweep_of_batch(r, t, first, end);

		r->done[b] = sweep;
		r->next += (end - first) * given(s, sweep);
		for (uint64_t k = first; sweep && k < end; k++)
			insert_or_die(r, t, s, k, sweep);
	}
}

static void
take_or_die(struct run *r, const struct tail *t)
{
	const struct step *s = &r->step[t->step];
	const struct rn_spins_record last = rn_spins_get(kept(r, t, 0, 0));

	r->now = t->step;
	r->next = 0;
	if (s->way == CHAINS)
		take_chains(r, t, s);
	else
		r->next = last.id - r->o->first_id + 1;
	if (t->checkpoint && s->way == CHAINS)
		r->next = last.id - r->o->first_id;
	if (r->next > r->o->n)
		rn_die(RN_EUSAGE,
			"--resume %s has %" PRIu64 " samples of T = %.6g; choose -n %" PRIu64 " or more",
			t->path, r->next, s->ensemble.T, r->next);
	memcpy(r->last, kept(r, t, 0, 0), r->schema->record_bytes);
}

static uint64_t
records_before(const struct run *r)
{
	return r->now * r->o->n + r->next;
}

static void
resume_or_die(struct run *r)
{
	struct tail t = { .path = r->o->resume, .step = SIZE_MAX };

	read_or_die(r, &t);
	if (!t.checkpoint && r->o->checkpoint && rn_same_file(r->o->checkpoint, t.path))
		rn_die(RN_EUSAGE,
			"--checkpoint %s would replace the output that --resume goes on from; choose another "
			"name",
			t.path);
	if (t.step == SIZE_MAX) {
		rn_remark(&r->o->common, "%s has no record to go on from: begins anew", t.path);
		return;
	}
	take_or_die(r, &t);
	r->is_resumed = true;
	r->copies = !t.checkpoint;
	rn_remark(&r->o->common,
		"%s%s: goes on at T = %.6g from sample %" PRIu64 "; the output %s the %" PRIu64
		" records before it",
		t.path, t.cut ? " is cut" : "", r->step[r->now].ensemble.T, r->next,
		r->copies ? "begins with" : "is to be joined to", records_before(r));
	free(t.record);
	free(t.have);
}

void
state_begin_or_die(struct run *r)
{
	struct rn_error err;

	r->saved = rn_schema_copy(r->schema);
	if (!r->saved)
		rn_die(RN_ENOMEM, "out of memory (header)");
	rn_or_die(rn_schema_set_key(r->saved, key, "ising-gen", &err), &err);
	if (r->o->resume)
		resume_or_die(r);
}

void
state_copy_or_die(struct run *r)
{
	uint64_t left = r->copies ? records_before(r) : 0;
	const struct rn_schema *schema;
	const void *records;
	struct rn_reader *in;
	struct rn_error err;
	size_t n;

	if (left == 0)
		return;
	in = open_or_die(r->o->resume);
	while (left && rn_or_die(rn_reader_segment(in, &schema, &err), &err) == RN_OK)
		while (left && rn_or_die(rn_reader_next(in, &records, &n, &err), &err) == RN_OK) {
			n = n < left ? n : left;
			rn_or_die(rn_writer_put(r->out, records, n, &err), &err);
			left -= n;
		}
	rn_reader_close(in);
	if (left)
		rn_die(RN_EDATA, "--resume %s: %" PRIu64 " records are missing before the last ones",
			r->o->resume, left);
}
