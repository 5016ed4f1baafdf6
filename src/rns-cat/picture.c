/*
 * Pictures for netpbm: each record's column is a tile, tiles fill a picture row
 * by row, pictures follow each other. Bits, u8 and u16 keep their values (a bit
 * that is 1 is black in a bitmap and white in a graymap); other numbers are
 * scaled so that the range, or else the picture's own smallest and largest
 * number, become black and white.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/outfile.h"
#include "renorm/pnm.h"
#include "sink.h"

#define USUAL_ACROSS 8 /* tiles, unless that makes a picture wider than this */
#define USUAL_PIXELS 1024

struct picture {
	struct sink sink;
	struct picture_options options;
	struct rn_outfile *file;
	const struct rn_column *column; /* of `schema` */
	struct rn_schema *schema;
	size_t width, height; /* of a tile */
	size_t across, down;  /* tiles */
	size_t tiles;	      /* so far in the picture under way */
	double *canvas;	      /* NaN where nothing was drawn */
	uint16_t *pixels;
	struct rn_text text;
};

static size_t
canvas_width(const struct picture *p, size_t tiles)
{
	return tiles * p->width + (tiles - 1) * p->options.border;
}

static size_t
canvas_height(const struct picture *p, size_t tiles)
{
	return tiles * p->height + (tiles - 1) * p->options.border;
}

/* --- from numbers to pixels -------------------------------------------- */

struct scale {
	double low, high; /* black, and white: maxval */
	unsigned maxval;
};

static struct scale
scale_of(const struct picture *p, size_t n)
{
	enum rn_type type = p->column->type;
	struct scale s = { INFINITY, -INFINITY, 255 };

	if (p->options.bitmap)
		return (struct scale){ 0, 1, 1 };
	if (p->options.has_range)
		return (struct scale){ p->options.low, p->options.high, 255 };
	if (type == RN_BIT)
		return (struct scale){ 0, 1, 255 };
	if (type == RN_U8)
		return (struct scale){ 0, 255, 255 };
	if (type == RN_U16)
		return (struct scale){ 0, 65535, 65535 };
	for (size_t i = 0; i < n; i++)
		if (isfinite(p->canvas[i])) {
			s.low = fmin(s.low, p->canvas[i]);
			s.high = fmax(s.high, p->canvas[i]);
		}
	return s.low <= s.high ? s : (struct scale){ 0, 0, 255 };
}

/* By halves, as the span of the largest numbers is more than a double holds. */
static uint16_t
pixel(const struct scale *s, double v)
{
	double part = v > s->low ? (v / 2 - s->low / 2) / (s->high / 2 - s->low / 2) : 0;

	if (isnan(v))
		return (uint16_t)((s->maxval + 1) / 2); /* gray; black in a bitmap */
	return (uint16_t)lrint(fmin(part, 1) * s->maxval);
}

static void
write_picture(struct picture *p)
{
	size_t across = p->tiles < p->across ? p->tiles : p->across;
	size_t down = (p->tiles + p->across - 1) / p->across;
	size_t stride = canvas_width(p, p->across);
	struct rn_pnm pnm = {
		.bitmap = p->options.bitmap,
		.width = canvas_width(p, across),
		.height = canvas_height(p, down),
	};
	struct scale scale = scale_of(p, stride * pnm.height);
	struct rn_error err;

	pnm.maxval = scale.maxval;
	for (size_t y = 0; y < pnm.height; y++)
		for (size_t x = 0; x < pnm.width; x++)
			p->pixels[y * pnm.width + x] = pixel(&scale, p->canvas[y * stride + x]);
	rn_or_die(rn_pnm_print(&p->text, &pnm, p->pixels, &err), &err);
	write_text(p->file, &p->text);
	p->tiles = 0;
}

/* --- tiles --------------------------------------------------------------- */

static const struct rn_column *
choose_column(const struct rn_schema *s, const char *name)
{
	const struct rn_column *found = NULL;
	struct rn_error err;

	if (name) {
		rn_or_die(rn_schema_require_column(s, name, &found, &err), &err);
		return found;
	}
	for (unsigned ndim = 2; ndim >= 1; ndim--)
		for (size_t k = 0; k < s->columns; k++)
			if (s->column[k].ndim == ndim)
				return &s->column[k];
	rn_die(RN_EDATA,
		"no column has two dimensions, or one, to make a picture of; name one with --column");
}

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	struct picture *p = (struct picture *)s;
	const struct rn_column *c;
	size_t n;

	if (continues)
		return;
	if (p->tiles)
		write_picture(p);
	rn_schema_destroy(p->schema);
	free(p->canvas);
	free(p->pixels);
	p->schema = rn_schema_copy(schema);
	if (!p->schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
	c = p->column = choose_column(p->schema, p->options.column);
	if (p->options.bitmap && c->type != RN_BIT)
		rn_die(RN_EDATA, "column '%s' is %s, a bitmap needs bits; use --to=pgm", c->name,
			rn_type_name(c->type));
	p->width = c->ndim ? c->shape[c->ndim - 1] : 1;
	p->height = c->count / p->width;
	p->across = p->options.across;
	p->down = p->options.down;
	if (!p->across) /* not told: what looks well */
		for (p->across = p->down = USUAL_ACROSS;
			p->across > 1 && canvas_width(p, p->across) > USUAL_PIXELS;)
			p->across = --p->down;
	if (p->across > ((size_t)1 << 32) / (p->width + p->options.border) ||
		p->down > ((size_t)1 << 32) / (p->height + p->options.border) / (canvas_width(p, p->across)))
		rn_die(RN_EUSAGE, "a picture of more than 2^32 pixels; make --grid smaller");
	n = canvas_width(p, p->across) * canvas_height(p, p->down);
	p->canvas = rn_alloc_or_die(n, sizeof *p->canvas);
	p->pixels = rn_alloc_or_die(n, sizeof *p->pixels);
}

static void
draw(struct picture *p, const void *record)
{
	size_t stride = canvas_width(p, p->across);
	size_t left = p->tiles % p->across * (p->width + p->options.border);
	size_t top = p->tiles / p->across * (p->height + p->options.border);

	if (p->tiles == 0)
		for (size_t i = 0; i < stride * canvas_height(p, p->down); i++)
			p->canvas[i] = NAN;
	for (size_t y = 0; y < p->height; y++)
		for (size_t x = 0; x < p->width; x++)
			p->canvas[(top + y) * stride + left + x] =
				rn_get_f64(p->column, record, y * p->width + x);
	p->tiles++;
}

static void
put(struct sink *s, const void *records, size_t n)
{
	struct picture *p = (struct picture *)s;
	const uint8_t *record = records;

	for (size_t i = 0; i < n; i++, record += p->schema->record_bytes) {
		draw(p, record);
		if (p->tiles == p->across * p->down)
			write_picture(p);
	}
}

static void
finish(struct sink *s)
{
	struct picture *p = (struct picture *)s;
	struct rn_error err;

	if (p->tiles)
		write_picture(p);
	rn_or_die(rn_outfile_close(p->file, &err), &err);
	rn_schema_destroy(p->schema);
	free(p->canvas);
	free(p->pixels);
	rn_text_clear(&p->text);
	free(p);
}

struct sink *
sink_picture(const struct rn_common *c, const struct picture_options *options)
{
	struct picture *p = rn_alloc_or_die(1, sizeof *p);

	p->sink = (struct sink){ begin, put, finish };
	p->options = *options;
	p->file = open_bytes(c, true);
	return &p->sink;
}
