/* The text form: what is printed reads back to the same bytes; what is wrong is refused with its line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/csv.h"
#include "tap.h"

/* A text handed out a few bytes at a time, so that every border falls between two reads. */
struct feed {
	const char *text;
	size_t left, step;
};

static long
read_feed(void *arg, void *buffer, size_t max, struct rn_error *err)
{
	struct feed *f = arg;
	size_t n = f->left < f->step ? f->left : f->step;

	(void)err;
	n = n < max ? n : max;
	memcpy(buffer, f->text, n);
	f->text += n;
	f->left -= n;
	return (long)n;
}

struct result {
	enum rn_status status;
	struct rn_error err;
	struct rn_schema *schema; /* of the last segment */
	struct rn_text records;	  /* of all segments */
	size_t segments;
};

static struct result
read_all(const char *text, size_t length, size_t step, bool pm1)
{
	struct feed f = { text, length, step };
	struct result r = { 0 };
	struct rn_csv_reader *c = rn_csv_reader_create(read_feed, &f, pm1);
	struct rn_schema *schema;
	char batch[4096];
	size_t n;

	while ((r.status = rn_csv_reader_segment(c, &schema, &r.err)) == RN_OK) {
		rn_schema_destroy(r.schema);
		r.schema = schema;
		r.segments++;
		while ((r.status = rn_csv_reader_next(c, batch, sizeof batch / schema->record_bytes, &n,
				&r.err)) == RN_OK)
			if (n == 0 || !rn_text_put(&r.records, batch, n * schema->record_bytes))
				abort();
		if (r.status != RN_END)
			break;
	}
	rn_csv_reader_destroy(c);
	return r;
}

static void
forget(struct result *r)
{
	rn_schema_destroy(r->schema);
	rn_text_clear(&r->records);
}

/* Every type, scalars and arrays, labels, history and a foreign key. */
static struct rn_schema *
every_type(void)
{
	static const char header[] =
		"renorm-stream 1\nkind: table\nlabel: T\nunits: natural\nhistory: made by hand\n"
		"column: T f64\ncolumn: spins bit 2 5\ncolumn: a u8\ncolumn: b i8 2\ncolumn: c u16\ncolumn: "
		"d i16\n"
		"column: e u32\ncolumn: f i32\ncolumn: g u64\ncolumn: h i64\ncolumn: x f32 3\ncolumn: y f64 "
		"2\n\n";
	struct rn_schema *s;

	if (rn_schema_parse(header, strlen(header), &s, NULL))
		abort();
	return s;
}

static void
fill_extremes(const struct rn_schema *s, uint8_t *record, bool top)
{
	memset(record, top ? 0xff : 0, s->record_bytes);
	for (size_t k = 0; k < s->columns; k++) {
		const struct rn_column *c = &s->column[k];

		if (c->type == RN_BIT)
			memcpy(record + c->offset, top ? (uint8_t[]){ 0xff, 3 } : (uint8_t[]){ 0x21, 0 }, 2);
		else if (c->type == RN_I8 || c->type == RN_I16 || c->type == RN_I32 || c->type == RN_I64)
			record[c->offset + c->bytes - 1] =
				top ? 0x7f : 0x80; /* the largest and the smallest */
	}
	rn_put_f64(rn_schema_find(s, "T"), record, 0, top ? INFINITY : 2.269185314213022);
	for (size_t i = 0; i < 3; i++)
		rn_put_f64(rn_schema_find(s, "x"), record, i,
			top ? (double)(1.0f / (3.0f + (float)i)) : (double[]){ NAN, -0.0, -INFINITY }[i]);
	for (size_t i = 0; i < 2; i++)
		rn_put_f64(rn_schema_find(s, "y"), record, i,
			top ? 1.0 / 3 : (double[]){ 5e-324, -1e300 }[i]);
}

static void
check_round_trip(char separator, bool pm1)
{
	struct rn_schema *s = every_type();
	struct rn_csv_style style = { .separator = separator, .pm1 = pm1 };
	struct rn_text text = { 0 };
	uint8_t records[2][256];
	struct rn_text packed = { 0 };
	bool ok = !rn_csv_print_header(&text, s, &style, NULL);

	for (int i = 0; i < 2; i++) {
		fill_extremes(s, records[i], i);
		ok = ok && !rn_csv_print_records(&text, s, records[i], 1, &style, NULL) &&
			rn_text_put(&packed, records[i], s->record_bytes);
	}
	ok = ok && !rn_csv_print_end(&text, 2, &style, NULL);
	OK(ok, "prints with '%c'%s", separator, pm1 ? " and ±1" : "");
	for (size_t step = 1; step <= text.length; step += 1 + text.length / 3) {
		struct result r = read_all(text.data, text.length, step, pm1);

		OK(r.status == RN_END && r.segments == 1 && !rn_schema_match(r.schema, s, NULL),
			"reads back in steps of %zu: %s", step, r.err.text);
		OK(packed.data && r.records.length == packed.length &&
				!memcmp(r.records.data, packed.data, packed.length),
			"to the same bytes");
		OK(r.schema && r.schema->histories == 1 && !strcmp(r.schema->history[0], "made by hand"),
			"with its history");
		forget(&r);
	}
	for (size_t cut = 0, accepted = 0; cut <= text.length; cut++) {
		struct result r = read_all(text.data, cut, 4096, pm1);

		accepted += r.status == RN_END && cut > 0;
		if (cut == text.length)
			OK(accepted == 1, "of all beginnings of the text only the whole is accepted, got %zu",
				accepted);
		forget(&r);
	}
	rn_text_clear(&text);
	rn_text_clear(&packed);
	rn_schema_destroy(s);
}

static void
check_text(void)
{
	static const char expected[] =
		"# renorm-stream 1\n# kind: table\n# column: s bit 2 2\n# column: \"q f32\n"
		"s[0][0],s[0][1],s[1][0],s[1][1],\"\"\"q\"\n-1,1,1,-1,0.1\n# end: 1\n";
	struct rn_csv_style style = { .separator = ',', .pm1 = true };
	struct rn_schema *s = rn_schema_create("table");
	struct rn_text text = { 0 };
	uint8_t record[5] = { 6 };
	struct result r;
	bool ok;

	ok = !rn_schema_add_column(s, "s", RN_BIT, 2, (size_t[]){ 2, 2 }, NULL) &&
		!rn_schema_add_column(s, "\"q", RN_F32, 0, NULL, NULL);
	rn_put_f64(&s->column[1], record, 0, (double)0.1f);
	ok = ok && !rn_csv_print_header(&text, s, &style, NULL) &&
		!rn_csv_print_records(&text, s, record, 1, &style, NULL) &&
		!rn_csv_print_end(&text, 1, &style, NULL);
	OK(ok && !strcmp(text.data, expected), "the text is as specified");
	r = read_all(text.data, text.length, 7, true);
	OK(r.status == RN_END && r.records.length == 5 && !memcmp(r.records.data, record, 5),
		"a name with a quote in it is read back: %s", r.err.text);
	forget(&r);
	text.length = 0;
	style.no_comments = true;
	ok = !rn_csv_print_header(&text, s, &style, NULL) && !rn_csv_print_end(&text, 1, &style, NULL);
	OK(ok && !strcmp(text.data, "s[0][0],s[0][1],s[1][0],s[1][1],\"\"\"q\"\n"),
		"without comments the names remain");
	rn_text_clear(&text);
	rn_schema_destroy(s);
}

#define OWN \
	"# renorm-stream 1\n# kind: table\n# column: a u8\n# column: b bit\n# column: c u32\n# column: d " \
	"f32\n"
#define NAMES OWN "a,b,c,d\n"

static void
check_refusals(void)
{
	static const struct {
		const char *what, *text, *words; /* all of the ;-separated words must be in the message */
	} bad[] = {
		{ "300 in u8", NAMES "1,1,1,1\n300,1,1,1\n# end: 2\n", "line 9;'a';u8;300" },
		{ "-1 in u8", NAMES "-1,1,1,1\n# end: 1\n", "line 8;'a';-1" },
		{ "2 in bit", NAMES "1,2,1,1\n# end: 1\n", "line 8;'b';0 and 1" },
		{ "-1 in bit", NAMES "1,-1,1,1\n# end: 1\n", "line 8;'b';--pm1" },
		{ "0.5 in bit", NAMES "1,0.5,1,1\n# end: 1\n", "line 8;'b'" },
		{ "nan in bit", NAMES "1,nan,1,1\n# end: 1\n", "line 8;'b'" },
		{ "1.5 in u32", NAMES "1,1,1.5,1\n# end: 1\n", "line 8;'c';1.5" },
		{ "2^32 in u32", NAMES "1,1,4294967296,1\n# end: 1\n", "line 8;'c'" },
		{ "2^64 + 1 in u32", NAMES "1,1,18446744073709551617,1\n# end: 1\n", "line 8;'c'" },
		{ "inf in u32", NAMES "1,1,inf,1\n# end: 1\n", "line 8;'c'" },
		{ "nan in u32", NAMES "1,1,nan,1\n# end: 1\n", "line 8;'c'" },
		{ "1e39 in f32", NAMES "1,1,1,1e39\n# end: 1\n", "line 8;'d';1e39" },
		{ "a word", NAMES "1,1,1,one\n# end: 1\n", "line 8;'one';'d';not a number" },
		{ "a number and more", NAMES "1,1,1,1x\n# end: 1\n", "line 8;'1x'" },
		{ "a number, a zero byte", NULL, "line 8;zero byte" },
		{ "an empty cell", NAMES "1,,1,1\n# end: 1\n", "line 8;empty;'b'" },
		{ "a short row", NAMES "1,1,1\n# end: 1\n", "line 8;short;'d'" },
		{ "a long row", NAMES "1,1,1,1,1\n# end: 1\n", "line 8;long" },
		{ "an open quote", NAMES "\"1,1,1,1\n1,1,1,1\n# end: 2\n", "line 8;quote" },
		{ "a stray quote", NAMES "1\"2\",1,1,1\n# end: 1\n", "line 8;quote" },
		{ "two rows on a line", NAMES "1,1,1,1\r1,1,1,1\n# end: 2\n", "line 8;carriage return" },
		{ "a lost row", NAMES "1,1,1,1\n# end: 2\n", "line 9;after 1 rows" },
		{ "no end line", NAMES "1,1,1,1\n", "no '# end:'" },
		{ "a comment among rows", NAMES "# units: none\n# end: 0\n", "line 8;comment" },
		{ "names in another order", OWN "b,a,c,d\n# end: 0\n", "line 7;'b'" },
		{ "a name missing", OWN "a,b,c\n# end: 0\n", "line 7;'d'" },
		{ "a name too many", OWN "a,b,c,d,e\n# end: 0\n", "line 7;'e'" },
		{ "no names", OWN "# end: 0\n", "line 7;row of names" },
		{ "a header only", OWN, "header" },
		{ "an unknown type", "# renorm-stream 1\n# kind: table\n# column: a u9\na\n# end: 0\n",
			"header line 3;u9" },
		{ "an unknown version", "# renorm-stream 2\n# kind: table\n# column: a u8\na\n# end: 0\n",
			"renorm-stream 2" },
		{ "a foreign comment", "# x y\nx,y\n1,2\n", "line 1;grep -v" },
		{ "a comment in foreign text", "x,y\n1,2\n# end: 1\n", "line 3;grep -v" },
		{ "foreign text without names", "1,2\n3,4\n", "line 1;row of names" },
		{ "a foreign word", "x,y\n1,2\n1,b\n", "line 3;'b';'y'" },
		{ "a foreign short row", "x,y\n1,2\n1\n", "line 3;short;'y'" },
		{ "two equal names", "x,y,x\n1,2,3\n", "line 1;'x'" },
		{ "a name with blanks", "x,energy per spin\n1,2\n", "line 1;energy per spin" },
		{ "an empty name", "x,\n1,2\n", "line 1" },
	};
	static const char zero[] = NAMES "1\0,1,1,1\n# end: 1\n";

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *text = bad[i].text ? bad[i].text : zero;
		size_t length = bad[i].text ? strlen(text) : sizeof zero - 1;
		struct result r = read_all(text, length, 4096, false);
		char words[128], *rest, *word;
		bool found = r.status == RN_EDATA;

		snprintf(words, sizeof words, "%s", bad[i].words);
		for (word = strtok_r(words, ";", &rest); word; word = strtok_r(NULL, ";", &rest))
			found = found && strstr(r.err.text, word);
		OK(found, "refused: %s (%s)", bad[i].what, r.err.text);
		forget(&r);
	}
}

static void
check_foreign(void)
{
	static const char text[] =
		"T\tp[0]\tp[1]\tq[1]\tM[0][0]\tM[0][1]\tM[1][0]\tM[1][1]\r\n"
		"\r\n1\t2\t3\t 4 \t5\t6\t7\t\"8\"\r\n-.5\t+2.\t1e3\tinf\tnan\t-0\t0x10\t18446744073709551616";
	static const double expected[] = { 1, 2, 3, 4, 5, 6, 7, 8, -0.5, 2, 1000, INFINITY, NAN, -0.0, 16,
		0x1p64 };
	struct result r = read_all(text, sizeof text - 1, 5, false);
	size_t same = 0;

	OK(r.status == RN_END && r.segments == 1 && !strcmp(r.schema->kind, "table"),
		"foreign TSV is a table: %s", r.err.text);
	OK(r.schema && r.schema->columns == 4 && r.schema->column[1].ndim == 1 &&
			r.schema->column[1].count == 2 && !strcmp(r.schema->column[1].name, "p"),
		"p[0], p[1] are one column");
	OK(r.schema && r.schema->columns == 4 && !strcmp(r.schema->column[2].name, "q[1]"),
		"q[1] alone keeps its name");
	OK(r.schema && r.schema->columns == 4 && r.schema->column[3].ndim == 2 &&
			r.schema->column[3].shape[0] == 2,
		"M is a 2 x 2 matrix");
	if (OK(r.records.length == sizeof expected, "two records of eight numbers"))
		for (size_t i = 0; i < 16; i++) {
			double x;

			memcpy(&x, r.records.data + 8 * i, 8);
			same += isnan(expected[i]) ? isnan(x)
						   : x == expected[i] && signbit(x) == signbit(expected[i]);
		}
	OK(same == 16, "with the values written, %zu of 16", same);
	forget(&r);
}

static void
check_integers(void)
{
	static const char text[] = "# renorm-stream 1\n# kind: table\n# column: a u64\n# column: b i64\n"
				   "a,b\n18446744073709551615,-9223372036854775808\n2.0,-1e3\n# end: 2\n";
	struct result r = read_all(text, sizeof text - 1, 4096, false);
	uint64_t v[4] = { 0 };

	if (r.records.length == sizeof v)
		memcpy(v, r.records.data, sizeof v);
	OK(r.status == RN_END && v[0] == UINT64_MAX && v[1] == (uint64_t)1 << 63,
		"64-bit integers are exact: %s", r.err.text);
	OK(v[2] == 2 && v[3] == (uint64_t)-1000, "2.0 and -1e3 are integers");
	forget(&r);
}

/* Floats must be rounded once: near the middle of two floats double rounding would go astray. */
static void
check_float_rounding(void)
{
	static const char head[] = "# renorm-stream 1\n# kind: table\n# column: x f32\nx\n";
	static const char *const cells[] = { "1.00000005960464477539", "1.000000059604644775390626", "0.1",
		"16777217", "16777219", "8388608.5", "8388609.5", "0.000000001", "123456789", "0.123456789" };
	struct rn_text text = { 0 };
	struct result r;
	size_t same = 0, n = sizeof cells / sizeof *cells;
	bool ok = rn_text_printf(&text, "%s", head);

	for (size_t i = 0; i < n; i++)
		ok = ok && rn_text_printf(&text, "%s\n", cells[i]);
	ok = ok && rn_text_printf(&text, "# end: %zu\n", n);
	r = read_all(text.data, text.length, 4096, false);
	for (size_t i = 0; i < n && r.records.length == 4 * n; i++) {
		float x;

		memcpy(&x, r.records.data + 4 * i, 4);
		same += x == strtof(cells[i], NULL);
	}
	OK(ok && same == n, "floats are rounded as strtof does, %zu of %zu: %s", same, n, r.err.text);
	forget(&r);
	rn_text_clear(&text);
}

static void
check_segments(void)
{
	static const char text[] =
		NAMES "1,1,1,1\n# end: 1\n\n# renorm-stream 1\n# kind: table\n# column: z f64 2\n"
		      "z[0]\tz[1]\n1\t2\n# end: 1\n" NAMES "# end: 0\n";
	struct result r = read_all(text, sizeof text - 1, 4096, false);

	OK(r.status == RN_END && r.segments == 3,
		"segments follow each other, each with its own separator: %s", r.err.text);
	OK(r.records.length == 10 + 16, "an empty one too");
	forget(&r);
}

/* What is at hand is given out, without waiting for more. */
static void
check_live(void)
{
	static const char text[] = "x\n1\n2\n3";
	struct feed f = { text, sizeof text - 1, sizeof text - 2 };
	struct rn_csv_reader *c = rn_csv_reader_create(read_feed, &f, false);
	struct rn_schema *schema = NULL;
	double x[8];
	size_t n = 0;
	bool ok = !rn_csv_reader_segment(c, &schema, NULL) && !rn_csv_reader_next(c, x, 8, &n, NULL);

	OK(ok && n == 2 && f.left == 1, "two rows are given out before the third has come, got %zu", n);
	OK(!rn_csv_reader_next(c, x, 8, &n, NULL) && n == 1 && x[0] == 3,
		"then the third, though its line does not end");
	OK(rn_csv_reader_next(c, x, 8, &n, NULL) == RN_END, "then the end");
	rn_schema_destroy(schema);
	rn_csv_reader_destroy(c);
}

/* The good rows before a bad one are given out first, so the refusal names the right record. */
static void
check_good_rows_first(void)
{
	static const char text[] = "x\n1\n2\nthree\n";
	struct feed f = { text, sizeof text - 1, 4096 };
	struct rn_csv_reader *c = rn_csv_reader_create(read_feed, &f, false);
	struct rn_schema *schema = NULL;
	struct rn_error err = { 0 };
	double x[8];
	size_t n = 0;
	bool ok = !rn_csv_reader_segment(c, &schema, &err) && !rn_csv_reader_next(c, x, 8, &n, &err);

	OK(ok && n == 2, "two good rows");
	OK(rn_csv_reader_next(c, x, 8, &n, &err) == RN_EDATA && strstr(err.text, "line 4"),
		"then the bad one: %s", err.text);
	rn_schema_destroy(schema);
	rn_csv_reader_destroy(c);
}

int
main(void)
{
	check_text();
	check_round_trip(',', false);
	check_round_trip('\t', true);
	check_refusals();
	check_foreign();
	check_integers();
	check_float_rounding();
	check_segments();
	check_live();
	check_good_rows_first();
	return tap_done();
}
