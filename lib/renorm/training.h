/*
 * renorm/training.h - what all trainers share: options, the order of samples, early stopping, curves, checkpoints
 *
 * A trainer's argp has .children = rn_training_children; ARGP_KEY_INIT sets
 *	state->child_inputs[0] = &o->training, state->child_inputs[1] = &o->common.
 * The stage puts its defaults there before argp_parse: .training = { RN_TRAINING_DEFAULTS, .method = ..., .rate = ... }.
 */
#ifndef RENORM_TRAINING_H
#define RENORM_TRAINING_H

#include "renorm/model.h"
#include "renorm/optimiser.h"
#include "renorm/random.h"
#include "renorm/stage.h"

/* gd: one update an epoch, of all samples. sgd: one sample an update. The others: --batch samples. */
enum rn_training_method { RN_TRAIN_GD, RN_TRAIN_SGD, RN_TRAIN_MINIBATCH, RN_TRAIN_MOMENTUM, RN_TRAIN_ADAM };

struct rn_training {
	enum rn_training_method method; /* --optimiser gd|sgd|minibatch|momentum|adam */
	double rate;			/* --rate: learning rate eta */
	double decay;			/* --rate-decay D: eta / (1 + D epoch), epoch from 0 */
	double momentum, beta1, beta2, epsilon;
	double l1_w, l1_b, l2_w, l2_b; /* --l1-w ...: of weights and biases */
	uint64_t batch;		       /* --batch */
	bool replacement;	       /* --replacement: samples of a batch drawn independently */
	uint64_t epochs;	       /* --epochs; 0: not given */
	uint64_t every;		/* --every N: the stream has a record each N epochs; 0: the last alone */
	uint64_t patience;	/* --patience N: stop N epochs after the best test cost; 0: never */
	const char *test;	/* --test FILE */
	double holdout;		/* --holdout F in [0, 1): that part of the input is the test set; 0: none */
	const char *log;	/* --log FILE.csv */
	const char *checkpoint; /* --checkpoint FILE */
	const char *resume;	/* --resume FILE */
	/* Options that were given and that only some methods have; NULL: none was. */
	const char *of_momentum, *of_adam, *of_batches;
};

#define RN_TRAINING_DEFAULTS .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .batch = 100

extern const struct argp_child rn_training_children[];

/* Exits with a usage error when options contradict each other (--test and --holdout, ...) or have no effect. */
void rn_training_check(const struct rn_training *t);
/* The same when --log, --checkpoint or -o would replace an input or each other. --checkpoint may be --resume. */
void rn_training_check_files(const struct rn_training *t, const struct rn_common *c);
/* Appends the options that determine the result. */
void rn_training_history(const struct rn_training *t, struct rn_text *line);
struct rn_optimiser_options rn_training_optimiser(const struct rn_training *t);
double rn_training_rate(const struct rn_training *t, uint64_t epoch);
/* Samples an update: n for gd, 1 for sgd, else batch, at most n. */
size_t rn_training_batch(const struct rn_training *t, size_t n);

/*
 * Which samples an epoch sees, in which order: `of` (n record indices) in random order, or n draws from them
 * (--replacement). A function of key and epoch alone, so that a resumed run sees the same.
 */
void rn_training_order(const struct rn_training *t, const struct rn_random_key *key, uint64_t epoch,
	const uint64_t of[], size_t n, uint64_t order[]);

/*
 * Splits 0..n-1 at random: the first *train indices are the training set, the rest the test set, both ascending.
 * With classes (class_of not NULL), each class gives its share (stratified).
 */
RN_MUST_CHECK enum rn_status rn_training_split(double holdout, const struct rn_random_key *key, size_t n,
	const uint32_t class_of[], size_t classes, uint64_t index[], size_t *train, struct rn_error *err);

/* False when a parameter is not finite, or beyond 1e6: what has such has diverged. */
bool rn_training_is_sane(const float theta[], size_t n);

/* Exits: the numbers of this epoch failed. The last good checkpoint stays, and is named. */
_Noreturn void rn_training_give_up(const struct rn_training *t, uint64_t epoch);

/*
 * Whether a run that goes on from a checkpoint with header `then` is the run it was, by the histories: the same but for
 * how long it lasts (--epochs, --tau, --every, --patience). `now` is the header it would have without --resume.
 */
bool rn_training_continues(const struct rn_schema *then, const struct rn_schema *now);

/* Appends the history line of a run to a header; without --resume when it goes on as if it had not been interrupted. */
typedef void rn_training_line(const void *options, bool continues, struct rn_schema *schema);
/*
 * The history of a run in both headers. resumed: what --resume had (NULL: no --resume). A run that goes on from another
 * one, or from a model, has the history of that one before its own, which is remarked upon.
 */
void rn_training_write_history(const struct rn_training *t, const struct rn_common *c, rn_training_line *line,
	const void *options, const struct rn_schema *resumed, struct rn_schema *model,
	struct rn_schema *checkpoint);

/* A checkpoint has the columns of a model and others, "state.updates" among them. */
bool rn_training_is_checkpoint(const struct rn_schema *s);
/* The n arrays "state.*" of a record: RN_EDATA unless it has these and no others. */
RN_MUST_CHECK enum rn_status rn_training_take_state(const struct rn_schema *s, const void *record,
	const struct rn_array state[], size_t n, struct rn_error *err);

/* Early stopping on a cost: the parameters worth keeping are those of the best epoch. */
struct rn_best {
	double cost;	/* INFINITY before the first */
	uint64_t epoch; /* 0 before the first */
	float *theta;	/* n of them; NULL: nothing is tested */
	size_t n;
};
void rn_best_update(struct rn_best *b, double cost, uint64_t epoch, const float theta[]);
/* Puts the best epoch back, if there is one. */
void rn_best_take(const struct rn_best *b, float theta[], uint64_t *epoch);
/* All `epochs` are trained, or patience is at its end. */
bool
rn_training_is_over(const struct rn_training *t, const struct rn_best *b, uint64_t epoch, uint64_t epochs);

/*
 * Learning curves, in memory until they are saved: one row an epoch. rn_curve_save replaces `path` by all rows
 * so far, a CSV table of the suite, whole or not at all; trainers call it with each checkpoint and at the end,
 * also when the numbers fail.
 */
struct rn_curve {
	struct rn_schema *schema;
	double *rows;
	size_t n, room;
};
RN_MUST_CHECK enum rn_status
rn_curve_create(struct rn_curve *c, const char *const columns[], size_t n, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_curve_add(struct rn_curve *c, const double row[], struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_curve_save(const struct rn_curve *c, const char *path, struct rn_error *err);
/* Takes over the rows of a table that rn_curve_save wrote, up to that epoch; none when there is no such file. */
RN_MUST_CHECK enum rn_status
rn_curve_resume(struct rn_curve *c, const char *path, uint64_t epoch, struct rn_error *err);
void rn_curve_clear(struct rn_curve *c);

#endif
