/* Chains of cluster updates. */
#include <stdlib.h>

#include "renorm/reader.h" /* RN_SLACK */
#include "sampler.h"

struct clusters {
	size_t n;
	struct cluster *cluster;
	uint64_t first_id;
	uint8_t *bits;
};

static void
start_clusters(void *state, const struct ensemble *e, enum chain_start start)
{
	struct clusters *s = state;
	const bool hot = chain_starts_hot(start, e->T);

	for (size_t i = 0; i < s->n; i++)
		cluster_start(&s->cluster[i], e, s->first_id + i, hot);
}

static void
advance_cluster(void *state, size_t b, uint64_t done, uint64_t more)
{
	cluster_sweep(&((struct clusters *)state)->cluster[b], done, more);
}

static void
take_cluster(void *state, size_t b)
{
	struct clusters *s = state;

	cluster_extract(&s->cluster[b], s->bits);
}

static const uint8_t *
bits_of_cluster(const void *state, size_t i)
{
	(void)i; /* a batch is one */
	return ((const struct clusters *)state)->bits;
}

static void
insert_in_cluster(void *state, size_t k, const uint8_t *bits)
{
	cluster_insert(&((struct clusters *)state)->cluster[k], bits);
}

static void
destroy_clusters(void *state)
{
	struct clusters *s = state;

	for (size_t i = 0; s->cluster && i < s->n; i++)
		cluster_clear(&s->cluster[i]);
	free(s->cluster);
	free(s->bits);
	free(s);
}

struct sampler
cluster_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum cluster_algorithm algorithm, bool field)
{
	struct clusters *s = calloc(1, sizeof *s);
	bool ready;

	if (!s)
		return (struct sampler){ 0 };
	*s = (struct clusters){
		.cluster = calloc(replicas, sizeof *s->cluster),
		.bits = calloc(l->bytes + RN_SLACK, 1),
		.first_id = first_id,
	};
	ready = s->cluster && s->bits;
	while (ready && s->n < replicas)
		ready = cluster_init(&s->cluster[s->n++], l, algorithm, field);
	if (ready)
		return (struct sampler){ s, 1, start_clusters, advance_cluster, take_cluster, bits_of_cluster,
			insert_in_cluster, destroy_clusters };
	destroy_clusters(s);
	return (struct sampler){ 0 };
}
