/*
 * ising_infinite - the infinite lattice and chain, fields and decimation: against tables of 20 digits, against the sum over
 * all states, and against each other
 */
#include "renorm/ising_infinite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/ising_exact.h"
#include "renorm/ising_moments.h"
#include "renorm/stage.h"
#include "tap.h"

static FILE *
table(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	return fopen(path, "r");
}

/* The next line of numbers, at most n of them. */
static bool
row(FILE *f, double x[], size_t n)
{
	char line[4096];

	while (fgets(line, sizeof line, f)) {
		char *p = line;

		if (line[0] < '0' || line[0] > '9')
			continue;
		for (size_t i = 0; i < n; i++, p += *p == ',')
			x[i] = strtod(p, &p);
		return true;
	}
	return false;
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

/* Next to Tc the table's K says more than T: what is lost is |dx/dT| times the rounding of T. */
static void
test_plane_table(void)
{
	FILE *f = table("duality.csv");
	double x[7], lnz = 0, e = 0, c = 0, m0 = 0, dual = 0;
	int rows = 0;

	if (!OK(f, "the table of the infinite lattice opens"))
		return;
	for (; row(f, x, 7); rows++) {
		struct rn_ising_plane o = rn_ising_plane(x[1]);

		keep_worst(&dual, relative(rn_ising_dual(x[0]), x[2]));
		keep_worst(&lnz, relative(o.lnz, x[3]));
		keep_worst(&e, relative(o.e, x[4]) / (1 + (isinf(x[5]) ? 0 : x[5])));
		keep_worst(&c, relative(o.c, x[5]));
		keep_worst(&m0, relative(o.m0, x[6]));
	}
	fclose(f);
	OK(rows >= 11, "at least 11 rows, got %d", rows);
	OK(lnz < 8e-16 && e < 8e-16, "plane: ln Z and e, relative errors %.1e, %.1e", lnz, e);
	OK(c < 1e-14 && m0 < 1e-14, "plane: c and m0, relative errors %.1e, %.1e", c, m0);
	OK(dual < 1e-15, "dual coupling, relative error %.1e", dual);
}

/*
 * 120-digit elliptic integrals and 40-digit quadrature at the doubles T as they are printed: far from Tc, and a few units of
 * the last place from it.
 */
static void
test_plane_extremes(void)
{
	static const double x[][6] = {
		/* T, lnz, e, c, m0, xi */
		{ 0.05, 39.99999999999999778, -2.0, 8.3391706424513275726e-66, 1.0, 0.012500000000000000697 },
		{ 0.1, 19.99999999999999889, -2.0, 1.1551048882210707338e-31, 1.0, 0.025000000005152885445 },
		{ 0.3, 6.6666666666692900156, -1.9999999999790151479, 1.8653247199198551639e-9,
			0.99999999999475377847, 0.075028645212454399127 },
		{ 1.0, 2.0003482837007102806, -1.9971602041122511268, 0.023379564686542134481,
			0.99927575195706119656, 0.28940904177695010864 },
		{ 2.2, 0.95033913827875828698, -1.5464891440984541561, 1.4142776913433302127,
			0.78475513138392127491, 9.1071664023847282597 },
		{ 2.269185269804101, 0.92969541053839500997, -1.4142139605393416408, 8.4713682330924060599,
			0.13294343859994206038, 14493714.935357897986 },
		{ 2.269185314212578, 0.92969539834173215942, -1.4142135623796039646, 14.165049021236743446,
			0.03152510155266796171, 1449649612588.8889797 },
		{ 2.2691853142130207, 0.92969539834161055749, -1.4142135623731169537, 17.070480212159151045,
			0.015125844120146281442, 516128729715340.27702 },
		{ 2.2691853142130216, 0.92969539834161031355, -1.4142135623731015739, 17.686440691852627657,
			0.012945058216055431801, 1793423824878577.9346 },
		{ 2.2691853142130225, 0.92969539834161006962, -1.4142135623730855276, 17.494314557709057376,
			0.0, 2432155708906370.4381 },
		{ 2.269185314213024, 0.92969539834160970372, -1.4142135623730627194, 16.872362643044990743,
			0.0, 691520261403686.36299 },
		{ 2.2691853142152425, 0.92969539834100035245, -1.4142135623423106149, 13.369006009978370406,
			0.0, 579726361049.82080253 },
		{ 2.26918531422, 0.9296953983396937111, -1.414213562280305804, 12.802747295660841928, 0.0,
			184478306501.3791675 },
		{ 2.3, 0.92157778217438639705, -1.3428663876959274201, 1.8223686861231035503, 0.0,
			42.165328073604813367 },
		{ 3.0, 0.81588273185772133285, -0.81730959250242014116, 0.40137957589592586778, 0.0,
			2.1365172552094919944 },
		{ 10.0, 0.70323124228583243463, -0.20337739109735565549, 0.021022315788654313126, 0.0,
			0.4748539499221960554 },
		{ 100.0, 0.69324718889398992255, -0.020003333760134961053, 0.00020010002134278141567, 0.0,
			0.21809282749517198984 },
		{ 10000.0, 0.69314719055994539275, -0.000200000003333333376, 2.0000001000000021333e-8, 0.0,
			0.10857597813392654082 },
	};
	double worst[5] = { 0 };

	for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
		struct rn_ising_plane o = rn_ising_plane(x[i][0]);

		keep_worst(&worst[0], relative(o.lnz, x[i][1]));
		keep_worst(&worst[1], relative(o.e, x[i][2]));
		keep_worst(&worst[2], relative(o.c, x[i][3]));
		keep_worst(&worst[3], relative(o.m0, x[i][4]));
		keep_worst(&worst[4], relative(o.xi, x[i][5]));
	}
	OK(worst[0] < 8e-16 && worst[1] < 1e-15, "plane, extremes: ln Z and e, relative errors %.1e, %.1e",
		worst[0], worst[1]);
	OK(worst[2] < 2e-14 && worst[3] < 2e-14, "plane, extremes: c and m0, relative errors %.1e, %.1e",
		worst[2], worst[3]);
	OK(worst[4] < 2e-14, "plane, extremes: xi, relative error %.1e", worst[4]);
}

static void
test_plane_limits(void)
{
	struct rn_ising_plane cold = rn_ising_plane(0), hot = rn_ising_plane(INFINITY),
			      tc = rn_ising_plane(RN_TC);
	double worst = 0;

	OK(cold.lnz == INFINITY && cold.e == -2 && cold.c == 0 && cold.m0 == 1, "T = 0");
	OK(hot.lnz == M_LN2 && hot.e == 0 && hot.c == 0 && hot.m0 == 0, "T = inf");
	OK(isinf(tc.c) && isinf(tc.xi) && tc.m0 == 0 && tc.e == -M_SQRT2, "Tc");
	OK(relative(tc.lnz, 0.92969539834161021499) < 4e-16, "ln Z at Tc");
	OK(isnan(rn_ising_plane(-1).e) && isnan(rn_ising_plane(NAN).e), "no T < 0");
	for (int i = 0; i <= 60; i++) {
		struct rn_ising_plane o = rn_ising_plane(0.01 * pow(10, i / 10.0));

		keep_worst(&worst, isfinite(o.lnz) && isfinite(o.e) && o.c >= 0 && o.m0 <= 1 ? 0 : 1);
	}
	OK(worst == 0, "finite from T = 0.01 to 1e4");
	OK(rn_ising_plane(1e-300).e == -2 && rn_ising_plane(1e-300).c == 0, "T = 1e-300");
}

/* The torus of 512 x 512, where finite size is felt by less than exp(-512/xi). */
static void
test_plane_and_torus(void)
{
	size_t extents[2] = { 512, 512 };
	struct rn_lattice l = rn_lattice_make(2, extents);
	double worst = 0;

	for (double T = 0.5; T < 6; T += 0.5) { /* 2.5: xi is 4 */
		struct rn_ising_plane o = rn_ising_plane(T);
		struct rn_ising_values v = rn_ising_exact(&l, T);
		double two = T < RN_TC ? M_LN2 / (double)l.sites : 0; /* ground states */

		keep_worst(&worst, relative(v.lnz - two, o.lnz));
		keep_worst(&worst, relative(v.e, o.e));
		keep_worst(&worst, relative(v.c, o.c) / (1 + 1e-2 * exp(4 / T)));
	}
	OK(worst < 2e-14, "512x512 away from Tc: relative difference %.1e", worst);
}

static void
test_chain_table(void)
{
	FILE *f = table("ising1d.csv");
	double x[9], c = 0, xi = 0, far = 0;
	int rows = 0;

	if (!OK(f, "the table of rings opens"))
		return;
	for (; row(f, x, 9); rows++) {
		struct rn_ising_chain o = rn_ising_chain(x[1], x[2]);
		struct rn_ising_ring_values ring = rn_ising_ring(1000000, x[1], x[2]);

		keep_worst(&c, relative(rn_ising_ring((size_t)x[0], x[1], x[2]).c, x[5]));
		keep_worst(&xi, relative(o.xi, x[8]));
		keep_worst(&far, relative(o.lnz, ring.lnz));
		keep_worst(&far, relative(o.e, ring.e));
		keep_worst(&far, relative(o.c, ring.c));
		keep_worst(&far, fabs(o.m - ring.m));
	}
	fclose(f);
	OK(rows == 144, "144 rows, got %d", rows);
	OK(c < 2e-14, "rings in a field: c, relative error %.1e", c);
	OK(xi < 1e-14, "chain: xi, relative error %.1e", xi);
	OK(far < 2e-12, "the chain is the ring of a million: %.1e", far);
}

/* c of a ring is continuous where one formula takes over from the other, and right in both. */
static void
test_ring_heat(void)
{
	double worst = 0, zero = 0;

	for (size_t N = 1; N <= 2000; N = N * 3 / 2 + 1)
		for (double T = 0.02; T < 50; T *= 1.3) {
			size_t extents[1] = { N };
			struct rn_lattice l = rn_lattice_make(1, extents);

			keep_worst(&zero,
				fabs(rn_ising_ring(N, T, 0).c - rn_ising_specific_heat(&l, T)) /
					(1e-300 + rn_ising_specific_heat(&l, T) + 1e-3 / T / T * (N < 3)));
			for (int i = 0; i < 4; i++) {
				double h = i * 0.13, d = 1e-3 * T;
				double slope =
					(rn_ising_ring(N, T - 2 * d, h).e - 8 * rn_ising_ring(N, T - d, h).e +
						8 * rn_ising_ring(N, T + d, h).e -
						rn_ising_ring(N, T + 2 * d, h).e) /
					(12 * d);

				keep_worst(&worst, fabs(slope - rn_ising_ring(N, T, h).c) * T);
			}
		}
	OK(worst < 1e-8, "rings: c = de/dT at fixed h to %.1e / T", worst);
	OK(zero < 1e-11, "rings: c at h = 0 is that of rn_ising_exact, relative difference %.1e", zero);
}

/* All states of a torus, in long double. */
static void
test_torus_in_field(size_t rows, size_t cols)
{
	static const double Ts[] = { 0.05, 0.7, 1.5, 2.3, 5, 1e4, INFINITY }, hs[] = { 0, 0.01, -0.3, 2 };
	size_t extents[2] = { rows, cols };
	struct rn_lattice l = rn_lattice_make(2, extents);
	double lnz = 0, e = 0, c = 0;

	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++)
		for (size_t j = 0; j < sizeof hs / sizeof hs[0]; j++) {
			long double K = 1 / (long double)Ts[i], N = (long double)l.sites, z = 0, b = 0,
				    bb = 0;
			struct rn_ising_values o = { 0 };
			struct rn_error err;

			for (size_t s = 0; s < (size_t)1 << l.sites; s++) {
				uint8_t bits[16] = { (uint8_t)s, (uint8_t)(s >> 8) };
				struct rn_ising_sums sums = rn_ising_measure(&l, bits);
				long double broken = (long double)((int64_t)l.bonds - sums.bonds) / 2;
				long double w = expl(-2 * K * broken + hs[j] * (long double)sums.spins);

				z += w;
				b += w * broken;
				bb += w * broken * broken;
			}
			OK(rn_ising_torus_in_field(&l, Ts[i], hs[j], &o, &err) == RN_OK,
				"%zux%zu, T = %g, h = %g", rows, cols, Ts[i], hs[j]);
			keep_worst(&lnz, relative(o.lnz, (double)((2 * K * N + logl(z)) / N)));
			keep_worst(&e, fabs(o.e - (double)(-2 + 2 * b / z / N)));
			double want = (double)(4 * K * K * (bb / z - b / z * b / z) / N);
			keep_worst(&c, fabs(o.c - want) / (want + 1e-300));
		}
	OK(lnz < 1e-15 && e < 1e-15, "%zux%zu in fields: ln Z, relative error %.1e, and e, error %.1e", rows,
		cols, lnz, e);
	OK(c < 1e-13, "%zux%zu in fields: c, relative error %.1e", rows, cols, c);
}

/* ln Z(h) - ln Z(0) is ln <exp(hM)> of the law of M at h = 0, which another transfer matrix gives. */
static void
test_field_and_law(void)
{
	static const size_t sizes[][2] = { { 8, 8 }, { 7, 9 }, { 10, 5 } };
	double worst = 0, kaufman = 0;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rn_lattice l = rn_lattice_make(2, sizes[i]);
		struct rn_ising_values zero = { 0 }, in = { 0 };
		double p[128], h = 0.03, sum = 0, T = 2.2 + 0.3 * (double)i;
		struct rn_error err;

		OK(rn_ising_magnetisation_law(&l, T, 0, p, &err) == RN_OK, "law");
		for (size_t k = 0; k <= l.sites; k++)
			sum += p[k] * exp(h * (2 * (double)k - (double)l.sites));
		OK(rn_ising_torus_in_field(&l, T, 0, &zero, &err) == RN_OK, "%s", "without a field");
		OK(rn_ising_torus_in_field(&l, T, h, &in, &err) == RN_OK, "%s", "with a field");
		keep_worst(&worst, fabs(in.lnz - zero.lnz - log(sum) / (double)l.sites));
		keep_worst(&kaufman, relative(zero.lnz, rn_ising_lnz_per_spin(&l, T)));
		keep_worst(&kaufman, relative(zero.e, rn_ising_energy(&l, T)));
		keep_worst(&kaufman, relative(zero.c, rn_ising_specific_heat(&l, T)) / 100);
	}
	OK(worst < 1e-15, "ln Z(h) - ln Z(0) is that of the law of M, to %.1e", worst);
	OK(kaufman < 5e-15, "h = 0: as Kaufman, relative difference %.1e", kaufman);
}

/* Far below Tc c is what other formulas give (ising_cold.c): here against the transfer matrix, which is good at any T. */
static void
test_cold_heat(void)
{
	static const size_t sizes[][2] = { { 1, 7 }, { 2, 2 }, { 9, 2 }, { 3, 3 }, { 3, 50 }, { 4, 4 },
		{ 60, 4 }, { 5, 5 }, { 5, 64 }, { 6, 6 }, { 12, 7 }, { 9, 9 } };

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rn_lattice l = rn_lattice_make(2, sizes[i]);
		double worst = 0;

		for (double T = 0.05; T < 1.5; T *= 1.21) {
			struct rn_ising_values v = { 0 };
			struct rn_error err;

			if (rn_ising_torus_in_field(&l, T, 0, &v, &err) != RN_OK)
				worst = INFINITY;
			keep_worst(&worst, relative(rn_ising_specific_heat(&l, T), v.c));
		}
		OK(worst < 5e-12, "%zux%zu: c from T = 0.05 to 1.5, relative error %.1e", sizes[i][0],
			sizes[i][1], worst);
	}
}

static void
test_field_refuses(void)
{
	size_t large[2] = { 13, 13 }, square[2] = { 4, 4 };
	struct rn_lattice l = rn_lattice_make(2, large), s = rn_lattice_make(2, square);
	struct rn_ising_values o;
	struct rn_error err;

	OK(rn_ising_torus_in_field(&l, 2, 0.1, &o, &err) == RN_EUSAGE, "13x13 is refused");
	OK(rn_ising_torus_in_field(&s, -1, 0.1, &o, &err) == RN_EUSAGE, "T < 0 is refused");
	OK(rn_ising_torus_in_field(&s, 1, INFINITY, &o, &err) == RN_EUSAGE, "an infinite field is refused");
}

static void
test_decimation_table(void)
{
	FILE *f = table("ising1d_decimation.csv");
	double x[8], K = 0, h = 0, K0 = 0, lnz = 0;
	struct rn_ising_couplings a = { 0 };
	int rows = 0;

	if (!OK(f, "the table of decimations opens"))
		return;
	for (; row(f, x, 8); rows++) {
		a = x[2] == 0 ? (struct rn_ising_couplings){ x[0], x[1], 0 } : rn_ising_decimate(a);
		/* the 60 digits of the table are those of ln(...), which is near 0 when K' is: it is good to 1e-60 */
		keep_worst(&K, fabs(a.K - x[3]) / (x[3] + 1e-44) / ldexp(1, (int)x[2]));
		keep_worst(&h, relative(a.h, x[4]) / (1 + x[2]));
		keep_worst(&K0, relative(a.K0, x[5]));
		keep_worst(&lnz, relative(ldexp(a.K0 + rn_ising_chain(1 / a.K, a.h).lnz, -(int)x[2]), x[6]));
	}
	fclose(f);
	OK(rows >= 100, "at least 100 rows, got %d", rows);
	OK(K < 1e-15 && h < 1e-15 && rows > 0, "decimation: K and h, relative errors a step %.1e, %.1e", K,
		h);
	OK(K0 < 3e-15 && lnz < 3e-15, "decimation: K0 and ln Z, relative errors %.1e, %.1e", K0, lnz);
}

static void
test_decimation_limits(void)
{
	struct rn_ising_couplings big = rn_ising_decimate((struct rn_ising_couplings){ 1e4, 0.5, 0 });
	struct rn_ising_couplings cold = rn_ising_decimate((struct rn_ising_couplings){ INFINITY, 0.3, 0 });
	struct rn_ising_couplings free_ = rn_ising_decimate((struct rn_ising_couplings){ 0, -0.7, 0 });
	struct rn_ising_couplings strong = rn_ising_decimate((struct rn_ising_couplings){ 1, 1e4, 0 });
	double worst = 0;

	OK(relative(big.K, 1e4 - log(2 * cosh(0.5)) / 2) < 1e-15 && relative(big.h, 1) < 1e-15 &&
			relative(big.K0, 1e4 + log(2 * cosh(0.5)) / 2) < 1e-15,
		"K = 1e4: no overflow, h' = 2h");
	OK(isinf(cold.K) && cold.h == 0.6, "K = inf: h' = 2h, so no fixed point unless h = 0");
	OK(free_.K == 0 && free_.h == -0.7, "K = 0 is a line of fixed points");
	OK(strong.K < 1e-300 && relative(strong.h, 1e4 + 2) < 1e-15, "h = 1e4: K' vanishes, h' = h + 2K");
	for (double K = 1e-8; K < 300; K *= 2) { /* tanh K' = tanh^2 K */
		double k = rn_ising_decimate((struct rn_ising_couplings){ K, 0, 0 }).K;

		keep_worst(&worst,
			K < 3 ? relative(tanh(k), tanh(K) * tanh(K)) : fabs(K - k - M_LN2 / 2) / K);
	}
	OK(worst < 1e-2, "h = 0: tanh K' = tanh^2 K, to %.1e", worst);
}

int
main(void)
{
	test_plane_table();
	test_plane_extremes();
	test_plane_limits();
	test_plane_and_torus();
	test_chain_table();
	test_ring_heat();
	test_torus_in_field(3, 4);
	test_torus_in_field(4, 3);
	test_torus_in_field(2, 2);
	test_torus_in_field(2, 5);
	test_torus_in_field(1, 3);
	test_torus_in_field(5, 1);
	test_field_and_law();
	test_cold_heat();
	test_field_refuses();
	test_decimation_table();
	test_decimation_limits();
	return tap_done();
}
