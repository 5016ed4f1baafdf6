/*
 * One structured array of NumPy. Its header must say how many records follow, so
 * a regular file gets bytes that are no header first, and the header when the
 * count is known; anything else gets the records from a nameless temporary.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "renorm/npy.h"
#include "renorm/outfile.h"
#include "sink.h"

#define BATCH_BYTES ((size_t)256 << 10)

struct npy {
	struct sink sink;
	const struct rn_common *common;
	struct rn_outfile *file;
	struct rn_schema *schema;
	off_t start; /* of the header in the file; -1 when it is spooled */
	int spool;
	uint64_t count;
	uint8_t *batch; /* expanded records */
	size_t batch_records;
};

static void
write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			rn_die(RN_EIO, "cannot write a temporary file (TMPDIR says where): %s",
				strerror(errno));
		p += k;
		n -= (size_t)k;
	}
}

static int
open_spool(void)
{
	const char *dir = getenv("TMPDIR");
	struct rn_text name = { 0 };
	int fd;

	if (!rn_text_printf(&name, "%s/rns-cat.XXXXXX", dir && *dir ? dir : "/tmp"))
		rn_die(RN_ENOMEM, "out of memory (file name)");
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0)
		rn_die(RN_EIO, "cannot make a temporary file (TMPDIR says where): %s: %s", name.data,
			strerror(errno));
	unlink(name.data);
	rn_text_clear(&name);
	return fd;
}

/* Where the file stands if it can be written there again later; -1 otherwise. */
static off_t
place_in_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || fcntl(fd, F_GETFL) & O_APPEND)
		return -1;
	return lseek(fd, 0, SEEK_CUR);
}

static struct rn_text
header(const struct npy *a)
{
	struct rn_text t = { 0 };
	struct rn_error err;

	rn_or_die(rn_npy_print_header(&t, a->schema, a->common->pm1, a->count, &err), &err);
	return t;
}

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	struct npy *a = (struct npy *)s;
	struct rn_error err;
	struct rn_text t;

	if (continues)
		return;
	if (a->schema && rn_schema_match(a->schema, schema, &err))
		rn_die(RN_EDATA, "the segments do not fit into one array: %s; choose with rns-sel", err.text);
	a->schema = rn_ptr_or_die(rn_schema_copy(schema),
		&(struct rn_error){ RN_ENOMEM, "out of memory (header)" });
	a->batch_records = BATCH_BYTES / rn_npy_record_bytes(schema) + 1;
	a->batch = rn_alloc_or_die(a->batch_records, rn_npy_record_bytes(schema));
	a->start = place_in_file(rn_outfile_fd(a->file));
	if (a->start < 0) {
		a->spool = open_spool();
		return;
	}
	t = header(a);
	memset(t.data, 0, t.length); /* a run that dies leaves nothing that NumPy would open */
	write_text(a->file, &t);
	rn_text_clear(&t);
}

static void
put(struct sink *s, const void *records, size_t n)
{
	struct npy *a = (struct npy *)s;
	const uint8_t *p = records;
	size_t size = rn_npy_record_bytes(a->schema);
	struct rn_error err;

	a->count += n;
	while (n > 0) {
		size_t k = n < a->batch_records ? n : a->batch_records;

		rn_npy_expand(a->schema, p, k, a->common->pm1, a->batch);
		if (a->start < 0)
			write_all(a->spool, a->batch, k * size);
		else
			rn_or_die(rn_outfile_write(a->file, a->batch, k * size, &err), &err);
		p += k * a->schema->record_bytes;
		n -= k;
	}
}

static void
copy_spool(const struct npy *a)
{
	struct rn_error err;
	size_t room = a->batch_records * rn_npy_record_bytes(a->schema);
	off_t at = 0;
	ssize_t k;

	while ((k = pread(a->spool, a->batch, room, at)) != 0) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			rn_die(RN_EIO, "cannot read back a temporary file: %s", strerror(errno));
		rn_or_die(rn_outfile_write(a->file, a->batch, (size_t)k, &err), &err);
		at += k;
	}
}

static void
finish(struct sink *s)
{
	struct npy *a = (struct npy *)s;
	struct rn_text t = header(a);
	struct rn_error err;

	if (a->start < 0) {
		write_text(a->file, &t);
		copy_spool(a);
	} else if (pwrite(rn_outfile_fd(a->file), t.data, t.length, a->start) != (ssize_t)t.length) {
		rn_die(RN_EIO, "%s: cannot write the header: %s", rn_outfile_name(a->file), strerror(errno));
	}
	rn_or_die(rn_outfile_close(a->file, &err), &err);
	rn_text_clear(&t);
	rn_schema_destroy(a->schema);
	free(a->batch);
	free(a);
}

struct sink *
sink_npy(const struct rn_common *c)
{
	struct npy *a = rn_alloc_or_die(1, sizeof *a);

	a->sink = (struct sink){ begin, put, finish };
	a->common = c;
	a->file = open_bytes(c, true);
	return &a->sink;
}
