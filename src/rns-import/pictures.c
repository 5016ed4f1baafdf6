/* Pictures of netpbm, one after the other, all of one size: each is a record. */
#include <stdlib.h>
#include <string.h>

#include "renorm/pnm.h"
#include "source.h"

struct pictures {
	struct source source;
	struct rn_pnm first; /* what all must be like */
	uint16_t *pixels;
	uint8_t *record;
	bool after_plain;
};

static size_t
pixel_bytes(const struct rn_pnm *p)
{
	return p->maxval > 255 ? 2 : 1;
}

/* Twice as many bytes as there are, or all. */
static enum rn_status
want_more(struct input *in, struct rn_error *err)
{
	if (in->finished)
		return rn_fail(err, RN_EDATA, "cut short within a picture");
	return input_want(in, 2 * input_have(in) + 64, err);
}

/* Looks at the next header without taking it; RN_END when there is none. */
static enum rn_status
peek_header(struct pictures *s, struct rn_pnm *picture, size_t *used, struct rn_error *err)
{
	struct input *in = s->source.in;
	enum rn_status status;

	do {
		if ((status = input_want(in, 1, err)))
			return status;
		if (!input_have(in))
			return RN_END;
		if (!s->after_plain || !strchr(" \t\r\n", *input_bytes(in)))
			break;
		input_take(in, 1); /* after plain text the rest of its line may stand */
	} while (true);
	while ((status = rn_pnm_parse_header(input_bytes(in), input_have(in), picture, used, err)) == RN_END)
		if ((status = want_more(in, err)))
			return status;
	return status;
}

static enum rn_status
read_raster(struct pictures *s, const struct rn_pnm *picture, size_t header, struct rn_error *err)
{
	struct input *in = s->source.in;
	enum rn_status status = input_want(in, header + rn_pnm_raster_bytes(picture), err);
	size_t n = picture->width * picture->height, used;

	if (status)
		return status;
	if (input_have(in) < header + rn_pnm_raster_bytes(picture))
		return rn_fail(err, RN_EDATA, "cut short within a picture");
	if (!s->pixels) { /* only now that there are as many bytes */
		s->pixels = calloc(n, sizeof *s->pixels);
		s->record = calloc(n, pixel_bytes(picture));
		if (!s->pixels || !s->record)
			return rn_fail_memory(err, "a picture");
	}
	while ((status = rn_pnm_parse_raster(picture, input_bytes(in) + header, input_have(in) - header,
			s->pixels, &used, err)) == RN_END)
		if ((status = want_more(in, err)))
			return status;
	if (!status)
		input_take(in, header + used);
	return status;
}

static enum rn_status
next(struct source *source, const void **records, size_t *n, struct rn_error *err)
{
	struct pictures *s = (struct pictures *)source;
	const struct rn_column *x = &source->schema->column[0];
	struct rn_pnm p = { 0 };
	size_t header = 0;
	enum rn_status status = peek_header(s, &p, &header, err);

	if (status)
		return status;
	if (p.width != s->first.width || p.height != s->first.height || p.bitmap != s->first.bitmap ||
		pixel_bytes(&p) != pixel_bytes(&s->first))
		return rn_fail(err, RN_EDATA,
			"a picture of %zu x %zu, maxval %u, after one of %zu x %zu, maxval %u", p.width,
			p.height, p.maxval, s->first.width, s->first.height, s->first.maxval);
	status = read_raster(s, &p, header, err);
	if (status)
		return status;
	for (size_t i = 0; i < x->count; i++)
		rn_put_u64(x, s->record, i, s->pixels[i]);
	s->after_plain = p.plain;
	*records = s->record;
	*n = 1;
	return RN_OK;
}

static void
close_pictures(struct source *source)
{
	struct pictures *s = (struct pictures *)source;

	free(s->pixels);
	free(s->record);
}

static enum rn_status
begin(struct pictures *s, struct rn_error *err)
{
	struct rn_error why = { 0 };
	size_t header;
	enum rn_status status = peek_header(s, &s->first, &header, err);

	if (status == RN_END)
		return rn_fail(err, RN_EDATA, "empty: there is no picture in it");
	if (status)
		return status;
	s->source.schema = rn_schema_create("samples");
	s->source.boolean = calloc(1, sizeof *s->source.boolean);
	if (!s->source.schema || !s->source.boolean)
		return rn_fail_memory(err, "header");
	*s->source.boolean = s->first.bitmap;
	status = rn_schema_add_column(s->source.schema, "x", pixel_bytes(&s->first) > 1 ? RN_U16 : RN_U8, 2,
		(size_t[]){ s->first.height, s->first.width }, &why);
	return status ? rn_fail(err, status == RN_EUSAGE ? RN_EDATA : status, "%s", why.text) : RN_OK;
}

struct source *
source_pgm(struct input *in, struct rn_error *err)
{
	struct pictures *s = calloc(1, sizeof *s);

	if (!s) {
		rn_fail_memory(err, "pictures");
		return NULL;
	}
	s->source = (struct source){ .next = next, .close = close_pictures, .in = in };
	if (!begin(s, err))
		return &s->source;
	source_close(&s->source);
	return NULL;
}
