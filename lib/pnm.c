#include "renorm/pnm.h"

#include <string.h>

#define PIXELS_MAX ((uint64_t)1 << 32)

/* --- writing ---------------------------------------------------------- */

static size_t
row_bytes(const struct rn_pnm *p)
{
	return p->bitmap ? (p->width + 7) / 8 : p->width * (1 + (p->maxval > 255));
}

/* In P4 the leftmost pixel is the highest bit, and rows begin at a byte. */
static void
put_row(const struct rn_pnm *p, const uint16_t pixels[], uint8_t *out)
{
	if (p->bitmap) {
		memset(out, 0, row_bytes(p));
		for (size_t x = 0; x < p->width; x++)
			out[x / 8] |= (uint8_t)(pixels[x] << (7 - x % 8));
	} else if (p->maxval > 255) {
		for (size_t x = 0; x < p->width; x++) {
			out[2 * x] = (uint8_t)(pixels[x] >> 8);
			out[2 * x + 1] = (uint8_t)pixels[x];
		}
	} else {
		for (size_t x = 0; x < p->width; x++)
			out[x] = (uint8_t)pixels[x];
	}
}

enum rn_status
rn_pnm_print(struct rn_text *out, const struct rn_pnm *p, const uint16_t pixels[], struct rn_error *err)
{
	size_t bytes = row_bytes(p) * p->height;
	bool ok;

	if (p->bitmap)
		ok = rn_text_printf(out, "P4\n%zu %zu\n", p->width, p->height);
	else
		ok = rn_text_printf(out, "P5\n%zu %zu\n%u\n", p->width, p->height, p->maxval);
	if (!ok || !rn_text_reserve(out, bytes))
		return rn_fail_memory(err, "a picture");
	for (size_t y = 0; y < p->height; y++)
		put_row(p, pixels + y * p->width, (uint8_t *)out->data + out->length + y * row_bytes(p));
	out->length += bytes;
	out->data[out->length] = '\0';
	return RN_OK;
}

/* --- reading ---------------------------------------------------------- */

static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Past white space and, in a header, comments. */
static size_t
skip_space(const uint8_t *p, size_t n, size_t at, bool comments)
{
	while (at < n && (is_space(p[at]) || (comments && p[at] == '#'))) {
		if (p[at] == '#')
			while (at < n && p[at] != '\n' && p[at] != '\r')
				at++;
		else
			at++;
	}
	return at;
}

/* A whole number; RN_END when it touches the end of the bytes, as it might go on. */
static enum rn_status
parse_number(const uint8_t *p, size_t n, size_t *at, uint64_t max, uint64_t *value, struct rn_error *err)
{
	size_t first = *at;

	*value = 0;
	for (; *at < n && p[*at] >= '0' && p[*at] <= '9'; ++*at) {
		*value = 10 * *value + (uint64_t)(p[*at] - '0');
		if (*value > max)
			return rn_fail(err, RN_EDATA, "a number above %llu in the picture",
				(unsigned long long)max);
	}
	if (*at == n)
		return RN_END;
	if (*at == first)
		return rn_fail(err, RN_EDATA, "something that is no number in the picture");
	return RN_OK;
}

enum rn_status
rn_pnm_parse_header(const void *bytes, size_t n, struct rn_pnm *picture, size_t *used, struct rn_error *err)
{
	const uint8_t *p = bytes;
	uint64_t number[3] = { 0, 0, 1 };
	size_t at = 2;

	if (n < 2)
		return n && *p != 'P' ? rn_fail(err, RN_EDATA, "not a picture") : RN_END;
	if (p[0] != 'P' || p[1] < '1' || p[1] > '6')
		return rn_fail(err, RN_EDATA, "not a picture: it does not begin with P1, P2, P4 or P5");
	if (p[1] == '3' || p[1] == '6')
		return rn_fail(err, RN_EDATA, "a picture in colour; make it gray with ppmtopgm");
	*picture = (struct rn_pnm){ .bitmap = p[1] == '1' || p[1] == '4', .plain = p[1] < '4' };
	for (int i = 0; i < (picture->bitmap ? 2 : 3); i++) {
		size_t start = skip_space(p, n, at, true);
		enum rn_status status;

		if (start == n)
			return RN_END;
		if (start == at)
			return rn_fail(err, RN_EDATA, "no white space where the picture's header needs it");
		at = start;
		status = parse_number(p, n, &at, i == 2 ? 65535 : PIXELS_MAX, &number[i], err);
		if (status)
			return status;
	}
	if (!is_space(p[at])) /* parse_number saw that there is a byte */
		return rn_fail(err, RN_EDATA, "no white space where the picture's header ends");
	if (number[0] == 0 || number[1] == 0 || number[2] == 0)
		return rn_fail(err, RN_EDATA,
			"a picture of %llu x %llu pixels, maxval %llu: there is nothing in it",
			(unsigned long long)number[0], (unsigned long long)number[1],
			(unsigned long long)number[2]);
	if (number[0] > PIXELS_MAX / number[1])
		return rn_fail(err, RN_EDATA, "a picture of %llu x %llu pixels: more than 2^32",
			(unsigned long long)number[0], (unsigned long long)number[1]);
	picture->width = (size_t)number[0];
	picture->height = (size_t)number[1];
	picture->maxval = (unsigned)number[2];
	*used = at + 1;
	return RN_OK;
}

size_t
rn_pnm_raster_bytes(const struct rn_pnm *p)
{
	if (p->plain) /* at least a digit each, and a blank between numbers */
		return p->bitmap ? p->width * p->height : 2 * p->width * p->height - 1;
	return row_bytes(p) * p->height;
}

static enum rn_status
parse_plain(const struct rn_pnm *picture, const uint8_t *p, size_t n, uint16_t pixels[], size_t *used,
	struct rn_error *err)
{
	size_t at = 0;

	for (size_t i = 0; i < picture->width * picture->height; i++) {
		uint64_t value;
		enum rn_status status;

		at = skip_space(p, n, at, false);
		if (picture->bitmap) { /* P1 needs no blanks between its digits */
			if (at == n)
				return RN_END;
			if (p[at] != '0' && p[at] != '1')
				return rn_fail(err, RN_EDATA, "something that is no 0 or 1 in the picture");
			value = p[at++] == '1';
		} else if ((status = parse_number(p, n, &at, picture->maxval, &value, err))) {
			return status;
		}
		pixels[i] = (uint16_t)value;
	}
	*used = at;
	return RN_OK;
}

static void
get_row(const struct rn_pnm *picture, const uint8_t *p, uint16_t pixels[])
{
	for (size_t x = 0; x < picture->width; x++)
		if (picture->bitmap)
			pixels[x] = p[x / 8] >> (7 - x % 8) & 1;
		else if (picture->maxval > 255)
			pixels[x] = (uint16_t)(p[2 * x] << 8 | p[2 * x + 1]);
		else
			pixels[x] = p[x];
}

enum rn_status
rn_pnm_parse_raster(const struct rn_pnm *picture, const void *bytes, size_t n, uint16_t pixels[],
	size_t *used, struct rn_error *err)
{
	const uint8_t *p = bytes;

	if (n < rn_pnm_raster_bytes(picture))
		return RN_END;
	if (picture->plain)
		return parse_plain(picture, p, n, pixels, used, err);
	for (size_t y = 0; y < picture->height; y++)
		get_row(picture, p + y * row_bytes(picture), pixels + y * picture->width);
	for (size_t i = 0; i < picture->width * picture->height; i++)
		if (pixels[i] > picture->maxval)
			return rn_fail(err, RN_EDATA, "a pixel of %u in a picture whose largest is %u",
				pixels[i], picture->maxval);
	*used = rn_pnm_raster_bytes(picture);
	return RN_OK;
}
