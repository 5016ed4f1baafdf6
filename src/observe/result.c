#include "result.h"

enum rn_status
result_add_column(struct rn_schema *table, const char *name, enum rn_type type, struct rn_error *err)
{
	if (rn_schema_find(table, name))
		return rn_fail(err, RN_EDATA,
			"column %s has the name of a result: rename it with rns-sel --rename %s=my_%s", name,
			name, name);
	return rn_schema_add_column(table, name, type, 0, NULL, err);
}
