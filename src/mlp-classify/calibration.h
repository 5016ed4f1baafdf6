/*
 * calibration.h - the table of an independent thermal stream, against which ensembles are read
 *
 * What `mlp-classify --collect T` wrote: a row a temperature, with T and p[K], the mean probabilities. p_cov (the
 * upper triangle of the covariance of p, row by row) gives the calibration's own sampling error; e, absm, m2, m4 and
 * G, where there are some, are the thermal values of lattices for which there are no exact ones.
 */
#ifndef MLP_CLASSIFY_CALIBRATION_H
#define MLP_CLASSIFY_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "nearest.h"
#include "renorm/status.h"

enum { CAL_E, CAL_ABSM, CAL_M2, CAL_M4, CAL_SCALARS };

/*
 * Curves are interpolated twice: between the temperatures of the table ln p is cubic (interpolate.h), which gives the
 * curves at temperatures so close that between those p may be linear (nearest.h).
 */
enum {
	FINE = 8,
	FINE_MOST = 200
}; /* at most so many intervals for each of the table; and in all, if it has less */

struct calibration {
	size_t n, K;
	bool dropped;	  /* a row of T = inf was left out */
	double one_phase; /* the first T with m of one sign (groups.h); NaN: none */
	double *T, *p;	  /* n; n by K */
	double *cov;	  /* n by K(K + 1)/2; NULL: not in the table */
	double *root;	  /* n by K by K: lower triangles L, L L^T the covariance; once there are draws */
	double *scalar;	  /* n by CAL_SCALARS; NaN: not in the table */
	double *G;	  /* n by distances */
	size_t distances;
	size_t fine_n; /* the close temperatures */
	double *fine_T;
	struct curves mean;
	struct curves *draw; /* `draws` sets of curves from their mean and covariance */
	size_t draws;
};

/*
 * A row of T = inf is left out. RN_EDATA, naming the file: fewer than two temperatures, one twice, nan, another number of classes, another
 * network (`network` is the key of that name that tables have).
 */
RN_MUST_CHECK enum rn_status calibration_read(struct calibration *c, const char *path, size_t classes,
	const char *network, struct rn_error *err);
void calibration_end(struct calibration *c);
/* Fills mean and fine_T from T and p, when these were set (calibration_read() has done so). */
RN_MUST_CHECK enum rn_status calibration_curves(struct calibration *c, struct rn_error *err);

/*
 * Draws sets of curves, each curve normal with its mean and covariance, keyed by (seed, "mlp-classify", T) and counted by
 * the number of the set. Without a covariance all are the mean.
 */
RN_MUST_CHECK enum rn_status
calibration_draw(struct calibration *c, uint64_t seed, size_t draws, struct rn_error *err);

/* Its parts: the roots of the covariances, and set d before the interpolation, n by K; z: scratch, K numbers. */
RN_MUST_CHECK enum rn_status calibration_roots(struct calibration *c, struct rn_error *err);
void calibration_draw_one(const struct calibration *c, uint64_t seed, size_t d, double z[], double p[]);

/* A thermal value at T, cubic between the temperatures; CAL_SCALARS + r is G(r). NaN: not in the table. */
double calibration_value(const struct calibration *c, double T, size_t which);

#endif
