/* Inhomogeneous phi^4: its action, by hand and against the homogeneous one; whether it has a lower bound; to a file and back. */
#include "renorm/phi4_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/checkpoint.h"
#include "renorm/random.h"
#include "tap.h"

static struct rn_phi4_model
model_or_die(unsigned d, size_t L1, size_t L2, bool diagonals)
{
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice l = rn_lattice_make(d, d == 1 ? &L2 : extents);
	struct rn_phi4_model m;
	struct rn_error err;

	if (rn_phi4_model_create(&m, &l, diagonals, &err) != RN_OK)
		exit(1);
	return m;
}

static void
draw(double x[], size_t n, uint64_t id)
{
	const struct rn_random_key key = rn_random_key(1, "phi4_model", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, id);

	for (size_t i = 0; i < n; i++)
		x[i] = 2 * rn_random_uniform(&r) - 1;
}

static void
test_action(void)
{
	static const size_t shapes[][3] = { { 1, 1, 1 }, { 1, 1, 6 }, { 2, 1, 5 }, { 2, 2, 2 }, { 2, 3, 4 } };
	const struct rn_phi4 coupling = { 0.8, 0.7, -0.9 };
	bool same = true;

	for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
		struct rn_phi4_model m =
			model_or_die((unsigned)shapes[s][0], shapes[s][1], shapes[s][2], shapes[s][0] == 2);
		const struct rn_lattice *l = &m.lattice;
		struct rn_field_means means;
		double phi[12], want;

		draw(phi, l->sites, s);
		rn_phi4_model_set(&m, &coupling);
		means = rn_field_measure(l, RN_F64, phi);
		want = rn_field_action(&coupling, l, &means) * (double)l->sites;
		same &= fabs(rn_phi4_model_action(&m, RN_F64, phi) - want) < 1e-13;
		rn_phi4_model_clear(&m);
	}
	OK(same, "the homogeneous action, on rings and tori");
}

/*
 * 2 x 3:  1 2 3   from the 2 right 3, down 5; down right 6, down left 4 (either twice: the row below is that above)
 *         4 5 6
 */
static void
test_bonds(void)
{
	static const float phi[] = { 1, 2, 3, 4, 5, 6 };
	static const double want[] = { -2 * 3, -2 * 5, -2 * 6, -2 * 4 };
	struct rn_phi4_model m = model_or_die(2, 2, 3, true);

	for (unsigned k = 0; k < 4; k++) {
		memset(m.theta, 0, m.parameters * sizeof *m.theta);
		(k < 2 ? m.w + 6 * k : m.w2 + 6 * (k - 2))[1] = 1;
		OK(rn_phi4_model_action(&m, RN_F32, phi) == want[k], "bond %u of a site", k);
	}
	rn_phi4_model_clear(&m);
}

static enum rn_status
check(const struct rn_phi4_model *m)
{
	struct rn_error err;

	return rn_phi4_model_check(m, &err);
}

/* b = 0 on a ring of 5: S = a phi^2 - w phi phi' is bounded below for a > w, and for w < 0 if a > |w| cos(pi / 5). */
static void
test_bound(void)
{
	struct rn_phi4_model m = model_or_die(1, 1, 5, false);

	rn_phi4_model_set(&m, &(const struct rn_phi4){ 1, 0, -2 + 1e-6 });
	OK(check(&m) == RN_OK, "a free ring just massive");
	rn_phi4_model_set(&m, &(const struct rn_phi4){ 1, 0, -2 - 1e-6 });
	OK(check(&m) == RN_EDATA, "and just not");
	for (size_t i = 0; i < 5; i++) {
		m.w[i] = -1;
		m.a[i] = cos(M_PI / 5) + 1e-6;
	}
	OK(check(&m) == RN_OK, "an odd ring cannot alternate");
	m.a[2] -= 1e-4;
	OK(check(&m) == RN_EDATA, "a site too light");
	m.b[2] = 1e-9;
	OK(check(&m) == RN_OK, "which a quartic holds");
	m.b[3] = -1e-9;
	OK(check(&m) == RN_EDATA, "a quartic of the wrong sign");
	m.b[3] = NAN;
	OK(check(&m) == RN_EDATA, "what is no number");
	rn_phi4_model_clear(&m);
}

static void
test_file(unsigned d, bool diagonals)
{
	struct rn_phi4_model m = model_or_die(d, 3, 4, diagonals), got;
	char path[] = "/tmp/phi4_model.XXXXXX";
	const int fd = mkstemp(path);
	struct rn_schema *schema;
	struct rn_error err;
	void *record;

	draw(m.theta, m.parameters, 9);
	for (size_t i = 0; i < m.lattice.sites; i++)
		m.b[i] = fabs(m.b[i]);
	if (fd < 0 || rn_phi4_model_schema(&m, &schema, &err) != RN_OK ||
		!(record = calloc(1, schema->record_bytes)))
		exit(1);
	close(fd);
	rn_phi4_model_put(&m, schema, 3, record);
	OK(rn_checkpoint_write(path, schema, record, 1, &err) == RN_OK &&
			rn_phi4_model_read(&got, path, &err) == RN_OK && got.parameters == m.parameters &&
			got.lattice.dim == d && !got.w2 == !diagonals &&
			!memcmp(got.theta, m.theta, m.parameters * sizeof *m.theta),
		"to a file and back, %u dimensions%s", d, diagonals ? ", diagonals" : "");
	unlink(path);
	rn_schema_destroy(schema);
	free(record);
	rn_phi4_model_clear(&m);
	rn_phi4_model_clear(&got);
}

int
main(void)
{
	test_action();
	test_bonds();
	test_bound();
	test_file(1, false);
	test_file(2, false);
	test_file(2, true);
	return tap_done();
}
