#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 << 10)

enum rn_status
input_open(struct input *in, const char *path, struct rn_error *err)
{
	bool standard = !strcmp(path, "-");

	*in = (struct input){ .name = standard ? "standard input" : path, .fd = STDIN_FILENO };
	if (!standard)
		in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		return rn_fail(err, RN_ENOINPUT, "cannot open: %s", strerror(errno));
	in->buffer = malloc(BUFFER_BYTES);
	in->capacity = BUFFER_BYTES;
	return in->buffer ? RN_OK : rn_fail_memory(err, "input");
}

void
input_close(struct input *in)
{
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	free(in->buffer);
	in->buffer = NULL;
}

static enum rn_status
read_more(struct input *in, struct rn_error *err)
{
	ssize_t k;

	do
		k = read(in->fd, in->buffer + in->end, in->capacity - in->end);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return rn_fail(err, RN_EIO, "cannot read: %s", strerror(errno));
	in->finished = k == 0;
	in->end += (size_t)k;
	return RN_OK;
}

enum rn_status
input_want(struct input *in, size_t n, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	if (input_have(in) >= n || in->finished)
		return RN_OK;
	memmove(in->buffer, input_bytes(in), input_have(in));
	in->end -= in->begin;
	in->begin = 0;
	while (in->end < n && !in->finished && !status) {
		if (in->end == in->capacity) {
			uint8_t *larger = realloc(in->buffer, 2 * in->capacity);

			if (!larger)
				return rn_fail_memory(err, "input");
			in->buffer = larger;
			in->capacity *= 2;
		}
		status = read_more(in, err);
	}
	return status;
}
