#!/usr/bin/env bats
# mlp-classify: probabilities and temperatures against a network whose answers are known, and its errors against what
# independent ensembles scatter by.

load common

# network N T...: on a ring of N spins the exact posterior of the temperatures,
#	p_k = exp(K_k S - ln Z_k) / sum of these,   S = sum_i s_i s_(i+1) = sum_i |s_i + s_(i+1)| - N,
# |x| being relu(x) + relu(-x): 2N hidden units and a softmax.
network() {
	awk -v N="$1" -v list="${*:2}" 'BEGIN {
		k = split(list, T, " ")
		print "# renorm-stream 1\n# kind: model.mlp"
		printf "# layers: %d:relu,%d:softmax\n# units: pm1\n# shape: %d\n# classes: %s\n# class: T\n", 2 * N, k, N, list
		printf "# column: epoch u32\n# column: W1 f32 %d %d\n# column: b1 f32 %d\n", N, 2 * N, 2 * N
		printf "# column: W2 f32 %d %d\n# column: b2 f32 %d\n", 2 * N, k, k
		names = "epoch"; values = "1"
		for (i = 0; i < N; i++) for (j = 0; j < 2 * N; j++) {
			bond = int(j / 2); names = names ",W1[" i "][" j "]"
			values = values "," (i == bond || i == (bond + 1) % N ? 1 - 2 * (j % 2) : 0)
		}
		for (j = 0; j < 2 * N; j++) { names = names ",b1[" j "]"; values = values ",0" }
		for (j = 0; j < 2 * N; j++) for (c = 1; c <= k; c++) { names = names ",W2[" j "][" c - 1 "]"; values = values "," 1 / T[c] }
		for (c = 1; c <= k; c++) {
			a = exp(1 / T[c]); b = exp(-1 / T[c]); names = names ",b2[" c - 1 "]"
			values = values "," (-N / T[c] - log((a + b) ^ N + (a - b) ^ N))
		}
		print names "\n" values "\n# end: 1"
	}'
}

# exact_calibration N T... : what --collect T would write of infinitely many records: mean p over all even numbers of
# broken bonds, and no covariance. The curves are at all temperatures of the second list.
exact_calibration() {
	awk -v N="$1" -v list="$2" -v at="$3" '
		function lnZ(t) { return log((exp(1 / t) + exp(-1 / t)) ^ N + (exp(1 / t) - exp(-1 / t)) ^ N) }
		BEGIN {
			k = split(list, T, " "); n = split(at, A, " ")
			printf "# renorm-stream 1\n# kind: table\n# label: T\n# column: T f64\n# column: p f64 %d\n# column: p_cov f64 %d\nT", k, k * (k + 1) / 2
			for (c = 0; c < k; c++) printf ",p[%d]", c
			for (c = 0; c < k * (k + 1) / 2; c++) printf ",p_cov[%d]", c
			print ""
			for (i = 1; i <= n; i++) {
				split("", P); ways = 2
				for (broken = 0; broken <= N; broken++) {
					S = N - 2 * broken; Z = 0
					for (c = 1; c <= k; c++) Z += q[c] = exp(S / T[c] - lnZ(T[c]))
					if (broken % 2 == 0) for (c = 1; c <= k; c++) P[c] += ways * exp(S / A[i] - lnZ(A[i])) * q[c] / Z
					ways *= (N - broken) / (broken + 1)
				}
				printf "%s", A[i]; for (c = 1; c <= k; c++) printf ",%.17g", P[c]
				for (c = 0; c < k * (k + 1) / 2; c++) printf ",0"
				print ""
			}
			print "# end: " n
		}'
}

SCALE="0.5 0.75 1 1.25 1.5 1.75 2 2.25 2.5 2.75 3 3.5 4"

setup() {
	common_setup
	# shellcheck disable=SC2086 # a list
	network 8 $SCALE > net.csv
	exact_calibration 8 "$SCALE" "0.5 0.6 0.7 0.8 0.9 1 1.1 1.2 1.3 1.4 1.5 1.6 1.8 2 2.2 2.4 2.6 2.8 3 3.2 3.4 3.6 3.8 4" > exact.csv
}

# readings [OPTION...] < stream: "T n T_est T_est_err flag kl kl_err", a row a T
readings() {
	mlp-classify -q --model net.csv --collect T --no-comments "$@" | tail -n +2 | cut -d, -f 1-7 | tr , ' '
}

# true_within K < readings: all T_est within K of their errors of T
true_within() {
	awk -v k="$1" '{ d = $3 - $1; if (d < 0) d = -d; if (!($4 > 0) || d > k * $4) { print; bad++ } } END { exit bad || !NR }'
}

@test "the parts: nearest curves, draws, interpolation, exact values, observables" {
	run_unit mlp-classify
}

# --- records ----------------------------------------------------------------------------------------------------------

@test "each record has the posterior probability of each temperature, and its identity" {
	ising-gen -d 1 -L 8 -T 0.7,3 -n 500 > in
	mlp-classify --model net.csv --no-comments in > got
	[ "$(head -n 1 got | cut -d, -f 1-6)" = "T,h,replica,sweep,id,p[0]" ]
	diff <(cut -d, -f 1-5 got) <(rns-cat --to=csv --no-comments in | cut -d, -f 1-5)
	paste -d, <(rns-cat --to=csv --no-comments in | tail -n +2 | cut -d, -f 6) <(tail -n +2 got | cut -d, -f 6-) | awk -F, -v list="$SCALE" '
		BEGIN { k = split(list, T, " ") }
		{
			Z = 0; for (c = 1; c <= k; c++) { a = exp(1 / T[c]); b = exp(-1 / T[c]); Z += q[c] = exp(-8 * $1 / T[c]) / ((a + b) ^ 8 + (a - b) ^ 8) }
			for (c = 1; c <= k; c++) { d = $(c + 1) - q[c] / Z; bad += d > 1e-5 || d < -1e-5 }
		}
		END { exit bad || NR != 1000 }'
}

@test "probabilities do not depend on how a stream is cut, or on its form" {
	ising-gen -d 1 -L 8 -T 1,2 -n 1500 > in
	mlp-classify --model net.csv --no-comments in > all
	rns-sel --where 'id<700' in > a
	rns-sel --where 'id>=700' in > b
	(mlp-classify --model net.csv --no-comments a; mlp-classify --model net.csv --no-comments b | tail -n +2) | sort > parts
	sort all | cmp - parts
	rns-cat --to=csv in | mlp-classify --model net.csv --no-comments | cmp - all
	rns-cat --to=rns net.csv > net.rns
	mlp-classify --model net.rns --no-comments < in | cmp - all
}

@test "floats of -1 and +1 are what bits are, bytes of 0 and 255 too" {
	ising-gen -d 1 -L 8 -T 1.3 -n 400 > in
	rns-cat --to=csv --pm1 in | sed 's/^# kind: spins/# kind: samples/; s/^# column: spins bit/# column: x f32/; 1,/^T,/s/spins\[/x[/g' > floats.csv
	mlp-classify --model net.csv --collect T --no-comments --calibration exact.csv in > bits
	mlp-classify --model net.csv --collect T --no-comments --calibration exact.csv floats.csv > floats
	paste -d, <(tail -n 1 bits) <(tail -n 1 floats) | awk -F, '{ n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); bad += d > 1e-12 || d < -1e-12 } } END { exit bad || n < 80 }'
	rns-cat --to=csv in | sed 's/^# kind: spins/# kind: samples/; s/^# column: spins bit/# column: x u8/; 1,/^T,/s/spins\[/x[/g' |
		awk -F, -v OFS=, '/^[0-9]/ { for (i = 8; i <= NF; i++) $i *= 255 } { print }' > bytes.csv
	mlp-classify --model net.csv --no-comments bytes.csv | csv_column 'p[3]' > got
	mlp-classify --model net.csv --no-comments in | csv_column 'p[3]' | cmp - got
	# Of a 0/1 network 0 and 1 are spins down and up: step 0 of a mean flow is measured as its spins are.
	sed 's/^# units: pm1/# units: 01/' net.csv > net01.csv
	rns-cat --to=csv in | sed 's/^# kind: spins/# kind: samples/; s/^# column: spins bit/# column: x f32/; 1,/^T,/s/spins\[/x[/g' > floats01.csv
	rbm-train -q --hidden 2 --visible-units 01 --tau 1 -o rbm in
	rbm-flow --model rbm --mode mean --steps 0 in | mlp-classify --model net01.csv --collect T --no-comments > flow
	mlp-classify --model net01.csv --collect T --no-comments floats01.csv | cmp - flow
	mlp-classify --model net01.csv --collect T --no-comments in | cmp - flow
	[ "$(csv_column e < flow)" = "$(csv_column e < bits)" ]
	# Bytes are no lattice: no energies.
	mlp-classify --model net.csv --collect T --no-comments bytes.csv > table.csv
	[ "$(head -n 1 table.csv | cut -d, -f 1-3)" = "T,n,p[0]" ]
}

# --- ensembles --------------------------------------------------------------------------------------------------------

@test "the table: means of the records, and what observe measures, with its errors" {
	ising-gen -d 1 -L 8 -T 0.6,1.7 -n 1000 > in
	mlp-classify --model net.csv --collect T in > table.csv
	for column in n e e_err absm absm_err m2 m2_err m4 m4_err T_eff T_eff_err; do
		paste -d' ' <(csv_column $column < table.csv) <(observe in | csv_column $column) | awk -v c=$column '
			{ d = $1 - $2; if (d > 1e-12 || d < -1e-12) { print c, $0; bad++ } } END { exit bad || NR != 2 }'
	done
	for r in 0 1 2 3 4; do
		observe --correlation in | rns-sel --format=csv --where "r=$r" > G.csv
		for what in G G_err; do
			paste -d' ' <(csv_column "${what}[$r]" < table.csv) <(csv_column $what < G.csv) | awk '
				{ d = $1 - $2; bad += d > 1e-12 || d < -1e-12 } END { exit bad || NR != 2 }'
		done
	done
	mlp-classify --model net.csv --no-comments in > records
	for T in 0.6 1.7; do
		awk -F, -v T=$T 'NR > 1 && $1 == T { n++; s += $8; ss += $8 ^ 2 } END { m = s / n; print m, sqrt((ss / n - m * m) / (n - 1)) }' records
	done | paste -d' ' - <(csv_column 'p[2]' < table.csv) <(csv_column 'p_err[2]' < table.csv) | awk '
		{ a = $1 - $3; b = $2 / $4 - 1; bad += a > 1e-6 || a < -1e-6 || b > 0.3 || b < -0.3 } END { exit bad || NR != 2 }'
	# Variances stand on the diagonal of the covariance: p_cov[0] and, of 13 classes, p_cov[13]. P(m) adds up to 1.
	paste -d' ' <(csv_column 'p_cov[13]' < table.csv) <(csv_column 'p_err[1]' < table.csv) | awk '{ d = sqrt($1) / $2 - 1; bad += d > 1e-9 || d < -1e-9 } END { exit bad || NR != 2 }'
	rows table.csv | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) use[i] = $i ~ /^P_m\[/; next } { s = 0; for (i in use) s += use[i] * $i; d = s - 1; bad += d > 1e-12 || d < -1e-12 } END { exit bad || NR != 3 }'
}

@test "thermal ensembles read their temperature within 5 errors; another temperature is refuted" {
	ising-gen -d 1 -L 8 -T 0.65,1,1.37,1.9,2.5 -n 4000 --seed 5 > in
	readings --calibration exact.csv in > got
	true_within 5 < got
	awk '{ bad += $5 != 0 || !($6 < 2e-4) || !($7 > 0) } END { exit bad || NR != 5 }' got
	# Power: 10 % off.
	awk '{ $1 *= 1.1; print }' got > wrong
	run -1 true_within 5 < wrong
	[ "${#lines[@]}" -ge 4 ]
}

@test "T_est_err is what independent ensembles scatter by" {
	# 60 sets of 250 of one stream of independent records.
	ising-gen -d 1 -L 8 -T 1.3 -n 15000 --seed 9 | rns-cat --to=csv | awk -F, -v OFS=, '
		/^# label/ { $0 = $0 " set" } /^# column: T/ { print "# column: set f64" } /^#/ { print; next }
		/^T/ { print "set," $0; next } { print int($5 / 250) "," $0 }' > sets.csv
	mlp-classify -q --model net.csv --collect set --calibration exact.csv --no-comments sets.csv | tail -n +2 | cut -d, -f 3,4 | tr , ' ' > got
	pulls() { awk -v T="$1" '{ z = ($1 - T) / $2; s += z; ss += z * z } END { m = s / NR; sd = sqrt(ss / NR - m * m); print NR, m, sd; exit !(NR == 60 && m < 0.65 && m > -0.65 && sd > 0.55 && sd < 1.45) }' got; }
	pulls 1.3
	run -1 pulls 1.4
}

@test "the calibration's own sampling error is part of T_est_err" {
	ising-gen -d 1 -L 8 -T 1.3 -n 2000 --seed 3 > in
	ising-gen -d 1 -L 8 -T 0.5,0.75,1,1.25,1.5,1.75,2,2.25,2.5 -n 400 --seed 4 | mlp-classify -q --model net.csv --collect T -o few.csv
	readings --calibration few.csv in > few
	true_within 5 < few
	readings --calibration exact.csv in > exact
	# 5 times fewer records: some 2 times the error
	awk 'FILENAME == ARGV[1] { e = $4; next } { exit !($4 > 1.5 * e && $4 < 4 * e) }' exact few
	rows few.csv | awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "p_cov[0]") n = i - 1 } { NF = n; print }' > nocov.csv
	mlp-classify --model net.csv --collect T --no-comments --calibration nocov.csv in 2> err | tail -n 1 | cut -d, -f 1-7 | tr , ' ' > nocov
	grep -q "nocov.csv has no p_cov" err
	awk 'FILENAME == ARGV[1] { e = $4; next } { exit !($4 < e) }' few nocov
}

@test "correlated chains have larger errors than independent records would, and too short ones are told of" {
	network 16 1.5 2 2.5 3 > torus.csv
	sed -i 's/^# shape: 16/# shape: 4 4/' torus.csv
	ising-gen -L 4 -T 1.8,2.4 -n 20000 --every 1 --algorithm metropolis -o in
	mlp-classify --model torus.csv --collect T --no-comments in > chains 2> err
	[ ! -s err ]
	rns-sel --shuffle in | mlp-classify --model torus.csv --collect T --no-comments --independent > loose
	for column in e_err absm_err 'p_err[0]'; do
		paste -d' ' <(csv_column "$column" < chains | sort -g) <(csv_column "$column" < loose | sort -g) | awk '{ bad += !($1 > 1.2 * $2) } END { exit bad || NR != 2 }'
	done
	ising-gen -L 4 -T 2.4 -n 40 --every 1 --algorithm metropolis | mlp-classify --model torus.csv --collect T > out 2> err
	grep -q "^mlp-classify: T 2.4: .*the errors are too small" err
	mlp-classify --model torus.csv --collect T,id in > out 2> err
	[ ! -s err ]
}

# sign_network: of a 4 x 4 torus, p[0] = 1/(1 + exp(-2 sum_i s_i / 4)): the sign of m, which is slower than e and m^2.
sign_network() {
	awk 'BEGIN {
		print "# renorm-stream 1\n# kind: model.mlp\n# layers: 2:softmax\n# units: pm1\n# shape: 4 4\n# classes: 1.8 2.4\n# class: T"
		print "# column: epoch u32\n# column: W1 f32 16 2\n# column: b1 f32 2"
		names = "epoch"; values = "1"
		for (i = 0; i < 16; i++) for (k = 0; k < 2; k++) { names = names ",W1[" i "][" k "]"; values = values "," (k ? -0.25 : 0.25) }
		print names ",b1[0],b1[1]\n" values ",0,0\n# end: 1"
	}'
}

# two_curves A B: a calibration without error of two classes, p[0] = A at T = 1.8 and B at 2.4; ln p, and so the logit, is linear.
two_curves() {
	printf '# renorm-stream 1\n# kind: table\n# column: T f64\n# column: p f64 2\n# column: p_cov f64 3\nT,p[0],p[1],p_cov[0],p_cov[1],p_cov[2]\n'
	awk -v a="$1" -v b="$2" 'BEGIN { printf "1.8,%.17g,%.17g,0,0,0\n2.4,%.17g,%.17g,0,0,0\n# end: 2\n", a, 1 - a, b, 1 - b }'
}

@test "long chains: errors of p, p_cov and T_est allow for the slowest series" {
	sign_network > sign.csv
	two_curves 0.2 0.8 > line.csv
	# By symmetry <p[0]> = 1/2, which is T = 2.1. Thirty chains, a group each.
	ising-gen -L 4 -T 2.2 -n 120000 --replicas 30 --every 1 --algorithm metropolis -o in
	mlp-classify -q --model sign.csv --collect replica -o means.csv in
	pulls() { awk -v want="$1" '{ z = ($1 - want) / $2; s += z; ss += z * z } END { print NR, s / NR, ss / NR; exit !(NR == 30 && ss / NR > 0.45 && ss / NR < 1.8) }'; }
	paste -d' ' <(csv_column 'p[0]' < means.csv) <(csv_column 'p_err[0]' < means.csv) | pulls 0.5
	paste -d' ' <(csv_column 'p_cov[0]' < means.csv) <(csv_column 'p_err[0]' < means.csv) | awk '{ d = $1 / $2 ^ 2 - 1; bad += d > 1e-9 || d < -1e-9 } END { exit bad || NR != 30 }'
	mlp-classify -q --model sign.csv --collect replica --resamples 2000 --calibration line.csv -o read.csv in
	paste -d' ' <(csv_column T_est < read.csv) <(csv_column T_est_err < read.csv) | pulls 2.1
	# The error of T_est is that of p times dT/dp = 0.6 / (2 ln 4) / (p (1 - p)), on average, and of the logit
	# 4 p_err^2 more in the next order: 30 x 2000 resamples, half a percent.
	paste -d' ' <(csv_column 'p[0]' < means.csv) <(csv_column 'p_err[0]' < means.csv) <(csv_column T_est_err < read.csv) | awk '
		{ s += $3 / ($2 * (1 + 4 * $2 ^ 2) * 0.6 / (2 * log(4)) / ($1 * (1 - $1))) } END { print s / NR; exit !(s / NR > 0.985 && s / NR < 1.015) }'
}

@test "the interval of T_est: two records, of which a resample has one twice, both, or the other" {
	# A network of one number, p[0] = 1/(1 + exp(-x)); records x = -0.5 and 0.5, one a chain.
	printf '# renorm-stream 1\n# kind: model.mlp\n# layers: 2:softmax\n# units: pm1\n# shape: 1\n# classes: 1.8 2.4\n# class: T\n# column: epoch u32\n# column: W1 f32 1 2\n# column: b1 f32 2\nepoch,W1[0][0],W1[0][1],b1[0],b1[1]\n1,0.5,-0.5,0,0\n# end: 1\n' > one.csv
	printf '# renorm-stream 1\n# kind: samples\n# label: T\n# column: T f64\n# column: x f32 1\nT,x[0]\n1,-0.5\n1,0.5\n# end: 2\n' > pair.csv
	two_curves 0.2 0.8 > line.csv
	mlp-classify -q --model one.csv --collect T --calibration line.csv pair.csv > read.csv
	# P = 1/2 -+ sqrt 2 (p(1/2) - 1/2), from one of the pair and sqrt(n/(n - 1)); T from its logit.
	paste -d' ' <(csv_column T_est < read.csv) <(csv_column T_est_lo < read.csv) <(csv_column T_est_hi < read.csv) | awk '
		{
			P = 0.5 + sqrt(2) * (1 / (1 + exp(-0.5)) - 0.5); step = log(P / (1 - P)) * 0.6 / (2 * log(4))
			a = $1 - 2.1; b = $2 - 2.1 + step; c = $3 - 2.1 - step
			print a, b, c; exit !(a * a < 1e-12 && b * b < 1e-6 && c * c < 1e-6)
		}'
}

@test "kl_th is the kl of thermal ensembles, and refutes others" {
	# 40 sets of 250.
	for T in 1.3 inf; do
		ising-gen -d 1 -L 8 -T $T -n 10000 --seed 9 | rns-cat --to=csv | awk -F, -v OFS=, '
			/^# label/ { $0 = $0 " set" } /^# column: T/ { print "# column: set f64" } /^#/ { print; next }
			/^T/ { print "set," $0; next } { print int($5 / 250) "," $0 }' |
			mlp-classify -q --model net.csv --collect set --calibration exact.csv -o $T.csv
		paste -d' ' <(csv_column kl < $T.csv) <(csv_column kl_th < $T.csv) | awk '{ a += $1; b += $2 } END { print a / b, NR }' > $T
	done
	awk '{ exit !($1 > 0.6 && $1 < 1.5 && $2 == 40) }' 1.3
	awk '{ exit !($1 > 5) }' inf
}

@test "chains of one sign of m are told of, in the samples and in the calibration" {
	network 16 1.5 2 2.5 3 | sed 's/^# shape: 16/# shape: 4 4/' > torus.csv
	said() { grep -c "one phase only.*--replicas" "$1" || true; }
	ising-gen -L 4 -T 1 -n 50 --every 10 -o one
	ising-gen -L 4 -T 1,1.3 -n 400 --replicas 40 -o both
	mlp-classify --model torus.csv --collect T one > out 2> err
	[ "$(said err)" = 1 ]
	grep -q "^mlp-classify: T 1: " err
	mlp-classify --model torus.csv --collect T both 2> err > both.csv
	[ "$(said err)" = 0 ]
	# In a field m is not 0.
	ising-gen -L 4 -T 1 --field 0.2 -n 50 --every 10 | mlp-classify --model torus.csv --collect T > field.csv 2> err
	[ "$(said err)" = 0 ]
	ising-gen -L 4 -T 1,3 -n 50 --every 10 | mlp-classify -q --model torus.csv --collect T -o broken.csv
	mlp-classify --model torus.csv --collect T --calibration broken.csv both > out 2> err
	[ "$(said err)" = 1 ]
	grep -q "broken.csv: T 1: " err
	mlp-classify --model torus.csv --collect T --calibration both.csv both > out 2> err
	[ "$(said err)" = 0 ]
	for column in m m_err; do
		paste -d' ' <(csv_column $column < both.csv) <(observe both | csv_column $column) | awk '{ d = $1 - $2; bad += d > 1e-12 || d < -1e-12 } END { exit bad || NR != 2 }'
	done
}

@test "many chains of one record are as many independent records" {
	network 16 1.5 2 2.5 3 | sed 's/^# shape: 16/# shape: 4 4/' > torus.csv
	ising-gen -L 4 -T 2 -n 20000 --replicas 20000 --therm 0 --every 1 --start hot -o in
	mlp-classify --model torus.csv --collect T --no-comments in > chains
	mlp-classify --model torus.csv --collect T --no-comments --independent in > loose
	# The same means; errors from 256 blocks and 64 to 128, each known to a tenth.
	for column in n e absm 'p[1]' 'G[2]'; do
		paste -d' ' <(csv_column "$column" < chains) <(csv_column "$column" < loose) | awk '{ d = $1 / $2 - 1; exit !(d < 1e-9 && d > -1e-9) }'
	done
	for column in e_err absm_err 'p_err[1]'; do
		paste -d' ' <(csv_column "$column" < chains) <(csv_column "$column" < loose) | awk '{ exit !($1 < 1.5 * $2 && $1 > $2 / 1.5) }'
	done
}

@test "the thermal values beside the measured ones are the exact ones at T_est" {
	ising-gen -d 1 -L 8 -T 1.37 -n 4000 --seed 5 | mlp-classify -q --model net.csv --collect T --calibration exact.csv > table.csv
	T=$(csv_column T_est < table.csv)
	# 2^8 states
	awk -v T="$T" 'BEGIN {
		for (s = 0; s < 256; s++) {
			S = 0; M = 0
			for (i = 0; i < 8; i++) { v[i] = int(s / 2 ^ i) % 2 * 2 - 1; M += v[i] / 8 }
			for (i = 0; i < 8; i++) S += v[i] * v[(i + 1) % 8]
			w = exp(S / T); Z += w; e -= w * S / 8; a += w * (M < 0 ? -M : M); m2 += w * M ^ 2; m4 += w * M ^ 4
			for (r = 0; r <= 4; r++) G[r] += w * v[0] * v[r]
		}
		printf "e_th %.12g\nabsm_th %.12g\nm2_th %.12g\nm4_th %.12g\n", e / Z, a / Z, m2 / Z, m4 / Z
		for (r = 0; r <= 4; r++) printf "G_th[%d] %.12g\n", r, G[r] / Z
	}' > want
	while read -r column value; do
		awk -v a="$(csv_column "$column" < table.csv)" -v b="$value" -v c="$column" 'BEGIN { d = a - b; if (d > 1e-5 || d < -1e-5) { print c, a, b; exit 1 } }'
	done < want
	for x in e absm m2 m4 "G[2]"; do
		err=${x/G/G_err}; [ "$err" != "$x" ] || err=${x}_err
		th=${x/G/G_th}; [ "$th" != "$x" ] || th=${x}_th
		awk -v a="$(csv_column "$x" < table.csv)" -v e="$(csv_column "$err" < table.csv)" -v t="$(csv_column "$th" < table.csv)" 'BEGIN { d = a - t; if (d < 0) d = -d; exit !(e > 0 && d < 5 * e) }'
	done
	# T_absm is where the exact <|m|> is the measured one: near T, like T_eff
	awk -v a="$(csv_column T_absm < table.csv)" -v e="$(csv_column T_absm_err < table.csv)" 'BEGIN { d = a - 1.37; if (d < 0) d = -d; exit !(e > 0 && d < 5 * e) }'
}

@test "an ensemble that is not thermal has a divergence far above that of thermal ones" {
	ising-gen -d 1 -L 8 -T 0.5,4 -n 2000 --seed 6 | rns-sel --put=which=1 > mixed
	ising-gen -d 1 -L 8 -T 1.3 -n 4000 --seed 6 | rns-sel --put=which=1 > thermal
	for s in mixed thermal; do mlp-classify -q --model net.csv --collect which --calibration exact.csv $s | csv_column kl; done | paste -s -d' ' > kl
	awk '{ exit !($1 > 100 * $2) }' kl
}

@test "beyond the scale the flag says so, and T = 0 and inf are readings of e and |m|" {
	ising-gen -d 1 -L 8 -T 0,0.3,100 -n 500 | mlp-classify -q --model net.csv --collect T --calibration exact.csv > table.csv
	[ "$(csv_column T_est_flag < table.csv | paste -s -d' ')" = "-1 -1 1" ]
	[ "$(csv_column T_est < table.csv | paste -s -d' ')" = "0.5 0.5 4" ]
	[ "$(csv_column T_eff < table.csv | head -n 1)" = 0 ]
	[ "$(csv_column T_absm < table.csv | head -n 1)" = 0 ]
	ising-gen -d 1 -L 8 -T inf -n 1 | rns-cat --to=csv | sed 's/^\(inf,.*\),[01],[01],[01],[01],[01],[01],[01],[01]$/\1,1,0,1,0,1,0,1,0/' | mlp-classify -q --model net.csv --collect T > table.csv
	[ "$(csv_column T_eff < table.csv)" = inf ]
	[ "$(csv_column T_absm < table.csv)" = inf ]
	[ "$(csv_column e_err < table.csv)" = nan ]
}

@test "classes that are no temperatures have n, p and p_err, and no calibration" {
	sed 's/^# class: T/# class: digit/' net.csv > digits.csv
	ising-gen -d 1 -L 8 -T 1,2 -n 100 > in
	mlp-classify --model digits.csv --collect T --no-comments in > got
	[ "$(head -n 1 got | tr , '\n' | sed 's/\[.*//' | uniq | paste -s -d' ')" = "T n p p_err" ]
	run -64 --separate-stderr mlp-classify --model digits.csv --collect T --calibration exact.csv in
	[[ $stderr == *"digit"*"temperatures"* ]]
}

@test "in a field there is no thermometer of e and |m|" {
	ising-gen -d 1 -L 8 -T 1.3 --field 0.2 -n 100 | mlp-classify -q --model net.csv --collect T > table.csv
	[ "$(csv_column T_eff < table.csv)" = nan ]
	[ "$(csv_column T_absm < table.csv)" = nan ]
}

@test "a seed repeats the table, another changes the errors alone" {
	ising-gen -d 1 -L 8 -T 1.3,2 -n 300 > in
	readings --calibration exact.csv in > a
	readings --calibration exact.csv in | cmp - a
	readings --calibration exact.csv --seed 2 in > b
	run cmp a b
	[ "$status" -eq 1 ]
	diff <(cut -d' ' -f 1-3 a) <(cut -d' ' -f 1-3 b)
	# The other groups have no part in it.
	rns-sel --where 'T=2' in > two
	readings --calibration exact.csv two | diff - <(tail -n 1 a)
}

# --- with a trained network -------------------------------------------------------------------------------------------

@test "a trained network, calibrated, reads independent thermal sets" {
	ising-gen -d 1 -L 8 -T 0.5:3:0.25 -n 400 -o train.rns
	ising-gen -d 1 -L 8 -T 0.5:3:0.25 -n 3000 --seed 2 -o calibrate.rns
	mlp-train -q --layers 24:tanh,softmax --epochs 30 -o net.csv train.rns
	mlp-classify --model net.csv --collect T -o calibration.csv calibrate.rns
	ising-gen -d 1 -L 8 -T 1,1.4,2.1 -n 3000 --seed 3 | readings --calibration calibration.csv > got
	true_within 5 < got
	awk '{ $1 *= 1.3; print }' got > wrong
	run -1 true_within 5 < wrong
	[ "${#lines[@]}" -eq 3 ]
}

# --- refusals ---------------------------------------------------------------------------------------------------------

# refuses CODE WORD... -- COMMAND...: with one line on stderr that has all the words.
refuses() {
	local code=$1 words=()
	shift
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	run "-$code" --separate-stderr "$@"
	[[ $stderr == "mlp-classify: "* && $stderr != *$'\n'* ]] || { echo "said: $stderr"; return 1; }
	for word in "${words[@]}"; do [[ $stderr == *"$word"* ]] || { echo "no '$word' in: $stderr"; return 1; }; done
}

@test "wrong options" {
	refuses 64 --model -- mlp-classify
	refuses 64 --collect -- mlp-classify --model net.csv --calibration exact.csv
	refuses 64 --collect -- mlp-classify --model net.csv --independent
	refuses 64 --resamples -- mlp-classify --model net.csv --collect T --resamples 1
	refuses 64 --resamples 10000 -- mlp-classify --model net.csv --collect T --resamples 10001
	refuses 66 nonesuch -- mlp-classify --model nonesuch
	ising-gen -d 1 -L 8 -T 1 -n 4 > in
	refuses 66 nonesuch -- mlp-classify --model net.csv --collect T --calibration nonesuch in
}

@test "unfit samples and models" {
	ising-gen -d 1 -L 9 -T 1 -n 4 > nine
	refuses 65 "segment 1" " 9" "trained on 8" -- mlp-classify --model net.csv nine
	ising-gen -L 8 -T 1 -n 4 > square
	refuses 65 "8x8" "trained on 8" -- mlp-classify --model net.csv square
	refuses 65 "model" -- mlp-classify --model nine nine
	refuses 65 "this is a model" -- mlp-classify --model net.csv net.csv
	rns-cat --to=rns net.csv > net.rns
	head -c "$(($(wc -c < net.rns) * 2 / 3))" net.rns > short
	refuses 65 short -- mlp-classify --model short nine
	printf 'a,b\n1,2\n' > table.csv
	refuses 65 "kind table" -- mlp-classify --model net.csv table.csv
	ising-gen -d 1 -L 8 -T 1 -n 4 > in
	refuses 65 step -- mlp-classify --model net.csv --collect T,step in
	refuses 65 spins bits -- mlp-classify --model net.csv --collect spins in
	rns-sel --put n=3 in > named
	refuses 65 "column n" "rns-sel --rename" -- mlp-classify --model net.csv --collect n named
	cat in square > both
	refuses 65 "segment 2" -- mlp-classify --model net.csv both
	rns-cat --to=csv in | sed 's/^# kind: spins/# kind: samples/; s/^# column: spins bit/# column: x f32/; 1,/^T,/s/spins\[/x[/g; s/,[01]$/,nan/' > nan.csv
	refuses 65 "record" "nan" -- mlp-classify --model net.csv nan.csv
	ising-gen -L 4 -T 2 -n 5 --every 1 | rns-sel --sort=-sweep > backwards
	network 16 1 2 | sed 's/^# shape: 16/# shape: 4 4/' > torus.csv
	refuses 65 "sweep" "--independent" -- mlp-classify --model torus.csv --collect T backwards
	rns-sel --where 'T>5' in > none
	mlp-classify --model net.csv --collect T none > out 2> err
	grep -q "no records" err
	[ "$(rows out | wc -l)" -eq 1 ]
}

@test "unfit calibrations" {
	ising-gen -d 1 -L 8 -T 1 -n 4 > in
	with() { refuses 65 --calibration bad.csv "${@}" -- mlp-classify --model net.csv --collect T --calibration bad.csv in; }
	head -n 8 exact.csv > bad.csv
	echo '# end: 1' >> bad.csv
	with "1 temperature" "two"
	sed "s/^4,/nan,/" exact.csv > bad.csv
	with "nan" "no temperature"
	sed "s/^4,/inf,/" exact.csv > hot.csv
	mlp-classify --model net.csv --collect T --calibration hot.csv in > out 2> err
	grep -q "hot.csv: T = inf is left out" err
	rns-sel --where 'T<4' exact.csv > cold.csv
	mlp-classify --model net.csv --collect T --calibration cold.csv --no-comments in | cmp - <(rows out)
	sed 's/^4,/3.8,/' exact.csv > bad.csv
	with "3.8 twice"
	exact_calibration 8 "1 2" "1 2 3" > bad.csv
	with "2 classes" "13"
	cp in bad.csv
	with "kind spins" "--collect T"
	sed 's/^# column: p f64/# column: q f64/; s/,p\[/,q[/g' exact.csv > bad.csv
	with "column 'p'"
	head -n 9 exact.csv > bad.csv
	refuses 65 bad.csv -- mlp-classify --model net.csv --collect T --calibration bad.csv in
	ising-gen -d 1 -L 8 -T 1,2 -n 50 > two
	mlp-classify -q --model net.csv --collect T -o good.csv two
	# shellcheck disable=SC2086 # a list
	network 8 ${SCALE/3.5/3.6} > other.csv
	refuses 65 "another network" -- mlp-classify --model other.csv --collect T --calibration good.csv in
	rns-sel --where 'id<1' two > single
	mlp-classify -q --model net.csv --collect T -o bad.csv single
	with "p_cov is not finite" "two records"
}

@test "the history names what determines the result" {
	ising-gen -d 1 -L 8 -T 1 -n 40 > in
	mkdir sub
	cp net.csv exact.csv sub
	mlp-classify --model sub/net.csv --collect T --calibration sub/exact.csv --threads 1 in > out
	grep -qx '# history: mlp-classify 0.1.0 --model net.csv --collect T --calibration exact.csv --resamples 200 --seed 1 in' out
}

@test "the examples of the manual page run" {
	run_examples mlp-classify.1
}

@test "real values say what they range over: a mean flow of 0/1 units reads like its input" {
	ising-gen -L 6 -T 1,3 -n 60 --replicas 60 --therm 50 -o spins.rns
	mlp-train -q --layers 4:tanh,softmax --epochs 2 -o net.rns spins.rns
	rbm-train -q --hidden 2 --epochs 1 --visible-units 01 --hidden-units 01 -o machine.rns spins.rns
	rbm-flow -q --model machine.rns --mode mean --steps 0:0:1 -o mean.rns spins.rns
	for in in spins mean; do
		mlp-classify -q --model net.rns --collect T --no-comments $in.rns | cut -d, -f 1-12 > $in.csv
	done
	# Sums of products of floats here, of bits there: the same but for the last digits.
	paste -d, spins.csv mean.csv | awk -F, 'NR > 1 { for (i = 1; i <= 12; i++) if (($i - $(i + 12)) ^ 2 > 1e-12) bad = 1 } END { exit bad }'
	grep -q '^3,60,-0' mean.csv
}
