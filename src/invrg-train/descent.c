#include "run.h"
void
run_descent(const struct options *o, struct pairs *p, struct rn_writer *out)
{
	(void)o;
	(void)p;
	(void)out;
	rn_die(RN_EBUG, "not yet");
}
