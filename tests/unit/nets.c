/* Points as text and as a file, and the schemas of nets and neurons there and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/nets.h"
#include "tap.h"

static struct rn_error err;

static void
refused(const char *text, const char *word)
{
	struct rn_net_points p;

	OK(rn_net_points_parse(text, &p, &err) == RN_EDATA && !p.x && strstr(err.text, word), "'%s': %s",
		text, err.text);
}

static void
points(void)
{
	struct rn_net_points p;
	char *text;

	if (!OK(rn_net_points_parse(" -0.01 1e-3  0.1 -0.01", &p, &err) == RN_OK, "points of one dimension"))
		exit(tap_done());
	OK(p.n == 4 && p.din == 1 && p.x[0] == -0.01 && p.x[1] == 1e-3 && p.x[3] == p.x[0],
		"four of them, one repeated");
	text = rn_net_points_print(&p);
	OK(text && !strcmp(text, "-0.01 0.001 0.1 -0.01"), "as text: %s", text ? text : "(none)");
	free(text);
	rn_net_points_clear(&p);

	OK(rn_net_points_parse("0,-0 0.1,2", &p, &err) == RN_OK && p.n == 2 && p.din == 2 && p.x[2] == 0.1 &&
			!signbit(p.x[1]),
		"points of two dimensions");
	text = rn_net_points_print(&p);
	OK(text && !strcmp(text, "0,0 0.1,2"), "as text: %s", text ? text : "(none)");
	free(text);
	rn_net_points_clear(&p);

	refused("", "no point");
	refused("1 nan", "nan");
	refused("1 inf", "inf");
	refused("1,2 3", "point 2 has 1 coordinate ");
	refused("1,,2", "''");
	refused("1 0x2", "0x2");
}

/* What --points takes, from a file of this text. */
static enum rn_status
of_file(const char *content, struct rn_net_points *p)
{
	char path[64];
	enum rn_status st;
	FILE *f;

	snprintf(path, sizeof path, "/tmp/nets-%d.csv", (int)getpid());
	f = fopen(path, "w");
	if (!f || fputs(content, f) < 0 || fclose(f) != 0)
		abort();
	st = rn_net_points_of_operand(path, p, &err);
	unlink(path);
	return st;
}

static void
operands(void)
{
	struct rn_net_points p;

	OK(of_file("x,y\n0,1\n0.5,-2\n", &p) == RN_OK && p.n == 2 && p.din == 2 && p.x[3] == -2,
		"a CSV file");
	rn_net_points_clear(&p);
	OK(of_file("x[0],x[1],z\n1,2,3\n", &p) == RN_OK && p.n == 1 && p.din == 3 && p.x[2] == 3,
		"with an array in it");
	rn_net_points_clear(&p);
	OK(of_file("x\n1\nnan\n", &p) == RN_EDATA && strstr(err.text, "row 2"), "nan: %s", err.text);
	OK(of_file("x\n", &p) == RN_EDATA && strstr(err.text, "no point"), "no row: %s", err.text);
	OK(rn_net_points_of_operand("0.5 1", &p, &err) == RN_OK && p.n == 2, "a list");
	rn_net_points_clear(&p);
}

static void
neither_list_nor_file(void)
{
	static const char *const files[] = { "no/such.csv", "no-file", "2d.csv", "nan.csv", "infile",
		"./a b.csv" };
	static const char *const lists[] = { "1 nan", "nan", "1e400", "", " ", "1,2 3", "0.5 x", "1x 2",
		"1,x.csv" };
	struct rn_net_points p;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		OK(rn_net_points_of_operand(files[i], &p, &err) == RN_ENOINPUT && !p.x &&
				strstr(err.text, files[i]),
			"'%s': %s", files[i], err.text);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		OK(rn_net_points_of_operand(lists[i], &p, &err) == RN_EDATA && !p.x, "'%s': %s", lists[i],
			err.text);
}

static void
repeated(void)
{
	struct rn_net_points p;
	size_t a = 9, b = 9;

	if (rn_net_points_parse("0,1 1,0 0,0 1,0 0,1", &p, &err) != RN_OK)
		abort();
	OK(rn_net_points_repeated(&p, &a, &b), "five points of which some are the same");
	OK(a == 1 && b == 3, "first these: %zu and %zu", a, b);
	p.n = 3;
	OK(!rn_net_points_repeated(&p, &a, &b), "three are not");
	rn_net_points_clear(&p);
	OK(rn_net_points_parse(RN_NET_POINTS_DEFAULT, &p, &err) == RN_OK && p.n == 6 && p.din == 1 &&
			!rn_net_points_repeated(&p, &a, &b),
		"the default ones are six");
	rn_net_points_clear(&p);
}

static struct rn_nets
example(bool neurons)
{
	struct rn_nets n = { .neurons = neurons,
		.activation = RN_NET_ERF,
		.dout = 1,
		.depth = 1,
		.type = RN_F32 };

	if (rn_net_points_parse("0,0 1,0.1 0,2", &n.points, &err) != RN_OK)
		abort();
	return n;
}

static void
nets(void)
{
	struct rn_nets n = example(false), again;
	struct rn_schema *s;
	uint8_t record[128] = { 0 };
	double f[6];

	n.dout = 2;
	n.depth = 3;
	n.step = n.cov = true;
	if (!OK(rn_nets_schema(&n, &s, &err) == RN_OK, "a schema of nets"))
		exit(tap_done());
	OK(s->record_bytes == 4 + 8 + 8 + 8 + 4 + 8 + 4 * 6 + 4 * 6, "of %zu bytes", s->record_bytes);
	OK(s->labels == 4 && rn_schema_is_label(s, "step") && rn_schema_is_label(s, "N"), "labels");
	if (!OK(rn_nets_of_schema(s, &again, &err) == RN_OK, "reads back"))
		exit(tap_done());
	OK(!again.neurons && again.activation == RN_NET_ERF && again.points.n == 3 && again.points.din == 2 &&
			again.dout == 2 && again.depth == 3 && again.type == RN_F32 && again.step &&
			again.cov && again.points.x[3] == 0.1,
		"as it was");
	OK(memcmp(&n.at, &again.at, sizeof n.at) == 0, "with the offsets");
	for (size_t i = 0; i < 6; i++)
		rn_put_f64(rn_schema_find(s, "f"), record, i, (double)i + 0.5);
	rn_nets_values(&again, record, again.at.f, 6, f);
	OK(f[0] == 0.5 && f[5] == 5.5, "values of a record");
	rn_nets_clear(&again);

	if (rn_schema_set_key(s, "din", "3", &err) != RN_OK)
		abort();
	OK(rn_nets_of_schema(s, &again, &err) == RN_EDATA && strstr(err.text, "din"), "%s", err.text);
	if (rn_schema_set_key(s, "din", "2", &err) != RN_OK ||
		rn_schema_set_key(s, "activation", "tanh", &err) != RN_OK)
		abort();
	OK(rn_nets_of_schema(s, &again, &err) == RN_EDATA && strstr(err.text, "tanh"), "%s", err.text);
	if (rn_schema_set_key(s, "activation", "relu", &err) != RN_OK ||
		rn_schema_set_key(s, "dout", "1", &err) != RN_OK)
		abort();
	OK(rn_nets_of_schema(s, &again, &err) == RN_EDATA && strstr(err.text, "f32 3 1"), "%s", err.text);
	rn_schema_destroy(s);
	rn_nets_clear(&n);
}

static void
neurons(void)
{
	struct rn_nets n = example(true), again;
	struct rn_schema *s;

	n.type = RN_F64;
	if (!OK(rn_nets_schema(&n, &s, &err) == RN_OK, "a schema of neurons"))
		exit(tap_done());
	OK(s->record_bytes == 8 + 8 + 4 + 4 + 8 + 8 + 3 * 8 && s->labels == 3, "of %zu bytes",
		s->record_bytes);
	OK(rn_nets_of_schema(s, &again, &err) == RN_OK && again.neurons && again.type == RN_F64 &&
			memcmp(&n.at, &again.at, sizeof n.at) == 0,
		"reads back");
	rn_nets_clear(&again);
	rn_schema_drop_column(s, "logw");
	OK(rn_nets_of_schema(s, &again, &err) == RN_EDATA && strstr(err.text, "logw"), "%s", err.text);
	rn_schema_destroy(s);
	rn_nets_clear(&n);

	if (!(s = rn_schema_create("spins")))
		abort();
	OK(rn_nets_of_schema(s, &again, &err) == RN_EDATA && strstr(err.text, "spins"), "%s", err.text);
	rn_schema_destroy(s);
}

int
main(void)
{
	points();
	operands();
	neither_list_nor_file();
	repeated();
	nets();
	neurons();
	return tap_done();
}
