/*
 * renorm/pnm.h - netpbm's bitmaps and graymaps
 *
 * Written raw: P4 and P5. Read raw and plain: P1, P2, P4, P5; pictures may
 * follow each other. In memory a picture is one uint16_t a pixel, row by row
 * from the top; in a bitmap 1 is black, in a graymap maxval is white.
 *
 * [1] netpbm, pbm(5) and pgm(5).
 */
#ifndef RENORM_PNM_H
#define RENORM_PNM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/status.h"
#include "renorm/text.h"

struct rn_pnm {
	bool bitmap;
	bool plain;	      /* numbers as text; reading only */
	size_t width, height; /* at least 1 each; their product is at most 2^32 */
	unsigned maxval;      /* 1..65535; 1 for a bitmap. Above 255 a pixel has two bytes */
};

/* Appends header and raster. Pixels above maxval are the caller's mistake. */
RN_MUST_CHECK enum rn_status rn_pnm_print(struct rn_text *out, const struct rn_pnm *picture,
	const uint16_t pixels[], struct rn_error *err);

/*
 * From the beginning of a picture: RN_OK and how many bytes the header takes,
 * RN_END when n bytes do not hold all of it, RN_EDATA when it is none.
 */
RN_MUST_CHECK enum rn_status
rn_pnm_parse_header(const void *bytes, size_t n, struct rn_pnm *picture, size_t *used, struct rn_error *err);
/* The least number of bytes a raster with that header takes; exact unless plain. */
size_t rn_pnm_raster_bytes(const struct rn_pnm *picture);
/*
 * The raster behind the header, and how many bytes it takes. RN_END when they
 * are too few (a plain number needs white space behind it: it might go on),
 * RN_EDATA for a value above maxval or no number.
 */
RN_MUST_CHECK enum rn_status rn_pnm_parse_raster(const struct rn_pnm *picture, const void *bytes, size_t n,
	uint16_t pixels[], size_t *used, struct rn_error *err);

#endif
