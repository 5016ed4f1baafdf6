#include "renorm/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum rn_status
rn_fail(struct rn_error *err, enum rn_status status, const char *format, ...)
{
	va_list ap;

	if (!err)
		return status;
	err->status = status;
	va_start(ap, format);
	vsnprintf(err->text, sizeof err->text, format, ap);
	va_end(ap);
	return status;
}

enum rn_status
rn_fail_memory(struct rn_error *err, const char *what)
{
	return rn_fail(err, RN_ENOMEM, "out of memory (%s)", what);
}

void
rn_error_prefix(struct rn_error *err, const char *format, ...)
{
	char old[sizeof err->text];
	size_t used;
	va_list ap;

	if (!err)
		return;
	memcpy(old, err->text, sizeof old);
	va_start(ap, format);
	vsnprintf(err->text, sizeof err->text, format, ap);
	va_end(ap);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", old);
}
