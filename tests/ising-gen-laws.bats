#!/usr/bin/env bats
# ising-gen: every algorithm, in each of the ways it is run, has the exact law of small and large tori, and a slightly
# wrong coupling or field is seen; exact samples are independent; the random numbers are.

load common
load ising

# A sampler is an algorithm and how it is run: chains one by one (up to 31), a board each for chains on even lattices
# from 32 on, lanes side by side (from 32 chains on). Below Tc chains begin cold, in both phases; hot ones could stay
# striped for very long.
options_of() { # SAMPLER
	case $1 in
	chains-* | board-*) echo "--algorithm ${1#*-} --replicas 25" ;;
	lanes-*) echo "--algorithm ${1#*-} --replicas 512" ;;
	swendsen-wang | wolff) echo "--algorithm $1 --replicas 10" ;;
	exact-* | auto) echo "--algorithm $1" ;;
	esac
}
# sample SAMPLER THERM EVERY OPTIONS...: its stream.
sample() {
	local times="--therm $2 --every $3"
	[[ $1 != exact-* && $1 != auto ]] || times=
	# shellcheck disable=SC2046,SC2086 # options
	ising-gen $(options_of "$1") $times --level 0 "${@:4}"
}

AWAY=0.5,1,1.5,2,2.5,3,4,6
# A coupling K that is 0.5 % larger than at Tc.
WRONG=2.257895835037833

# --- energies and moments -----------------------------------------------------

# At Tc single spins forget as L^2.17, m^2 at L = 64 in 170 sweeps, clusters in 5 or 6 sweeps.
law() { # SAMPLER L RECORDS: all that the tables have, at all their temperatures
	local sampler=$1 L=$2 n=$3
	{ exact_energy "$L"; exact_moments "$L"; } > want
	case $sampler in
	exact-* | auto) sample "$sampler" 0 0 -L "$L" -T "$AWAY,Tc" -n "$n" ;;
	swendsen-wang | wolff) sample "$sampler" 200 3 -L "$L" -T "$AWAY,Tc" -n "$n" ;;
	*)
		sample "$sampler" 1000 20 -L "$L" -T "$AWAY" -n "$n"
		sample "$sampler" $(( 500 + 2 * L * L )) $(( 5 + L * L / 40 )) -L "$L" -T Tc -n "$n"
		;;
	esac | measured > got
	agree want "$n" < got || { echo "$sampler, L = $L"; return 1; }
	[ "$(wc -l < want)" -ge 18 ]
}
small() { # SAMPLER RECORDS
	for L in 3 4 6 8 10 16; do law "$1" $L "$2"; done
}
large() { # SAMPLER RECORDS
	for L in 32 64; do law "$1" $L "$2"; done
}

@test "heat bath, chain by chain: energies, specific heats and moments" { small chains-heatbath 25000; }
@test "Metropolis, chain by chain: energies, specific heats and moments" { small chains-metropolis 25000; }
@test "heat bath, side by side: energies, specific heats and moments" { small lanes-heatbath 51200; large lanes-heatbath 10240; }
@test "Metropolis, side by side: energies, specific heats and moments" { small lanes-metropolis 51200; large lanes-metropolis 10240; }
@test "heat bath, boards: energies and specific heats" { large board-heatbath 10000; }
@test "Metropolis, boards: energies and specific heats" { large board-metropolis 10000; }
@test "Swendsen and Wang: energies, specific heats and moments" { small swendsen-wang 20000; large swendsen-wang 5000; }
@test "Wolff: energies, specific heats and moments" { small wolff 20000; large wolff 2000; }
@test "exact, row by row: energies, specific heats and moments" { for L in 3 4 6 8 10; do law exact-rows $L 100000; done; }
# So many samples see it if a coupling from the past gives out the state behind the map that coalesced, not the one
# before it: at L = 4, 6 and 8 that is wrong by half a percent.
@test "exact, sites coupled: energies, specific heats and moments" {
	for L in 3 4 6 8; do law exact-sites $L 400000; done
	law exact-sites 10 102400
	law exact-sites 16 20480
	law exact-sites 32 2048
}
@test "exact, bonds coupled: energies, specific heats and moments" {
	for L in 3 4 6 8; do law exact-bonds $L 20000; done
	law exact-bonds 16 10000
	law exact-bonds 32 2000
	law exact-bonds 64 500
}
@test "auto: energies, specific heats and moments" {
	for L in 4 10 16; do law auto $L 50000; done
	law auto 32 10240
	law auto 64 2560
}

# No table has the magnetisation of a board: lanes have it, whose law the tables are.
@test "boards have the moments of lanes, with and without field" {
	for h in 0 0.01; do
		for algorithm in heatbath metropolis; do
			for T in 2.1 2.5; do
				sample board-$algorithm 1000 50 -L 32 -T $T --field $h -n 10000 > board
				sample lanes-$algorithm 1000 50 -L 32 -T $T --field $h -n 51200 --seed 2 > lanes
				measured < lanes | awk -v h=$h '$2 != "m" || h > 0 { print $1, $2, $3, 0, $4 }' > want
				measured < board | awk '
					FILENAME == ARGV[1] { err[$1, $2] = $5; next }
					{ print $1, $2, $3, sqrt($4 ^ 2 + err[$1, $2] ^ 2) }' want - | agree want 10000
			done
		done
	done
}

# --- in a field -----------------------------------------------------------------

# Which sign a cold chain has is one draw, not one a record: many chains, a record each.
in_field() { # SAMPLER L h
	local sampler=$1 on=(-L "$2" --field "$3" -T "$AWAY,Tc") k
	case $sampler in
	chains-*)
		for (( k = 0; k < 1984; k += 31 )); do
			sample "$sampler" 290 10 "${on[@]}" --replicas 31 -n 31 --first-id $k
		done
		;;
	lanes-*) sample "$sampler" 290 10 "${on[@]}" --replicas 4096 -n 4096 ;;
	swendsen-wang) sample "$sampler" 100 3 "${on[@]}" -n 20000 ;;
	exact-*) sample "$sampler" 0 0 "${on[@]}" -n 20000 ;;
	esac
}
field() { # SAMPLER
	for L in 4 8; do
		for h in 0.05 0.1 0.5; do
			exact_field $L $h > want
			[ "$(wc -l < want)" -eq 54 ]
			in_field "$1" $L $h | measured > got
			agree want 1984 < got || { echo "L = $L, h = $h"; return 1; }
		done
	done
}
@test "heat bath, chain by chain, in a field" { field chains-heatbath; }
@test "Metropolis, chain by chain, in a field" { field chains-metropolis; }
@test "heat bath, side by side, in a field" { field lanes-heatbath; }
@test "Metropolis, side by side, in a field" { field lanes-metropolis; }
@test "Swendsen and Wang in a field" { field swendsen-wang; }
@test "exact, row by row, in a field" { field exact-rows; }
@test "exact, bonds coupled, in a field" { field exact-bonds; }

@test "a field wrong by a few percent is seen" {
	exact_field 8 0.1 | grep '^3' > want
	for sampler in chains-heatbath chains-metropolis lanes-heatbath lanes-metropolis swendsen-wang exact-rows exact-sites exact-bonds; do
		sample $sampler 500 10 -L 8 -T 3 --field 0.1 -n 30720 | measured | agree want 10000
		sample $sampler 500 10 -L 8 -T 3 --field 0.105 -n 30720 | measured > wrong
		run -1 agree want 10000 < wrong
		[[ $output == *"m = "* ]]
	done
}

# --- the joint distribution of energy and magnetisation ----------------------------

# A million records of the 4 x 4 torus, 10 autocorrelation times apart: of e, |m| and, where that is feasible, m. In sweeps,
# chains of heat bath have tau = 0.8, 1.6, 1.5 of e at T = 1.5, Tc and 3, 1.1, 1.9, 1.6 of |m|, and 2200, 42, 7.4 of m;
# Metropolis less of each; swendsen-wang 1.7, 2, 1.6 of e and |m|, 0.5 of m; wolff 0.5, 0.7, 0.7 and 20, 2, 0.7. Side
# by side it is a record from each of a million chains, which begin with either sign.
million() { # SAMPLER T: tally
	local every=20
	[[ $1-$2 != chains-*-3.0 ]] || every=75
	case $1 in
	lanes-*) sample "$1" 280 20 -L 4 -T "$2" -n 1000000 --replicas 1000000 ;;
	*) sample "$1" 400 $every -L 4 -T "$2" -n 1000000 ;;
	esac | rns-sel --columns e,m --level 0 | rns-cat --to=csv --no-comments | tally 16
}
histogram() { # SAMPLER
	for T in 1.5 2.269185314213022 3.0; do
		table_of_histogram $T > want
		million "$1" $T > got
		case $1-$T in
		chains-*-1.5 | chains-*-2.269* | wolff-1.5)
			without_sign < want > p
			without_sign < got | chi2 p
			;;
		*) chi2 want < got ;;
		esac || { echo "$1, T = $T"; return 1; }
		[ "$(awk '{ n += $3 } END { print n }' got)" -eq 1000000 ]
	done
}
@test "4 x 4 torus, heat bath, chain by chain: the distribution of energy and magnetisation" { histogram chains-heatbath; }
@test "4 x 4 torus, Metropolis, chain by chain: the distribution of energy and magnetisation" { histogram chains-metropolis; }
@test "4 x 4 torus, heat bath, side by side: the distribution of energy and magnetisation" { histogram lanes-heatbath; }
@test "4 x 4 torus, Metropolis, side by side: the distribution of energy and magnetisation" { histogram lanes-metropolis; }
@test "4 x 4 torus, Swendsen and Wang: the distribution of energy and magnetisation" { histogram swendsen-wang; }
@test "4 x 4 torus, Wolff: the distribution of energy and magnetisation" { histogram wolff; }
@test "4 x 4 torus, exact, row by row: the distribution of energy and magnetisation" { histogram exact-rows; }
@test "4 x 4 torus, exact, sites coupled: the distribution of energy and magnetisation" { histogram exact-sites; }
@test "4 x 4 torus, exact, bonds coupled: the distribution of energy and magnetisation" { histogram exact-bonds; }

@test "4 x 4 torus: a coupling wrong by 0.5 % is seen in the distribution, with and without the sign" {
	table_of_histogram 2.269185314213022 > want
	without_sign < want > p
	for sampler in lanes-heatbath exact-sites; do
		million $sampler $WRONG > wrong
		run -1 chi2 want < wrong
		[[ $output == "chi2 = "* ]]
		without_sign < wrong > q
		run -1 chi2 p < q
		[[ $output == "chi2 = "* ]]
	done
}
@test "4 x 4 torus: a sign that is up too often is seen in the distribution" {
	table_of_histogram 3.0 > want
	sample lanes-heatbath 280 20 -L 4 -T 3 -n 1000000 --replicas 1000000 --field 0.001 | rns-sel --columns e,m |
		rns-cat --to=csv --no-comments | tally 16 > got
	run -1 chi2 want < got
	[[ $output == "chi2 = "* ]]
	without_sign < want > p
	without_sign < got | chi2 p
}

# --- power ----------------------------------------------------------------------------

# 30720 records at Tc that are independent: tau_m2 is 10 and 4.5 sweeps of heat bath and Metropolis at L = 10, 110 and 42 at
# L = 32, the smallest lattice of boards.
@test "a coupling wrong by 0.5 % is seen, whatever the algorithm" {
	{ exact_energy 10; exact_moments 10; } | grep '^2\.269' > want-10
	exact_energy 32 | grep '^2\.269' > want-32
	for sampler in chains-heatbath chains-metropolis lanes-heatbath lanes-metropolis swendsen-wang wolff exact-rows exact-sites exact-bonds board-heatbath \
		board-metropolis; do
		L=10
		every=50
		case $sampler in
		board-*)
			L=32
			every=500
			;;
		esac
		[ "$(wc -l < want-$L)" -ge 2 ]
		sample $sampler 2000 $every -L $L -T Tc -n 30720 > right
		measured < right | agree want-$L 30720 || { echo "$sampler"; return 1; }
		tau=$(observe -q --no-comments right | csv_column tau_m2)
		awk -v tau="$tau" 'BEGIN { exit !(tau > 0.4 && tau < 0.6) }'
		sample $sampler 2000 $every -L $L -T $WRONG -n 30720 | measured | sed "s/^$WRONG /2.269185314213022 /" > wrong
		run -1 agree want-$L 30720 < wrong
		[[ $output == *"e = -1."* ]]
	done
}
@test "a coupling wrong by 0.5 % is seen in large lattices at other temperatures" {
	exact_energy 64 | grep '^2\.5' > want
	for sampler in board-heatbath lanes-metropolis swendsen-wang wolff exact-sites exact-bonds; do
		sample $sampler 1000 20 -L 64 -T 2.4875 -n 2048 | measured | sed 's/^2.4875 /2.5 /' > wrong
		run -1 agree want 2048 < wrong
		[[ $output == *"e = -1."* ]]
	done
}

# --- exact samples are independent ------------------------------------------------------

# correlation LAG... < rows "e,m": those of e, m and m^2 with the ones LAG rows later, in standard errors of none.
correlation() {
	awk -F, -v lags="$*" '
		$1 ~ /[0-9]/ { e[n] = $1; m[n] = $2; m2[n] = $2 * $2; n++ }
		function judge(x, name,    i, s, v, r, z, j, k, lag) {
			for (i = 0; i < n; i++) s += x[i]
			for (i = 0; i < n; i++) { x[i] -= s / n; v += x[i] ^ 2 }
			k = split(lags, lag, " ")
			for (j = 1; j <= k; j++) {
				r = 0
				for (i = lag[j]; i < n; i++) r += x[i] * x[i - lag[j]]
				z = r / v * sqrt(n)
				if (!(z < 4.5 && z > -4.5)) { bad++; print "lag " lag[j] ": " name " is correlated, " z " standard errors" }
			}
		}
		END { judge(e, "e"); judge(m, "m"); judge(m2, "m2"); exit bad || n < 30000 }'
}
series() { rns-sel --columns e,m --level 0 | rns-cat --to=csv --no-comments; }
# Exact samples are made 512 at a time: the neighbour of record i may be i + 1 or i + 512.
@test "exact samples: no correlation with the next, nor with those of the next block" {
	for way in rows sites bonds; do
		for T in 1.5 Tc 3; do
			ising-gen -L 8 -T $T --algorithm exact-$way -n 40960 | series > got
			correlation 1 2 64 511 512 513 1024 < got || { echo "$way, T = $T"; return 1; }
		done
	done
}
@test "a chain's correlation with the next is seen" {
	ising-gen -L 8 -T 3 --algorithm heatbath --every 8 -n 40960 | series > got
	run -1 correlation 1 < got
	[[ $output == "lag 1: e is correlated"* ]]
	ising-gen -L 8 -T 3 --algorithm heatbath --every 8 -n 40960 --replicas 512 | series > got
	correlation 1 < got
	run -1 correlation 512 < got
	[[ $output == "lag 512: e is correlated"* ]]
}

# --- random numbers -----------------------------------------------------------------------

# At T = inf without field each spin is a bit of the random stream: these records are its words, more than a test reads.
words() {
	ising-gen -L 8192 -T "${1:-inf}" -n 200 --algorithm heatbath --therm 0 --every 1 --level 0 | rns-sel --columns spins --level 0 |
		rns-cat --records
}
without_a_bit() { words | tr '\200-\377' '\000-\177'; }
warm_words() { words 30; }
# hard COMMAND: p-values of some short tests of dieharder on the bytes it writes until nobody reads them.
hard() {
	local test
	for test in "-d 0" "-d 2 -p 10" "-d 8 -p 20" "-d 15 -p 50" "-d 100" "-d 102 -p 50 -t 20000"; do
		# shellcheck disable=SC2086 # options
		{ "$1" || [ $? -eq 141 ]; } | dieharder -g 200 -D test_name -D ntuple -D pvalues $test
	done
}
probable() { awk -F '|' '!($3 > 1e-6 && $3 < 1 - 1e-6) { bad++; print } END { print bad + 0 " of " NR; exit bad || NR < 30 }'; }
@test "the random stream passes short tests of dieharder, and a bit that does not change or spins that interact a little fail" {
	hard words > p
	probable < p
	for broken in without_a_bit warm_words; do
		hard $broken > p
		[ "$(wc -l < p)" -ge 30 ]
		run -1 probable < p
		[[ $output == *" of "* ]]
	done
}
