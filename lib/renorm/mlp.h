/*
 * renorm/mlp.h - multilayer perceptrons
 *
 *	a_0 = x (bits as -1/+1 or 0/1),   z_l = a_(l-1) W_l + b_l,   a_l = f_l(z_l),   l = 1 ... L
 *
 * W_l has shape in x out (row-major), so a batch is one matrix product a layer.
 *
 * Activations and the costs that match them, for which dC/dz = y_hat - y (thesis appendix A; PHYSICS 4):
 *
 *	linear	    z			    (y_hat - y)^2 / 2
 *	sigmoid	    1 / (1 + e^-z)	    -y ln y_hat - (1 - y) ln(1 - y_hat)
 *	tanh	    tanh z		    -[(1 + y) ln(1 + y_hat) + (1 - y) ln(1 - y_hat)] / 2
 *	relu	    max(0, z)		    integral, as below
 *	leaky_relu  z or 0.01 z		    integral from f^-1(y) to z of (f(s) - y) ds: the thesis' A.18b jumps at 0
 *	elu	    z or e^z - 1	    the same: its A.19b is not continuous
 *	softmax	    e^z_m / sum_k e^z_k	    -sum_m y_m ln y_hat_m; last layer only
 *
 * For an output layer that is not softmax the target of class m of K is one-hot (tanh: -1/+1 instead of 0/1).
 */
#ifndef RENORM_MLP_H
#define RENORM_MLP_H

#include "renorm/model.h"

enum rn_activation { RN_LINEAR, RN_SIGMOID, RN_TANH, RN_RELU, RN_LEAKY_RELU, RN_ELU, RN_SOFTMAX };
#define RN_LEAK 0.01f
#define RN_MLP_LAYERS 64

struct rn_mlp_layer {
	size_t in, out;
	enum rn_activation f;
	float *W, *b; /* in x out; out */
};

struct rn_mlp {
	unsigned layers;
	struct rn_mlp_layer layer[RN_MLP_LAYERS];
	size_t parameters;
	float *theta;	 /* all of them: W_1, b_1, W_2, b_2, ...; the layers point into it */
	float low, high; /* what bits 0 and 1 (bytes 0 and 255) are as inputs */
	unsigned ndim;	 /* shape of x */
	size_t shape[RN_MAX_DIMS];
	size_t classes;
	double *class_value; /* ascending */
	char *class_column;  /* "T", "digit" */
};

const char *rn_activation_name(enum rn_activation f);

/*
 * "64:tanh,25:softmax" for inputs of `in` values; the width of the last layer may be left out
 * ("64:tanh,softmax": as many as there are classes) and must otherwise be the number of classes.
 * Fills layers and allocates theta (zero). RN_EUSAGE with what is wrong.
 */
RN_MUST_CHECK enum rn_status
rn_mlp_create(struct rn_mlp *m, const char *layers, size_t in, size_t classes, struct rn_error *err);
void rn_mlp_clear(struct rn_mlp *m);
/* As rn_mlp_create() reads it: malloc'd. */
char *rn_mlp_layers_text(const struct rn_mlp *m);

/* Buffers for batches of up to `batch` rows: the activations of all layers. */
struct rn_mlp_work {
	size_t batch;
	float *a[RN_MLP_LAYERS]; /* a[l]: batch x layer[l].out, after the activation */
	float *memory;
};
RN_MUST_CHECK enum rn_status
rn_mlp_work_create(struct rn_mlp_work *w, const struct rn_mlp *m, size_t batch, struct rn_error *err);
void rn_mlp_work_clear(struct rn_mlp_work *w);

/* x: n x in, n <= batch. Returns the outputs, n x classes, in w. */
const float *rn_mlp_forward(const struct rn_mlp *m, struct rn_mlp_work *w, const float x[], size_t n);
/* The same but for the last activation: z_L, to which rn_mlp_activate() then applies it. */
float *rn_mlp_inputs(const struct rn_mlp *m, struct rn_mlp_work *w, const float x[], size_t n);
void rn_mlp_activate(enum rn_activation f, float z[], size_t rows, size_t columns);

/*
 * The model as a stream: kind model.mlp; keys layers, units ("pm1" or "01"), shape, class (the column), classes (its values); columns
 * epoch u32, W1, b1, W2, b2, ...
 */
RN_MUST_CHECK enum rn_status
rn_mlp_schema(const struct rn_mlp *m, struct rn_schema **schema, struct rn_error *err);
void rn_mlp_put(const struct rn_mlp *m, const struct rn_schema *schema, uint32_t epoch, void *record);
/* From schema and record (rn_model, rn_resume); and from a file. */
RN_MUST_CHECK enum rn_status
rn_mlp_of_record(struct rn_mlp *m, const struct rn_schema *schema, const void *record, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_mlp_read(struct rn_mlp *m, const char *path, struct rn_error *err);

#endif
