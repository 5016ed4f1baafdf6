/* rbm_reference.h - the small machine of fixtures/reference/rbm_small, and machines drawn at random */
#ifndef RBM_REFERENCE_H
#define RBM_REFERENCE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/rbm.h"

#define REFERENCE_NV 6
#define REFERENCE_NH 4
#define REFERENCE_DATA 10

static inline FILE *
reference_open(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static inline char *
reference_text(void)
{
	const size_t room = 1 << 20;
	char *text = calloc(room + 1, 1);
	FILE *f = reference_open("rbm_small.json");

	if (!text || fread(text, 1, room, f) == 0)
		exit(1);
	fclose(f);
	return text;
}

/* The n numbers that follow the keys, each found after the one before it: "pm1 gradient W". */
static inline void
reference_numbers(const char *keys, size_t n, double out[])
{
	char *text = reference_text(), *words = strdup(keys), *at = text, *save = NULL;

	for (char *word = strtok_r(words, " ", &save); at && word; word = strtok_r(NULL, " ", &save)) {
		char quoted[64];

		snprintf(quoted, sizeof quoted, "\"%s\":", word);
		at = strstr(at, quoted);
		at = at ? at + strlen(quoted) : NULL;
	}
	for (size_t i = 0; i < n; i++) {
		char *end = at;

		if (at) {
			at += strspn(at, " \n\t[],");
			out[i] = strtod(at, &end);
		}
		if (end == at) {
			fprintf(stderr, "rbm_small.json: no number %zu of %s\n", i, keys);
			exit(1);
		}
		at = end;
	}
	free(words);
	free(text);
}

static inline struct rn_rbm
reference_create(enum rn_units visible, enum rn_units hidden, size_t nv, size_t nh)
{
	struct rn_rbm r;
	struct rn_error err;

	if (rn_rbm_create(&r, visible, hidden, 1, &nv, nh, &err) != RN_OK)
		abort();
	return r;
}

static inline struct rn_rbm
reference_machine(enum rn_units units)
{
	struct rn_rbm r = reference_create(units, units, REFERENCE_NV, REFERENCE_NH);
	double x[REFERENCE_NV * REFERENCE_NH];

	reference_numbers("W", REFERENCE_NV * REFERENCE_NH, x);
	for (size_t i = 0; i < REFERENCE_NV * REFERENCE_NH; i++)
		r.W[i] = (float)x[i];
	reference_numbers("a", REFERENCE_NV, x);
	for (size_t i = 0; i < REFERENCE_NV; i++)
		r.b[i] = (float)x[i];
	reference_numbers("b", REFERENCE_NH, x);
	for (size_t a = 0; a < REFERENCE_NH; a++)
		r.c[a] = (float)x[a];
	return r;
}

/* W ~ N(0, sd^2), biases ~ N(0, (sd / 2)^2). */
static inline struct rn_rbm
reference_random(enum rn_units visible, enum rn_units hidden, size_t nv, size_t nh, double sd,
	struct rn_random *random)
{
	struct rn_rbm r = reference_create(visible, hidden, nv, nh);

	for (size_t i = 0; i < r.parameters; i++)
		r.theta[i] = (float)((i < nv * nh ? sd : sd / 2) * rn_random_normal(random));
	return r;
}

/* -H(v, h) of bits of the states, from the definition. */
static inline double
reference_minus_energy(const struct rn_rbm *r, const double v[], const double h[])
{
	double sum = 0;

	for (size_t i = 0; i < r->nv; i++) {
		sum += (double)r->b[i] * v[i];
		if (r->visible == RN_UNITS_GAUSSIAN)
			sum -= v[i] * v[i] / (2 * (double)r->sigma * (double)r->sigma);
		for (size_t a = 0; a < r->nh; a++)
			sum += v[i] * (double)r->W[i * r->nh + a] * h[a];
	}
	for (size_t a = 0; a < r->nh; a++)
		sum += (double)r->c[a] * h[a];
	return sum;
}

static inline void
reference_state(enum rn_units units, size_t state, size_t n, double out[])
{
	for (size_t i = 0; i < n; i++)
		out[i] = state >> i & 1 ? 1 : units == RN_UNITS_01 ? 0 : -1;
}

#endif
