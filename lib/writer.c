/*
 * A segment is buffered frame by frame. Into a regular file a frame holds as
 * many whole records as fit in 1 MiB and nothing else decides where it closes,
 * so the file repeats to the byte. On a pipe a second thread also closes what
 * has waited too long: the stage may be busy computing, or blocked reading,
 * and the next stage should still see its records at least twice a second.
 *
 * The lock guards everything below `lock`. Between reserve and commit the stage
 * fills buffer[used ..) without it; the flusher only touches [sent .. used).
 */
#include "renorm/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "endmark.h"
#include "renorm/csv.h"
#include "renorm/outfile.h"
#include "renorm/reader.h"

#define FRAME_BYTES ((size_t)1 << 20)
#define FLUSH_EVERY_NS 250000000 /* twice in the half second that is promised */

struct rn_writer {
	struct rn_writer_options options;
	struct rn_outfile *file;
	bool live; /* a pipe, socket or terminal: flush by the clock too */
	pthread_t flusher;
	pthread_cond_t wake;
	pthread_mutex_t lock;

	bool closing;
	struct rn_schema *schema; /* of the segment under way; NULL between segments */
	size_t frame_records;	  /* that fit in a frame: at least one */
	uint8_t *buffer;	  /* records of the frame under way, and RN_SLACK */
	size_t capacity;
	size_t sent, used; /* bytes: written out, committed */
	uint64_t count;
	XXH64_state_t *hash;
	ZSTD_CCtx *encoder;
	uint8_t *packed; /* what zstd makes of a frame */
	size_t packed_bytes;
	struct rn_text text;
	struct rn_error failure; /* of the flusher, told to the stage at its next call */
};

/* --- bytes out -------------------------------------------------------- */

/* One zstd frame with content size and checksum. */
static enum rn_status
write_frame(struct rn_writer *w, const void *data, size_t n, struct rn_error *err)
{
	ZSTD_inBuffer in = { data, n, 0 };
	size_t left;

	ZSTD_CCtx_reset(w->encoder, ZSTD_reset_session_only);
	ZSTD_CCtx_setPledgedSrcSize(w->encoder, n);
	do {
		ZSTD_outBuffer out = { w->packed, w->packed_bytes, 0 };

		left = ZSTD_compressStream2(w->encoder, &out, &in, ZSTD_e_end);
		if (ZSTD_isError(left))
			return rn_fail(err, RN_ENOMEM, "zstd cannot compress: %s", ZSTD_getErrorName(left));
		if (rn_outfile_write(w->file, w->packed, out.pos, err))
			return RN_EIO;
	} while (left);
	return RN_OK;
}

static enum rn_status
write_bytes(struct rn_writer *w, const void *data, size_t n, struct rn_error *err)
{
	if (w->options.level == 0)
		return rn_outfile_write(w->file, data, n, err);
	return write_frame(w, data, n, err);
}

static enum rn_status
write_text(struct rn_writer *w, struct rn_error *err)
{
	enum rn_status status = rn_outfile_write(w->file, w->text.data, w->text.length, err);

	w->text.length = 0;
	return status;
}

static struct rn_csv_style
csv_style(const struct rn_writer *w)
{
	return (struct rn_csv_style){
		.separator = w->options.format == RN_FORMAT_TSV ? '\t' : ',',
		.pm1 = w->options.pm1,
		.no_comments = w->options.no_comments,
	};
}

/* Text of n records; in pieces, so that memory stays within a few MiB. */
static enum rn_status
write_csv(struct rn_writer *w, const uint8_t *records, size_t n, struct rn_error *err)
{
	struct rn_csv_style style = csv_style(w);
	size_t size = w->schema->record_bytes, piece = size < 65536 ? 65536 / size : 1;
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < n && !status; i += piece) {
		status = rn_csv_print_records(&w->text, w->schema, records + i * size,
			n - i < piece ? n - i : piece, &style, err);
		if (!status)
			status = write_text(w, err);
	}
	return status;
}

/* Sends the committed records that were not sent yet. Called with the lock held. */
static enum rn_status
send_frame(struct rn_writer *w, struct rn_error *err)
{
	const uint8_t *data = w->buffer + w->sent;
	size_t n = w->used - w->sent;

	if (n == 0)
		return RN_OK;
	w->sent = w->used;
	if (w->options.format != RN_FORMAT_RNS)
		return write_csv(w, data, n / w->schema->record_bytes, err);
	XXH64_update(w->hash, data, n);
	return write_bytes(w, data, n, err);
}

/* --- the clock -------------------------------------------------------- */

static struct timespec
soon(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += FLUSH_EVERY_NS;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static void *
flush_by_the_clock(void *arg)
{
	struct rn_writer *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->closing) {
		struct timespec until = soon();

		/* Woken early only to close; records that come while it sleeps wait for the next beat. */
		if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT)
			continue;
		if (!w->failure.status)
			send_frame(w, &w->failure);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* 0, or the errno of what failed. */
static int
start_flusher(struct rn_writer *w)
{
	int failure;
	struct stat st;
	pthread_condattr_t attr;

	if (fstat(rn_outfile_fd(w->file), &st) || S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))
		return 0;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	failure = pthread_create(&w->flusher, NULL, flush_by_the_clock, w);
	w->live = !failure;
	if (failure)
		pthread_cond_destroy(&w->wake);
	return failure;
}

static void
stop_flusher(struct rn_writer *w)
{
	if (!w->live)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->flusher, NULL);
	pthread_cond_destroy(&w->wake);
	w->live = false;
}

/* --- life ------------------------------------------------------------- */

static void
destroy(struct rn_writer *w)
{
	if (!w)
		return;
	stop_flusher(w);
	pthread_mutex_destroy(&w->lock);
	rn_schema_destroy(w->schema);
	rn_text_clear(&w->text);
	XXH64_freeState(w->hash);
	ZSTD_freeCCtx(w->encoder);
	free(w->packed);
	free(w->buffer);
	free(w);
}

void
rn_writer_abandon(struct rn_writer *w)
{
	if (!w)
		return;
	stop_flusher(w);
	rn_outfile_abandon(w->file);
	destroy(w);
}

struct rn_writer *
rn_writer_open(const struct rn_writer_options *options, struct rn_error *err)
{
	struct rn_writer *w = calloc(1, sizeof *w);
	int failure;

	if (!w) {
		rn_fail_memory(err, "writer");
		return NULL;
	}
	w->options = *options;
	pthread_mutex_init(&w->lock, NULL);
	w->packed_bytes = ZSTD_compressBound(FRAME_BYTES);
	if (!(w->hash = XXH64_createState()) || !(w->encoder = ZSTD_createCCtx()) ||
		!(w->packed = malloc(w->packed_bytes))) {
		rn_fail_memory(err, "writer");
		destroy(w);
		return NULL;
	}
	ZSTD_CCtx_setParameter(w->encoder, ZSTD_c_compressionLevel, options->level);
	ZSTD_CCtx_setParameter(w->encoder, ZSTD_c_checksumFlag, 1);
	w->file = rn_outfile_open(options->path, err);
	if (!w->file) {
		destroy(w);
		return NULL;
	}
	failure = start_flusher(w);
	if (failure) {
		rn_fail(err, RN_ENOMEM, "cannot start a thread: %s", strerror(failure));
		rn_writer_abandon(w);
		return NULL;
	}
	return w;
}

/* --- segments and records --------------------------------------------- */

static enum rn_status
begin_segment(struct rn_writer *w, const struct rn_schema *schema, struct rn_error *err)
{
	size_t size = schema->record_bytes, length;
	enum rn_status status;
	char *header;

	if (!schema->columns)
		return rn_fail(err, RN_EBUG, "a segment without columns");
	if (!(w->schema = rn_schema_copy(schema)))
		return rn_fail_memory(err, "header");
	w->frame_records = size < FRAME_BYTES ? FRAME_BYTES / size : 1;
	w->count = 0;
	w->sent = w->used = 0;
	header = rn_schema_print(w->schema, &length);
	if (!header)
		return rn_fail_memory(err, "header");
	if (length > RN_MAX_HEADER) {
		free(header);
		return rn_fail(err, RN_EDATA,
			"the header would be longer than 1 MiB, and no stage could read it: "
			"fewer or shorter history lines, keys or columns are needed");
	}
	if (w->options.format != RN_FORMAT_RNS) {
		struct rn_csv_style style = csv_style(w);

		free(header);
		status = rn_csv_print_header(&w->text, w->schema, &style, err);
		return status ? status : write_text(w, err);
	}
	XXH64_reset(w->hash, 0);
	XXH64_update(w->hash, header, length);
	status = write_bytes(w, header, length, err);
	free(header);
	return status;
}

static enum rn_status
end_segment(struct rn_writer *w, struct rn_error *err)
{
	enum rn_status status = send_frame(w, err);

	if (status)
		return status;
	if (w->options.format != RN_FORMAT_RNS) {
		struct rn_csv_style style = csv_style(w);

		status = rn_csv_print_end(&w->text, w->count, &style, err);
		if (!status)
			status = write_text(w, err);
	} else {
		char mark[RN_MARK_BYTES + 1];

		rn_mark_print(mark, w->count, XXH64_digest(w->hash));
		status = write_bytes(w, mark, RN_MARK_BYTES, err);
	}
	rn_schema_destroy(w->schema);
	w->schema = NULL;
	return status;
}

/* Takes the lock; what the flusher met is the stage's failure now. */
static enum rn_status
enter(struct rn_writer *w, struct rn_error *err)
{
	pthread_mutex_lock(&w->lock);
	if (w->failure.status && err)
		*err = w->failure;
	return w->failure.status;
}

static enum rn_status
leave(struct rn_writer *w, enum rn_status status)
{
	pthread_mutex_unlock(&w->lock);
	return status;
}

enum rn_status
rn_writer_segment(struct rn_writer *w, const struct rn_schema *schema, struct rn_error *err)
{
	enum rn_status status = enter(w, err);

	if (!status && w->schema)
		status = end_segment(w, err);
	if (!status)
		status = begin_segment(w, schema, err);
	return leave(w, status);
}

/* Room for a frame's records, made when the first is reserved; the frame under way must be empty. */
static enum rn_status
make_room(struct rn_writer *w, struct rn_error *err)
{
	size_t need = w->frame_records * w->schema->record_bytes;

	if (need <= w->capacity)
		return RN_OK;
	free(w->buffer);
	w->capacity = 0;
	w->buffer = malloc(need + RN_SLACK);
	if (!w->buffer)
		return rn_fail_memory(err, "records");
	w->capacity = need;
	return RN_OK;
}

void *
rn_writer_reserve(struct rn_writer *w, size_t *n, struct rn_error *err)
{
	enum rn_status status = enter(w, err);
	size_t size, frame;
	void *room = NULL;

	if (status)
		goto out;
	if (!w->schema) {
		status = rn_fail(err, RN_EBUG, "records before a segment");
		goto out;
	}
	size = w->schema->record_bytes;
	frame = w->frame_records * size;
	if (w->used == frame) {
		status = send_frame(w, err);
		w->sent = w->used = 0;
	}
	if (!status && w->used == 0)
		status = make_room(w, err);
	if (status)
		goto out;
	if (*n > (frame - w->used) / size)
		*n = (frame - w->used) / size;
	room = w->buffer + w->used;
out:
	leave(w, status);
	return room;
}

enum rn_status
rn_writer_commit(struct rn_writer *w, size_t n, struct rn_error *err)
{
	enum rn_status status = enter(w, err);

	if (!status) {
		w->used += n * w->schema->record_bytes;
		w->count += n;
	}
	return leave(w, status);
}

enum rn_status
rn_writer_put(struct rn_writer *w, const void *records, size_t n, struct rn_error *err)
{
	const uint8_t *p = records;

	while (n > 0) {
		size_t k = n, bytes;
		void *room = rn_writer_reserve(w, &k, err);

		if (!room)
			return err ? err->status : RN_EIO;
		bytes = k * w->schema->record_bytes;
		memcpy(room, p, bytes);
		if (rn_writer_commit(w, k, err))
			return err ? err->status : RN_EIO;
		p += bytes;
		n -= k;
	}
	return RN_OK;
}

enum rn_status
rn_writer_keep(struct rn_writer *w, struct rn_error *err)
{
	return rn_outfile_keep(w->file, err);
}

enum rn_status
rn_writer_flush(struct rn_writer *w, struct rn_error *err)
{
	enum rn_status status = enter(w, err);

	return leave(w, status ? status : send_frame(w, err));
}

enum rn_status
rn_writer_close(struct rn_writer *w, struct rn_error *err)
{
	enum rn_status status = enter(w, err);

	if (!status && w->schema)
		status = end_segment(w, err);
	leave(w, status);
	stop_flusher(w);
	if (status)
		rn_outfile_abandon(w->file);
	else
		status = rn_outfile_close(w->file, err);
	destroy(w);
	return status;
}
