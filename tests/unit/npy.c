/* NPY headers: what is written is what NumPy documents, and what is read is refused when it is not. */
#include <stdlib.h>
#include <string.h>

#include "renorm/npy.h"
#include "tap.h"

static struct rn_schema *
schema_of(const char *columns)
{
	struct rn_text t = { 0 };
	struct rn_schema *s = NULL;

	if (!rn_text_printf(&t, "renorm-stream 1\nkind: samples\n%s\n", columns) ||
		rn_schema_parse(t.data, t.length, &s, NULL))
		abort();
	rn_text_clear(&t);
	return s;
}

/* The dictionary of a header whose prefix says it is as long as it is; NULL otherwise. */
static const char *
dictionary(const struct rn_text *t, int version)
{
	const uint8_t *p = (const uint8_t *)t->data;
	size_t prefix = version == 1 ? 10 : 12, length = p[8] | (size_t)p[9] << 8;

	if (version > 1)
		length |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (memcmp(p, "\x93NUMPY", 6) || p[6] != version || p[7] != 0)
		return NULL;
	if (length + prefix != t->length || t->length % 64 || t->data[t->length - 1] != '\n')
		return NULL;
	return t->data + prefix;
}

static void
check_print(void)
{
	static const char expected[] =
		"{'descr': [('T', '<f8'), ('spins', '|u1', (2, 5)), ('a', '|i1', (3,)), "
		"('it\\'s', '<u2')], 'fortran_order': False, 'shape': (1000,), } ";
	struct rn_schema *s =
		schema_of("column: T f64\ncolumn: spins bit 2 5\ncolumn: a i8 3\ncolumn: it's u16\n");
	struct rn_text t = { 0 }, more = { 0 };
	uint8_t record[8 + 2 + 3 + 2] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x21, 0x02, 9, 10, 11, 12, 13 };
	uint8_t expanded[8 + 10 + 3 + 2] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 10, 11,
		12, 13 };
	uint8_t twice[2 * sizeof record], out[2 * sizeof expanded];
	const char *d;

	OK(!rn_npy_print_header(&t, s, false, 1000, NULL), "prints");
	d = dictionary(&t, 1);
	OK(d && !strncmp(d, expected, strlen(expected)), "the header is %.*s", (int)strlen(expected),
		d ? d : "malformed");
	OK(!rn_npy_print_header(&more, s, false, UINT64_MAX, NULL) && dictionary(&more, 1) &&
			more.length == t.length,
		"and as long for the largest count");
	more.length = 0;
	OK(!rn_npy_print_header(&more, s, true, 0, NULL) && (d = dictionary(&more, 1)) &&
			strstr(d, "('spins', '|i1', (2, 5))"),
		"with ±1 bits are i1");
	memcpy(twice, record, sizeof record);
	memcpy(twice + sizeof record, record, sizeof record);
	rn_npy_expand(s, twice, 2, false, out);
	OK(rn_npy_record_bytes(s) == sizeof expanded && !memcmp(out, expanded, sizeof expanded) &&
			!memcmp(out + sizeof expanded, expanded, sizeof expanded),
		"records are expanded, bits to bytes");
	rn_npy_expand(s, record, 1, true, out);
	OK(out[8] == 1 && out[9] == 255 && out[18] == 9, "or to ±1");
	rn_text_clear(&t);
	rn_text_clear(&more);
	rn_schema_destroy(s);
}

static void
check_versions(void)
{
	struct rn_schema *s = schema_of("column: σ_W f64\n"), *wide;
	struct rn_text t = { 0 };
	struct rn_npy npy = { 0 };
	char name[255];
	bool ok;

	OK(!rn_npy_print_header(&t, s, false, 1, NULL) && dictionary(&t, 3),
		"a name that is not ASCII makes it version 3.0");
	OK(!rn_npy_parse(t.data, t.length, &npy, NULL) && !rn_schema_match(npy.schema, s, NULL),
		"which is read");
	rn_npy_clear(&npy);
	rn_schema_destroy(s);
	t.length = 0;
	wide = rn_schema_create("samples");
	ok = wide != NULL;
	for (int i = 0; ok && i < 300; i++) {
		memset(name, 'x', sizeof name);
		sprintf(name + 240, "%d", i);
		ok = !rn_schema_add_column(wide, name, RN_U8, 0, NULL, NULL);
	}
	OK(ok && !rn_npy_print_header(&t, wide, false, 1, NULL) && dictionary(&t, 2),
		"above 64 KiB it is version 2.0");
	OK(!rn_npy_parse(t.data, t.length, &npy, NULL) && !rn_schema_match(npy.schema, wide, NULL),
		"which is read too");
	rn_npy_clear(&npy);
	rn_text_clear(&t);
	rn_schema_destroy(wide);
}

/* A version 1.0 header around this text. */
static struct rn_text
header_of(const char *text)
{
	struct rn_text t = { 0 };
	size_t n = strlen(text);
	uint8_t prefix[10] = "\x93NUMPY\1";

	prefix[8] = (uint8_t)n;
	prefix[9] = (uint8_t)(n >> 8);
	if (!rn_text_put(&t, prefix, sizeof prefix) || !rn_text_put(&t, text, n))
		abort();
	return t;
}

static void
check_parse(void)
{
	static const struct {
		const char *text, *columns;
		uint64_t count;
	} good[] = {
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }   \n", "column: x f64\n", 3 },
		{ "{'descr': '|b1', 'fortran_order': False, 'shape': (0, 28, 28), }\n",
			"column: x u8 28 28\n", 0 },
		{ "{'shape':(7L,4L),'descr':\"<u4\",'fortran_order':False}", "column: x u32 4\n", 7 },
		{ "{'descr': [('T', '<f8'), ('s', '|i1', (10, 10)), ('id', '<u8')], 'fortran_order': False, "
		  "'shape': (5,), }\n",
			"column: T f64\ncolumn: s i8 10 10\ncolumn: id u64\n", 5 },
		{ "{'descr': [('x', '<i2', (3,)), ], 'fortran_order': False, 'shape': "
		  "(18446744073709551615,)}",
			"column: x i16 3\n", UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct rn_text t = header_of(good[i].text);
		struct rn_schema *s = schema_of(good[i].columns);
		struct rn_error err = { 0 };
		struct rn_npy npy;
		size_t bytes = 0;
		bool ok = !rn_npy_header_bytes(t.data, RN_NPY_PREFIX_BYTES, &bytes, &err) &&
			bytes == t.length && !rn_npy_parse(t.data, t.length, &npy, &err);

		OK(ok && !rn_schema_match(npy.schema, s, &err) && npy.count == good[i].count,
			"header %zu is read: %s", i + 1, err.text);
		if (ok)
			OK(npy.boolean[0] == (i == 1), "and its booleans are known");
		if (ok)
			rn_npy_clear(&npy);
		rn_schema_destroy(s);
		rn_text_clear(&t);
	}
}

#define REST ", 'fortran_order': False, 'shape': (3,)}"

static void
check_refusals(void)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{ "{'descr': '>f8'" REST, "astype('<f8')" },
		{ "{'descr': '<c16'" REST, "<c16" },
		{ "{'descr': '<f2'" REST, "<f2" },
		{ "{'descr': '|S5'" REST, "|S5" },
		{ "{'descr': '|O'" REST, "|O" },
		{ "{'descr': '<u1x'" REST, "<u1x" },
		{ "{'descr': ''" REST, "''" },
		{ "{'descr': []" REST, "no fields" },
		{ "{'descr': [('a', '|u1'), ('', '|V3'), ('b', '<f4')]" REST, "padding" },
		{ "{'descr': [('a', [('b', '<f4')])]" REST, "itself a structure" },
		{ "{'descr': [('a', '|u1'), ('a', '|u1')]" REST, "'a'" },
		{ "{'descr': [('a b', '|u1')]" REST, "'a b'" },
		{ "{'descr': [(('title', 'a'), '|u1')]" REST, "malformed" },
		{ "{'descr': '<f8', 'fortran_order': True, 'shape': (3,4)}", "ascontiguousarray" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", "no dimension" },
		{ "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3, 2)}", "ravel" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0)}", "extent of 0" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1000000000, 1000000000)}", "1 GiB" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "2^64" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (1,2,3,4,5,6,7,8,9,10)}", "dimensions" },
		{ "{'descr': [('a', '<f8', (1,2,3,4,5,6,7,8,9))]" REST, "dimensions" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", "malformed" },
		{ "{'descr': '<f8', 'fortran_order': False}", "lacks" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'shape': (3,)}", "twice" },
		{ "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'more': 1}", "'more'" },
		{ "{'descr': '<f8'" REST " and more", "malformed" },
		{ "{'descr': '<f8", "malformed" },
		{ "", "malformed" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rn_text t = header_of(bad[i].text);
		struct rn_error err = { 0 };
		struct rn_npy npy;
		enum rn_status status = rn_npy_parse(t.data, t.length, &npy, &err);

		OK(status == RN_EDATA && strstr(err.text, bad[i].word) && !npy.schema, "refused: %s",
			err.text);
		rn_text_clear(&t);
	}
}

static void
check_damage(void)
{
	struct rn_text t = header_of(
		"{'descr': [('T', '<f8'), ('s', '|i1', (10, 10))], 'fortran_order': False, 'shape': (5,), }");
	struct rn_error err = { 0 };
	struct rn_npy npy;
	size_t bytes, accepted = 0;

	for (size_t n = 0; n < t.length; n++)
		if (rn_npy_header_bytes(t.data, n, &bytes, &err) == RN_OK &&
			rn_npy_parse(t.data, n, &npy, &err) == RN_OK) {
			accepted++;
			rn_npy_clear(&npy);
		}
	OK(accepted == 0, "a header cut anywhere is refused, but %zu times", accepted);
	t.data[6] = 4;
	OK(rn_npy_header_bytes(t.data, 12, &bytes, &err) == RN_EDATA && strstr(err.text, "4.0"),
		"version 4 is refused");
	memcpy(t.data + 6, "\2\0\377\377\377\377", 6);
	OK(rn_npy_header_bytes(t.data, 12, &bytes, &err) == RN_EDATA && strstr(err.text, "1 MiB"),
		"4 GiB of header too");
	OK(rn_npy_header_bytes("\x93HDF", 4, &bytes, &err) == RN_EDATA, "and what is no NPY file");
	rn_text_clear(&t);
}

int
main(void)
{
	check_print();
	check_versions();
	check_parse();
	check_refusals();
	check_damage();
	return tap_done();
}
