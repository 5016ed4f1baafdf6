#!/usr/bin/env bats
# phi4-gen: its samples have the exact law of small lattices, of the free field and of the Ising limit; they depend on
# what the manual says and on nothing else.

load common
load ising

# Rows whole, field and all; and what is measured of it.
rows_of() { phi4-gen --format=csv --no-comments "$@" | tail -n +2; }
records() { rows_of "$@" | cut -d, -f1-11; }

# measured < stream: "mu2 quantity mean error". Chains are independent of each other, so the spread of their means is
# the error, whatever the correlations within a chain.
measured() {
	rns-sel --columns mu2,replica,action,m,phi2,phi4,nn | rns-cat --to=csv --no-comments | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
		{
			t = $col["mu2"]; c = t SUBSEP $col["replica"]; of[c] = t; n[c]++
			m = $col["m"]
			x[c, "absm"] += m < 0 ? -m : m; x[c, "m2"] += m * m; x[c, "m"] += m
			for (q in quantity) if (q in col && q != "m") x[c, q] += $col[q]
		}
		END {
			for (c in n) {
				chains[of[c]]++
				for (q in quantity) { v = x[c, q] / n[c]; s[of[c], q] += v; ss[of[c], q] += v * v }
			}
			for (t in chains) for (q in quantity) {
				k = chains[t]; mean = s[t, q] / k; var = ss[t, q] / k - mean * mean
				printf "%.10g %s %.12g %.12g\n", t, q, mean, sqrt((var > 0 ? var : 0) / (k - 1))
			}
		}
		BEGIN { split("phi2 phi4 nn absm m m2 action", name, " "); for (i in name) quantity[name[i]] }'
}

# The rows for agree (ising.bash) of the table of small lattices, from its row on stdin. m is 0 by symmetry.
exact_small() {
	awk -F, '{ printf "%s phi2 %s 0\n%s phi4 %s 0\n%s nn %s 0\n%s absm %s 0\n%s m2 %s 0\n%s action %s 0\n%s m 0 0\n",
		$5, $8, $5, $9, $5, $10, $5, $11, $5, $12, $5, $13, $5 }'
}
table_of_small() {
	rows "$REFERENCE/phi4_small.csv" > table
	[ "$(head -n 1 table)" = geometry,L,N,kappa,mu2,lam,lnZ_per_site,phi2,phi4,nn,absm,m2,action,virial_residual,est_error ]
	tail -n +2 table
}
CHAINS="--replicas 320 -n 32000 --therm 300 --every 4 --level 0 -q"

law() { # OPTIONS...: all of the table but the site alone, which is below
	local row geometry L kappa mu2 lambda seen=0
	table_of_small > small
	while read -r row; do
		IFS=, read -r geometry L _ kappa mu2 lambda _ <<< "$row"
		[ "$geometry" != site ] || continue
		exact_small <<< "$row" > want
		[ "$geometry" != ring ] || geometry="-d 1"
		# shellcheck disable=SC2086 # lists of options
		phi4-gen ${geometry#torus} -L "$L" --kappa="$kappa" --lambda "$lambda" --mu2="$mu2" $CHAINS "$@" |
			measured | agree want 1 || { echo "$row $*"; return 1; }
		seen=$(( seen + 1 ))
	done < small
	[ $seen -eq 22 ]
}

@test "rings and tori of up to 16 sites: all means, local updates" { law --algorithm metropolis; }
@test "rings and tori of up to 16 sites: all means, clusters" { law --algorithm cluster; }
@test "rings and tori of up to 16 sites: all means, f64" { law --type f64; }
@test "a coupling wrong by a few percent is seen" {
	table_of_small | grep '^torus,4,16,1,-0.5,0.7,' | exact_small > want
	for algorithm in metropolis cluster; do
		for wrong in "--lambda 0.735 --mu2=-0.5" "--lambda 0.7 --mu2=-0.53" "--lambda 0.7 --mu2=-0.5 --kappa 1.03"; do
			# shellcheck disable=SC2086
			phi4-gen -L 4 $wrong $CHAINS -n 128000 --algorithm $algorithm | measured | sed 's/^-0.53 /-0.5 /' > got
			run -1 agree want 1 < got
			[ -n "$output" ]
		done
		# shellcheck disable=SC2086
		phi4-gen -L 4 --lambda 0.7 --mu2=-0.5 $CHAINS -n 128000 --algorithm $algorithm | measured | agree want 1
	done
}

# A bond of a site to itself is -kappa phi^2: so with a mu2 that is larger by 2 kappa a bond.
@test "a site alone, a ring of one and a torus of one" {
	table_of_small | grep ^site > sites
	[ "$(wc -l < sites)" -ge 3 ]
	while IFS=, read -r _ _ _ kappa mu2 lambda _ phi2 phi4 _ _ m2 _; do
		printf '1 phi2 %s 0\n1 phi4 %s 0\n1 m2 %s 0\n' "$phi2" "$phi4" "$m2" > want
		for d in 1 2; do
			other=$(awk -v m="$mu2" -v k="$kappa" -v d=$d 'BEGIN { printf "%.10g", m + 2 * k * d }')
			for algorithm in metropolis cluster; do
				# shellcheck disable=SC2086
				phi4-gen -d $d -L 1 --kappa="$kappa" --lambda "$lambda" --mu2="$other" $CHAINS --algorithm $algorithm |
					measured | awk '{ $1 = 1; print }' | agree want 1 || { echo "$d $kappa $mu2 $lambda"; return 1; }
			done
		done
	done < sites
}

# --- the free field ---------------------------------------------------------------

# <phi(0) phi(r)> = (1/N) sum_p cos(p r) / (mu2 + 4 kappa - 2 kappa sum cos p): "r1 r2 G".
propagator() { # d L1 L2 kappa mu2
	awk -v d="$1" -v A="$2" -v B="$3" -v k="$4" -v mu2="$5" 'BEGIN {
		pi = atan2(0, -1)
		for (y = 0; y <= A / 2; y++) for (x = 0; x <= B / 2; x++) {
			g = 0
			for (p = 0; p < A; p++) for (q = 0; q < B; q++) {
				c = cos(2 * pi * q / B) + (d == 2 ? cos(2 * pi * p / A) : 0)
				g += cos(2 * pi * (p * y / A + q * x / B)) / (mu2 + 4 * k - 2 * k * c) / (A * B)
			}
			printf "%d %d %.12g\n", y, x, g
		}
	}'
}
# correlations ROWS COLUMNS < rows of records, the replica in column 4 and the field from column 12 on: "r1 r2 mean error".
correlations() {
	awk -F, -v A="$1" -v B="$2" '
		{
			c = $4; n[c]++
			for (y = 0; y <= A / 2; y++) for (x = 0; x <= B / 2; x++) {
				g = 0
				for (i = 0; i < A; i++) for (j = 0; j < B; j++)
					g += $(12 + i * B + j) * $(12 + (i + y) % A * B + (j + x) % B)
				s[c, y, x] += g / (A * B)
			}
		}
		END {
			for (y = 0; y <= A / 2; y++) for (x = 0; x <= B / 2; x++) {
				k = t = tt = 0
				for (c in n) { v = s[c, y, x] / n[c]; k++; t += v; tt += v * v }
				printf "%d %d %.12g %.12g\n", y, x, t / k, sqrt((tt / k - (t / k) ^ 2) / (k - 1))
			}
		}'
}
same_correlations() { # EXACT MEASURED
	paste -d' ' "$1" "$2" | awk '
		{ d = $3 - $6; if ($1 != $4 || $2 != $5 || (d < 0 ? -d : d) > 4.5 * $7) { bad++; print } }
		END { exit bad || NR < 4 }'
}
@test "lambda = 0: the two-point function is the propagator, on even and odd tori and rings" {
	while read -r d A B kappa mu2; do
		propagator "$d" "$A" "$B" "$kappa" "$mu2" > want
		L=${A}x$B
		[ "$d" = 2 ] || L=$B
		for algorithm in metropolis cluster; do
			rows_of -d "$d" -L "$L" --kappa="$kappa" --lambda 0 --mu2="$mu2" --algorithm $algorithm --replicas 160 \
				-n 8000 --therm 500 --every 10 -q | correlations "$A" "$B" > got
			same_correlations want got || { echo "$d $L $kappa $mu2 $algorithm"; return 1; }
			[ $algorithm = cluster ] && [ "$d" = 2 ] || continue
			propagator "$d" "$A" "$B" "$kappa" "$(awk -v m="$mu2" 'BEGIN { print m * 1.2 }')" > wrong
			run -1 same_correlations wrong got
		done
	done <<-'END'
		2 4 6 1 0.2
		2 3 5 1 0.5
		2 4 4 -0.4 4
		1 1 7 1 -1.2
	END
}
# S is a sum of N squares: <S> = N/2, whatever the couplings; and <S^2> - <S>^2 = N/2.
@test "lambda = 0: half a unit of action a mode, with the spread of it" {
	records -L 8x6 --kappa 0.7 --lambda 0 --mu2 0.3 --replicas 1600 -n 16000 --therm 300 --every 30 -q | awk -F, '
		{ s = 48 * $7 - 24; t += s; u += s * s; w += s ^ 4 }
		END {
			t /= NR; u /= NR; w /= NR
			print t, u
			exit t ^ 2 > 20 * u / NR || (u - 24) ^ 2 > 20 * (w - u * u) / NR || NR != 16000
		}'
}

# --- the Ising limit ------------------------------------------------------------------

# mu2 = -lambda - 4 kappa makes phi = +-1 as lambda -> infinity; corrections are of the order 1 / lambda.
@test "lambda -> infinity is the Ising model" {
	for T in 2 2.5 4; do
		kappa=$(awk -v T=$T 'BEGIN { printf "%.17g", 1 / T }')
		mu2=$(awk -v k="$kappa" 'BEGIN { printf "%.17g", -1e6 - 4 * k }')
		awk -F, -v T=$T '$1 == 4 && $2 == T { print T, "nn", -$4 / 2, 0 }' "$REFERENCE/ising2d_energy.csv" > want
		awk -F, -v T=$T '$1 == 4 && $2 == T { print T, "absm", $3, 0; print T, "m2", $4, 0 }' \
			"$REFERENCE/ising2d_moments.csv" >> want
		[ "$(wc -l < want)" -eq 3 ]
		# shellcheck disable=SC2086
		phi4-gen -L 4 --kappa "$kappa" --lambda 1e6 --mu2="$mu2" $CHAINS | measured | awk -v T=$T '{ $1 = T; print }' > got
		agree want 1 < got
		awk '$2 == "phi2" { d = $3 - 1; exit d * d > 1e-10 }' got
	done
	ising-exact -L 4 -T 2.52 --quiet --no-comments | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next } { print 2.5, "nn", -$col["e"] / 2, 0 }' > wrong
	# shellcheck disable=SC2086
	phi4-gen -L 4 --kappa 0.4 --lambda 1e6 --mu2=-1000001.6 $CHAINS -n 128000 | measured | awk '{ $1 = 2.5; print }' > got
	run -1 agree wrong 1 < got
}

# --- larger lattices --------------------------------------------------------------------

both() { # OPTIONS...: clusters and local updates agree, each with its own error
	phi4-gen "$@" --replicas 64 -n 6400 --algorithm metropolis --therm 3000 --every 100 -q | measured > local
	phi4-gen "$@" --replicas 64 -n 6400 --algorithm cluster --therm 300 --every 10 -q | measured > clusters
	awk 'FILENAME == ARGV[1] { print $1, $2, $3, 0; next }' local > want
	awk 'FILENAME == ARGV[1] { err[$1, $2] = $4; next } { print $1, $2, $3, sqrt($4 ^ 2 + err[$1, $2] ^ 2) }' local clusters |
		agree want 1
}
@test "clusters and local updates agree on 16 x 16, f32 and f64, around the critical point" {
	both -L 16 --lambda 0.7 --mu2=-1.1,-0.9515,-0.8
	both -L 16 --lambda 0.7 --mu2=-0.9515 --type f64
	both -L 9x70 --lambda 2 --mu2=-1.5
}
@test "kappa < 0 is kappa > 0 with the signs of a chess-board" {
	phi4-gen -L 6 --kappa 0.5 --lambda 1 --mu2=-1 --replicas 160 -n 16000 --therm 300 --every 5 -q | measured |
		grep -E ' (phi2|phi4|nn|action) ' > even
	# (mu2 + 4 kappa) / 2 is the same
	phi4-gen -L 6 --kappa=-0.5 --lambda 1 --mu2=3 --replicas 160 -n 16000 --therm 300 --every 5 -q | measured |
		awk '$2 == "nn" { $3 = -$3 } { $1 = -1; print }' | grep -E ' (phi2|phi4|nn|action) ' > odd
	awk '{ print $1, $2, $3, 0 }' even > want
	awk 'FILENAME == ARGV[1] { err[$2] = $4; next } { print $1, $2, $3, sqrt($4 ^ 2 + err[$2] ^ 2) }' even odd | agree want 1
}

# --- models ------------------------------------------------------------------------------

# model L1 L2 W W2 A B: a model with these couplings everywhere, as CSV; an awk expression of y and x each.
model() {
	awk -v L1="$1" -v L2="$2" "
		function put(name, k, n,   i) { for (i = 0; i < n; i++) printf \"%s\", (head ? \",\" name : \",\" value[k, i]) }
		BEGIN {
			N = L1 * L2
			for (y = 0; y < L1; y++) for (x = 0; x < L2; x++) {
				i = y * L2 + x
				value[1, i] = value[1, i + N] = $3; value[2, i] = value[2, i + N] = $4; value[3, i] = $5; value[4, i] = $6
			}
			s = L1 \" \" L2
			printf \"# renorm-stream 1\\n# kind: model.phi4\\n# column: epoch u32\\n# column: w f64 2 %s\\n# column: w2 f64 2 %s\\n\", s, s
			printf \"# column: a f64 %s\\n# column: b f64 %s\\n\", s, s
			printf \"epoch\"
			for (i = 0; i < 4 * N; i++) printf \",%s[%d][%d][%d]\", i < 2 * N ? \"w\" : \"w2\", i / N % 2, i % N / L2, i % L2
			for (i = 0; i < 2 * N; i++) printf \",%s[%d][%d]\", i < N ? \"a\" : \"b\", i % N / L2, i % L2
			printf \"\\n0\"
			for (i = 0; i < 2 * N; i++) printf \",%.17g\", value[1, i]
			for (i = 0; i < 2 * N; i++) printf \",%.17g\", value[2, i]
			for (i = 0; i < N; i++) printf \",%.17g\", value[3, i]
			for (i = 0; i < N; i++) printf \",%.17g\", value[4, i]
			printf \"\\n# end: 1\\n\"
		}"
}
@test "a model with the couplings of the table is in the table" {
	model 4 4 1 0 1.75 0.175 > m.csv
	table_of_small | grep '^torus,4,16,1,-0.5,0.7,' | exact_small > want
	for algorithm in metropolis cluster; do
		# shellcheck disable=SC2086
		phi4-gen --model m.csv $CHAINS --algorithm $algorithm | rns-sel --put=mu2=-0.5 | measured > got
		agree want 1 < got
	done
	model 4 4 1 0.03 1.75 0.175 > m.csv
	# shellcheck disable=SC2086
	phi4-gen --model m.csv $CHAINS | rns-sel --put=mu2=-0.5 | measured > got
	run -1 agree want 1 < got
}
# S = phi (2 a - 2 w (cos p + cos q) - 4 w2 cos p cos q) phi / 2 at b = 0.
@test "a free model with diagonals has its propagator" {
	local A=4 B=5 w=0.5 w2=-0.3 a=2.2
	model $A $B $w $w2 $a 0 > m.csv
	awk -v A=$A -v B=$B -v w=$w -v w2=$w2 -v a=$a 'BEGIN {
		pi = atan2(0, -1)
		for (y = 0; y <= A / 2; y++) for (x = 0; x <= B / 2; x++) {
			g = 0
			for (p = 0; p < A; p++) for (q = 0; q < B; q++) {
				c = cos(2 * pi * p / A); d = cos(2 * pi * q / B)
				g += cos(2 * pi * (p * y / A + q * x / B)) / (2 * a - 2 * w * (c + d) - 4 * w2 * c * d) / (A * B)
			}
			printf "%d %d %.12g\n", y, x, g
		}
	}' > want
	for algorithm in metropolis cluster; do
		# replica is the first of 8 columns here: as many as correlations expects, with three before
		rows_of --model m.csv --algorithm $algorithm --replicas 160 -n 16000 --therm 300 --every 5 -q | sed 's/^/0,0,0,/' |
			correlations $A $B > got
		same_correlations want got
	done
	sed 's/ 0\.\([0-9]*\)$/ 0.9\1/' want > wrong
	run -1 same_correlations wrong got
}
@test "each site of a model has its own couplings, and its action is that of the model" {
	model 3 4 '0.2 * (y + 1)' '0.05 * x' '1 + x' '0.1 * (y + x + 1)' > m.csv
	phi4-gen --model m.csv -n 32 --type f64 --format=csv -q > out
	run -1 grep '^# label' out
	rows out | awk -F, '
		function f(y, x) { return $(9 + (y + 3) % 3 * 4 + (x + 4) % 4) }
		NR == 1 { if ($4 != "action" || $9 != "phi[0][0]") exit 1; next }
		{
			S = 0
			for (y = 0; y < 3; y++) for (x = 0; x < 4; x++) {
				near = 0.2 * (y + 1) * (f(y, x + 1) + f(y + 1, x)); next_near = 0.05 * x * (f(y + 1, x + 1) + f(y + 1, x - 1))
				S += (1 + x) * f(y, x) ^ 2 + 0.1 * (y + x + 1) * f(y, x) ^ 4 - f(y, x) * (near + next_near)
			}
			if ((S / 12 - $4) ^ 2 > 1e-20) exit 1
			for (y = 0; y < 3; y++) { first += f(y, 0) ^ 2; last += f(y, 3) ^ 2 }
		}
		END { exit NR != 33 || first < 2 * last }'
}
@test "models without a lower bound, of another shape or kind are refused" {
	model 4 4 1 0 1.75 -0.1 > m.csv
	refuse 65 "m.csv: b of site 0 is -0.1" --model m.csv
	model 4 4 1 0 1.9 0 > m.csv
	refuse 65 "m.csv: the action has no lower bound where b is 0" --model m.csv
	model 4 4 1 0 2.1 0 > m.csv
	phi4-gen --model m.csv -q > /dev/null
	model 4 4 -1 0 1.75 'x == 0 && y == 0 ? 0 : 1' > m.csv	# one site alone: a > 0 does
	phi4-gen --model m.csv -q > /dev/null
	refuse 65 "its lattice has 4 x 4 sites" --model m.csv -L 8
	refuse 64 "leave --kappa, --lambda and --mu2 out" --model m.csv --lambda 1
	refuse 64 "leave it out" --model m.csv --step 1
	refuse 66 "nowhere" --model nowhere
	model 4 4 1 0 1 1 | sed 's/^0,1,/0,nan,/' > m.csv
	refuse 65 "not finite" --model m.csv
	ising-gen -L 4 -T 2 -o spins.rns
	refuse 65 "no model where a model of kind model.phi4 is expected" --model spins.rns
}

# --- what a record depends on ---------------------------------------------------------

@test "couplings sampled together or one by one are the same" {
	for kappa in 0.5 1; do
		for lambda in 0.7 1; do
			for mu2 in -1 -0.5; do
				rows_of -L 5 --kappa $kappa --lambda $lambda --mu2=$mu2 -n 20 -q
			done
		done
	done > one
	rows_of -L 5 --kappa 0.5,1 --lambda 0.7,1 --mu2=-1:-0.5:0.5 -n 20 -q > all
	cmp one all
	[ "$(wc -l < all)" -eq 160 ]
	rows_of -L 5 --kappa 0.5,1,0.5 --lambda 0.7,1 --mu2=-1,-0.5,-1 -n 20 -q | cmp - all
}
@test "--first-id gives other chains, the same ones whatever runs beside them, in blocks of 16" {
	rows_of -L 6 --lambda 1 --mu2=-1 -n 120 --replicas 40 --therm 10 --every 2 -q > all
	rows_of -L 6 --lambda 1 --mu2=-1 -n 72 --replicas 24 --therm 10 --every 2 --first-id 16 -q > part
	awk -F, '$4 >= 16' all | cut -d, -f1-5,7- > want
	cut -d, -f1-5,7- part > got
	cmp want got
	cut -d, -f6 part > ids
	seq 16 87 | cmp - ids
	refuse 64 "chains run in blocks of 16; choose a multiple of 16, such as 32" -L 4 --lambda 1 --mu2 1 --first-id 47
}
@test "records are sweep-major, and the last sweep may be cut" {
	records -L 4 --lambda 1 --mu2 1 -n 7 --replicas 3 --therm 100 --every 5 --first-id 32 | cut -d, -f4-6 > got
	printf '%s\n' 32,105,32 33,105,33 34,105,34 32,110,35 33,110,36 34,110,37 32,115,38 > want
	cmp want got
}
@test "a chain does not depend on when it is looked at" {
	for kind in "-L 4" "-L 5x7 --algorithm metropolis" "-d 1 -L 9 --type f64"; do
		# shellcheck disable=SC2086
		rows_of $kind --lambda 1 --mu2=-1 -n 600 --therm 0 --every 1 --replicas 20 -q > each
		# shellcheck disable=SC2086
		rows_of $kind --lambda 1 --mu2=-1 -n 80 --therm 10 --every 5 --replicas 20 -q > some
		awk -F, '$5 > 10 && $5 % 5 == 0' each | cut -d, -f1-5,7- > want
		cut -d, -f1-5,7- some > got
		cmp want got
	done
}
@test "the seed, the couplings, the extents, the type, the algorithm and the step each matter" {
	rows_of -L 8 --lambda 1 --mu2=-1 -n 20 -q | cut -d, -f7- > a
	rows_of -L 8 --lambda 1 --mu2=-1 -n 20 -q --seed 1 | cut -d, -f7- > same
	cmp a same
	for other in "--lambda 1 --mu2=-1 --seed 2" "--lambda 1.0000000000000002 --mu2=-1" "--lambda 1 --mu2=-1 --kappa 1.0000000000000002" \
		"--lambda 1 --mu2=-1.0000000000000002" "--lambda 1 --mu2=-1 --type f64" "--lambda 1 --mu2=-1 --algorithm metropolis" \
		"--lambda 1 --mu2=-1 --step 1" "--lambda 1 --mu2=-1 --local-per-cluster 4"; do
		# shellcheck disable=SC2086
		rows_of -L 8 $other -n 20 -q | cut -d, -f7- > b
		run -1 cmp -s a b
	done
}
@test "every CPU gives the same bytes" {
	for kind in "-L 33" "-L 5x70 --type f64" "-L 8 --algorithm metropolis" "-d 1 -L 100 --type f64 --algorithm metropolis"; do
		# shellcheck disable=SC2086
		phi4-gen $kind --lambda 1 --mu2=-1 --therm 20 --every 1 -n 20 -q > best
		for cpu in baseline avx2 avx512; do
			# shellcheck disable=SC2086
			RENORM_CPU=$cpu phi4-gen $kind --lambda 1 --mu2=-1 --therm 20 --every 1 -n 20 -q > got
			cmp best got
		done
	done
}

# --- options -------------------------------------------------------------------------

@test "the start is hot with clusters, cold without, or as --start says" {
	for way in "cluster hot" "metropolis cold"; do
		read -r algorithm start <<< "$way"
		rows_of -L 8 --lambda 1 --mu2=-1 --therm 0 --every 1 -n 3 --algorithm "$algorithm" -q > auto
		rows_of -L 8 --lambda 1 --mu2=-1 --therm 0 --every 1 -n 3 --algorithm "$algorithm" --start "$start" -q > named
		cmp auto named
	done
	records -L 64 --lambda 0.7 --mu2=-2 --therm 0 --every 1 --start cold --algorithm metropolis -n 16 -q |
		awk -F, '$8 ^ 2 < 0.5 { exit 1 } { up += $8 > 0 } END { exit up < 1 || up > 15 }'
	records -L 64 --lambda 0.7 --mu2=-2 --therm 0 --every 1 --start hot --algorithm metropolis -n 16 -q |
		awk -F, '$8 ^ 2 > 0.1 { exit 1 }'
}
@test "the means of a record are those of its field, and the field has the type asked for" {
	for type in f32 f64; do
		phi4-gen -L 3x5 --lambda 0.7 --mu2=-0.9 --kappa 0.8 -n 40 --type $type --format=csv -q > out
		grep -q "^# column: phi $type 3 5" out
		rows out | awk -F, -v type=$type '
			NR > 1 {
				m = p2 = p4 = nn = 0
				for (i = 0; i < 15; i++) {
					y = int(i / 5); x = i % 5; p = $(12 + i); m += p; p2 += p ^ 2; p4 += p ^ 4
					nn += p * ($(12 + y * 5 + (x + 1) % 5) + $(12 + (y + 1) % 3 * 5 + x))
				}
				s = (-0.8 * nn + (-0.9 + 3.2) / 2 * p2 + 0.7 / 4 * p4) / 15
				d = (m / 15 - $8) ^ 2 + (p2 / 15 - $9) ^ 2 + (p4 / 15 - $10) ^ 2 + (nn / 30 - $11) ^ 2 + (s - $7) ^ 2
				if (d > (type == "f32" ? 1e-12 : 1e-18)) exit 1	# f32 is printed in 9 digits at most
			}
			END { exit NR != 41 }'
	done
}
@test "the history says all that determines the records" {
	phi4-gen -L 4 --lambda 1 --mu2 1,2 --level 0 --quiet --progress=never > a.rns
	sed '/^$/q' a.rns | grep '^history: ' > got
	echo 'history: phi4-gen 0.1.0 -d 2 -L 4 --kappa 1 --lambda 1 --mu2 1,2 -n 1 --first-id 0 --type f32 --algorithm auto' \
		'--step auto --local-per-cluster auto --start auto --therm auto --every auto --replicas auto --seed 1' > want
	cmp want got
	phi4-gen -d 1 -L 9 --kappa 0.5 --lambda 0 --mu2=-0.9 -n 3 --first-id 16 --type f64 --algorithm metropolis --step 0.25 \
		--start hot --therm 5 --every 2 --replicas 3 --seed 7 --format=csv | grep '^# history: ' > got
	echo '# history: phi4-gen 0.1.0 -d 1 -L 9 --kappa 0.5 --lambda 0 --mu2 -0.9 -n 3 --first-id 16 --type f64' \
		'--algorithm metropolis --step 0.25 --start hot --therm 5 --every 2 --replicas 3 --seed 7' > want
	cmp want got
}
@test "--report tells of each set of couplings, and what takes longer to forget than --therm is remarked on" {
	phi4-gen -L 8 --lambda 0.7 --mu2=-0.9515,1 --every 1 -n 16000 --report r.csv -q > /dev/null
	[ "$(wc -l < r.csv)" -eq 3 ]
	csv_column tau_m2 < r.csv > tau
	awk 'NR == 1 && ($1 < 3.3 || $1 > 5.3) { exit 1 } NR == 2 && ($1 < 0.5 || $1 > 2) { exit 1 }' tau	# 4.3 as fitted
	phi4-gen -L 16 --lambda 0.7 --mu2=-0.9515 --algorithm metropolis --therm 20 --every 4 -n 16000 2> err > /dev/null
	grep -q '^phi4-gen: kappa = 1, lambda = 0.7, mu2 = -0.9515: --therm 20 is less than 20 autocorrelation times' err
}
@test "progress is told on request" {
	phi4-gen -L 8 --lambda 1 --mu2 1 -n 16 --therm 100 --every 10 --progress=always > /dev/null 2> err
	grep -q '^phi4-gen: 1.76k cycles' err
}
@test "memory does not grow with the number of samples" {
	[ -z "$SAN" ] || skip "a sanitizer's own memory is beyond any limit"
	(ulimit -v 100000; phi4-gen -L 8 --lambda 1 --mu2 1 --therm 1 --every 1 -n 200000 --level 0 -q) | wc -c > size
	[ "$(cat size)" -gt 60000000 ]
}

# --- refusals ------------------------------------------------------------------------

refuse() { # CODE WORDS OPTIONS...: one line that begins with the stage and has the words, and no output
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr phi4-gen "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "phi4-gen: "*"$words"* && $stderr != *$'\n'* ]] || { echo "$*: $stderr"; return 1; }
}
@test "an action without a lower bound is refused, and no other" {
	refuse 64 "--lambda: -1 is negative" -L 4 --lambda=-1 --mu2 1
	refuse 64 "no lower bound; choose --mu2 above 0" -L 4 --lambda 0 --mu2 0
	refuse 64 "no lower bound; choose --mu2 above 0" -L 4 --lambda 1,0 --mu2=1,-0.1
	refuse 64 "choose --mu2 above -2" -d 1 -L 4 --lambda 0 --mu2=-2
	refuse 64 "choose --mu2 above 8" -L 4 --lambda 0 --mu2 8 --kappa=-1
	# 4 - 2 (1 + 1): on an odd ring no momentum is pi
	refuse 64 "choose --mu2 above 7.23607" -L 5 --lambda 0 --mu2 7.236 --kappa=-1
	refuse 64 "choose --mu2 above 7" -L 3x4 --lambda 0 --mu2 7 --kappa=-1
	for bounded in "-L 4 --mu2 1e-3" "-d 1 -L 4 --mu2=-1.99" "-L 4 --kappa=-1 --mu2 8.01" "-L 5 --kappa=-1 --mu2 7.24" \
		"-L 3x4 --kappa=-1 --mu2 7.01" "-L 1 --kappa=-1 --mu2=0.01" "-L 4 --kappa 0 --mu2 1"; do
		# shellcheck disable=SC2086
		phi4-gen $bounded --lambda 0 -n 16 -q --therm 5 --every 1 > /dev/null || { echo "$bounded"; return 1; }
	done
}
@test "what is missing or means nothing is refused, with the cure" {
	ok="--lambda 1 --mu2 1"
	# shellcheck disable=SC2086
	{
		refuse 64 "-L is missing" $ok
		refuse 64 "--lambda is missing" -L 4 --mu2 1
		refuse 64 "--mu2 is missing" -L 4 --lambda 1
		refuse 64 "--mu2: 'nan'" -L 4 --lambda 1 --mu2 nan
		refuse 64 "a coupling is a finite number" -L 4 --lambda inf --mu2 1
		refuse 64 "a coupling is a finite number" -L 4 $ok --kappa=1,-inf
		refuse 64 "--kappa: 'x'" -L 4 $ok --kappa x
		refuse 64 "-n: '0' is not a whole number of at least 1" -L 4 $ok -n 0
		refuse 64 "-L: '0'" -L 0 $ok
		refuse 64 "-L: '4x4' is two-dimensional" -d 1 -L 4x4 $ok
		refuse 64 "-d: '3' is not a whole number from 1 to 2" -d 3 -L 4 $ok
		refuse 64 "'f16' is none of f32, f64" -L 4 $ok --type f16
		refuse 64 "'wolff' is none of auto, metropolis, cluster" -L 4 $ok --algorithm wolff
		refuse 64 "'warm' is none of auto, cold, hot" -L 4 $ok --start warm
		refuse 64 "--step: '0'" -L 4 $ok --step 0
		refuse 64 "--step: 'nan'" -L 4 $ok --step nan
		refuse 64 "--local-per-cluster: '0'" -L 4 $ok --local-per-cluster 0
		refuse 64 "has no clusters: leave it out" -L 4 $ok --algorithm metropolis --local-per-cluster 5
		refuse 64 "--every: '0'" -L 4 $ok --every 0
		refuse 64 "--replicas: '0'" -L 4 $ok --replicas 0
		refuse 64 "this stage reads no files" -L 4 $ok file.rns
		refuse 64 "larger than 1 GiB" -L 20000 $ok
		refuse 64 "numbered past 2^64" -L 4 $ok -n 100 --first-id 18446744073709551600
		refuse 64 "fewer sweeps" -L 4 $ok --therm 18446744073709551614
		refuse 64 "--report -" -L 4 $ok --report -
		refuse 64 "would replace the output" -L 4 $ok --report out.rns -o out.rns
	}
}
@test "numbers that f32 cannot tell apart are refused" {
	refuse 64 "f32 cannot tell differences of so large an action; choose --type f64" -L 4 --lambda 1e10 --mu2=-1e10
	phi4-gen -L 4 --lambda 1e10 --mu2=-1e10 --type f64 -n 16 -q > /dev/null
	refuse 64 "choose smaller couplings" -L 4 --lambda 1e34 --mu2=-1e34 --type f64
}
@test "more memory than there is, is refused" {
	[ -z "$SAN" ] || skip "a sanitizer has words of its own for that"
	refuse 71 "out of memory: 1000000 replicas of 16000 x 16000 sites" -L 16000 --lambda 1 --mu2 1 --replicas 1000000 -n 1000000
}
