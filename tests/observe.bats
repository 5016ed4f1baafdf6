#!/usr/bin/env bats
# observe: what it prints is true, within errors that are true themselves; it depends on what the manual says.

load common

# Rows of a table, without the row of names.
rows_of() { observe --format=csv --no-comments "$@" | tail -n +2; }

# column NAME < table, with its row of names: the values.
column() { csv_column "$1"; }

# near WANT TOLERANCE [NAME] < one number a line: all of them there, finite and that near.
near() {
	awk -v want="$1" -v tol="$2" -v name="${3-}" '
		{ d = $1 - want; if (d < 0) d = -d; n++; if ($1 !~ /[0-9]/ || !(d <= tol)) { bad++; print name " " $1 ", not " want " within " tol } }
		END { exit bad || !n }'
}

# pulls EXACT NAME ERR < table: sum of ((NAME - EXACT) / ERR)^2 and the number of rows.
pulls() {
	awk -F, -v exact="$1" -v x="$2" -v err="$3" '
		/^#/ { next }
		!seen++ { for (i = 1; i <= NF; i++) { if ($i == x) a = i; if ($i == err) b = i }; next }
		{ n++; s += (($a - exact) / $b) ^ 2 }
		END { printf "%.6g %d\n", s, n }'
}

# chi_square TOLERANCE: of "sum n": the mean is 1 within 4.5 standard deviations and TOLERANCE.
chi_square() {
	awk -v tol="$1" '{ d = $1 / $2 - 1; if (d < 0) d = -d; print "chi^2 / n = " $1 / $2 ", n = " $2; exit !($2 > 1 && d < tol + 4.5 * sqrt(2 / $2)) }'
}

# --- every configuration of the 4 x 4 torus, once: the ensemble at T = inf, whatever its label says ------------------

all4() { # T
	awk -v T="$1" 'BEGIN {
		print "# renorm-stream 1\n# kind: samples\n# label: T\n# column: T f64\n# column: x bit 4 4"
		printf "T"; for (j = 0; j < 16; j++) printf ",x[%d][%d]", int(j / 4), j % 4; print ""
		for (i = 0; i < 65536; i++) {
			printf "%s", T; for (j = 0; j < 16; j++) printf ",%d", int(i / 2 ^ j) % 2; print ""
		}
		print "# end: 65536"
	}'
}

@test "all states of 4 x 4: the moments are exact" {
	all4 2 | observe > t
	# <|M|> = 16 C(16, 8) / 2^16, <M^4> = 3 N^2 - 2 N; each bond is an independent sign: <E^2> = 32
	absm=$(awk 'BEGIN { printf "%.17g", 12870 / 65536 }')
	for row in "n 65536 0" "e 0 1e-15" "absm $absm 1e-14" "m 0 1e-15" "m2 0.0625 1e-15" \
		"m4 0.01123046875 1e-15" "chi0 1 1e-14" "c 0.5 1e-14" "xi 0 1e-6" "tau_e 0.5 0" "tau_m2 0.5 0" "tau_e_err 0 0"; do
		# shellcheck disable=SC2086
		set -- $row
		column "$1" < t | near "$2" "$3" "$1"
	done
	column chi < t | near "$(awk -v a="$absm" 'BEGIN { printf "%.17g", 1 - 16 * a * a }')" 1e-13 chi
	column U4 < t | near "$(awk 'BEGIN { printf "%.17g", 1 - 0.01123046875 / (3 / 256) }')" 1e-13 U4
}

@test "all states of 4 x 4: histograms and the two-point function are exact" {
	all4 2 > all
	rows_of --histogram m all | cut -d, -f3,4 | tr , ' ' > got
	awk 'BEGIN { c = 1; for (k = 0; k <= 16; k++) { printf "%.10g %.17g\n", -1 + k / 8, c / 65536; c = c * (16 - k) / (k + 1) } }' > want
	paste -d' ' got want | awk '$1 != $3 || ($2 - $4) ^ 2 > 1e-30 { exit 1 } END { exit NR != 17 }'

	# the density of states of the reference table, summed over M
	rows_of --histogram e all | cut -d, -f3,4 | tr , ' ' > got
	rows "$REFERENCE/ising2d_hist_L4.csv" | awk -F, 'NR > 1 { g[$1 / 16] += $3 } END { for (e in g) printf "%s %.17g\n", e, g[e] / 65536 }' | sort -g > want
	awk '$2 > 0' got | sort -g | paste -d' ' - want | awk '$1 != $3 || ($2 - $4) ^ 2 > 1e-30 { exit 1 } END { exit NR != 15 }'
	rows_of --histogram e all | column_sum 4 | near 1 1e-12

	rows_of --correlation all | cut -d, -f3,4 > got
	printf '0,1\n1,0\n2,0\n' | diff - got
}
column_sum() { awk -F, -v i="$1" '{ s += $i } END { printf "%.15g\n", s }'; }

@test "order: every spin up, T = 0" {
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# label: T' '# column: T f64' '# column: x bit 2 3' \
		'T,x[0][0],x[0][1],x[0][2],x[1][0],x[1][1],x[1][2]' 0,1,1,1,1,1,1 0,0,0,0,0,0,0 0,1,1,1,1,1,1 '# end: 3' | observe > t
	[ "$(rows t | cut -d, -f3,4,5,6,9,10,16,17,18)" = "e,e_err,absm,absm_err,m2,m2_err,chi0_err,c,c_err
-2,0,1,0,1,0,0,0,0" ] || { rows t; return 1; }
	[ "$(column xi < t)" = inf ]
	[ "$(column xi_err < t)" = 0 ]
	column U4 < t | near 0.6666666666666667 1e-15
	[ "$(rows t | tail -n 1 | cut -d, -f27-31)" = 0,0,0,0,-1 ]
}

# --- samples of known ensembles --------------------------------------------------------------------------------------

# The exact moments: T e c absm m2 m4 U4 of an L x L torus at T.
exact() { # L T
	awk -F, -v L="$1" -v T="$2" '
		$1 == L && $2 == T && FILENAME ~ /energy/ { e = $4; c = $5 }
		$1 == L && $2 == T && FILENAME ~ /moments/ { printf "%s %s %s %s %s %s\n", e, c, $3, $4, $5, $6 }
	' "$REFERENCE/ising2d_energy.csv" "$REFERENCE/ising2d_moments.csv"
}

# 300 chains, each a group of its own: the pulls of each quantity have mean square 1.
@test "the errors of correlated chains are true, for every quantity" {
	ising-gen -L 4 -T 2.5 -n 600000 --replicas 300 --every 1 --seed 11 > chains.rns
	observe --by T,replica chains.rns > t
	read -r e c absm m2 m4 U4 <<< "$(exact 4 2.5)"
	[ -n "$U4" ]
	chi=$(awk -v a="$absm" -v b="$m2" 'BEGIN { printf "%.12g", 16 * (b - a * a) }')
	chi0=$(awk -v b="$m2" 'BEGIN { printf "%.12g", 16 * b }')
	for pair in "e $e" "c $c" "absm $absm" "m 0" "m2 $m2" "m4 $m4" "U4 $U4" "chi $chi" "chi0 $chi0" "T_eff 2.5"; do
		# shellcheck disable=SC2086
		set -- $pair
		echo "$1"
		# Some 30 blocks at least: the mean square of a t variate is 30/28; what is not linear is biased a little.
		pulls "$2" "$1" "$1_err" < t | chi_square 0.1
	done
	# and a wrong temperature is seen: that of Tc
	run -1 chi_square 0.1 <<< "$(pulls "$(exact 4 2.269185314213022 | cut -d' ' -f1)" e e_err < t)"
	# Power: taken for independent, the errors are too small, and the test sees it. (Of long chains the
	# blocks are long enough even so.)
	ising-gen -L 4 -T 2.5 -n 30000 --replicas 300 --every 1 --seed 11 | observe --independent --by T,replica > t
	for pair in "e $e" "absm $absm" "m2 $m2" "chi0 $chi0"; do
		# shellcheck disable=SC2086
		set -- $pair
		run -1 chi_square 0.1 <<< "$(pulls "$2" "$1" "$1_err" < t)"
	done
}

@test "many chains together: within their errors, and tau is what the spread of the chains says" {
	ising-gen -L 4 -T 2.5 -n 600000 --replicas 300 --every 1 --seed 12 > chains.rns
	observe chains.rns > all
	observe --by T,replica chains.rns > each
	read -r e c absm m2 m4 U4 <<< "$(exact 4 2.5)"
	for pair in "e $e" "c $c" "absm $absm" "m2 $m2" "m4 $m4" "U4 $U4"; do
		# shellcheck disable=SC2086
		set -- $pair
		pulls "$2" "$1" "$1_err" < all | awk '{ exit !($1 < 4.5 ^ 2) }'
		# No larger than it must be: 300 chains know it sqrt(300) times better than one.
		paste -d' ' <(column "$1_err" < all) <(column "$1_err" < each | awk '{ s += $1 ^ 2 } END { print sqrt(s) / NR }') |
			awk '{ exit !($1 / $2 > 0.7 && $1 / $2 < 1.3) }'
	done
	# variance of a chain's mean of e = 2 tau var(e) / n, var(e) = c T^2 / N
	column e < each | awk -v c="$c" '{ n++; s += $1; ss += $1 ^ 2 } END { v = (ss - s * s / n) / (n - 1); print v * 2000 / (2 * c * 6.25 / 16) }' > spread
	paste -d' ' spread <(column tau_e < all) <(column tau_e_err < all) |
		awk '{ d = $1 - $2; sigma = sqrt(2 / 299 * $1 ^ 2 + $3 ^ 2); print; exit !(d * d < 4.5 ^ 2 * sigma ^ 2 && $2 > 0.6) }'
}

@test "in a field: the moments of the table" {
	ising-gen -L 4 -T 2.5 --field 0.1 -n 200000 --replicas 100 --every 2 --seed 5 | observe > t
	read -r m absm m2 m4 U4 e c <<< "$(awk -F, '$1 == 4 && $2 == 2.5 && $3 == 0.1 { print $4, $5, $6, $7, $8, $9, $10 }' \
		"$REFERENCE/ising2d_moments_field.csv")"
	for pair in "m $m" "absm $absm" "m2 $m2" "m4 $m4" "U4 $U4" "e $e" "c $c"; do
		# shellcheck disable=SC2086
		set -- $pair
		pulls "$2" "$1" "$1_err" < t | awk -v q="$1" '{ print q, $0; exit !($1 < 4.5 ^ 2) }'
	done
	[ "$(column T_eff < t)" = nan ]
	[ "$(column T_eff_flag < t)" = 2 ]
}

@test "rings: energy, moments, G(r) and xi in closed form; independent records have tau 1/2" {
	ising-gen -d 1 -L 16 -T 0.75:3:0.75 -n 40000 --seed 3 > ring.rns
	observe ring.rns > t
	observe --correlation ring.rns > g
	[ "$(rows t | wc -l)" -eq 5 ]
	for T in 0.75 1.5 2.25 3; do
		{ rows t | head -n 1; rows t | grep "^$T,"; } > here
		read -r e c m2 <<< "$(awk -F, -v T="$T" '$1 == 16 && $2 == T && $3 == 0 { print $5, $6, $8 }' "$REFERENCE/ising1d.csv")"
		# xi from S(k) = sum_r G(r) cos(k r), G(r) = (t^r + t^(N-r)) / (1 + t^N)
		xi=$(awk -v T="$T" 'BEGIN {
			N = 16; pi = atan2(0, -1); x = exp(2 / T); t = (x - 1) / (x + 1)
			for (r = 0; r < N; r++) { G = (t ^ r + t ^ (N - r)) / (1 + t ^ N); S0 += G; S1 += G * cos(2 * pi * r / N) }
			printf "%.12g", sqrt(S0 / S1 - 1) / (2 * sin(pi / N)) }')
		for pair in "e $e" "c $c" "m2 $m2" "m 0" "xi $xi" "T_eff $T"; do
			# shellcheck disable=SC2086
			set -- $pair
			pulls "$2" "$1" "$1_err" < here | awk -v q="$1, T = $T:" '{ print q, $0; exit !($1 < 4.5 ^ 2) }'
		done
		[ "$(column tau_e < here)" = 0.5 ]
		[ "$(column tau_m2_err < here)" = 0 ]
		# The error of e is that of independent records, sqrt(c T^2 / (N n)), known from 64 blocks and more to 10%.
		column e_err < here | near 0 "$(awk -v c="$c" -v T="$T" 'BEGIN { print 1.45 * sqrt(c * T * T / 16 / 40000) }')"
		rows g | awk -F, -v T="$T" '
			$1 == T {
				x = exp(2 / T); t = (x - 1) / (x + 1); G = (t ^ $4 + t ^ (16 - $4)) / (1 + t ^ 16); n++
				d = $5 - G; if (d * d > 20.25 * $6 ^ 2 + 1e-24) { print "G(" $4 ") = " $5 " +- " $6 ", exactly " G; bad++ }
			}
			END { exit bad || n != 9 }'
	done
	# --independent changes nothing where all are.
	rows_of ring.rns > a; rows_of --independent ring.rns > b; cmp a b
}

@test "rings in a field have a thermometer" {
	ising-gen -d 1 -L 16 -T 1.5 --field 0.1 -n 20000 --seed 4 | observe > t
	pulls 1.5 T_eff T_eff_err < t | awk '{ exit !($1 < 4.5 ^ 2) }'
	[ "$(column T_eff_flag < t)" = 0 ]
}

@test "blocks of a ring in a field have none: their field is another" {
	ising-gen -d 1 -L 16 -T 1.5 -n 200 --seed 4 | blockspin | observe > t
	[ "$(column T_eff_flag < t)" = 0 ]
	ising-gen -d 1 -L 16 -T 1.5 --field 0.1 -n 200 --seed 4 > ring.rns
	blockspin ring.rns | observe > t
	[ "$(column T_eff_flag < t)" = 2 ]
	[ "$(column T_eff < t)" = nan ]
	blockspin --levels=1 ring.rns | observe > t
	[ "$(column T_eff_flag < t | paste -sd,)" = 2,2 ]
}

@test "the thermometer: asymmetric interval, 0 and inf outside, never nan" {
	ising-gen -L 8 -T 0,1,2,inf -n 64 --replicas 64 --seed 2 | observe > t
	[ "$(rows t | awk -F, 'NR > 1 { print $NF }' | head -n 1)" = -1 ]
	rows t | awk -F, 'NR > 1 { T = $(NF - 4); lo = $(NF - 2); hi = $(NF - 1)
		if ($0 ~ /T_eff/ || T == "nan" || lo == "nan" || hi == "nan") exit 1
		if (hi == "inf") { if ($(NF - 3) != "inf") exit 1 } else if (!(lo <= T && T <= hi)) exit 1 }'
	# above the range: a checkerboard has e = 2
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# column: x bit 2 2' 'x[0][0],x[0][1],x[1][0],x[1][1]' \
		1,0,0,1 0,1,1,0 '# end: 2' | observe > t
	[ "$(column T_eff < t)" = inf ]
	[ "$(column T_eff_err < t)" = inf ]
	[ "$(column T_eff_flag < t)" = 1 ]
	# no label T: no specific heat; m = 0 throughout: no U4
	[ "$(column c < t)" = nan ]
	[ "$(column U4 < t)" = nan ]
}

@test "histograms of the 4 x 4 torus at T = 3" {
	ising-gen -L 4 -T 3 -n 200000 --replicas 200 --every 2 --seed 6 > s.rns
	for x in m e; do
		rows "$REFERENCE/ising2d_hist_L4.csv" |
			awk -F, -v x=$x 'NR > 1 { P[x == "m" ? $2 / 16 : $1 / 16] += $6 } END { for (v in P) print v, P[v] }' > want
		rows_of --histogram $x s.rns | cut -d, -f4,5,6 | tr , ' ' > got
		awk 'FILENAME == "want" { want[$1] = $2; next }
			$2 > 0 { n++; d = $2 - want[$1]; if (d * d > 4.5 ^ 2 * $3 ^ 2) { bad++; print $0 ", exactly " want[$1] } }
			END { exit bad || n < 11 }' want got
		# Power: the table of another temperature
		rows "$REFERENCE/ising2d_hist_L4.csv" |
			awk -F, -v x=$x 'NR > 1 { P[x == "m" ? $2 / 16 : $1 / 16] += $5 } END { for (v in P) print v, P[v] }' > want
		# shellcheck disable=SC2016 # awk's own
		run -1 awk 'FILENAME == "want" { want[$1] = $2; next }
			$2 > 0 { d = $2 - want[$1]; if (d * d > 4.5 ^ 2 * $3 ^ 2) bad++ } END { exit bad > 0 }' want got
	done
}

@test "bins of a width: centred at its multiples, symmetric, complete" {
	# L = 20: m = j / 200, and every 0.05 a border of the bins
	ising-gen -L 20 -T 3 -n 2000 --every 3 --seed 8 > s.rns
	rows_of --histogram m --bin 0.1 s.rns > up
	rns-cat --to=csv --pm1 s.rns | awk -F, -v OFS=, '/^#/ || !seen++ { print; next } { for (i = 8; i <= NF; i++) $i = -$i; print }' > mirror.csv
	rows_of --histogram m --bin 0.1 --pm1 mirror.csv | awk -F, -v OFS=, '{ $4 = $4 ? -$4 : 0; print }' | sort -t, -k4,4g > down
	cmp up down
	column_sum 5 < up | near 1 1e-12
	awk -F, '{ k = $4 / 0.1; d = k - int(k + (k > 0 ? 0.5 : -0.5)); if (d * d > 1e-18) exit 1 } END { exit NR < 5 }' up
	# 1026 values and more get bins of 0.01 by themselves
	ising-gen -L 34 -T inf -n 100 > big.rns
	rows_of --histogram m big.rns | cut -d, -f4- > a; rows_of --histogram m --bin 0.01 big.rns | cut -d, -f4- > b
	cmp a b
}

# --- fields -----------------------------------------------------------------------------------------------------------

# free L KAPPA MU2 CHAINS RECORDS MEMORY [EXTRA]: the free field (lambda = 0) on L x L, drawn from its exact law: white noise
# times the root of the propagator 1 / (mu2 + kappa khat^2), as a convolution. A record is MEMORY times the one before
# and new noise, so that its law is the same and m^2 forgets as MEMORY^2t; with MEMORY 0 records are independent.
free() {
	awk -v L="$1" -v kappa="$2" -v mu2="$3" -v chains="$4" -v n="$5" -v a="$6" '
		function normal() { return sqrt(-2 * log(1 - rand())) * cos(2 * pi * rand()) }
		BEGIN {
			srand(11); pi = atan2(0, -1); N = L * L; b = sqrt(1 - a * a)
			for (p = 0; p < L; p++) for (q = 0; q < L; q++)
				root[p, q] = 1 / sqrt(mu2 + kappa * 4 * (sin(pi * p / L) ^ 2 + sin(pi * q / L) ^ 2)) / N
			for (y = 0; y < L; y++) for (x = 0; x < L; x++) for (p = 0; p < L; p++) for (q = 0; q < L; q++)
				kernel[y * L + x] += root[p, q] * cos(2 * pi * (p * y + q * x) / L)
			print "# renorm-stream 1\n# kind: field\n# label: kappa lambda mu2\n# column: kappa f64\n# column: lambda f64"
			print "# column: mu2 f64\n# column: replica u32\n# column: sweep u64\n# column: id u64\n# column: phi f64 " L " " L
			printf "kappa,lambda,mu2,replica,sweep,id"; for (i = 0; i < N; i++) printf ",phi[%d][%d]", int(i / L), i % L
			for (t = 1; t <= n; t++) for (c = 0; c < chains; c++) {
				for (i = 0; i < N; i++) w[c, i] = t == 1 ? normal() : a * w[c, i] + b * normal()
				printf "\n%s,0,%s,%d,%d,%d", kappa, mu2, c, a ? t : 0, c
				for (y = 0; y < L; y++) for (x = 0; x < L; x++) {
					v = 0
					for (j = 0; j < L; j++) for (i = 0; i < L; i++) v += kernel[(y - j + L) % L * L + (x - i + L) % L] * w[c, j * L + i]
					printf ",%.9g", v
				}
			}
			print "\n# end: " n * chains
		}'
}

# free_exact L KAPPA MU2: "name value" of all that observe prints of it. S = (1/2) sum_k |phi_k|^2 / G(k): N/2 on average.
free_exact() {
	awk -v L="$1" -v kappa="$2" -v mu2="$3" 'BEGIN {
		pi = atan2(0, -1); N = L * L
		for (p = 0; p < L; p++) for (q = 0; q < L; q++) {
			G = 1 / (mu2 + kappa * 4 * (sin(pi * p / L) ^ 2 + sin(pi * q / L) ^ 2)) / N
			phi2 += G; nn += G * (cos(2 * pi * p / L) + cos(2 * pi * q / L)) / 2
		}
		m2 = 1 / (N * mu2)
		printf "action 0.5\nabsm %.15g\nm 0\nm2 %.15g\nm4 %.15g\n", sqrt(2 * m2 / pi), m2, 3 * m2 * m2
		printf "chi %.15g\nchi0 %.15g\nU4 0\nxi %.15g\n", N * m2 * (1 - 2 / pi), N * m2, sqrt(kappa / mu2)
		printf "phi2 %.15g\nphi4 %.15g\nnn %.15g\n", phi2, 3 * phi2 * phi2, nn
	}'
}

# free_agrees L KAPPA MU2 < table of one row: all within 4.5 errors, or not.
free_agrees() {
	cat > free_table
	free_exact "$@" > want
	while read -r name value; do
		pulls "$value" "$name" "${name}_err" < free_table | awk -v q="$name" '{ print q, $0; exit !($1 < 4.5 ^ 2) }' || return 1
	done < want
	[ "$(wc -l < want)" -eq 12 ]
}

@test "the free field: all means are exact, within their errors" {
	free 6 1 0.5 6000 1 0 > f
	observe f > t
	[ "$(rows t | head -n 1 | sed 's/,[^,]*_err//g')" = kappa,lambda,mu2,n,action,absm,m,m2,m4,chi,chi0,U4,xi,phi2,phi4,nn,tau_phi2,tau_m2 ]
	free_agrees 6 1 0.5 < t
	[ "$(column tau_phi2 < t)" = 0.5 ]
	[ "$(column tau_m2_err < t)" = 0 ]
	# the errors of independent records are those of their spread: var(m^2) = 2 <m^2>^2
	column m2_err < t | near "$(awk 'BEGIN { print sqrt(2 / 6000) / 18 }')" "$(awk 'BEGIN { print 0.4 * sqrt(2 / 6000) / 18 }')"
	# Power: other couplings
	run -1 free_agrees 6 1 0.55 < t
	run -1 free_agrees 6 1.1 0.5 < t
}

@test "the free field: S(k) is the propagator, G(r) its transform, P(m) a normal law" {
	free 6 1 0.5 6000 1 0 > f
	observe --structure f > s
	[ "$(rows s | head -n 1)" = kappa,lambda,mu2,n,mode,k,S,S_err ]
	propagator() { # MU2
		rows s | awk -F, -v mu2="$1" '
			NR > 1 { n++; k = 2 * atan2(0, -1) * $5 / 6; G = 1 / (mu2 + 4 * sin(k / 2) ^ 2); d = ($7 - G) / $8
				bad += (k - $6) ^ 2 > 1e-20 || d * d > 4.5 ^ 2 }
			END { exit bad || n != 4 }'
	}
	propagator 0.5
	run -1 propagator 0.6
	observe --correlation f > g
	rows g | awk -F, 'BEGIN { L = 6; pi = atan2(0, -1)
			for (p = 0; p < L; p++) for (q = 0; q < L; q++) for (r = 0; r <= 3; r++)
				G[r] += cos(2 * pi * p * r / L) / (0.5 + 4 * (sin(pi * p / L) ^ 2 + sin(pi * q / L) ^ 2)) / L ^ 2 }
		NR > 1 { n++; d = ($6 - G[$5]) / $7; if (d * d > 4.5 ^ 2) { bad++; print } }
		END { exit bad || n != 4 }'
	# bins of 0.2 around multiples, by integrals of the normal law (Simpson)
	observe --histogram m --bin 0.2 f > h
	law() { # VARIANCE
		rows h | awk -F, -v v="$1" '
			function density(x) { return exp(-x * x / (2 * v)) / sqrt(2 * atan2(0, -1) * v) }
			NR > 1 && $6 * 6000 > 10 { n++; P = 0.2 / 6 * (density($5 - 0.1) + 4 * density($5) + density($5 + 0.1)); d = ($6 - P) / $7
				if (d * d > 4.5 ^ 2) { bad++; print $0 ", exactly " P } }
			END { exit bad || n < 7 }'
	}
	law "$(awk 'BEGIN { print 1 / 18 }')"
	run -1 law "$(awk 'BEGIN { print 1 / 15 }')"
	rows_of --histogram m --bin 0.2 f | column_sum 6 | near 1 1e-12
}

@test "chains of free fields: the errors are true, and tau is that of their memory" {
	free 2 1 0.5 100 2000 0.8 > chains
	observe --by kappa,replica -q chains > each
	observe chains > all
	free_agrees 2 1 0.5 < all
	free_exact 2 1 0.5 > want
	while read -r name value; do
		case $name in U4 | xi) continue ;; esac		# biased in so short a chain
		echo "$name"
		pulls "$value" "$name" "${name}_err" < each | chi_square 0.1
	done < want
	# rho of m^2 is a^2t: tau = (1 + a^2) / (1 - a^2) / 2
	tau=$(awk 'BEGIN { print 1.64 / 0.36 / 2 }')
	pulls "$tau" tau_m2 tau_m2_err < all | awk '{ print; exit !($1 < 4.5 ^ 2) }'
	pulls "$tau" tau_phi2 tau_phi2_err < all | awk '{ print; exit !($1 < 4.5 ^ 2) }'
	# Power: taken for independent the errors of short chains are too small
	rns-sel --where 'sweep<=100' chains | observe --independent --by kappa,replica -q > each
	run -1 chi_square 0.1 <<< "$(pulls "$(awk '$1 == "m2" { print $2 }' want)" m2 m2_err < each)"
}

@test "one field, by hand: means, S(k), G(r), series" {
	printf '%s\n' '# renorm-stream 1' '# kind: field' '# label: kappa lambda mu2' '# column: kappa f64' '# column: lambda f64' \
		'# column: mu2 f64' '# column: phi f32 2 2' 'kappa,lambda,mu2,phi[0][0],phi[0][1],phi[1][0],phi[1][1]' \
		'0.5,2,1,1,2,-1,4' '# end: 1' > f
	observe -q f > t
	# bonds: rows 2 2 -4 -4, columns -1 -1 8 8; S = -5 + 3/2 * 22 + 1/2 * 274
	for row in "m 1.5" "absm 1.5" "m2 2.25" "m4 5.0625" "chi 0" "chi0 9" "phi2 5.5" "phi4 68.5" "nn 1.25" "action 41.25"; do
		# shellcheck disable=SC2086
		set -- $row
		column "$1" < t | near "$2" 1e-12 "$1"
	done
	# sums: columns 0 6, rows 3 3
	[ "$(rows_of -q --structure f | cut -d, -f5,7 | paste -sd' ')" = '0,9 1,4.5' ]
	[ "$(rows_of -q --correlation f | cut -d, -f5,6 | paste -sd' ')" = '0,5.5 1,1.25' ]
	[ "$(observe --raw f | rows | paste -sd' ')" = 'kappa,lambda,mu2,action,m,phi2,phi4,nn,S 0.5,2,1,41.25,1.5,5.5,68.5,1.25,4.5' ]
	# couplings that differ in a group, or are not there, have no action
	sed 's/^0.5,2,1,.*/&\n0.6,2,1,1,2,-1,4/; s/end: 1/end: 2/' f > two
	[ "$(observe -q --by lambda two | column action)" = nan ]
	rns-sel -q --columns phi f > bare
	[ "$(observe -q bare | column action)" = nan ]
	[ "$(observe -q --raw bare | column action)" = nan ]
	observe -q bare | column phi4 | near 68.5 1e-12
	# samples of real numbers are measured as fields are
	sed 's/kind: field/kind: samples/; s/phi/x/g' f | observe -q | rows > a
	rows t | cmp - a
}

@test "fields: levels are measured each by itself, smaller or larger than the first" {
	free 8 1 0.5 50 1 0 | rns-cat --to=rns > f
	blockspin --levels 2 f > levels
	for k in 1 2; do blockspin --levels $k --last f > one$k; done
	cp f one0
	for mode in "" "--histogram m" --structure --correlation --raw; do
		for k in 0 1 2; do
			# shellcheck disable=SC2086
			at=$(observe $mode levels | rows | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "level") print i }')
			# shellcheck disable=SC2086
			rows_of $mode levels | awk -F, -v k=$k -v at="$at" '$at == k' | cut -d, -f "1-$(( at - 1 )),$(( at + 1 ))-" > a
			# shellcheck disable=SC2086
			rows_of $mode one$k > b
			[ -s a ]
			cmp a b || { echo "level $k $mode"; return 1; }
		done
	done
	# larger: phi.1 of twice the extent, as an inverse step makes it
	printf '%s\n' '# renorm-stream 1' '# kind: field' '# column: phi f64 2' '# column: phi.1 f64 4' \
		'phi[0],phi[1],phi.1[0],phi.1[1],phi.1[2],phi.1[3]' 1,2,1,1,2,4 '# end: 1' > larger
	[ "$(rows_of -q larger | cut -d, -f1,2,7)" = "$(printf '0,1,1.5\n1,1,2')" ]
	[ "$(rows_of -q --correlation larger | cut -d, -f1,3,4 | paste -sd' ')" = '0,0,2.5 0,1,2 1,0,5.5 1,1,3.75 1,2,3' ] || rows_of -q --correlation larger
}

@test "fields: every kernel on every CPU gives the same bytes" {
	for shape in "6 1" "17 1" "40 1"; do
		# shellcheck disable=SC2086
		set -- $shape
		free "$1" 1 0.5 5 1 0 > f64.csv
		sed 's/phi f64/phi f32/' f64.csv > f32.csv
		for f in f32 f64; do
			rns-cat --to=rns $f.csv | blockspin --levels 1 -b "$([ $(( $1 % 2 )) = 0 ] && echo 2 || echo 17)" > s
			for mode in "" "--histogram m" --structure --correlation --raw; do
				# shellcheck disable=SC2086
				RENORM_CPU=baseline observe -q $mode s > want
				for cpu in avx2 avx512; do
					# shellcheck disable=SC2086
					RENORM_CPU=$cpu observe -q $mode s | cmp - want || { echo "$shape $f $mode $cpu"; return 1; }
				done
			done
		done
	done
	for cpu in baseline avx2 avx512; do RENORM_CPU=$cpu run_unit observe-field; done
}

@test "S(k) of spins: all states are white; rings in closed form; mode 1 is that of the series" {
	all4 2 > all
	[ "$(rows_of --structure all | cut -d, -f3,5 | awk -F, '{ printf "%s %.12g\n", $1, $2 }' | paste -sd,)" = '0 1,1 1,2 1' ]
	ising-gen -d 1 -L 16 -T 1.5 -n 20000 --seed 3 | observe --structure | rows | awk -F, '
		BEGIN { N = 16; pi = atan2(0, -1); x = exp(2 / 1.5); t = (x - 1) / (x + 1)
			for (r = 0; r < N; r++) for (q = 0; q <= N / 2; q++) S[q] += (t ^ r + t ^ (N - r)) / (1 + t ^ N) * cos(2 * pi * q * r / N) }
		NR > 1 { n++; d = ($6 - S[$4]) / $7; if (d * d > 4.5 ^ 2) { bad++; print $0 ", exactly " S[$4] } }
		END { exit bad || n != 9 }'
	ising-gen -L 10x14 -T 2.5 -n 100 > s.rns
	observe --raw s.rns | column S | awk '{ s += $1 } END { printf "%.12g\n", s / NR }' > want
	observe -q --structure s.rns | column S | sed -n 2p | near "$(cat want)" 1e-9
	observe -q s.rns | column chi0 | near "$(observe -q --structure s.rns | column S | sed -n 1p)" 1e-9
}

@test "reweighting in mu2: the free field at other mu2 is exact, at every level" {
	free 6 1 0.5 6000 1 0 | blockspin --rule mean --levels 1 | observe --reweight mu2=0.4:0.6:0.05 > t
	reweighted() { # SHIFT: of mu2, away from what is asked
		rows t | awk -F, -v shift="$1" '
			function far(x, err, exact) { d = (x - exact) / err; return d * d > 4.5 ^ 2 }
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{
				n++; N = $at["level"] ? 9 : 36; m2 = 1 / (36 * ($at["mu2_to"] + shift)); pi = atan2(0, -1)
				bad += far($at["m2"], $at["m2_err"], m2) + far($at["absm"], $at["absm_err"], sqrt(2 * m2 / pi)) \
					+ far($at["m4"], $at["m4_err"], 3 * m2 ^ 2) + far($at["U4"], $at["U4_err"], 0) \
					+ far($at["chi0"], $at["chi0_err"], N * m2) + far($at["chi"], $at["chi_err"], N * m2 * (1 - 2 / pi))
				# E(w)^2 / E(w^2), mode by mode; known to 3% here
				f = 1; d = $at["mu2_to"] - 0.5
				for (p = 0; p < 6; p++) for (q = 0; q < 6; q++) {
					G = 1 / (0.5 + 4 * (sin(pi * p / 6) ^ 2 + sin(pi * q / 6) ^ 2)); f *= sqrt(1 + 2 * d * G) / (1 + d * G)
				}
				e = $at["n_eff"] / 6000 / f - 1; bad += e * e > 0.03 ^ 2
			}
			END { exit bad > 0 || n != 10 }'
	}
	reweighted 0
	# Power
	run -1 reweighted 0.1
	# to where it was simulated: the plain means
	free 6 1 0.5 500 1 0 > f
	observe f > plain
	observe --reweight mu2=0.5 f > t
	for name in absm m2 m4 chi chi0 U4 absm_err m2_err; do column $name < t | near "$(column $name < plain)" 1e-12 $name; done
	[ "$(column n_eff < t)" = 500 ]
	# chains of their own groups, with weights of their own
	free 6 1 0.7 500 1 0 > g
	cat f g > both
	rows_of --reweight mu2=0.6 both > a
	{ rows_of --reweight mu2=0.6 f; rows_of --reweight mu2=0.6 g; } | cmp - a
}

@test "reweighting far away says so; without the simulated field it is refused" {
	free 4 1 0.5 200 1 0 > f
	run -0 --separate-stderr observe --reweight mu2=0.5,0.6,9,99 f
	[ "$stderr" = "observe: 2 rows come from fewer than 100 effective records (n_eff): not to be trusted" ]
	[[ $output == *"observe 0.1.0 --reweight mu2=0.5,0.6,9,99 f"* ]]
	refused 64 'add it to --by' observe --by kappa --reweight mu2=0.6 f
	observe -q --by mu2 --reweight mu2=0.6 f > t
	refused 64 'mu2=' observe --reweight kappa=1 f
	refused 64 '--reweight' observe --reweight mu2= f
	refused 64 'finite' observe --reweight mu2=inf f
	blockspin f > blocks
	refused 65 '--levels' observe --reweight mu2=0.6 blocks
	blockspin --levels 1 f | rns-sel --drop phi > dropped
	refused 65 '--levels' observe --reweight mu2=0.6 dropped
	rns-sel -q --columns id,phi f > bare
	refused 65 'label mu2' observe --reweight mu2=0.6 bare
	ising-gen -L 4 -T 2 -n 5 > s.rns
	refused 64 'for fields' observe --reweight mu2=0.6 s.rns
}

@test "fields: bins and ranges" {
	free 6 1 0.5 500 1 0 > f
	rows_of --histogram m f | cut -d, -f5 | awk '{ k = $1 / 0.05; d = k - int(k + (k > 0 ? 0.5 : -0.5)); if (d * d > 1e-18) exit 1 }'
	run -0 --separate-stderr observe --histogram m --range 0.3 --bin 0.1 f
	outside=$(observe --raw f | column m | awk '$1 > 0.35 || $1 < -0.35 { n++ } END { print n }')
	[ "$stderr" = "observe: $outside of the m are outside of the bins: use a larger --range" ]
	rows_of -q --histogram m --range 0.3 --bin 0.1 f > h
	column_sum 6 < h | near "$(awk -v n="$outside" 'BEGIN { print 1 - n / 500 }')" 1e-9
	[ "$(wc -l < h)" -eq 7 ]
	[[ "$(observe -q --histogram m --range 0.3 --bin 0.1 f)" == *"observe 0.1.0 --histogram m --bin 0.1 --range 0.3 f"* ]]
}

# --- groups, levels, chains ------------------------------------------------------------------------------------------

@test "groups come in order of first appearance, with their labels; --by chooses others" {
	ising-gen -L 4 -T 3,1,2 -n 20 --replicas 2 > s.rns
	[ "$(observe s.rns | column T | paste -sd,)" = 3,1,2 ]
	[ "$(observe s.rns | rows | head -n 1 | cut -d, -f1-4)" = T,h,n,e ]
	[ "$(observe --by replica s.rns | rows | cut -d, -f1,2 | paste -sd' ')" = 'replica,n 0,30 1,30' ]
	[ "$(observe --by T,replica s.rns | rows | tail -n +2 | cut -d, -f1-3 | paste -sd' ')" = '3,0,10 3,1,10 1,0,10 1,1,10 2,0,10 2,1,10' ]
	# temperatures in one group have no c and no one field is asked of h = 0
	[ "$(observe --by h s.rns | column c)" = nan ]
	[ "$(observe --by h s.rns | column T_eff_flag)" = 0 ]
	# what is averaged in a group is what was averaged in its parts
	observe --by replica s.rns > a
	rns-sel --where replica=1 s.rns | observe --by replica > b
	[ "$(rows a | tail -n 1)" = "$(rows b | tail -n 1)" ]
}

@test "-0 and 0 are one group" {
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# label: h' '# column: h f64' '# column: x bit 2' 'h,x[0],x[1]' 0,1,1 -0,0,1 0,1,1 '# end: 3' > s.csv
	[ "$(rows_of s.csv | cut -d, -f1,2)" = 0,3 ]
}

@test "levels: a row each, equal to that of the level alone" {
	ising-gen -L 16 -T 2,2.5 -n 200 --every 2 > s.rns
	blockspin --levels=2 s.rns > levels.rns
	observe levels.rns > t
	[ "$(rows t | cut -d, -f1-4 | paste -sd' ')" = 'T,h,level,n 2,0,0,200 2,0,1,200 2,0,2,200 2.5,0,0,200 2.5,0,1,200 2.5,0,2,200' ]
	for k in 0 1 2; do
		name=spins$([ $k = 0 ] || echo .$k)
		rns-sel --columns "T,h,replica,sweep,id,$name" levels.rns |
			{ [ $k = 0 ] && rns-cat || rns-sel --rename "$name=spins"; } > one.rns
		for mode in "" --histogram=m --histogram=e --correlation; do
			# shellcheck disable=SC2086
			rows_of $mode levels.rns | awk -F, -v OFS=, -v k=$k '$3 == k { $3 = ""; print }' | sed 's/,,/,/' > a
			# shellcheck disable=SC2086
			rows_of $mode one.rns > b
			cmp a b || { echo "level $k $mode"; return 1; }
		done
	done
}

@test "segments, and the order in which chains come, do not matter" {
	ising-gen -L 8 -T 2,3 -n 500 --every 2 --seed 1 > a.rns
	ising-gen -L 8 -T 2,3 -n 500 --every 2 --first-id 1 --seed 1 > b.rns
	cat a.rns b.rns > ab.rns
	ising-gen -L 8 -T 2,3 -n 1000 --replicas 2 --every 2 --seed 1 > both.rns
	rows_of a.rns b.rns > want
	rows_of ab.rns | cmp - want
	rns-cat a.rns b.rns | rows_of | cmp - want
	rns-cat --to=csv a.rns b.rns | rows_of | cmp - want
	rns-cat --to=plain ab.rns | rows_of | cmp - want
	# sums in another order: the same but for the last digits, those of single precision in tau and what follows from it
	for other in "$(rows_of b.rns a.rns)" "$(rows_of both.rns)"; do
		paste -d, want - <<< "$other" | awk -F, '
			{ for (i = 1; i <= NF / 2; i++) { x = $i; y = $(i + NF / 2); d = x - y; s = x < 0 ? -x : x
				if ((x ~ /n/) != (y ~ /n/) || d * d > (2e-6 * (s + 1e-3)) ^ 2) { print i, x, y; bad++ } } }
			END { exit bad || NR != 2 }'
	done
}

@test "chains that are one after the other, sweep-major, or sorted by chain, have equal errors" {
	ising-gen -L 8 -T 2.5 -n 3000 --replicas 30 --every 1 > s.rns
	rns-sel --sort replica,sweep s.rns > sorted.rns
	paste -d, <(rows_of s.rns) <(rows_of sorted.rns) | awk -F, '
		{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d * d > (1e-6 * $i) ^ 2 + 1e-24) { print i, $i, $(i + NF / 2); bad++ } } }
		END { exit bad || NR != 1 }'
}

@test "--raw is the series itself, and its averages are those of the table" {
	ising-gen -L 10 -T 2,3 -n 100 --replicas 2 > s.rns
	observe --raw s.rns > raw
	[ "$(rows raw | head -n 1)" = T,h,replica,sweep,id,e,m,S ]
	rns-cat --to=csv s.rns | rows | cut -d, -f1-7 > want
	rows raw | cut -d, -f1-7 | cmp - want
	observe s.rns > t
	for T in 2 3; do
		{ rows t | head -n 1; rows t | grep "^$T,"; } > here
		rows raw | awk -F, -v T=$T '
			NR > 1 && $1 == T { n++; e += $6; m2 += $7 ^ 2; S += $8 }
			END { pi = atan2(0, -1); x = (100 * m2 / S - 1) / (2 * sin(pi / 10)) ^ 2
				printf "e %.12g\nm2 %.12g\nxi %.12g\n", e / n, m2 / n, x > 0 ? sqrt(x) : 0 }' > want
		while read -r name value; do column "$name" < here | near "$value" 1e-9 "$name"; done < want
	done
	# with levels: a row each
	blockspin --levels=1 s.rns | observe --raw > raw
	[ "$(rows raw | wc -l)" -eq 401 ]
	[ "$(rows raw | head -n 1)" = T,h,replica,sweep,id,level,e,m,S ]
}

@test "every kernel on every CPU gives the same bytes" {
	for shape in 3x5 10 16x8 33 64 70x40 129 128x256; do
		ising-gen -L $shape -T 2.5 -n 20 --every 1 --therm 5 > s.rns
		for mode in "" --histogram=m --histogram=e --correlation --raw; do
			# shellcheck disable=SC2086
			RENORM_CPU=baseline observe $mode s.rns > want
			for cpu in avx2 avx512; do
				# shellcheck disable=SC2086
				RENORM_CPU=$cpu observe $mode s.rns | cmp - want || { echo "$shape $mode $cpu"; return 1; }
			done
		done
	done
}

@test "--format=rns is a table with its history" {
	ising-gen -L 4 -T 2 -n 20 > s.rns
	observe --by T --independent --format=rns s.rns > t.rns
	zstdcat t.rns | sed '/^$/q' > header
	grep -qx 'kind: table' header
	grep -qx 'label: T' header
	[ "$(grep '^history: ' header | tail -n 1)" = 'history: observe 0.1.0 --by T --independent s.rns' ]
	rns-cat --to=csv t.rns | rows > a
	observe --by T --independent s.rns | rows | cmp - a
}

@test "one record: its values, and no errors" {
	ising-gen -L 4 -T 2 -n 1 --every 10 | observe > t
	[ "$(column n < t)" = 1 ]
	[ "$(column e_err < t)" = nan ]
	[ "$(column tau_e < t)" = nan ]
	column e < t | near 0 2
	for T_eff in $(column T_eff < t); do [ "$T_eff" != nan ]; done
}

@test "two records: no number that is not known" {
	ising-gen -L 8 -T 2 -n 2 --every 10 | observe -q > t
	for name in chi_err c_err U4_err tau_e tau_e_err tau_m2 tau_m2_err; do
		[ "$(column $name < t)" = nan ] || { echo "$name: $(column $name < t)"; return 1; }
	done
	column e_err < t | near 1 1
}

@test "errors that are too small are said so, once, and not of order" {
	ising-gen -L 8 -T 0,2.2,3,4 -n 100 --every 1 > few.rns
	run -0 --separate-stderr observe few.rns
	[ "$stderr" = "observe: T 2.2, h 0 (and 2 more groups): fewer than 20 blocks of 16 tau; the errors are too small; use a larger -n or --every" ]
	run -0 --separate-stderr observe --quiet few.rns
	[ -z "$stderr" ]
	run -0 --separate-stderr observe --independent few.rns
	[ -z "$stderr" ]
	ising-gen -L 8 -T 3 -n 2000 --every 20 > enough.rns
	run -0 --separate-stderr observe enough.rns
	[ -z "$stderr" ]
}

@test "steps of a flow put together are told, once" {
	ising-gen -L 4 -T inf -n 40 --format=csv | awk '
		/^# label/ { $0 = $0 " step" }
		/^# column: spins/ { $0 = $0 "\n# column: step u32" }
		!/^#/ { $0 = $0 (n++ ? "," n % 2 : ",step") }
		{ print }' > flow.csv
	run -0 --separate-stderr observe --by T flow.csv
	[ "$stderr" = "observe: the steps of a flow are not independent: add step to --by" ]
	for alone in "--by T,step" "--by step" "--by T --independent" ""; do
		# shellcheck disable=SC2086 # several words
		run -0 --separate-stderr observe $alone flow.csv
		[ -z "$stderr" ]
	done
	rns-sel --where step=1 flow.csv -o end
	run -0 --separate-stderr observe --by T end
	[ -z "$stderr" ]
}

@test "no records: no rows, and a remark" {
	ising-gen -L 4 -T 2 -n 5 | rns-sel --where 'T>5' > none.rns
	run -0 --separate-stderr observe none.rns
	[ "$(rows <<< "$output" | wc -l)" -eq 1 ]
	[[ $output == *"# end: 0" ]]
	[[ $stderr == "observe: none.rns: no records"* ]]
	run -0 --separate-stderr observe --quiet none.rns
	[ -z "$stderr" ]
}

# --- memory ----------------------------------------------------------------------------------------------------------

@test "a long chain, and many chains, stay within 64 MiB" {
	[[ $SAN != *address* ]] || skip "sanitizers reserve address space of their own"
	ising-gen -L 10 -T 2.5 -n 1000000 --every 1 --level 0 > long.rns
	ising-gen -L 4 -T 1:4:0.25 -n 2000 --replicas 1000 --every 1 --therm 1 > many.rns
	for s in long many; do
		(ulimit -v 65536; observe $s.rns) > t
		[ "$(column n < t | awk '{ n += $1 } END { print n }')" -ge 26000 ]
	done
}

@test "a header claims a size, and costs nothing; a tall lattice costs four bytes a row" {
	[[ $SAN != *address* ]] || skip "sanitizers reserve address space of their own"
	printf 'renorm-stream 1\nkind: spins\nlabel: T\ncolumn: T f64\ncolumn: spins bit 268435456 2\n\n' > claim
	for mode in "" --raw --histogram=m --correlation; do
		# shellcheck disable=SC2086
		run -65 bash -c 'ulimit -v 65536; observe "$@" < claim' bash $mode
		[[ $output == *"cut short"* ]]
	done
	ising-gen -L 8388608x1 -T inf -n 3 > tall.rns
	(ulimit -v 65536; observe tall.rns) > t
	[ "$(column n < t)" = 3 ]
}

# --- refusals --------------------------------------------------------------------------------------------------------

refused() { # CODE PATTERN COMMAND...
	local code=$1 pattern=$2
	shift 2
	run "-$code" --separate-stderr "$@"
	[[ $stderr == "observe: "*$pattern* && $stderr != *$'\n'* ]] || { echo "said: $stderr"; return 1; }
	[[ $output != *"# end: "* ]]
}

@test "a shuffled chain is refused, and --independent takes it" {
	ising-gen -L 4 -T 2,3 -n 100 --therm 1000 --every 3 > s.rns
	rns-sel --shuffle --seed 1 s.rns > shuffled.rns
	refused 65 'shuffled.rns: segment 1, record ' observe shuffled.rns
	[[ $stderr == *"replica 0"*"--independent"* ]]
	observe --independent shuffled.rns | column n | near 100 0
	# a repeated record is as bad
	refused 65 'sweep 1003 after sweep 1300' observe s.rns s.rns
	ising-gen -L 4 -T 2 -n 1 --therm 1000 --every 10 > one.rns
	refused 65 'sweep 1010 again' observe one.rns one.rns
	[[ $stderr == *"--first-id"* ]]
	# and what a chain of one temperature did, another may do
	observe s.rns | column n | near 100 0
}

@test "what cannot be measured or joined is refused" {
	ising-gen -L 4 -T 2 -n 5 > four.rns
	ising-gen -L 6 -T 2 -n 5 > six.rns
	refused 65 'six.rns: segment ' observe four.rns six.rns
	[[ $stderr == *"segment 1 (four.rns)"* ]]
	observe --format=rns four.rns > table.rns
	refused 65 'table.rns: ' observe table.rns
	rns-sel --put c=3 four.rns > taken.rns
	refused 65 'taken.rns: segment 1: column c ' observe taken.rns
	[[ $stderr == *"rns-sel --rename c="* ]]
	rns-sel --rename c=my_c taken.rns | observe -q | column my_c | near 3 0
	rns-sel --put S=3 four.rns > taken.rns
	refused 65 'taken.rns: segment 1: column S ' observe --raw taken.rns
	rns-sel --columns T,h,id four.rns > bare.rns
	refused 65 'no column spins' observe bare.rns
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# column: x u8 2' 'x[0],x[1]' 1,0 '# end: 1' > bytes.csv
	refused 65 'bytes.csv: ' observe bytes.csv
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# column: x bit 2 2 2' \
		"$(echo x[{0,1}][{0,1}][{0,1}] | tr ' ' ,)" 1,0,1,0,1,0,1,0 '# end: 1' > cube.csv
	refused 65 'cube.csv: ' observe cube.csv
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# label: T' '# column: T f64' '# column: x bit 2' 'T,x[0],x[1]' 1,0,1 nan,1,1 '# end: 2' > nan.csv
	refused 65 'T is nan' observe nan.csv
	[[ $stderr == *"nan.csv: segment 1, record "* ]]
	[[ $stderr != *--by* ]]
	head -c $(( $(stat -c %s four.rns) - 20 )) four.rns > cut.rns
	refused 65 'cut.rns' observe cut.rns
	printf '%s\n' '# renorm-stream 1' '# kind: spins' '# column: replica f64' '# column: sweep u64' '# column: spins bit 2' \
		'replica,sweep,spins[0],spins[1]' 0,1,1,0 '# end: 1' > odd.csv
	refused 65 'replica' observe odd.csv
	observe --independent odd.csv | column n | near 1 0
}

@test "fields: nan and inf, and what is for spins alone, are refused" {
	free 4 1 0.5 5 1 0 > good
	for bad in nan inf -inf; do
		awk -F, -v OFS=, -v bad=$bad '!/^#/ { if (names++ == 4) $12 = bad } { print }' good > f
		for mode in "" "--histogram m" --structure --correlation --raw; do
			# shellcheck disable=SC2086
			refused 65 'f: segment 1, record 3: ' observe $mode f
			[[ $stderr == *"not finite"* ]]
		done
	done
	refused 64 '--histogram e is for spins' observe --histogram e good
	refused 64 '--range' observe --range 2 good
	refused 64 '--range' observe --structure --range 2 good
	refused 64 'a larger one, or a smaller --range' observe --histogram m --bin 1e-4 good
	ising-gen -L 4 -T 2 -n 5 > s.rns
	refused 64 '--range is for fields' observe --histogram m --range 2 s.rns
	refused 64 'one of them' observe --histogram m --structure s.rns
	refused 65 'segment ' observe good s.rns
}

@test "options that do not go together or say nothing are refused" {
	ising-gen -L 4 -T 2 -n 5 > s.rns
	refused 64 '--bin' observe --bin 0.1 s.rns
	refused 64 'one of them' observe --histogram m --correlation s.rns
	refused 64 'one of them' observe --raw --histogram e s.rns
	refused 64 '--raw' observe --raw --by T s.rns
	refused 64 '--raw' observe --raw --independent s.rns
	refused 64 '--histogram' observe --histogram x s.rns
	refused 64 'above the 10000 there may be: give 0.001 or more' observe --histogram m --bin 1e-6 s.rns
	observe --histogram e --bin 0.001 s.rns > t
	for wrong in 0 -1 nan x 1e-9 ''; do refused 64 '--bin' observe --histogram m --bin "$wrong" s.rns; done
	refused 65 'nonesuch' observe --by T,nonesuch s.rns
	refused 65 '' observe --by '' s.rns
	refused 65 'spins' observe --by spins s.rns
}
