/* form.h - the form of values in a message: "u8 28 28" */
#ifndef FORM_H
#define FORM_H

#include "renorm/schema.h"

enum { RN_FORM_MAX = 192 };

const char *rn_form(char out[RN_FORM_MAX], enum rn_type type, unsigned ndim, const size_t shape[]);

#endif
