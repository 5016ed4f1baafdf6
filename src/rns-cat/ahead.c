#include "ahead.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define MARK_BYTES 48 /* renorm-stream(5) */

static void
append(struct ahead_file *f, struct rn_schema *schema)
{
	f->schema = reallocarray(f->schema, f->n + 1, sizeof *f->schema);
	if (!f->schema || !schema)
		rn_die(RN_ENOMEM, "out of memory (headers)");
	f->schema[f->n++] = schema;
}

static bool
read_at(int fd, off_t at, void *p, size_t n)
{
	return pread(fd, p, n, at) == (ssize_t)n;
}

/*
 * The length of the zstd frame there, by its block headers (RFC 8878, 3.1.1): 0
 * at the end of the file and when it is none. *content: what it decodes to.
 */
static off_t
frame_length(int fd, off_t start, unsigned long long *content)
{
	static const unsigned dictionary_bytes[] = { 0, 1, 2, 4 }, size_bytes[] = { 0, 2, 4, 8 };
	uint8_t head[18] = { 0 }, block[3];
	ssize_t n = pread(fd, head, sizeof head, start);
	uint8_t flags = head[4];
	bool single = flags & 0x20, checksum = flags & 4, last = false;
	off_t at = start + 5;

	if (n < 8)
		return 0;
	*content = ZSTD_getFrameContentSize(head, (size_t)n);
	if (*content == ZSTD_CONTENTSIZE_ERROR)
		return 0;
	if ((head[0] & 0xf0) == 0x50) /* a skippable frame */
		return 8 + (off_t)(head[4] | head[5] << 8 | head[6] << 16 | (uint32_t)head[7] << 24);
	at += !single + dictionary_bytes[flags & 3] + size_bytes[flags >> 6] + (single && flags >> 6 == 0);
	while (!last) {
		uint32_t header;

		if (!read_at(fd, at, block, sizeof block))
			return 0;
		header = block[0] | (uint32_t)block[1] << 8 | (uint32_t)block[2] << 16;
		last = header & 1;
		at += 3 + (off_t)((header >> 1 & 3) == 1 ? 1 : header >> 3); /* type 1 repeats one byte */
	}
	return at + (checksum ? 4 : 0) - start;
}

/* The content of the frame there, at most `most` bytes of it; 0 for a damaged one. */
static size_t
decode(int fd, off_t start, size_t length, char *out, size_t most)
{
	uint8_t *frame = rn_alloc_or_die(length, 1);
	size_t n = read_at(fd, start, frame, length) ? ZSTD_decompress(out, most, frame, length) : 0;

	free(frame);
	return ZSTD_isError(n) ? 0 : n;
}

/* The header frames: the first, and those behind an end mark. */
static void
walk_frames(struct ahead_file *f, int fd, off_t at)
{
	char *text = rn_alloc_or_die(RN_MAX_HEADER, 1);
	bool header = true;
	unsigned long long content;
	off_t length;

	for (; (length = frame_length(fd, at, &content)) > 0; at += length) {
		struct rn_schema *schema;
		size_t n;

		if (content == 0 || content > (header ? RN_MAX_HEADER : MARK_BYTES) ||
			length > (off_t)(2 * RN_MAX_HEADER))
			continue;
		n = decode(fd, at, (size_t)length, text, RN_MAX_HEADER);
		if (header) {
			if (n == 0 || rn_schema_parse(text, n, &schema, NULL))
				break;
			append(f, schema);
		}
		header = !header && n == MARK_BYTES && !memcmp(text, "\nend ", 5);
	}
	free(text);
}

/* Whatever its form: the reader finds the first header. */
static void
look_at_first(struct ahead_file *f, char *path)
{
	const struct rn_schema *schema;
	struct rn_reader *in = rn_reader_open(&path, 1, NULL, NULL);

	/* What is wrong with it is told when its turn has come. */
	if (in && !rn_reader_segment(in, &schema, NULL))
		append(f, rn_schema_copy(schema));
	rn_reader_close(in);
}

/* Only at a file: a pipe can be read once, and opening one is an event for its writer. */
static void
look(struct ahead_file *f, char *path)
{
	bool standard = !strcmp(path, "-");
	struct stat st;
	int fd;

	if ((standard ? fstat(STDIN_FILENO, &st) : stat(path, &st)) || !S_ISREG(st.st_mode))
		return;
	fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	walk_frames(f, fd, lseek(fd, 0, SEEK_CUR));
	if (standard)
		return;
	close(fd);
	if (f->n == 0)
		look_at_first(f, path);
}

void
ahead_open(struct ahead *a, const struct rn_common *c)
{
	static char standard_input[] = "-";

	*a = (struct ahead){ .common = c, .files = c->nfiles ? c->nfiles : 1 };
	a->file = rn_alloc_or_die(a->files, sizeof *a->file);
	for (size_t i = 0; i < a->files; i++)
		look(&a->file[i], c->nfiles ? c->files[i] : standard_input);
}

void
ahead_next(struct ahead *a, const struct rn_reader *in)
{
	const char *name = rn_reader_file(in);

	a->segment++;
	if (a->current == name)
		return;
	a->current = name;
	a->segment = 0;
	/* The reader names an operand by its own string, and standard input by another. */
	for (size_t i = 0; i < a->common->nfiles; i++)
		if (a->common->files[i] == name ||
			(!strcmp(a->common->files[i], "-") && !strcmp(name, "standard input")))
			a->file_index = i;
}

void
ahead_merge_history(const struct ahead *a, struct rn_schema *into)
{
	size_t i = a->file_index, k = a->segment + 1;
	struct rn_error err;

	for (; i < a->files; i++, k = 0)
		for (; k < a->file[i].n || k == 0; k++) {
			if (k >= a->file[i].n || rn_schema_match(into, a->file[i].schema[k], NULL))
				return;
			rn_or_die(rn_schema_merge_history(into, a->file[i].schema[k], &err), &err);
		}
}

void
ahead_close(struct ahead *a)
{
	for (size_t i = 0; i < a->files; i++) {
		for (size_t k = 0; k < a->file[i].n; k++)
			rn_schema_destroy(a->file[i].schema[k]);
		free(a->file[i].schema);
	}
	free(a->file);
}
