#include "form.h"

#include <stdio.h>

const char *
rn_form(char out[RN_FORM_MAX], enum rn_type type, unsigned ndim, const size_t shape[])
{
	int n = snprintf(out, RN_FORM_MAX, "%s", rn_type_name(type));

	for (unsigned d = 0; d < ndim; d++)
		n += snprintf(out + n, (size_t)(RN_FORM_MAX - n), " %zu", shape[d]);
	return out;
}
