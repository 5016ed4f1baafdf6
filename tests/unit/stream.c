/*
 * What the writer writes the reader reads, in every form; every cut and every
 * flipped bit is seen; salvage gives what the checksums vouch for; a live pipe
 * does not hold records back; a checkpoint is whole or absent.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "renorm/checkpoint.h"
#include "renorm/reader.h"
#include "renorm/text.h"
#include "renorm/writer.h"
#include "tap.h"

static char directory[] = "/tmp/renorm-stream-XXXXXX";

static char *
in_directory(const char *name)
{
	static char path[4][256];
	static int turn;
	char *p = path[turn++ % 4];

	snprintf(p, 256, "%s/%s", directory, name);
	return p;
}

/* T f64, id u64, spins bit 3 3, x u8 k: sizes that no power of two divides. */
static struct rn_schema *
make_schema(size_t k)
{
	struct rn_schema *s = rn_schema_create("samples");
	size_t nine[2] = { 3, 3 };

	if (rn_schema_add_label(s, "T", NULL) || rn_schema_add_column(s, "T", RN_F64, 0, NULL, NULL) ||
		rn_schema_add_column(s, "id", RN_U64, 0, NULL, NULL) ||
		rn_schema_add_column(s, "spins", RN_BIT, 2, nine, NULL) ||
		rn_schema_add_column(s, "x", RN_U8, 1, &k, NULL) ||
		rn_schema_add_history(s, "a test", NULL) ||
		rn_schema_set_key(s, "note", "kept as it is", NULL))
		abort();
	return s;
}

/* Record i, with end marks and their beginnings sprinkled into x to mislead the reader. */
static void
make_record(const struct rn_schema *s, uint8_t *record, uint64_t i)
{
	static const char bait[] = "\nend 0000000000000003 0123456789abcdef         \n";
	const struct rn_column *x = rn_schema_find(s, "x");

	memset(record, 0, s->record_bytes);
	rn_put_f64(rn_schema_find(s, "T"), record, 0, 0.25 * (double)(i % 25));
	rn_put_u64(rn_schema_find(s, "id"), record, 0, i);
	for (size_t k = 0; k < 9; k++)
		rn_put_u64(rn_schema_find(s, "spins"), record, k, i >> k & 1);
	for (size_t k = 0; k < x->count; k++)
		rn_put_u64(x, record, k, (uint8_t)bait[(i + k) % (sizeof bait - 1)]);
}

static bool
write_stream(const char *path, const struct rn_schema *s, uint64_t first, uint64_t n, int level)
{
	struct rn_writer_options options = { .path = path, .level = level };
	struct rn_error err;
	struct rn_writer *w = rn_writer_open(&options, &err);
	uint8_t *record = malloc(s->record_bytes);
	bool ok = w && !rn_writer_segment(w, s, &err);

	for (uint64_t i = 0; ok && i < n; i++) {
		make_record(s, record, first + i);
		ok = !rn_writer_put(w, record, 1, &err);
	}
	free(record);
	return ok && !rn_writer_close(w, &err);
}

static bool
has_our_columns(const struct rn_schema *s)
{
	struct rn_schema *ours = make_schema(s->columns == 4 ? s->column[3].count : 1);
	bool same = rn_schema_match(ours, s, NULL) == RN_OK;

	rn_schema_destroy(ours);
	return same;
}

/*
 * Reads a file of such records. Their number; or -1 and the error when the
 * stream is refused; or -2 when it is taken for whole and yet is not what was written.
 */
static long
read_stream(char *path, const struct rn_reader_options *options, bool *cut, struct rn_error *err)
{
	struct rn_reader *r = rn_reader_open(&path, 1, options, err);
	const struct rn_schema *s;
	const void *records;
	uint8_t *want = NULL;
	enum rn_status status;
	bool same = true;
	long total = 0;
	size_t n;

	while ((status = rn_reader_segment(r, &s, err)) == RN_OK) {
		same = same && has_our_columns(s);
		free(want);
		want = malloc(s->record_bytes);
		while ((status = rn_reader_next(r, &records, &n, err)) == RN_OK)
			for (size_t i = 0; same && i < n; i++, total++) {
				make_record(s, want, (uint64_t)total);
				same = !memcmp(want, (const uint8_t *)records + i * s->record_bytes,
					s->record_bytes);
			}
		if (status != RN_END)
			break;
	}
	if (cut)
		*cut = rn_reader_was_cut(r);
	free(want);
	rn_reader_close(r);
	return status != RN_END ? -1 : same ? total : -2;
}

static uint8_t *
load_file(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	uint8_t *data;

	if (fd < 0 || fstat(fd, &st))
		abort();
	*n = (size_t)st.st_size;
	data = malloc(*n + 1);
	if (read(fd, data, *n) != (ssize_t)*n)
		abort();
	close(fd);
	return data;
}

static void
save_file(const char *path, const uint8_t *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd))
		abort();
}

static void
test_round_trips(void)
{
	static const size_t sizes[] = { 1, 29, 500, 70000, 1500000 };
	static const int levels[] = { 0, 1, 5 };
	struct rn_error err = { .text = "" };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t j = 0; j < sizeof levels / sizeof *levels; j++) {
			struct rn_schema *s = make_schema(sizes[i]);
			long n = sizes[i] > 1000 ? 7 : 3000, got;
			char *path = in_directory("trip.rns");

			OK(write_stream(path, s, 0, (uint64_t)n, levels[j]),
				"writes records of %zu bytes, level %d", s->record_bytes, levels[j]);
			got = read_stream(path, NULL, NULL, &err);
			OK(got == n, "reads them back: %ld of %ld %s", got, n, got < 0 ? err.text : "");
			rn_schema_destroy(s);
		}
}

/* A stream of many frames: 100000 records of 28 bytes. */
static void
test_frames(void)
{
	struct rn_schema *s = make_schema(1);
	char *path = in_directory("frames.rns");
	struct rn_error err;
	size_t n, frames = 0, at = 0, largest = 0;
	uint8_t *data;

	write_stream(path, s, 0, 100000, 1);
	data = load_file(path, &n);
	while (at < n) {
		size_t bytes = ZSTD_findFrameCompressedSize(data + at, n - at);
		size_t content = (size_t)ZSTD_getFrameContentSize(data + at, n - at);

		if (!OK(!ZSTD_isError(bytes), "frame %zu is found", frames))
			break;
		largest = content > largest && content <= (size_t)1 << 30 ? content : largest;
		at += bytes;
		frames++;
	}
	size_t per_frame = ((size_t)1 << 20) / s->record_bytes;
	OK(frames == 2 + (100000 + per_frame - 1) / per_frame, "header, full frames and end mark: %zu frames",
		frames);
	OK(largest == per_frame * s->record_bytes,
		"a frame holds all the whole records that fit 1 MiB, not more");
	OK(read_stream(path, NULL, NULL, &err) == 100000, "the frames read back");
	free(data);
	rn_schema_destroy(s);
}

/* Every proper prefix is refused, with exit code 65, in both forms. */
static void
test_cuts(int level)
{
	struct rn_schema *s = make_schema(3);
	char *path = in_directory("whole.rns"), *part = in_directory("part.rns");
	size_t n, refused = 0;
	uint8_t *data;

	write_stream(path, s, 0, 5, level);
	data = load_file(path, &n);
	for (size_t cut = 0; cut < n; cut++) {
		struct rn_error err = { 0 };

		save_file(part, data, cut);
		refused += read_stream(part, NULL, NULL, &err) == -1 && err.status == RN_EDATA;
	}
	OK(refused == n, "level %d: all %zu cuts are refused (%zu)", level, n, refused);
	free(data);
	rn_schema_destroy(s);
}

/* Every flipped bit is refused, or harms no record (bits of a zstd frame header that mean nothing). */
static void
test_flips(int level)
{
	struct rn_schema *s = make_schema(3);
	char *path = in_directory("whole.rns"), *bad = in_directory("bad.rns");
	size_t n, refused = 0, harmless = 0;
	uint8_t *data;

	write_stream(path, s, 0, 5, level);
	data = load_file(path, &n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		struct rn_error err = { 0 };
		long got;

		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		save_file(bad, data, n);
		got = read_stream(bad, NULL, NULL, &err);
		refused += got == -1 && err.status == RN_EDATA;
		harmless += got == 5;
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	OK(refused + harmless == 8 * n, "level %d: of %zu flipped bits %zu are refused, %zu harmless", level,
		8 * n, refused, harmless);
	OK(level || harmless == 0, "level %d: in plain form none is harmless", level);
	free(data);
	rn_schema_destroy(s);
}

static void
test_salvage(void)
{
	struct rn_reader_options options = { .salvage = true };
	struct rn_schema *s = make_schema(1);
	size_t per_frame = ((size_t)1 << 20) / s->record_bytes, n;
	char *path = in_directory("whole.rns"), *part = in_directory("part.rns");
	struct rn_error err = { 0 };
	struct rn_resume resume;
	bool cut = false;
	uint8_t *data;
	long got;

	write_stream(path, s, 0, 3 * per_frame, 1);
	data = load_file(path, &n);
	save_file(part, data, n / 2);
	got = read_stream(part, &options, &cut, &err);
	OK(got == (long)per_frame && cut,
		"of a stream cut half-way the one whole frame is given: %ld records", got);
	OK(read_stream(part, NULL, NULL, &err) == -1, "which is refused without salvage");
	data[n / 2] ^= 16;
	save_file(part, data, n);
	got = read_stream(part, &options, &cut, &err);
	OK(got == (long)per_frame && cut, "of a stream damaged half-way too: %ld", got);
	data[n / 2] ^= 16;
	got = read_stream(path, &options, &cut, &err);
	OK(got == 3 * (long)per_frame && !cut, "of a whole stream all of it, and it is not called cut");

	save_file(part, data, n / 2);
	OK(rn_resume_read(part, &resume, &err) == RN_OK && resume.cut && resume.record &&
			rn_get_u64(rn_schema_find(resume.schema, "id"), resume.record, 0) == per_frame - 1,
		"resuming takes the last record of that frame");
	rn_resume_clear(&resume);
	free(data);
	rn_schema_destroy(s);
}

static void
test_checkpoint(void)
{
	struct rn_schema *s = make_schema(4);
	char *path = in_directory("model.rns");
	uint8_t *record = calloc(2, s->record_bytes);
	struct rn_error err = { 0 };
	struct rn_resume resume;

	make_record(s, record, 7);
	make_record(s, record + s->record_bytes, 8);
	OK(rn_checkpoint_write(path, s, record, 1, &err) == RN_OK, "a checkpoint is written");
	OK(rn_checkpoint_write(path, s, record, 2, &err) == RN_OK, "and replaced");
	OK(rn_resume_read(path, &resume, &err) == RN_OK && !resume.cut && resume.records == 2 &&
			!memcmp(resume.record, record + s->record_bytes, s->record_bytes),
		"its last record comes back");
	OK(rn_schema_match(resume.schema, s, &err) == RN_OK, "with its schema");
	rn_resume_clear(&resume);
	OK(rn_checkpoint_write(in_directory("nowhere/model.rns"), s, record, 1, &err) == RN_EIO,
		"no directory: %s", err.text);
	OK(rn_resume_read(in_directory("absent.rns"), &resume, &err) == RN_ENOINPUT, "no file: %s", err.text);
	free(record);
	rn_schema_destroy(s);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A stage that writes one record and then only sleeps: the record must still come through. */
static void
test_live_pipe(void)
{
	struct rn_schema *s = make_schema(4);
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		abort();
	child = fork();
	if (child == 0) {
		struct rn_writer_options options = { .level = 1 };
		uint8_t *record = calloc(1, s->record_bytes);
		struct rn_writer *w;

		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		w = rn_writer_open(&options, NULL);
		make_record(s, record, 0);
		if (!w || rn_writer_segment(w, s, NULL) || rn_writer_put(w, record, 1, NULL))
			_exit(1);
		sleep(3);
		_exit(rn_writer_close(w, NULL) != RN_OK);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);

	struct rn_reader *r = rn_reader_open(NULL, 0, NULL, NULL);
	const struct rn_schema *got;
	const void *records;
	double started = now();
	size_t n = 0;
	bool ok = rn_reader_segment(r, &got, NULL) == RN_OK &&
		rn_reader_next(r, &records, &n, NULL) == RN_OK && n == 1;

	OK(ok && now() - started < 2, "a record passes a pipe whose writer sleeps (%.2f s)", now() - started);
	OK(rn_reader_next(r, &records, &n, NULL) == RN_END, "and the end follows");
	waitpid(child, &status, 0);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the writer ended well");
	rn_reader_close(r);
	rn_schema_destroy(s);
}

/* Headers that claim too much, or nonsense. */
static void
test_headers(void)
{
	static const char *const bad[] = {
		"renorm-stream 2\nkind: spins\ncolumn: x u8\n\n",
		"renorm-stream 1\nkind: spins\n\n",
		"renorm-stream 1\ncolumn: x u8\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u8\ncolumn: x u8\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u9\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u8 0\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u8 -1\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u8 1073741825\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x f64 4294967296 4294967296\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x f64 99999999999999999999999\n\n",
		"renorm-stream 1\nkind: spins\ncolumn: x u8 1 1 1 1 1 1 1 1 1\n\n",
		"renorm-stream 1\nkind: spins\nlabel: T\ncolumn: x u8\n\n",
		"renorm-stream 1\nkind: spins\nnonsense\ncolumn: x u8\n\n",
		"renorm-stream 1\nkind: a\nkind: b\ncolumn: x u8\n\n",
	};
	struct rn_schema *s;
	struct rn_error err;
	struct rn_text many = { 0 };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		OK(rn_schema_parse(bad[i], strlen(bad[i]), &s, &err) == RN_EDATA && !s, "refused: %s",
			err.text);
	if (!rn_text_printf(&many, "renorm-stream 1\nkind: spins\n"))
		abort();
	for (int i = 0; i <= RN_MAX_COLUMNS; i++)
		if (!rn_text_printf(&many, "column: x%d u8\n", i))
			abort();
	if (!rn_text_printf(&many, "\n"))
		abort();
	OK(rn_schema_parse(many.data, many.length, &s, &err) == RN_EDATA, "refused: %s", err.text);
	rn_text_clear(&many);
}

/* A sweep of 5000 runs leaves a header that can still be read, and says how many lines it left out. */
static void
test_long_history(void)
{
	struct rn_schema *all = make_schema(1), *again;
	struct rn_error err;
	char *text, line[200];
	size_t length;

	for (int i = 0; i < 5000; i++) {
		struct rn_schema *one = make_schema(1);

		snprintf(line, sizeof line, "ising-gen 0.1.0 -d 2 -L 64 -T 2 -n 1000 --seed %d", i);
		if (rn_schema_add_history(one, line, &err) || rn_schema_merge_history(all, one, &err))
			abort();
		rn_schema_destroy(one);
	}
	text = rn_schema_print(all, &length);
	OK(length < RN_MAX_HEADER && rn_schema_parse(text, length, &again, &err) == RN_OK,
		"5000 histories: %zu bytes of header", length);
	OK(all->histories == 1001 && !strcmp(all->history[1000], "(and 4001 more lines)"),
		"the last line is '%s'", all->history[all->histories - 1]);
	if (rn_schema_merge_history(all, again, &err))
		abort();
	OK(!strcmp(all->history[1000], "(and 8002 more lines)"), "merged with itself: '%s'",
		all->history[1000]);
	free(text);
	rn_schema_destroy(again);
	rn_schema_destroy(all);
}

/* What the first bytes tell. */
static void
test_forms(void)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{ "P5\n4 4\n255\n", "rns-import" },
		{ "\x93NUMPY", "rns-import" },
		{ "\x1f\x8b\x08", "zcat" },
		{ "renorm-str", "cut short" },
		{ "", "empty" },
	};
	char *path = in_directory("form");
	struct rn_error err = { 0 };
	struct rn_reader *r;
	const struct rn_schema *s;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		save_file(path, (const uint8_t *)bad[i].text, strlen(bad[i].text));
		r = rn_reader_open(&path, 1, NULL, &err);
		OK(rn_reader_segment(r, &s, &err) == RN_EDATA && strstr(err.text, bad[i].word), "refused: %s",
			err.text);
		rn_reader_close(r);
	}
	save_file(path, (const uint8_t *)"x\n", 2);
	r = rn_reader_open(&path, 1, NULL, &err);
	OK(rn_reader_segment(r, &s, &err) == RN_OK && s->columns == 1,
		"two bytes are CSV: one name and no rows");
	rn_reader_close(r);
}

int
main(void)
{
	char command[300];

	if (!mkdtemp(directory))
		return 1;
	test_headers();
	test_long_history();
	test_forms();
	test_round_trips();
	test_frames();
	test_cuts(0);
	test_cuts(1);
	test_flips(0);
	test_flips(1);
	test_salvage();
	test_checkpoint();
	test_live_pipe();
	snprintf(command, sizeof command, "rm -r %s", directory);
	return system(command) ? 1 : tap_done();
}
