/* Pictures: the bytes netpbm specifies, read back, and refused when they are not. */
#include <stdlib.h>
#include <string.h>

#include "renorm/pnm.h"
#include "tap.h"

static enum rn_status
parse(const void *bytes, size_t n, struct rn_pnm *p, uint16_t pixels[], size_t *used, struct rn_error *err)
{
	size_t head, raster;
	enum rn_status status = rn_pnm_parse_header(bytes, n, p, &head, err);

	if (status)
		return status;
	status = rn_pnm_parse_raster(p, (const char *)bytes + head, n - head, pixels, &raster, err);
	*used = status ? 0 : head + raster;
	return status;
}

static void
check_print(void)
{
	static const uint16_t bits[] = { 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0 };
	static const uint16_t grays[] = { 0, 1, 258, 65535 };
	static const struct {
		struct rn_pnm picture;
		const uint16_t *pixels;
		const char *bytes;
		size_t length;
	} known[] = {
		{ { true, false, 11, 2, 1 }, bits, "P4\n11 2\n\x80\xa0\x04\xc0", 12 },
		{ { false, false, 2, 1, 1 }, grays, "P5\n2 1\n1\n\0\1", 11 },
		{ { false, false, 2, 2, 65535 }, grays, "P5\n2 2\n65535\n\0\0\0\1\1\2\xff\xff", 21 },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct rn_text t = { 0 };
		struct rn_pnm p;
		uint16_t pixels[32];
		size_t n = known[i].picture.width * known[i].picture.height, used, cut_accepted = 0;

		OK(!rn_pnm_print(&t, &known[i].picture, known[i].pixels, NULL) &&
				t.length == known[i].length && !memcmp(t.data, known[i].bytes, t.length),
			"picture %zu is written", i + 1);
		OK(!parse(t.data, t.length, &p, pixels, &used, NULL) && used == t.length &&
				p.bitmap == known[i].picture.bitmap && p.maxval == known[i].picture.maxval &&
				!memcmp(pixels, known[i].pixels, n * sizeof *pixels),
			"and read back");
		for (size_t cut = 0; cut < t.length; cut++)
			cut_accepted += parse(t.data, cut, &p, pixels, &used, NULL) != RN_END;
		OK(cut_accepted == 0, "cut anywhere it is incomplete, but %zu times", cut_accepted);
		rn_text_clear(&t);
	}
}

static void
check_plain(void)
{
	static const char gray[] = "P2 # a comment\n3 #another\n2\n7\n0 1 2\n3\t4\r\n7\nP2",
			  bitmap[] = "P1\n3 2\n010 1 1\n0";
	static const uint16_t grays[] = { 0, 1, 2, 3, 4, 7 }, bits[] = { 0, 1, 0, 1, 1, 0 };
	struct rn_error err = { 0 };
	struct rn_pnm p;
	uint16_t pixels[8];
	size_t used = 0;

	OK(!parse(gray, sizeof gray - 1, &p, pixels, &used, &err) && p.maxval == 7 &&
			!memcmp(pixels, grays, sizeof grays),
		"P2 with comments: %s", err.text);
	OK(used == sizeof gray - 4, "what follows it is left");
	OK(parse(gray, sizeof gray - 10, &p, pixels, &used, &err) == RN_END, "cut it is incomplete");
	OK(!parse(bitmap, sizeof bitmap - 1, &p, pixels, &used, &err) && p.bitmap &&
			!memcmp(pixels, bits, sizeof bits),
		"P1 with and without blanks: %s", err.text);
	OK(!parse("P5 # x\n1 1 255 \n", 16, &p, pixels, &used, &err) && used == 16 && pixels[0] == '\n',
		"one white space ends a raw header, whatever the raster holds");
	OK(!parse("P5 1 1 255\n#", 12, &p, pixels, &used, &err) && pixels[0] == '#',
		"a raster may begin with '#'");
}

static void
check_refusals(void)
{
	static const struct {
		const char *bytes, *word;
	} bad[] = {
		{ "P6 1 1 255\nabc", "colour" },
		{ "P7\nWIDTH 1\n", "P1, P2" },
		{ "GIF89a", "P1, P2" },
		{ "x", "picture" },
		{ "P5 0 1 255\n", "nothing" },
		{ "P5 1 1 0\n", "nothing" },
		{ "P5 1 1 65536\n", "65535" },
		{ "P5 4294967296 2 255\n", "2^32" },
		{ "P5 99999999999999999999 2 255\n", "above" },
		{ "P5 a 1 255\n", "number" },
		{ "P5 -1 1 255\n", "number" },
		{ "P55 1 255\n", "white space" },
		{ "P4 1 1x", "white space" },
		{ "P5 1 1 7\n\10", "8 in a picture" },
		{ "P2 1 1 7\n8 ", "above 7" },
		{ "P2 1 1 7\nx ", "number" },
		{ "P1 1 1\n2", "0 or 1" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rn_error err = { 0 };
		struct rn_pnm p;
		uint16_t pixels[8];
		size_t used;
		enum rn_status status = parse(bad[i].bytes, strlen(bad[i].bytes), &p, pixels, &used, &err);

		OK(status == RN_EDATA && strstr(err.text, bad[i].word), "refused: %s", err.text);
	}
}

int
main(void)
{
	check_print();
	check_plain();
	check_refusals();
	return tap_done();
}
