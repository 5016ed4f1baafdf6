/*
 * broken.h - weights that know how many bonds are broken
 *
 * z, b, bb: the sums over some configurations of their weight, times the number of broken bonds, times its square. Sums and
 * products of such weights have no negative terms: <b> = b/z and <b^2> - <b>^2 keep their digits however cold it is.
 */
#ifndef BROKEN_H
#define BROKEN_H

struct broken {
	double z, b, bb;
};

static inline struct broken
broken_plus(struct broken p, struct broken q)
{
	return (struct broken){ p.z + q.z, p.b + q.b, p.bb + q.bb };
}

static inline struct broken
broken_times(struct broken p, struct broken q)
{
	return (struct broken){ p.z * q.z, p.z * q.b + p.b * q.z, p.z * q.bb + 2 * p.b * q.b + p.bb * q.z };
}

static inline struct broken
broken_scaled(struct broken p, double x)
{
	return (struct broken){ x * p.z, x * p.b, x * p.bb };
}

/* k bonds, of weight w together. */
static inline struct broken
broken_bonds(double w, double k)
{
	return (struct broken){ w, w * k, w * k * k };
}

static inline double
broken_variance(struct broken p)
{
	double mean = p.b / p.z;

	return p.bb / p.z - mean * mean;
}

#endif
