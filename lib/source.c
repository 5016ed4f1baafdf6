#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

/* A whole frame of 1 MiB of records fits as a rule, so that zstd decodes it in one go. */
#define RAW_BYTES ((size_t)1 << 20)
/* DESIGN: window <= 8 MiB. A larger one is refused rather than allocated. */
#define WINDOW_LOG_MAX 23

struct rn_source {
	char *const *files;
	size_t nfiles, next;
	const char *name;
	int fd; /* -1: none open */
	bool zstd;
	bool end;      /* the file gave its last byte */
	bool in_frame; /* a zstd frame has begun and not ended */
	bool pending;  /* the decoder may hold output it had no room for */
	uint8_t *raw;  /* bytes as stored: raw[begin .. size) are still to be used */
	size_t begin, size;
	ZSTD_DCtx *decoder;
	uint64_t given, verified; /* decompressed bytes of this file */
	uint64_t bytes;
};

struct rn_source *
rn_source_create(char *const files[], size_t n)
{
	static char standard_input[] = "-", *const only[] = { standard_input };
	struct rn_source *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->files = n ? files : only;
	s->nfiles = n ? n : 1;
	s->fd = -1;
	s->name = "standard input";
	s->raw = malloc(RAW_BYTES);
	s->decoder = ZSTD_createDCtx();
	if (!s->raw || !s->decoder) {
		rn_source_destroy(s);
		return NULL;
	}
	ZSTD_DCtx_setParameter(s->decoder, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return s;
}

static void
close_file(struct rn_source *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	s->fd = -1;
}

void
rn_source_destroy(struct rn_source *s)
{
	if (!s)
		return;
	close_file(s);
	free(s->raw);
	ZSTD_freeDCtx(s->decoder);
	free(s);
}

/* read(2) once; 0 sets s->end. */
static long
read_file(struct rn_source *s, void *buffer, size_t max, struct rn_error *err)
{
	ssize_t k;

	do
		k = read(s->fd, buffer, max);
	while (k < 0 && errno == EINTR);
	if (k < 0) {
		rn_fail(err, RN_EIO, "cannot read: %s", strerror(errno));
		return -1;
	}
	s->end = k == 0;
	s->bytes += (uint64_t)k;
	return k;
}

/* More stored bytes behind those that are left; -1 on failure. */
static long
refill(struct rn_source *s, struct rn_error *err)
{
	long k;

	memmove(s->raw, s->raw + s->begin, s->size - s->begin);
	s->size -= s->begin;
	s->begin = 0;
	k = read_file(s, s->raw + s->size, RAW_BYTES - s->size, err);
	if (k > 0)
		s->size += (size_t)k;
	return k;
}

/* RFC 8878: a frame, or a skippable frame, both little-endian; or what a cut has left of the magic of a frame. */
static bool
is_zstd(const uint8_t *p, size_t n)
{
	if (!memcmp(p, "\x28\xb5\x2f\xfd", n < 4 ? n : 4))
		return true;
	return n >= 4 && p[0] >= 0x50 && p[0] <= 0x5f && !memcmp(p + 1, "\x2a\x4d\x18", 3);
}

static enum rn_status
look_at_first_bytes(struct rn_source *s, struct rn_error *err)
{
	while (s->size < 4 && !s->end)
		if (refill(s, err) < 0)
			return err ? err->status : RN_EIO;
	if (s->size == 0)
		return rn_fail(err, RN_EDATA, "empty: there is no stream in it");
	if (s->size >= 2 && s->raw[0] == 0x1f && s->raw[1] == 0x8b)
		return rn_fail(err, RN_EDATA, "compressed by gzip; put 'zcat' before this stage");
	s->zstd = is_zstd(s->raw, s->size);
	return RN_OK;
}

enum rn_status
rn_source_next_file(struct rn_source *s, struct rn_error *err)
{
	const char *path;

	close_file(s);
	if (s->next == s->nfiles)
		return RN_END;
	path = s->files[s->next++];
	s->zstd = s->end = s->in_frame = s->pending = false;
	s->begin = s->size = 0;
	s->given = s->verified = 0;
	ZSTD_DCtx_reset(s->decoder, ZSTD_reset_session_only);
	if (!strcmp(path, "-")) {
		s->name = "standard input";
		s->fd = STDIN_FILENO;
	} else {
		s->name = path;
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (s->fd < 0)
			return rn_fail(err, RN_ENOINPUT, "cannot open: %s", strerror(errno));
		posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return look_at_first_bytes(s, err);
}

static long
zstd_error(const struct rn_source *s, size_t code, struct rn_error *err)
{
	unsigned long long at = s->bytes - (s->size - s->begin);

	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_checksum_wrong:
		rn_fail(err, RN_EDATA, "damaged: the checksum of the frame before byte %llu does not agree",
			at);
		break;
	case ZSTD_error_prefix_unknown:
		rn_fail(err, RN_EDATA,
			"near byte %llu no zstd frame begins: damaged, or followed by data in another form "
			"(name the files as operands, or join them with rns-cat)",
			at);
		break;
	case ZSTD_error_frameParameter_windowTooLarge:
		rn_fail(err, RN_EDATA,
			"compressed with a window above 8 MiB; recompress it with 'zstd -19' or less");
		break;
	case ZSTD_error_memory_allocation: rn_fail(err, RN_ENOMEM, "out of memory (zstd)"); break;
	default: rn_fail(err, RN_EDATA, "damaged: zstd near byte %llu: %s", at, ZSTD_getErrorName(code));
	}
	return -1;
}

static long
read_zstd(struct rn_source *s, void *buffer, size_t max, struct rn_error *err)
{
	ZSTD_outBuffer out = { buffer, max, 0 };

	while (out.pos == 0) {
		ZSTD_inBuffer in;
		size_t left;

		if (s->begin == s->size && !s->pending) {
			if (refill(s, err) < 0)
				return -1;
			if (s->end && s->in_frame) {
				rn_fail(err, RN_EDATA, "cut short within a zstd frame");
				return -1;
			}
			if (s->end)
				return 0;
		}
		in = (ZSTD_inBuffer){ s->raw, s->size, s->begin };
		left = ZSTD_decompressStream(s->decoder, &out, &in);
		s->begin = in.pos;
		if (ZSTD_isError(left))
			return zstd_error(s, left, err);
		s->in_frame = left != 0;
		s->pending = left != 0 && out.pos == out.size;
		if (left == 0)
			s->verified = s->given + out.pos;
	}
	s->given += out.pos;
	return (long)out.pos;
}

long
rn_source_read(struct rn_source *s, void *buffer, size_t max, struct rn_error *err)
{
	if (s->zstd)
		return read_zstd(s, buffer, max, err);
	if (s->begin < s->size) { /* what was read to look at the first bytes */
		size_t n = s->size - s->begin < max ? s->size - s->begin : max;

		memcpy(buffer, s->raw + s->begin, n);
		s->begin += n;
		return (long)n;
	}
	return s->end ? 0 : read_file(s, buffer, max, err);
}

const char *
rn_source_name(const struct rn_source *s)
{
	return s->name;
}

bool
rn_source_is_zstd(const struct rn_source *s)
{
	return s->zstd;
}

uint64_t
rn_source_verified(const struct rn_source *s)
{
	return s->verified;
}

uint64_t
rn_source_bytes(const struct rn_source *s)
{
	return s->bytes;
}

uint64_t
rn_source_bytes_total(const struct rn_source *s)
{
	uint64_t total = 0;
	struct stat st;

	for (size_t i = 0; i < s->nfiles; i++) {
		if (strcmp(s->files[i], "-") ? stat(s->files[i], &st) : fstat(STDIN_FILENO, &st))
			return 0;
		if (!S_ISREG(st.st_mode))
			return 0;
		total += (uint64_t)st.st_size;
	}
	return total;
}
