/*
 * renorm/field.h - streams of kind "field": a real number on each site of a ring or torus
 *
 *	label: kappa lambda mu2
 *	kappa lambda mu2 f64, replica u32, sweep u64, id u64, action m phi2 phi4 nn f64, phi f32|f64 L1 [L2]
 *
 * The action of lattice phi^4 theory, on N sites with a bond to the right and one down, as in renorm/lattice.h:
 *
 *	S = -kappa sum_bonds phi phi' + (mu2 + 4 kappa)/2 sum phi^2 + lambda/4 sum phi^4
 *
 * (the 4 stays 4 on a ring). The columns are means: m = (1/N) sum phi, phi2 = (1/N) sum phi^2,
 * phi4 = (1/N) sum phi^4, nn = (1/bonds) sum_bonds phi phi', action = S/N with the couplings of the labels.
 *
 * replica, sweep and id are as in renorm/spins.h: stages that change the field keep them, and recompute the means.
 * Of a model whose couplings differ from place to place (renorm/phi4_model.h) there are no labels and no columns kappa,
 * lambda, mu2; action is S/N of the model, and the other columns are the same.
 *
 * A record may hold the field at several scales, as spins do: m.1 phi2.1 phi4.1 nn.1 phi.1 is the field one step
 * of the renormalization group, or of its inverse, from phi.
 */
#ifndef RENORM_FIELD_H
#define RENORM_FIELD_H

#include "renorm/lattice.h"
#include "renorm/schema.h"

struct rn_phi4 {
	double kappa, lambda, mu2;
};

struct rn_field_record {
	struct rn_phi4 coupling;
	uint32_t replica;
	uint64_t sweep, id;
};

/* What is measured of one field; the means of the columns. Not finite where an entry of the field is not. */
struct rn_field_means {
	double m, phi2, phi4, nn;
};

/* From an f32 or f64 column of one or two dimensions; RN_EDATA otherwise. l->bytes is that of spins: not of use. */
RN_MUST_CHECK enum rn_status
rn_field_of_column(const struct rn_column *c, struct rn_lattice *l, struct rn_error *err);

/*
 * phi: N numbers of that type, RN_F32 or RN_F64, row-major, aligned to nothing. Sums are in double, in sixteen lanes
 * by column, so the result is one on every CPU.
 */
struct rn_field_means rn_field_measure(const struct rn_lattice *l, enum rn_type type, const void *phi);

/* Whether all n numbers of a field of that type are finite. */
bool rn_field_is_finite(enum rn_type type, const void *phi, size_t n);

/* S/N */
double rn_field_action(const struct rn_phi4 *coupling, const struct rn_lattice *l,
	const struct rn_field_means *means);

/* A new schema of kind field for that lattice, `type` RN_F32 or RN_F64; NULL: out of memory. */
struct rn_schema *rn_field_schema(const struct rn_lattice *l, enum rn_type type);
/* Writes one record of that schema: the identity, the means, the action, and the field. */
void rn_field_put(void *record, const struct rn_field_record *identity, const struct rn_lattice *l,
	enum rn_type type, const void *phi);

/* The same of a model. `action` is S/N. */
struct rn_schema *rn_field_model_schema(const struct rn_lattice *l, enum rn_type type);
void rn_field_model_put(void *record, const struct rn_field_record *identity, double action,
	const struct rn_lattice *l, enum rn_type type, const void *phi);

/* What a record of the first schema is, and its field (aligned to nothing). */
struct rn_field_record rn_field_get(const void *record);
const uint8_t *rn_field_phi(const void *record);

#endif
