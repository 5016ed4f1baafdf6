/*
 * cost.h - matched costs of the output layer: functions of the inputs z, so that they are finite for every finite z
 */
#ifndef COST_H
#define COST_H

#include "renorm/mlp.h"

/* The target of an output: of the class (1), or not (0; tanh: -1). */
float cost_target(enum rn_activation f, bool is_class);

/* Of one output of any layer but softmax, where it is no sum of parts. */
double cost_of_output(enum rn_activation f, double z, double y);

#endif
