/*
 * Any bytes at all through the reader: zstd, plain and CSV. With clang's
 * -fsanitize=fuzzer this is a libFuzzer target; `make fuzz` builds and runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "renorm/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(char *path, bool salvage)
{
	struct rn_reader_options options = { .salvage = salvage };
	struct rn_error err = { 0 };
	struct rn_reader *r = rn_reader_open(&path, 1, &options, &err);
	const struct rn_schema *schema;
	volatile double sum = 0; /* so that the values are really read */
	const void *records;
	size_t n;

	while (r && rn_reader_segment(r, &schema, &err) == RN_OK)
		while (rn_reader_next(r, &records, &n, &err) == RN_OK)
			for (size_t c = 0; c < schema->columns; c++) {
				const uint8_t *last =
					(const uint8_t *)records + (n - 1) * schema->record_bytes;

				sum = sum + rn_get_f64(&schema->column[c], last, schema->column[c].count - 1);
			}
	rn_reader_close(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", 0);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_all(path, false);
	read_all(path, true);
	close(fd);
	return 0;
}
