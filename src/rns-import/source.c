#include "source.h"

#include <stdlib.h>
#include <string.h>

static bool
begins(const struct input *in, const char *bytes, size_t n)
{
	return input_have(in) >= n && !memcmp(input_bytes(in), bytes, n);
}

enum rn_status
source_guess(struct input *in, enum form *form, struct rn_error *err)
{
	enum rn_status status = input_want(in, 16, err);
	const uint8_t *p = input_bytes(in);
	size_t n = input_have(in) < 16 ? input_have(in) : 16;

	if (status)
		return status;
	if (n == 0)
		return rn_fail(err, RN_EDATA, "empty: there is nothing to import");
	if (begins(in, "\x1f\x8b", 2))
		return rn_fail(err, RN_EDATA, "compressed by gzip; put 'zcat FILE |' before this stage");
	if (begins(in, "\x28\xb5\x2f\xfd", 4) || begins(in, "renorm-stream ", 14))
		return rn_fail(err, RN_EDATA,
			"a stream, or compressed by zstd: rns-cat reads streams, zstdcat opens the rest");
	if (*p == '#')
		return rn_fail(err, RN_EDATA,
			"text with comment lines: rns-cat reads it if it is a stream, "
			"else take them out (grep -v '^#')");
	*form = FORM_CSV;
	if (begins(in, "\x93NUMPY", 6))
		*form = FORM_NPY;
	else if (n >= 4 && p[0] == 0 && p[1] == 0)
		*form = FORM_IDX;
	else if (n >= 3 && p[0] == 'P' && p[1] >= '1' && p[1] <= '6' && strchr("# \t\r\n", p[2]))
		*form = FORM_PGM;
	for (size_t i = 0; i < n && *form == FORM_CSV; i++)
		if (p[i] < ' ' && !strchr("\t\r\n", p[i]))
			return rn_fail(err, RN_EDATA,
				"neither IDX, NPY, PGM, PBM nor CSV, by its first bytes");
	return RN_OK;
}

struct source *
source_open(struct input *in, enum form form, bool pm1, struct rn_error *err)
{
	switch (form) {
	case FORM_IDX: return source_idx(in, err);
	case FORM_NPY: return source_npy(in, err);
	case FORM_PGM: return source_pgm(in, err);
	default: return source_csv(in, pm1, err);
	}
}

void
source_close(struct source *s)
{
	if (!s)
		return;
	s->close(s);
	rn_schema_destroy(s->schema);
	free(s->boolean);
	free(s);
}
