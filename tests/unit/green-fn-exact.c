/*
 * green-fn-exact.c - Green functions and couplings at finite width against tables made by other routes, and against
 * each other: cumulants, powers of series, sums over partitions
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/green-fn/couplings.h"
#include "../../src/green-fn/exact.h"
#include "../../src/green-fn/legendre.h"
#include "../../src/green-fn/wick.h"
#include "tap.h"

static FILE *
table(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	return fopen(path, "r");
}

/* The next line of data: neither a comment nor, as the first, the row of names. Cut at commas into cells. */
static bool
row(FILE *f, char line[4096], char *cell[], size_t cells, bool *named)
{
	while (fgets(line, 4096, f)) {
		char *rest = line;

		if (line[0] == '#')
			continue;
		if (!*named) {
			*named = true;
			continue;
		}
		for (size_t i = 0; i < cells; i++)
			cell[i] = strsep(&rest, ",");
		return true;
	}
	return false;
}

static double
number(const char *cell)
{
	return cell ? strtod(cell, NULL) : NAN;
}

static void
keep_worst(double *worst, double error)
{
	if (!(error <= *worst)) /* NaN is the worst of all */
		*worst = error;
}

static double
relative(double got, double want)
{
	return got == want ? 0 : fabs(got - want) / fabs(want);
}

/* --- a group with all that is computed of it --------------------------------- */

struct group {
	struct law law;
	struct rn_net_points p;
	struct combinations points, sites;
	unsigned dout;
	struct neuron neuron;
	double *rho;
};

static void
begin(struct group *g, enum rn_net_activation a, double sW, double sb, const char *points, unsigned dout,
	unsigned highest)
{
	struct rn_error err;

	*g = (struct group){ .dout = dout };
	if (rn_net_points_parse(points, &g->p, &err) != RN_OK)
		abort();
	g->law = (struct law){ .activation = a, .sigma_w = sW, .sigma_b = sb, .points = &g->p };
	if (!combinations_init(&g->points, (unsigned)g->p.n, highest) ||
		!combinations_init(&g->sites, (unsigned)g->p.n * dout, highest) ||
		!neuron_init(&g->neuron, &g->law))
		abort();
	g->rho = calloc(combinations_total(&g->points), sizeof *g->rho);
	for (unsigned n = 0; n <= highest; n += 2)
		for (size_t i = 0; i < combinations_of(&g->points, n); i++)
			g->rho[g->points.first[n] + i] =
				neuron_moment(&g->neuron, n, g->points.leg[n] + i * n);
}

static void
end(struct group *g)
{
	rn_net_points_clear(&g->p);
	combinations_clear(&g->points);
	combinations_clear(&g->sites);
	neuron_clear(&g->neuron);
	free(g->rho);
}

static struct coefficients
coefficients(const struct group *g, unsigned n, size_t i)
{
	return exact_coefficients(&g->sites, &g->points, g->dout, &g->law, g->rho, n, i);
}

static double
connected(const struct group *g, unsigned n, size_t i)
{
	return coefficients(g, n, i).connected;
}

/* "1-1-2-6": counted from 1. */
static unsigned
legs(const char *text, uint16_t leg[])
{
	unsigned n = 0;

	for (char *rest = (char *)text; n < ORDER_MAX; rest++) {
		leg[n++] = (uint16_t)(strtoul(rest, &rest, 10) - 1);
		if (*rest != '-')
			break;
	}
	return n;
}

/* --- tables ------------------------------------------------------------------ */

static const char *const six[] = {
	[RN_NET_GAUSS] = "-0.01 -0.006 -0.002 0.002 0.006 0.01",
	[RN_NET_RELU] = "0.2 0.4 0.6 0.8 1.0 1.2",
	[RN_NET_ERF] = "0.002 0.004 0.006 0.008 0.01 0.012",
};

static enum rn_net_activation
activation(const char *name)
{
	enum rn_net_activation a = RN_NET_GAUSS;

	while (strcmp(rn_net_activations[a], name))
		a++;
	return a;
}

/* Rows with equal laws stand together. */
static void
test_green(const char *file, size_t want_rows)
{
	FILE *f = table(file);
	char line[4096], *cell[10];
	double worst[5] = { 0 };
	struct group g = { 0 };
	bool named = false;
	size_t rows = 0;

	if (!OK(f, "%s opens", file))
		return;
	for (; row(f, line, cell, 10, &named); rows++) {
		const enum rn_net_activation a = activation(cell[0]);
		uint16_t leg[ORDER_MAX];
		const unsigned n = legs(cell[4], leg);

		if (!g.rho || a != g.law.activation || number(cell[1]) != g.law.sigma_w ||
			number(cell[2]) != g.law.sigma_b) {
			end(&g);
			begin(&g, a, number(cell[1]), number(cell[2]), six[a], 1, 6);
		}

		const size_t i = combinations_rank(6, n, leg);
		const struct coefficients c = coefficients(&g, n, i);
		const double got[5] = { g.rho[g.points.first[n] + i], c.G0, c.over_N, c.over_N2,
			n == 2 ? 0 : c.connected };

		for (size_t k = 0; k < 5; k++)
			keep_worst(&worst[k], relative(got[k], number(cell[5 + k])));
	}
	fclose(f);
	end(&g);
	OK(rows == want_rows, "%zu rows", rows);
	for (size_t k = 0; k < 5; k++)
		OK(worst[k] < 1e-12, "%s, column %zu: %.1e", file, k, worst[k]);
}

static void
test_dimensions(void)
{
	FILE *f = table("gaussnet_green_dim.csv");
	char line[4096], *cell[9];
	double worst = 0;
	bool named = false;
	size_t rows = 0;

	if (!OK(f, "gaussnet_green_dim.csv opens"))
		return;
	while (row(f, line, cell, 9, &named)) {
		struct group g;
		const unsigned n = (unsigned)number(cell[3]);
		char *points = cell[4];

		for (char *c = points; *c; c++) /* "1 2|3 4" into "1,2 3,4" */
			*c = *c == ' ' ? ',' : *c == '|' ? ' ' : *c;
		begin(&g, RN_NET_GAUSS, number(cell[1]), number(cell[2]), points, 1, n);

		uint16_t leg[ORDER_MAX] = { 0, 1, 2, 3, 4, 5 };
		const size_t i = combinations_rank((unsigned)g.p.n, n, leg);
		const struct coefficients c = coefficients(&g, n, i);

		keep_worst(&worst, relative(g.rho[g.points.first[n] + i], number(cell[5])));
		keep_worst(&worst, relative(c.G0, number(cell[6])));
		keep_worst(&worst, relative(c.over_N, number(cell[7])));
		keep_worst(&worst, relative(c.over_N2, number(cell[8])));
		end(&g);
		rows++;
	}
	fclose(f);
	OK(rows == 7, "%zu rows", rows);
	OK(worst < 1e-12, "two and three dimensions: %.1e", worst);
}

static void
test_variance(void)
{
	FILE *f = table("gaussnet_variance.csv");
	char line[4096], *cell[15];
	double worst = 0;
	bool named = false;
	size_t rows = 0;

	if (!OK(f, "gaussnet_variance.csv opens"))
		return;
	while (row(f, line, cell, 15, &named)) {
		struct group g;
		const uint16_t here[ORDER_MAX] = { 0 };
		const double N = number(cell[2]);

		begin(&g, RN_NET_GAUSS, number(cell[0]), number(cell[1]), "0", 1, 6);
		keep_worst(&worst, relative(exact_moment(&g.neuron, N, 1, 4, here), number(cell[3])));
		keep_worst(&worst, relative(exact_deviation(&g.neuron, N, 1, 4, here), number(cell[5])));
		keep_worst(&worst, relative(exact_moment(&g.neuron, N, 1, 6, here), number(cell[9])));
		keep_worst(&worst, relative(exact_deviation(&g.neuron, N, 1, 6, here), number(cell[12])));
		end(&g);
		rows++;
	}
	fclose(f);
	OK(rows >= 10, "%zu rows", rows);
	OK(worst < 1e-12, "the plain estimator's standard deviation: %.1e", worst);
}

static void
test_means(void)
{
	FILE *f = table("nnqft_mean_m.csv");
	char line[4096], *cell[15];
	double worst = 0;
	bool named = false;
	size_t rows = 0;

	if (!OK(f, "nnqft_mean_m.csv opens"))
		return;
	while (row(f, line, cell, 15, &named)) {
		const enum rn_net_activation a = activation(cell[0]);
		const double N = number(cell[3]);
		struct group g;

		begin(&g, a, number(cell[1]), number(cell[2]), six[a], 1, 6);
		for (unsigned n = 4; n <= 6; n += 2) {
			double m = 0, dG = 0, Gc = 0;
			const double count = (double)combinations_of(&g.sites, n);

			for (size_t i = 0; i < combinations_of(&g.sites, n); i++) {
				const struct coefficients c = coefficients(&g, n, i);
				const double d = c.over_N / N + c.over_N2 / (N * N);

				m += fabs(d / c.G0) / count;
				dG += d / count;
				Gc += c.connected / (N * N) / count;
			}
			keep_worst(&worst, relative(m, number(cell[n == 4 ? 4 : 9])));
			keep_worst(&worst, relative(dG, number(cell[n == 4 ? 8 : 13])));
			if (n == 6)
				keep_worst(&worst, relative(Gc, number(cell[14])));
		}
		end(&g);
		rows++;
	}
	fclose(f);
	OK(rows >= 30, "%zu rows", rows);
	OK(worst < 1e-11, "means over all choices: %.1e", worst);
}

/* --- couplings --------------------------------------------------------------- */

/* u4 and u6 times N and N^2, over all choices: means and, relative, spreads. */
static void
means(const struct group *g, const struct couplings *u, double *u4, double *spread4, double *u6)
{
	double square = 0;
	const size_t n4 = combinations_of(&g->sites, 4), n6 = combinations_of(&g->sites, 6);

	*u4 = *u6 = 0;
	for (size_t i = 0; i < n4; i++)
		*u4 += couplings_u4(u, i, connected(g, 4, i)) / (double)n4;
	for (size_t i = 0; i < n4; i++)
		square += pow(couplings_u4(u, i, connected(g, 4, i)) - *u4, 2) / (double)n4;
	*spread4 = sqrt(square) / fabs(*u4);
	for (size_t i = 0; i < n6; i++)
		*u6 += couplings_u6(u, i, *u4, connected(g, 6, i)) / (double)n6;
}

/* The points given, on the first of d axes: "x,0,.. ..." */
static void
in_dimensions(unsigned d, const char *points, char out[4096])
{
	size_t n = 0;

	for (const char *p = points;; p++) {
		for (unsigned k = 1; k < d && (*p == ' ' || !*p); k++) {
			out[n++] = ',';
			out[n++] = '0';
		}
		out[n++] = *p;
		if (!*p)
			return;
	}
}

static void
test_couplings(void)
{
	FILE *f = table("u4u6.csv");
	char line[4096], *cell[20];
	double worst = 0, worst_spread = 0;
	bool named = false;
	size_t rows = 0;

	if (!OK(f, "u4u6.csv opens"))
		return;
	while (row(f, line, cell, 20, &named)) {
		const unsigned d = (unsigned)number(cell[0]);
		const char *const points[] = { "0", six[RN_NET_GAUSS] };

		for (int all = 0; all < 2; all++)
			for (int canonical = 0; canonical < 2; canonical++) {
				char place[4096];
				struct group g;
				struct couplings u;
				double u4, u6, spread4;

				in_dimensions(d, points[all], place);
				begin(&g, RN_NET_GAUSS, number(cell[1]), number(cell[2]), place, 1, 6);
				if (!couplings_init(&u, &g.law, &g.sites, &g.points, 1, 0, canonical))
					abort();
				means(&g, &u, &u4, &spread4, &u6);
				if (all) {
					keep_worst(&worst, relative(u4, number(cell[canonical ? 18 : 14])));
					keep_worst(&worst, relative(u6, number(cell[canonical ? 19 : 16])));
					keep_worst(&worst_spread, relative(spread4, number(cell[15])));
				} else {
					keep_worst(&worst, relative(u4, number(cell[canonical ? 12 : 10])));
					keep_worst(&worst, relative(u6, number(cell[canonical ? 13 : 11])));
					keep_worst(&worst, relative(exp(u.N4[0]), number(cell[7])));
					keep_worst(&worst, relative(exp(u.N6[0]), number(cell[8])));
					keep_worst(&worst, relative(exp(u.D[0]), number(cell[9])));
				}
				couplings_clear(&u);
				end(&g);
			}
		rows++;
	}
	fclose(f);
	OK(rows == 21, "%zu rows", rows);
	OK(worst < 1e-12, "couplings, both fields: %.1e", worst);
	OK(worst_spread < 1e-7, "their spread: %.1e", worst_spread);
}

/* Against Simpson's rule in x = r sinh u, r = sigma_b / sigma_w, for half of the legs at -1/2 and half at 1/2. */
static void
test_relu_box(double sigma_w, double sigma_b, double tolerance)
{
	enum { HALVES = 400, NODES = 2 * HALVES + 1 };
	const double L = 2, r = sigma_b / sigma_w, h = 2 * asinh(L / r) / (NODES - 1);
	static double x[NODES], w[NODES], K[2][NODES];
	struct group g;
	struct couplings u;
	double N4 = 0, N6 = 0, D = 0;

	begin(&g, RN_NET_RELU, sigma_w, sigma_b, "-0.5 0.5", 1, 6);
	if (!couplings_init(&u, &g.law, &g.sites, &g.points, 1, L, false))
		abort();
	for (int i = 0; i < NODES; i++) {
		const double at = (i - HALVES) * h;

		x[i] = r * sinh(at);
		w[i] = (i == 0 || i == NODES - 1 ? 1 : i % 2 ? 4 : 2) * h / 3 * r * cosh(at);
	}
	for (int i = 0; i < NODES; i++)
		for (int side = 0; side < 2; side++)
			K[side][i] = neuron_kernel(&g.law, &x[i], g.p.x + side);
	for (int i = 0; i < NODES; i++) {
		N4 += w[i] * pow(K[0][i] * K[1][i], 2);
		N6 += w[i] * pow(K[0][i] * K[1][i], 3);
		/* Of ten splits one has all legs of a side together, nine have two of one and one of the other. */
		for (int j = 0; j < NODES; j++)
			D += w[i] * w[j] * neuron_kernel(&g.law, &x[i], &x[j]) *
				(pow(K[0][i] * K[1][j], 3) +
					9 * K[0][i] * K[0][i] * K[1][i] * K[0][j] * K[1][j] * K[1][j]);
	}
	OK(fabs(u.N4[2] - log(N4)) < tolerance && fabs(u.N6[3] - log(N6)) < tolerance &&
			fabs(u.D[3] - log(D)) < tolerance,
		"relu in a box, sigma_b %g: %.1e %.1e %.1e from Simpson", sigma_b, u.N4[2] - log(N4),
		u.N6[3] - log(N6), u.D[3] - log(D));
	couplings_clear(&u);
	end(&g);
}

static void
test_box(void)
{
	struct group g;
	struct couplings line, box;
	double worst = 0;

	begin(&g, RN_NET_GAUSS, 1.3, 0.5, "-0.4 0.1 0.9", 1, 6);
	if (!couplings_init(&line, &g.law, &g.sites, &g.points, 1, 0, false) ||
		!couplings_init(&box, &g.law, &g.sites, &g.points, 1, 20, false))
		abort();
	for (size_t i = 0; i < combinations_of(&g.sites, 4); i++)
		keep_worst(&worst, fabs(line.N4[i] - box.N4[i]));
	for (size_t i = 0; i < combinations_of(&g.sites, 6); i++) {
		keep_worst(&worst, fabs(line.N6[i] - box.N6[i]));
		keep_worst(&worst, fabs(line.D[i] - box.D[i]));
	}
	OK(worst < 1e-12, "a wide box is the whole line: %.1e", worst);
	couplings_clear(&line);
	couplings_clear(&box);
	end(&g);

	test_relu_box(1.1, 0.6, 1e-7);
	test_relu_box(1, 1e-3, 1e-5);
	begin(&g, RN_NET_RELU, 1, 1, "0.2 0.4", 1, 6);
	if (!couplings_init(&line, &g.law, &g.sites, &g.points, 1, 0, false))
		abort();
	OK(line.why_not && isnan(couplings_u4(&line, 0, 1)), "relu has no N_K on the line");
	couplings_clear(&line);
	end(&g);
}

/* --- one against another ----------------------------------------------------- */

/* Powers of series know nothing of pairings or cumulants. */
static void
test_routes(void)
{
	double worst = 0;

	for (size_t a = 0; a < 3; a++)
		for (unsigned dout = 1; dout <= 2; dout++) {
			struct group g;

			begin(&g, (enum rn_net_activation)a, 1.2, 0.7, "-0.3 0.2 0.7", dout, 6);
			for (unsigned n = 2; n <= 6; n += 2)
				for (size_t i = 0; i < combinations_of(&g.sites, n); i++) {
					const struct coefficients c = coefficients(&g, n, i);
					const double N = 3, G = c.G0 + c.over_N / N + c.over_N2 / (N * N);
					const double other =
						exact_moment(&g.neuron, N, dout, n, g.sites.leg[n] + i * n);

					keep_worst(&worst, fabs(G - other) / (1e-3 + fabs(G)));
				}
			end(&g);
		}
	OK(worst < 1e-12, "cumulants and powers of series: %.1e", worst);
}

/* From G alone, without a word on neurons, come G0 and the connected functions. */
static void
test_wick(void)
{
	struct group g;
	const double N = 4;
	double worst = 0;

	begin(&g, RN_NET_GAUSS, 1.5, 0.5, "-0.1 0.3", 2, 6);

	const size_t total = combinations_total(&g.sites);
	double *G = calloc(3 * total, sizeof *G), *G0 = G + total, *Gc = G0 + total;

	G[0] = 1;
	for (unsigned n = 2; n <= 6; n += 2)
		for (size_t i = 0; i < combinations_of(&g.sites, n); i++) {
			const struct coefficients c = coefficients(&g, n, i);

			G[g.sites.first[n] + i] = c.G0 + c.over_N / N + c.over_N2 / (N * N);
		}
	wick(&g.sites, G, G0, Gc);
	for (unsigned n = 2; n <= 6; n += 2)
		for (size_t i = 0; i < combinations_of(&g.sites, n); i++) {
			const struct coefficients c = coefficients(&g, n, i);
			const size_t at = g.sites.first[n] + i;

			keep_worst(&worst, fabs(G0[at] - c.G0) / (fabs(G[at]) + 1e-9));
			keep_worst(&worst,
				fabs(Gc[at] - c.connected / pow(N, n * 0.5 - 1)) / (fabs(G[at]) + 1e-9));
		}
	OK(worst < 1e-12, "moments to cumulants: %.1e", worst);
	free(G);
	end(&g);
}

/* f = mu + s z: cumulants mu, s^2, 0, 0, ... at one site. */
static void
test_mean(void)
{
	struct combinations c;
	const double mu = 0.7, v = 1.3;
	const double G[7] = { 1, mu, mu * mu + v, mu * mu * mu + 3 * mu * v,
		pow(mu, 4) + 6 * mu * mu * v + 3 * v * v, pow(mu, 5) + 10 * pow(mu, 3) * v + 15 * mu * v * v,
		pow(mu, 6) + 15 * pow(mu, 4) * v + 45 * mu * mu * v * v + 15 * v * v * v };
	double G0[7], Gc[7], worst = 0;

	if (!combinations_init(&c, 1, 6))
		abort();
	wick(&c, G, G0, Gc);
	for (unsigned n = 1; n <= 6; n++) {
		keep_worst(&worst, fabs(G0[n] - G[n]));
		keep_worst(&worst, fabs(Gc[n] - (n == 1 ? mu : n == 2 ? v : 0)));
	}
	OK(worst < 1e-13, "a Gaussian with a mean: %.1e", worst);
	combinations_clear(&c);
}

static void
test_combinations(void)
{
	struct combinations c;
	bool ok = true;

	if (!combinations_init(&c, 6, 6))
		abort();
	OK(combinations_of(&c, 2) == 21 && combinations_of(&c, 4) == 126 && combinations_of(&c, 6) == 462,
		"21, 126 and 462 choices of six points");
	for (unsigned n = 1; n <= 6; n++)
		for (size_t i = 0; i < combinations_of(&c, n); i++) {
			const uint16_t *leg = c.leg[n] + i * n;

			ok = ok && combinations_rank(6, n, leg) == i &&
				c.subset[n][(i << n) + (1u << n) - 1] == c.first[n] + i &&
				c.subset[n][(i << n) + 1] == c.first[1] + leg[0];
		}
	OK(ok, "each stands where it is looked for");
	OK(combinations_count(1000000, 12) == UINT64_MAX && combinations_count(3, 0) == 1,
		"counts do not wrap");
	combinations_clear(&c);
}

static void
test_pairs(void)
{
	/* The Gaussian integral of two legs in closed form and by the quadrature of the others. */
	double worst = 0;

	for (size_t a = RN_NET_RELU; a <= RN_NET_ERF; a++) {
		struct group g;

		begin(&g, (enum rn_net_activation)a, 2, 0.3, "-1.5 -0.2 0 0.4 3", 1, 2);
		for (size_t i = 0; i < combinations_of(&g.points, 2); i++)
			keep_worst(&worst,
				fabs(g.rho[g.points.first[2] + i] -
					quadrature_moment(&g.neuron, 2, g.points.leg[2] + 2 * i)));
		end(&g);
	}
	OK(worst < 2e-14, "two legs of relu and erf: %.1e", worst);
}

int
main(void)
{
	test_combinations();
	test_mean();
	test_pairs();
	test_green("gaussnet_green.csv", 609);
	test_green("relu_erf_green.csv", 1365);
	test_dimensions();
	test_means();
	test_variance();
	test_routes();
	test_wick();
	test_couplings();
	test_box();
	return tap_done();
}
