#!/usr/bin/env bats
# ising-exact: its tables hold the exact values, and it says so where there are none.

load common

# compare KEYS VALUES TOLERANCE WANT GOT: two CSV tables with names; for every row of WANT there is one of GOT with equal
# KEYS (names, as numbers), of which the VALUES agree to the relative TOLERANCE. A name a=b is a in WANT and b in GOT.
compare() {
	awk -F, -v keys="$1" -v values="$2" -v tolerance="$3" '
		function abs(v) { return v < 0 ? -v : v }
		function number(v) { return v == "inf" ? 1e308 : v + 0 }
		function key(  i, k) { k = ""; for (i = 1; i <= nk; i++) k = k sprintf("%.12g ", number($col[FILENAME, K[i, file]])); return k }
		BEGIN {
			nk = split(keys, ks, " "); nv = split(values, vs, " ")
			for (i = 1; i <= nk; i++) { n = split(ks[i], two, "="); K[i, 1] = two[1]; K[i, 2] = two[n] }
			for (i = 1; i <= nv; i++) { n = split(vs[i], two, "="); V[i, 1] = two[1]; V[i, 2] = two[n] }
		}
		/^#/ { next }
		FILENAME != last { last = FILENAME; file++; for (i = 1; i <= NF; i++) col[FILENAME, $i] = i; next }
		file == 1 { k = key(); seen[k]++; for (i = 1; i <= nv; i++) want[k, i] = number($col[FILENAME, V[i, 1]]); next }
		(k = key()) in seen {
			found[k]++
			for (i = 1; i <= nv; i++) {
				got = $col[FILENAME, V[i, 2]]; x = number(got)
				if (got == "nan" || got == "" || abs(x - want[k, i]) > tolerance * abs(want[k, i]) + 1e-300) {
					bad++; print k ": " V[i, 2] " = " got ", exactly " want[k, i]
				}
			}
		}
		END { for (k in seen) { n++; if (!(k in found)) { bad++; print k " is missing" } } print n + 0 " rows"; exit bad || !n }
	' "$4" "$5"
}
total() { "$PYTHON" -c 'import sys; print(sum(map(int, sys.stdin)))'; }
temperatures() { rows "$1" | tail -n +2 | cut -d, -f"$2" | sort -un | paste -sd,; }

@test "units: states, coefficients" { run_unit ising-exact; }
@test "units: infinite lattice and chain, fields, decimation" { run_unit ising_infinite; }

@test "tori: ln Z, e and c" {
	ising-exact -L 4,8,10 -L 16,32,64 -T "$(temperatures "$REFERENCE/ising2d_energy.csv" 2)" > got
	compare "L=L2 T" "lnZ_per_spin e" 3e-15 "$REFERENCE/ising2d_energy.csv" got
	compare "L=L1 T" "c" 1e-13 "$REFERENCE/ising2d_energy.csv" got
}

@test "tori: a wrong K is found out" {
	ising-exact -L 10 -T "$(temperatures "$REFERENCE/ising2d_energy.csv" 2)" |
		awk -F, -v OFS=, '/^L1/ || /^#/ { print; next } { $6 *= 1 + 1e-12; print }' > got
	rows "$REFERENCE/ising2d_energy.csv" | awk -F, 'NR == 1 || $1 == 10' > want
	run compare "L=L2 T" "e" 3e-15 want got
	[ "$status" -eq 1 ]
}

@test "tori: the moments" {
	ising-exact -L 3,4,6,8,10 -T "$(temperatures "$REFERENCE/ising2d_moments.csv" 2)" --moments > got
	compare "L=L2 T" "absm m2 m4 U4" 3e-13 "$REFERENCE/ising2d_moments.csv" got
}

@test "tori in a field: ln Z, e, c and the moments" {
	ising-exact -L 4,8 -T "$(temperatures "$REFERENCE/ising2d_moments_field.csv" 2)" --field 0.05,0.1,0.5 --moments > got
	compare "L=L2 T h" "m absm m2 m4 U4 e" 1e-13 "$REFERENCE/ising2d_moments_field.csv" got
	compare "L=L2 T h" "c" 1e-11 "$REFERENCE/ising2d_moments_field.csv" got
}

@test "rings in a field, and the chain's length" {
	ising-exact -d 1 -L 8,16,64 -T "$(temperatures "$REFERENCE/ising1d.csv" 2)" --field 0,0.1 > got
	compare "N=L2 T h" "lnZ_per_spin e c m m2 xi" 2e-14 "$REFERENCE/ising1d.csv" got
}

@test "rings: the moments that are summed are those in closed form" {
	ising-exact -d 1 -L 1,2,64,1000 -T 0,0.5,1,inf --field 0,0.1,-2 > closed
	ising-exact -d 1 -L 1,2,64,1000 -T 0,0.5,1,inf --field 0,0.1,-2 --moments > summed
	compare "L2 T h" "m m2" 1e-11 closed summed
}

@test "the infinite lattice: Onsager and Yang" {
	ising-exact -L inf -T "$(temperatures "$REFERENCE/duality.csv" 2)" > got
	compare "T" "lnZ=lnZ_per_spin e m0=absm" 1e-14 "$REFERENCE/duality.csv" got
	compare "T" "c" 1e-14 "$REFERENCE/duality.csv" got
}

@test "a large torus away from Tc is the infinite lattice" {
	ising-exact -L inf -T 1,2,3,10 > infinite
	ising-exact -L 1024 -T 1,2,3,10 > torus
	compare "T" "e" 1e-13 infinite torus
	compare "T" "c" 1e-12 infinite torus
}

@test "-K is 1/T" {
	ising-exact -L 8,inf -K 0.25,0.5 | csv_column e > K
	ising-exact -L 8,inf -T 4,2 | csv_column e > T
	cmp K T
}

@test "the columns are the agreed ones" {
	ising-exact -L 4 -T 2 | rows > got
	[ "$(head -n 1 got)" = L1,L2,T,h,lnZ_per_spin,e,c,absm,m2,m4,U4,m,xi ]
}

@test "what is not known is nan" {
	[ "$(ising-exact -L 100 -T 2 | csv_column absm)" = nan ]
	[ "$(ising-exact -L 8 -T 2 | csv_column m2)" = nan ]
	[ "$(ising-exact -L 8 -T 2 --field 0.1 | csv_column m)" = nan ]
	[ "$(ising-exact -L inf -T Tc | csv_column U4)" = nan ]
}

@test "limits of the temperature: T = 0, T = inf, exp(-8K) = 0, extents of 1 and 2" {
	ising-exact -L 1,2,1x2,3x1,64,inf -T 0,0.001,0.01,10000,inf > got
	run ! grep -E '^[^#].*-nan|^[0-9].*,-inf' got
	[ "$(csv_column e < got | grep -c nan)" -eq 0 ]
	[ "$(csv_column c < got | grep -c nan)" -eq 0 ]
	[ "$(ising-exact -L 64 -T 0 | csv_column e)" = -2 ]
	[ "$(ising-exact -L 64 -T inf | csv_column e)" = 0 ]
	[ "$(ising-exact -L inf -T 0 | csv_column absm)" = 1 ]
	ising-exact -L 1,2,3x1,12x2 -T 0,0.001,inf --field -1e300,0.5 --moments > got
	[ "$(csv_column e < got | grep -c nan)" -eq 0 ]
	[ "$(csv_column absm < got | grep -c nan)" -eq 0 ]
}

@test "--decimation: the table of flows, where its digits reach" {
	ising-exact --decimation -K 0.1,0.25,0.5,1,1.5,2,3 --field=-0.2,0,0.1,0.5,1 > got
	rows "$REFERENCE/ising1d_decimation.csv" | awk -F, 'NR == 1 || $4 > 1e-40' > want
	compare "K_start h_start step" "h K0 f_per_original_spin=lnZ_per_spin" 1e-14 want got
	compare "K_start h_start step" "K" 1e-13 want got
}

@test "--decimation: ln Z does not change, K falls, nothing overflows" {
	ising-exact --decimation --steps 40 -K 0,0.001,1,100,1e4 --field=-30,0,1e-9,1,1e4 > got
	rows got | awk -F, '
		NR == 1 { next }
		$3 == 0 { z = $8; K = $5; next }
		{ n++; d = $8 - z; if (d < 0) d = -d; if (!(d <= 4e-15 * z) || $5 > K || $0 ~ /nan|inf,[^,]*$/) { bad++; print } K = $5 }
		END { exit bad || n != 1000 }'
}

@test "--arrows is the first step" {
	ising-exact --arrows -K 0.5,1 --field 0.1,0.5 | rows | tail -n +2 | awk -F, '{ printf "%.12g %.12g\n", $1 + $3, $2 + $4 }' > arrows
	ising-exact --decimation --steps 1 -K 0.5,1 --field 0.1,0.5 | rows | awk -F, '$3 == 1 { printf "%.12g %.12g\n", $5, $6 }' > steps
	cmp arrows steps
}

@test "--duality: T_dual, the erratum and the misprint" {
	ising-exact --duality -K "$(temperatures "$REFERENCE/duality.csv" 1)" > got
	compare "K" "K_dual lnZ=lnZ_per_spin" 1e-14 "$REFERENCE/duality.csv" got
	csv_column difference < got | awk '{ if ($1 > 1e-14 || $1 < -1e-14) exit 1 }'
	csv_column difference_as_printed < got | awk '{ if ($1 > -0.1) exit 1 }'
	[ "$(ising-exact --duality -T 0.001 | csv_column difference)" = 0 ]
	# a torus: the loops that wind around it, some (ln 2)/N
	ising-exact --duality -L 64 -T 1.5 | csv_column difference | awk '{ d = $1 - log(2) / 4096; if (d > 1e-12 || d < -1e-12) exit 1 }'
}

@test "--series: the partial sums of the table" {
	ising-exact --series 40 -K "$(temperatures "$REFERENCE/duality.csv" 1)" > got
	for n in 4 6 8 10 12 20 40; do
		awk -F, -v n=$n '/^L1/ || $5 == n' got > order
		compare "K" "hi_$n=high lo_$n=low" 4e-15 "$REFERENCE/duality.csv" order
	done
	awk -F, '/^L1/ { next } $4 == 0.1 { print $5 "," $6 ($7 > 1 ? "/" $7 : "") }' got > ours
	rows "$REFERENCE/duality_series.csv" | tail -n +2 | cut -d, -f1,2 | cmp - ours
}

@test "--series of a torus: two ground states, and right up to the shorter extent" {
	# the next term of Z, of order 10, is 2 N (N + 6)
	ising-exact --series 8 -L 10 -T 1.2,8 > got
	rows got | awk -F, '
		NR == 1 || $5 < 8 { next }
		{ x = $3 < 2 ? exp(-2 * $4) : (exp(2 * $4) - 1) / (exp(2 * $4) + 1); s = $3 < 2 ? $9 : $8; rest = 2 * 106 * x ^ 10 }
		{ d = $10 - s; if (!(d > 0.5 * rest && d < 3 * rest)) { print; bad++ } n++ }
		END { exit bad || n != 2 }'
	[ "$(ising-exact --series 8 -L 10 -T 2 2>&1 > /dev/null)" = "" ]
	[[ "$(ising-exact --series 8 -L 8 -T 2 2>&1 > /dev/null)" == "ising-exact: -L 8: loops around the torus begin at order 8"* ]]
}

@test "--density-of-states: the table of 4 x 4" {
	ising-exact --density-of-states -L 4 | rows | tail -n +2 | cut -d, -f3- | sort > got
	rows "$REFERENCE/ising2d_hist_L4.csv" | tail -n +2 | cut -d, -f1-3 | sort | cmp - got
}

@test "--density-of-states: all configurations, joint and by energy" {
	[ "$(ising-exact --density-of-states -L 5x6 | csv_column g | total)" = $(( 1 << 30 )) ]
	[ "$(ising-exact --density-of-states=energy -L 8 | csv_column g | total)" = 18446744073709551616 ]
	[ "$(ising-exact --density-of-states -d 1 -L 10 | csv_column g | total)" = 1024 ]
}

@test "a table of several lattices is the tables of each" {
	ising-exact -L 4,8 -T 1:3:0.5 | rows > both
	{ ising-exact -L 4 -T 1:3:0.5 | rows; ising-exact -L 8 -T 1:3:0.5 | rows | tail -n +2; } | cmp - both
	ising-exact -L 4 -L 8 -T 1:3:0.5 | rows | cmp - both
}

@test "the history says what decided the result" {
	[ "$(ising-exact --series 4 -T 2 | grep history)" = "# history: ising-exact 0.1.0 --series 4 -d 2 -L inf -T 2" ]
	[ "$(ising-exact -L 4 -T 2 | grep history)" = "# history: ising-exact 0.1.0 -d 2 -L 4 -T 2 --field 0" ]
	[ "$(ising-exact --density-of-states -L 2 | grep history)" = "# history: ising-exact 0.1.0 --density-of-states joint -d 2 -L 2" ]
}

# refused TEXT OPTION...: exit 64, one line on stderr that has TEXT, nothing on stdout.
refused() {
	local text=$1 got=0
	shift
	ising-exact "$@" > out 2> err || got=$?
	[ "$got" -eq 64 ] || { echo "status $got: $*"; return 1; }
	[ "$(wc -l < err)" -eq 1 ] || { cat err; return 1; }
	[ ! -s out ] || return 1
	grep -qF -e "$text" err || { echo "$*:"; cat err; return 1; }
}

@test "what has no exact answer is refused, with what is possible" {
	refused "infinite lattice in a field" -L inf -T 2 --field 0.1
	refused "at most 12" -L 13 -T 2 --field 0,0.1
	refused "at most 12" -L 13 -T 2 --moments
	refused "up to 4096" -d 1 -L 4097 -T 2 --moments
	refused "at most 8" --density-of-states -L 9
	refused "at most 64 sites" --density-of-states -L 8x9
	refused "at most 64 sites" --density-of-states -L inf
	refused "does not fit 64 bits" --series 40 -L 100000 -T 3
}

@test "absurd sizes, temperatures and fields are refused" {
	refused "1048576" -L 1048577 -T 2
	refused "2^53" -L 8589934592 -T 2
	refused "not an extent" -L 0 -T 2
	refused "not an extent" -L 4,,8 -T 2
	refused "-L is missing" -T 2
	refused "-T is missing" -L 4
	refused "negative" -L 4 -T -1
	refused "couplings are 0 or more" -L 4 -K -1
	refused "choose one" -L 4 -K 1 -T 1
	refused "finite" -L 4 -T 1 --field inf
	refused "even orders" --series 5 -T 1
	refused "from 4 to 60" --series 62 -T 1
	refused "two-dimensional" -d 1 -L 4x4 -T 1
}

@test "options that do not go together are refused" {
	refused "choose one" --duality --decimation -T 1
	refused "leave it out" --decimation -L 4 -T 1
	refused "leave it out" --duality --field 1 -T 1
	refused "leave it out" --series 4 --moments -T 1
	refused "leave it out" --density-of-states -L 4 -T 1
	refused "leave it out" -L 4 -T 1 --steps 3
	refused "leave it out" --duality -d 1 -T 1
}

@test "the examples of the manual run" { run_examples ising-exact.1; }
