#!/usr/bin/env bats
# blockspin: blocks of exactly known ensembles have exactly known moments; a result depends on what the manual says.

load common

# Rows of a run, without the row of names.
rows_of() { blockspin --format=csv --no-comments "$@" | tail -n +2; }

# --- every configuration of the 4 x 4 torus -------------------------------------------------------------------------

# all4: a stream of them, number i being the bits of i. energies: that of each (sum over 32 bonds), one a line.
all4() {
	awk 'BEGIN {
		print "# renorm-stream 1\n# kind: spins\n# column: id u64\n# column: spins bit 4 4"
		printf "id"; for (j = 0; j < 16; j++) printf ",spins[%d][%d]", int(j / 4), j % 4; print ""
		for (i = 0; i < 65536; i++) {
			printf "%d", i; for (j = 0; j < 16; j++) printf ",%d", int(i / 2 ^ j) % 2; print ""
		}
		print "# end: 65536"
	}'
}
energies() {
	awk 'BEGIN {
		for (i = 0; i < 65536; i++) {
			for (j = 0; j < 16; j++) s[j] = int(i / 2 ^ j) % 2 * 2 - 1
			E = 0
			for (j = 0; j < 16; j++) E -= s[j] * (s[j - j % 4 + (j + 1) % 4] + s[(j + 4) % 16])
			print E
		}
	}'
}

# weighted T ENERGIES < rows "id,e,m,...": "T e absm m2 m4", averaged with Boltzmann weights.
weighted() {
	awk -F, -v T="$1" '
		FILENAME == ARGV[1] { w[FNR - 1] = exp(-($1 + 32) / T); next }
		{
			a = $3 < 0 ? -$3 : $3; W += w[$1]; n++
			e += w[$1] * $2; absm += w[$1] * a; m2 += w[$1] * a ^ 2; m4 += w[$1] * a ^ 4
		}
		END { if (n != 65536) exit 1; printf "%s %.15g %.15g %.15g %.15g\n", T, e / W, absm / W, m2 / W, m4 / W }
	' "$2" -
}

# exact L b TIE: "T e absm m2 m4" for each temperature of the table.
exact() {
	awk -F, -v L="$1" -v b="$2" -v tie="$3" '
		$1 == L && $2 == b && $3 == tie { print $4, $6, $7, $8, $9; n++ } END { exit !n }' "$REFERENCE/blockspin.csv"
}

# same TOLERANCE A B: the numbers of two files.
same() {
	awk -v tolerance="$1" '
		FILENAME == ARGV[1] { a[FNR] = $0; na = FNR; next }
		{
			n = split(a[FNR], x); nb = FNR; bad += n != NF
			for (i = 1; i <= NF; i++) { d = x[i] - $i; if (d > tolerance || d < -tolerance) { bad++; print x[i] " is not " $i } }
		}
		END { exit bad || na != nb || !nb }' "$2" "$3"
}

@test "all 2^16 configurations of 4 x 4, ties to the first spin: the exact moments" {
	all4 > all
	energies > E
	exact 4 2 topleft > want
	rows_of --ties first all > blocked
	while read -r T _; do weighted "$T" E < blocked; done < want > got
	same 1e-10 got want

	# Power: another temperature, and the moments of the other rule for ties.
	while read -r T _; do weighted "$(awk "BEGIN { print $T * 1.001 }")" E < blocked; done < want > hotter
	run -1 same 1e-10 hotter want
	exact 4 2 random > other
	run -1 same 1e-10 got other
}

@test "all 2^16 configurations of 4 x 4, ties to coins: the exact moments, averaged over seeds" {
	all4 | rns-cat --level=0 --to=plain > all
	energies > E
	exact 4 2 random > want
	for seed in $(seq 32); do
		rows_of --seed "$seed" all > blocked
		while read -r T _; do weighted "$T" E < blocked; done < want
	done > got
	# Rows "T e absm m2 m4" of many seeds: their mean within 4.5 of its own errors, or not.
	mean_agrees() {
		awk '
			FILENAME == ARGV[1] { for (i = 2; i <= 5; i++) want[$1, i] = $i; next }
			{ n[$1]++; for (i = 2; i <= 5; i++) { s[$1, i] += $i; ss[$1, i] += $i ^ 2 } }
			END {
				for (T in n) for (i = 2; i <= 5; i++) {
					k = n[T]; mean = s[T, i] / k; err = sqrt((ss[T, i] / k - mean ^ 2) / (k - 1)); compared++
					d = mean - want[T, i]; if (d < 0) d = -d
					if (d > 4.5 * err) { bad++; print "T = " T ": " mean " +- " err ", exactly " want[T, i] }
				}
				exit bad || compared != 12
			}' "$1" "$2"
	}
	mean_agrees want got
	exact 4 2 topleft > other
	run -1 mean_agrees other got
}

@test "e and m of every level are those of its spins" {
	all4 > all
	energies > E
	blockspin --levels 2 --format=csv --no-comments all > got
	head -n 1 got | tr ',' '\n' | grep -v spins | paste -s -d ' ' > names
	[ "$(cat names)" = "id e m e.1 m.1 e.2 m.2" ]
	paste -d, <(tail -n +2 got) E | awk -F, '
		function spin(i) { return 2 * $i - 1 }
		{
			m = 0; for (i = 4; i < 20; i++) m += spin(i)
			# 4 .. 19 spins, 20 e.1, 21 m.1, 22 .. 25 spins.1, 26 e.2, 27 m.2, 28 spins.2; double bonds on 2 x 2
			m1 = spin(22) + spin(23) + spin(24) + spin(25)
			E1 = -2 * (spin(22) * spin(23) + spin(24) * spin(25) + spin(22) * spin(24) + spin(23) * spin(25))
			bad += $2 != $NF / 16 || $3 != m / 16 || $20 != E1 / 4 || $21 != m1 / 4 || $26 != -2 || $27 != spin(28)
		}
		END { exit bad || NR != 65536 }'
}

# --- sampled ensembles ------------------------------------------------------------------------------------------------

# moments < rows "T,h,replica,sweep,id,e,m,...": "quantity mean error". Chains are independent, and their means' spread
# is the error.
moments() {
	awk -F, '
		{ n[$3]++; a = $7 < 0 ? -$7 : $7; x[$3, "e"] += $6; x[$3, "absm"] += a; x[$3, "m2"] += a ^ 2; x[$3, "m4"] += a ^ 4 }
		END {
			split("e absm m2 m4", name, " ")
			for (q = 1; q <= 4; q++) {
				k = s = ss = 0
				for (c in n) { v = x[c, name[q]] / n[c]; s += v; ss += v * v; k++ }
				printf "%s %.12g %.12g\n", name[q], s / k, sqrt((ss / k - (s / k) ^ 2) / (k - 1))
			}
		}'
}

# agree L b TIE T: the file "moments" is within 4.5 errors of the table.
agree() {
	exact "$1" "$2" "$3" | awk -v T="$4" '
		FILENAME == ARGV[1] { mean[$1] = $2; err[$1] = $3; next }
		$1 == T {
			split("e absm m2 m4", name, " ")
			for (q = 1; q <= 4; q++) {
				d = mean[name[q]] - $(q + 1); if (d < 0) d = -d; compared++
				if (!(d <= 4.5 * err[name[q]])) { bad++; print name[q] " = " mean[name[q]] " +- " err[name[q]] ", exactly " $(q + 1) }
			}
		}
		END { exit bad || compared != 4 }' moments -
}

# chi_square L b TIE T < rows: the joint histogram of E and |M| against the table's, cells below 10 pooled. Prints the
# sigmas by which chi-square lies above its mean (Wilson and Hilferty 1931) and fails above 4.5.
chi_square() {
	awk -F, -v L="$1" -v b="$2" -v tie="$3" -v T="$4" '
		function abs(v) { return v < 0 ? -v : v }
		FILENAME == ARGV[1] { if ($1 == L && $2 == b && $3 == tie && $4 == T) P[$5 + 0, $6 + 0] = $7; next }
		{ N = (L / b) ^ 2; n[int($6 * N + ($6 < 0 ? -0.5 : 0.5)), int(abs($7) * N + 0.5)]++; total++ }
		END {
			for (cell in n) if (!(cell in P)) { print "a configuration that cannot be"; exit 1 }
			for (cell in P) {
				if (P[cell] * total < 10) { pool += P[cell] * total; pooled += n[cell] }
				else { chi += (n[cell] - P[cell] * total) ^ 2 / (P[cell] * total); cells++ }
			}
			if (pool >= 10) { chi += (pooled - pool) ^ 2 / pool; cells++ }
			f = cells - 1; if (f < 1) exit 1
			z = ((chi / f) ^ (1 / 3) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f))
			print "chi-square " chi " of " f " degrees of freedom: " z " sigma"; exit z > 4.5
		}' "$REFERENCE/blockspin_dist.csv" -
}

sample() { # L T: 40000 configurations 100 sweeps apart, ten and more autocorrelation times
	ising-gen -L "$1" -T "$2" -n 40000 --replicas 80 --every 100 --start hot --seed 11
}

check_ensemble() { # L b T...
	local L=$1 b=$2
	shift 2
	for T; do
		sample "$L" "$T" | rows_of -b "$b" > rows
		moments < rows > moments
		agree "$L" "$b" random "$T" || { echo "T = $T"; return 1; }
		chi_square "$L" "$b" random "$T" < rows
	done
}

@test "4 x 4 to 2 x 2, sampled" { check_ensemble 4 2 1.5 2.269185314213022 3.0; }
@test "6 x 6 to 2 x 2, sampled" { check_ensemble 6 3 1.5 2.269185314213022 3.0; }
@test "8 x 8 to 4 x 4, sampled" { check_ensemble 8 2 1.5 2.269185314213022 3.0; }
@test "9 x 9 to 3 x 3, sampled" { check_ensemble 9 3 2.269185314213022; }

@test "power: a wrong temperature and a wrong rule fail these tests" {
	sample 8 2.32 | rows_of > rows
	moments < rows > moments
	run -1 agree 8 2 random 2.269185314213022
	run -1 chi_square 8 2 random 2.269185314213022 < rows
	sample 8 2.269185314213022 | rows_of --rule decimate > rows
	moments < rows > moments
	run -1 agree 8 2 random 2.269185314213022
	run -1 chi_square 8 2 random 2.269185314213022 < rows
}

@test "a decimated ring is the ring of the recursion's couplings, with and without field, at three levels" {
	# e and m of a ring of N from the transfer matrix, (K, h) from the table of the exact recursion.
	ring() { # LEVEL K h
		awk -F, -v level="$1" -v K="$2" -v h="$3" -v N=$(( 64 >> $1 )) '
			function ch(x) { return (exp(x) + exp(-x)) / 2 }
			function sh(x) { return (exp(x) - exp(-x)) / 2 }
			$1 == K && $2 == h && $3 == level {
				k = $4; f = $5; root = sqrt(sh(f) ^ 2 + exp(-4 * k)); c = sh(f) / root
				r = (ch(f) - root) / (ch(f) + root)
				printf "%.15g %.15g\n", -(c ^ 2 * (1 + r ^ N) + (1 - c ^ 2) * (r + r ^ (N - 1))) / (1 + r ^ N), c * (1 - r ^ N) / (1 + r ^ N)
				found = 1
			}
			END { exit !found }' "$REFERENCE/ising1d_decimation.csv"
	}
	# Rows are independent: the error of a mean is the deviation over the root of their number.
	near() { # LEVEL E M < csv
		awk -F, -v level="$1" -v e="$2" -v m="$3" '
			function far(s, ss, want) { mean = s / n; err = sqrt((ss / n - mean ^ 2) / (n - 1)); d = mean - want; return d > 4.5 * err || d < -4.5 * err }
			NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "e." level) ie = i; if ($i == "m." level) im = i } next }
			{ n++; s += $ie; ss += $ie ^ 2; t += $im; tt += $im ^ 2 }
			END { if (!ie || !im || n != 40000) exit 2; exit far(s, ss, e) || far(t, tt, m) }'
	}
	while read -r K h T; do
		ising-gen -d 1 -L 64 -T "$T" --field "$h" -n 40000 | blockspin --rule decimate --levels 3 --format=csv --no-comments > got
		for level in 1 2 3; do
			read -r e m < <(ring $level "$K" "$h")
			near $level "$e" "$m" < got || { echo "K = $K, h = $h, level $level: e = $e, m = $m"; return 1; }
		done
		read -r e m < <(ring 2 "$K" "$h")
		run -1 near 1 "$e" "$m" < got
	done <<-END
		1.0 0 1
		0.5 0.1 2
		1.5 -0.2 0.66666666666666666
	END
	# and without field tanh K' = tanh^2 K, which the table need not be asked
	ising-gen -d 1 -L 64 -T 1 -n 40000 | blockspin --rule decimate --levels 1 --format=csv --no-comments > got
	near 1 "$(awk 'BEGIN { t = (exp(1) - exp(-1)) / (exp(1) + exp(-1)); t *= t; print -(t + t ^ 31) / (1 + t ^ 32) }')" 0 < got
}

# --- rules ------------------------------------------------------------------------------------------------------------

# picture ROW...: a configuration as CSV, from its rows of 0 and 1.
picture() {
	awk -v rows="$*" 'BEGIN {
		n = split(rows, row, " "); c = length(row[1])
		print "# renorm-stream 1\n# kind: spins\n# column: id u64\n# column: spins bit " n " " c
		printf "id"; for (y = 0; y < n; y++) for (x = 0; x < c; x++) printf ",spins[%d][%d]", y, x; print ""
		printf "0"; for (y = 1; y <= n; y++) for (x = 1; x <= c; x++) printf ",%s", substr(row[y], x, 1); print ""
		print "# end: 1"
	}'
}
spins_of() { rows_of "$@" | cut -d, -f4- | tr -d ,; }

@test "majority, decimation and the first spin do what they say" {
	picture 11100011 10100100 00011100 01110000 > p
	# 11/10 10/10 00/01 11/00, then 00/01 01/11 11/00 00/00: the second and fourth, and the seventh, are ties
	[ "$(spins_of --ties first p)" = 11010110 ]
	[ "$(spins_of --rule decimate p)" = 11010010 ]
	picture 110001 100110 010101 > p
	[ "$(spins_of -b 3 p)" = 01 ]
	[ "$(spins_of -b 3 --rule decimate p)" = 10 ]
}

@test "ties are fair and independent: between blocks, records, labels, and of the first spin" {
	# Every block of alternating columns is a tie, so the block spins are coins.
	ties() { # RECORDS T
		awk -v n="$1" -v T="$2" 'BEGIN {
			print "# renorm-stream 1\n# kind: spins\n# label: T\n# column: T f64\n# column: id u64\n# column: spins bit 16 16"
			printf "T,id"; for (i = 0; i < 256; i++) printf ",spins[%d][%d]", int(i / 16), i % 16; print ""
			for (r = 0; r < n; r++) { printf "%s,%d", T, r; for (i = 0; i < 256; i++) printf ",%d", i % 2; print "" }
			print "# end: " n
		}'
	}
	ties 4000 1 > one
	ties 4000 2 > two
	rows_of one > a
	rows_of two > b
	# Columns T id e m and 64 coins. z: a sum of n products +-1 over sqrt(n).
	paste -d, a b | awk -F, '
		function z(s, n) { return s / sqrt(n) }
		function s(i) { return 2 * $i - 1 }
		{
			for (i = 5; i <= 68; i++) {
				up += s(i); labels += s(i) * s(i + 68); n++
				if (i > 5) { next_block += s(i) * s(i - 1); pairs++ }
				if (NR > 1) { next_record += s(i) * before[i]; steps++ }
				before[i] = s(i)
			}
		}
		END {
			printf "up %.1f, blocks %.1f, records %.1f, labels %.1f sigma\n", z(up, n), z(next_block, pairs), z(next_record, steps), z(labels, n)
			for (v = 1; v <= 4; v++) {
				x = v == 1 ? z(up, n) : v == 2 ? z(next_block, pairs) : v == 3 ? z(next_record, steps) : z(labels, n)
				if (x > 4.5 || x < -4.5) bad = 1
			}
			exit bad || n != 256000
		}'
	[ "$(rows_of --ties first one | cut -d, -f5- | sort -u)" = "$(printf '0%.0s,' $(seq 64) | sed 's/,$//')" ]
}

@test "odd blocks and decimation need neither coins nor ids" {
	ising-gen -L 18 -T inf -n 20 --format=csv --no-comments | cut -d, -f8- > bits
	{
		printf '# renorm-stream 1\n# kind: spins\n# column: spins bit 18 18\n'
		cat bits
		echo "# end: 20"
	} > anonymous
	for options in "-b 3" "-b 9" "-b 2 --ties first" "-b 2 --rule decimate" "-b 3 --rule decimate"; do
		# shellcheck disable=SC2086 # options fall apart into words
		ising-gen -L 18 -T inf -n 20 | rows_of $options --seed 5 | cut -d, -f6- > a
		# shellcheck disable=SC2086
		rows_of $options anonymous > b
		[ -s a ]
		cmp a b
	done
	run -65 --separate-stderr blockspin anonymous
	[[ $stderr == "blockspin: anonymous: segment 1: "*"column id"*"--ties first"* ]]
}

# --- what a result depends on -------------------------------------------------------------------------------------------

@test "the seed decides the ties" {
	ising-gen -T inf -L 16 -n 50 -o hot
	blockspin hot --seed 1 > a
	blockspin hot > b
	blockspin hot --seed 2 > c
	cmp a b
	rows_of hot --seed 1 > a
	rows_of hot --seed 2 > c
	run -1 cmp -s a c
	rows_of -b 2 --ties first hot --seed 1 > a
	rows_of -b 2 --ties first hot --seed 2 > c
	cmp a c
}

@test "a stream in parts gives the parts of the stream" {
	ising-gen -T inf,1e9 -L 12 -n 64 -o whole
	ising-gen -T inf -L 12 -n 64 -o part1
	ising-gen -T 1e9 -L 12 -n 64 -o part2
	rows_of whole > want
	rns-cat part1 part2 | rows_of > got
	cmp got want
	{ rows_of part1; rows_of part2; } > got
	cmp got want
	ising-gen -T inf -L 12 -n 30 -o part1
	ising-gen -T inf -L 12 -n 34 --first-id 30 -o part2
	rns-cat part1 part2 | rows_of > got
	head -n 64 want | cmp got -
	# the order is nothing either
	rns-cat part2 part1 | rows_of | sort > got
	head -n 64 want | sort | cmp got -
}

@test "k levels at once are k runs, coins included" {
	ising-gen -T inf,2 -L 48x32 -n 20 --therm 50 -o in
	blockspin --levels 3 --format=csv --no-comments in > levels
	for k in 1 2 3; do
		cp in step
		for _ in $(seq $k); do blockspin --format=rns step > next; mv next step; done
		rns-cat --to=csv --no-comments step | tail -n +2 > want
		rows_of --levels $k --last in > got
		cmp got want
		awk -F, -v k=$k '
			NR == 1 { for (i = 1; i <= NF; i++) use[i] = i <= 5 || $i == "e." k || $i == "m." k || index($i, "spins." k "["); next }
			{ line = ""; for (i = 1; i <= NF; i++) if (use[i]) line = line "," $i; print substr(line, 2) }' levels > got
		cmp got want
	done
	# The spins of the input stand there as they were.
	rns-cat --to=csv --no-comments in | tail -n +2 > want
	tail -n +2 levels | cut -d, -f1-$(( 7 + 48 * 32 )) | cmp - want
}

@test "different lattices, and different b, toss different coins" {
	# Alternating columns: every block is a tie.
	stripes() { # L
		awk -v L="$1" 'BEGIN {
			print "# renorm-stream 1\n# kind: spins\n# column: id u64\n# column: spins bit " L " " L
			printf "id"; for (i = 0; i < L * L; i++) printf ",spins[%d][%d]", int(i / L), i % L; print ""
			for (r = 0; r < 500; r++) { printf "%d", r; for (i = 0; i < L * L; i++) printf ",%d", i % 2; print "" }
			print "# end: 500"
		}'
	}
	coins() { rows_of "$@" | cut -d, -f4-67; }	# the first 64 blocks
	uncorrelated() {
		paste -d, "$1" "$2" | awk -F, '
			{ for (i = 1; i <= 64; i++) { s += (2 * $i - 1) * (2 * $(i + 64) - 1); n++ } }
			END { z = s / sqrt(n); print z " sigma"; exit n != 32000 || z > 4.5 || z < -4.5 }'
	}
	stripes 32 > stripes32
	stripes 16 > stripes16
	coins -b 2 stripes32 > a
	coins -b 4 stripes32 > b
	coins -b 2 stripes16 > c
	uncorrelated a b
	uncorrelated a c
	run -1 uncorrelated a a
}

@test "every CPU level gives the same bytes" {
	ising-gen -T inf,2.3 -L 60x120 -n 30 --therm 20 -o square
	ising-gen -d 1 -T 1 -L 840 -n 30 -o ring
	for b in 2 3 4 5 6 10 12 15 20 30 60; do
		for options in "" "--ties first" "--rule decimate" "--levels 1"; do
			for in in square ring; do
				for level in baseline avx2 avx512; do
					# shellcheck disable=SC2086 # options fall apart into words
					RENORM_CPU=$level blockspin --level 0 -b $b $options $in > $level
				done
				cmp baseline avx2
				cmp baseline avx512
			done
		done
	done
	for level in baseline avx2 avx512; do
		RENORM_CPU=$level blockspin --level 0 -b 120 --levels 1 < ring > $level
	done
	cmp baseline avx2
	cmp baseline avx512
}

# --- fields -------------------------------------------------------------------------------------------------------------

# noise TYPE L1 L2 N: fields of evenly distributed numbers in (-1, 1), shifted by 0.1, at kappa = 1, lambda = 0.7,
# mu2 = -0.9515, as a stream; independent records.
noise() {
	awk -v type="$1" -v L1="$2" -v L2="$3" -v n="$4" 'BEGIN {
		srand(7); print "# renorm-stream 1\n# kind: field\n# label: kappa lambda mu2"
		split("kappa:f64 lambda:f64 mu2:f64 replica:u32 sweep:u64 id:u64", c, " ")
		for (i = 1; i <= 6; i++) { sub(":", " ", c[i]); print "# column: " c[i] }
		print "# column: phi " type " " L1 " " L2
		printf "kappa,lambda,mu2,replica,sweep,id"
		for (i = 0; i < L1 * L2; i++) printf ",phi[%d][%d]", int(i / L2), i % L2
		for (r = 0; r < n; r++) {
			printf "\n1,0.7,-0.9515,%d,0,%d", r, r
			for (i = 0; i < L1 * L2; i++) printf ",%.8f", 2 * rand() - 0.9
		}
		print "\n# end: " n
	}'
}

# one_field VALUES ROWS COLS: a single field without labels.
one_field() {
	awk -v values="$1" -v L1="$2" -v L2="$3" 'BEGIN {
		print "# renorm-stream 1\n# kind: field\n# column: phi f64 " L1 " " L2
		for (i = 0; i < L1 * L2; i++) printf "%sphi[%d][%d]", i ? "," : "", int(i / L2), i % L2
		gsub(" ", ",", values); print "\n" values "\n# end: 1"
	}'
}

@test "fields: unit: blocks against loops, to the bit, on every kind of CPU" {
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu run_unit blockspin-field
	done
}

@test "fields: every rule, by hand" {
	one_field '1 2 -1 0 -4 3 -1 2 0.5 0 4 -4 0 -0.5 1 0' 4 4 > f
	# blocks 1 2/-4 3, -1 0/-1 2 (sum 0, top left -1), 0.5 0/0 -0.5 (sum 0, top left 0.5), 4 -4/1 0; columns m phi2 phi4 nn first
	phi() { rows_of "$@" f | cut -d, -f5-; }
	[ "$(phi)" = 2,-1,0.5,2.5 ]
	[ "$(phi --rule majority-mean)" = "$(phi)" ]
	[ "$(phi --rule soft --minority 0)" = "$(phi)" ]
	[ "$(phi --rule soft --minority 1)" = "$(phi --rule mean)" ]
	[ "$(phi --rule soft --minority 0.5)" = "1.1428571428571428,-0.2857142857142857,0.1,1" ] || phi --rule soft --minority 0.5
	[ "$(phi --rule mean)" = 0.5,0,0,0.25 ]
	[ "$(phi --rule mean --scale 1.5)" = 0.75,0,0,0.375 ]
	[ "$(phi --rule sum)" = 2,0,0,1 ]
	[ "$(phi --rule decimate --scale 2)" = 2,-2,1,8 ]
	[ "$(phi -b 4)" = 1.9285714285714286 ] || phi -b 4
	[ "$(phi -b 4 --rule sum)" = 3 ]
}

@test "fields: action, m, phi2, phi4 and nn of every level are those of its field, by loops over sites" {
	for type in f32 f64; do
		noise $type 8 12 50 | blockspin --levels 2 --format=csv --no-comments > got
		head -n 1 got | tr ',' '\n' | sed 's/\[.*//' | uniq | paste -s -d ' ' > names
		[ "$(cat names)" = "kappa lambda mu2 replica sweep id action m phi2 phi4 nn phi action.1 m.1 phi2.1 phi4.1 nn.1 phi.1 action.2 m.2 phi2.2 phi4.2 nn.2 phi.2" ]
		# f32 is printed in as few digits as read back the same
		awk -F, -v tol="$([ $type = f32 ] && echo 1e-6 || echo 1e-12)" '
			function near(x, y) { return (x - y) ^ 2 < tol ^ 2 }
			function check(at, L1, L2, x, y, v, m, p2, p4, nn, N) {
				N = L1 * L2; m = p2 = p4 = nn = 0
				for (y = 0; y < L1; y++) for (x = 0; x < L2; x++) {
					v = $(at + 5 + y * L2 + x); m += v / N; p2 += v * v / N; p4 += v ^ 4 / N
					nn += v * ($(at + 5 + y * L2 + (x + 1) % L2) + $(at + 5 + (y + 1) % L1 * L2 + x)) / (2 * N)
				}
				compared++
				if (!near($(at + 1), m) || !near($(at + 2), p2) || !near($(at + 3), p4) || !near($(at + 4), nn)) bad++
				if (!near($at, -2 * nn + (4 - 0.9515) / 2 * p2 + 0.7 / 4 * p4)) bad++
			}
			NR > 1 { check(7, 8, 12); check(12 + 96, 4, 6); check(17 + 96 + 24, 2, 3) }
			END { exit bad || compared != 150 }' got
	done
}

@test "all 2^16 fields of +1 and -1 on 4 x 4 are blocked as spins are, ties to the first" {
	all4 > all
	sed 's/^# kind: spins/# kind: field/; s/^# column: spins bit/# column: phi f32/; 1,/^id/s/spins\[/phi[/g' all |
		awk -F, -v OFS=, '!/^#/ && names++ { for (i = 2; i <= NF; i++) $i = 2 * $i - 1 } { print }' > field
	for rule in majority decimate; do
		# id m phi: the field has m phi2 phi4 nn before it, the spins e m
		rows_of --rule $rule --ties first all | awk -F, -v OFS=, '{ for (i = 4; i <= NF; i++) $i = 2 * $i - 1; print }' | cut -d, -f1,3- > want
		rows_of --rule "$([ $rule = majority ] && echo majority-mean || echo $rule)" field | cut -d, -f1,2,6- > got
		cmp got want
		[ "$(wc -l < got)" -eq 65536 ]
	done
}

@test "fields: the mean keeps m, the sum has four times as much, and both obey the scale" {
	noise f64 16 16 200 > f
	rns-cat --to=rns f | blockspin -q --levels 1 --rule mean --format=csv --no-comments > mean
	blockspin -q --levels 1 --rule sum --format=csv --no-comments f > sum
	blockspin -q --levels 1 --rule mean --scale 1.25 --format=csv --no-comments f > scaled
	for pair in "mean 1" "sum 4" "scaled 1.25"; do
		# shellcheck disable=SC2086
		set -- $pair
		paste <(csv_column m.1 < "$1") <(csv_column m < "$1") |
			awk -v z="$2" '{ n++; d = $1 - z * $2; bad += d * d > 1e-28 } END { exit bad || n != 200 }'
	done
	# of independent numbers of variance 1/3 and mean 0.1 the mean of four has <phi^2> = 1/12 + 0.01
	csv_column phi2.1 < mean | awk '{ n++; s += $1; ss += $1 ^ 2 } END {
		mean = s / n; err = sqrt((ss / n - mean ^ 2) / (n - 1)); z = (mean - 1 / 12 - 0.01) / err; print z " sigma"
		exit z > 4.5 || z < -4.5 }'
}

@test "fields: all rules are odd, soft goes from majority-mean to mean" {
	noise f64 12 12 20 > f
	awk -F, -v OFS=, '!/^#/ && names++ { for (i = 7; i <= NF; i++) if (!sub("^-", "", $i)) $i = "-" $i } { print }' f > minus
	for options in "" "--rule soft --minority 0.3" "--rule mean" "--rule sum" "--rule decimate" "-b 3"; do
		# shellcheck disable=SC2086 # options fall apart into words
		rows_of $options f > a
		# shellcheck disable=SC2086
		rows_of $options minus | awk -F, -v OFS=, -v CONVFMT=%.17g '{ $8 = -$8; for (i = 12; i <= NF; i++) $i = -$i; print }' > b
		paste -d, a b | awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); bad += d * d > 1e-28; n++ } } END { exit bad || !n }'
	done
	rows_of f > a
	rows_of --rule soft --minority 0 f > b
	cmp a b
	# and is a straight line of (sum w phi) / (sum w): between, |m| is between
	for w in 0 0.25 0.5 1; do rows_of --rule soft --minority $w f | cut -d, -f9 | awk '{ s += $1 } END { printf "%.12g\n", s / NR }'; done > phi2
	sort -c -g -r phi2
	[ "$(sort -u phi2 | wc -l)" -eq 4 ]
	rows_of --rule mean f | cut -d, -f9 | awk '{ s += $1 } END { printf "%.12g\n", s / NR }' | cmp - <(tail -n 1 phi2)
}

@test "fields: k levels at once are k runs; a ring is blocked along itself" {
	noise f32 24 16 20 > in
	blockspin --levels 2 --scale 1.1 --format=csv --no-comments in > levels
	blockspin --scale 1.1 in | blockspin --scale 1.1 | rns-cat --to=csv --no-comments > want
	rows_of --levels 2 --last --scale 1.1 in | cmp - <(tail -n +2 want)
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) use[i] = i <= 6 || $i ~ /\.2(\[|$)/; next }
		{ line = ""; for (i = 1; i <= NF; i++) if (use[i]) line = line "," $i; print substr(line, 2) }' levels | cmp - <(tail -n +2 want)
	printf '# renorm-stream 1\n# kind: field\n# column: phi f64 6\nphi[0],phi[1],phi[2],phi[3],phi[4],phi[5]\n1,3,-5,6,-8,2\n# end: 1\n' > ring
	[ "$(rows_of ring | cut -d, -f5-)" = 2,6,-8 ]
	[ "$(rows_of -b 3 --rule mean ring | cut -d, -f5-)" = "-0.3333333333333333,0" ]
}

@test "fields: every CPU level gives the same bytes" {
	noise f64 60 60 10 | rns-cat --to=rns > f64
	noise f32 60 60 10 | rns-cat --to=rns > f32
	for b in 2 3 4 5 6 12 60; do
		for options in "" "--rule soft --minority 0.37 --scale 1.0905" "--rule mean" "--rule sum" "--rule decimate"; do
			for in in f32 f64; do
				for level in baseline avx2 avx512; do
					# shellcheck disable=SC2086 # options fall apart into words
					RENORM_CPU=$level blockspin --level 0 -b $b --levels 1 $options $in > $level
				done
				cmp baseline avx2
				cmp baseline avx512
			done
		done
	done
}

@test "fields: nan, inf and what the type cannot hold are refused, by segment and record" {
	noise f32 4 4 5 > good
	for bad in nan inf -inf; do
		awk -F, -v OFS=, -v bad=$bad '!/^#/ { if (names++ == 3) $17 = bad } { print }' good > f
		refuses 65 "f: segment 1, record 2" "phi is not finite" -- blockspin f
		refuses 65 "f: segment 1, record 2" -- blockspin --rule decimate f
		cat <(rns-cat --to=rns good) <(rns-cat --to=rns f) > both
		refuses 65 "both: segment 2, record 2" -- blockspin both
	done
	refuses 65 "record 0" "beyond what f32 holds after step 1" "--scale" -- blockspin --scale 1e40 good
	blockspin --scale 1e30 good > /dev/null
	refuses 65 "after step 2" -- blockspin --levels 2 --scale 1e30 good
}

@test "rules and options of spins are refused of fields, and the other way" {
	noise f32 4 4 1 > f
	ising-gen -T inf -L 4 -n 1 -o s
	refuses 64 "--rule majority is for spins" "phi" "majority-mean, soft, mean, sum or decimate" -- blockspin --rule majority f
	refuses 64 "--ties is for spins" -- blockspin --ties first f
	for rule in majority-mean mean sum; do
		refuses 64 "--rule $rule is for fields" "majority or decimate" -- blockspin --rule $rule s
	done
	refuses 64 "--rule soft is for fields" -- blockspin --rule soft --minority 0.5 s
	refuses 64 "--scale is for fields" -- blockspin --scale 1 s
	refuses 64 "--minority" -- blockspin --rule soft f
	refuses 64 "--minority" -- blockspin --rule mean --minority 0.5 f
}

@test "fields: the history, what is dropped, and what is measured anew" {
	noise f32 4 4 1 > f
	history() { blockspin --format=csv "$@" f | grep '^# history: blockspin'; }
	[ "$(history)" = "# history: blockspin 0.1.0 -b 2 --rule majority-mean --scale 1 --levels 1 --last --seed 1 f" ]
	[ "$(history --rule soft --minority 0.25 --scale 1.0905 --levels 2)" = "# history: blockspin 0.1.0 -b 2 --rule soft --minority 0.25 --scale 1.0905 --levels 2 --seed 1 f" ]
	# the columns of levels are told to go, those of the configuration are measured anew
	blockspin --levels 1 f > levels
	run -0 --separate-stderr blockspin -o again levels
	[ "$stderr" = "blockspin: column action.1 is neither a label nor known to blockspin, and is dropped" ]
	blockspin -o want f
	cmp <(rns-cat --records again) <(rns-cat --records want)
	# without the couplings there is no action
	rns-sel -q --columns id,phi f | blockspin --format=csv --no-comments > bare
	[ "$(head -n 1 bare | cut -d, -f1-6)" = 'id,m,phi2,phi4,nn,phi[0][0]' ]
}

@test "samples of real numbers are blocked like fields, and not measured" {
	noise f32 6 6 10 > f
	sed 's/^# kind: field/# kind: samples/; s/^# column: phi/# column: x/; 1,/^kappa/s/phi\[/x[/g' f > x
	blockspin --levels 1 -b 3 --rule mean --format=csv --no-comments x > got
	head -n 1 got | tr ',' '\n' | sed 's/\[.*//' | uniq | paste -s -d ' ' > names
	[ "$(cat names)" = "kappa lambda mu2 replica sweep id x x.1" ]
	blockspin --levels 1 -b 3 --rule mean --format=csv --no-comments f | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) use[i] = $i !~ /^(action|m|phi2|phi4|nn)(\.|$)/; next }
		{ line = ""; for (i = 1; i <= NF; i++) if (use[i]) line = line "," $i; print substr(line, 2) }' | cmp - <(tail -n +2 got)
}

# --- streams ------------------------------------------------------------------------------------------------------------

@test "labels, replica, sweep and id are carried; e and m are made anew; other columns go, and that is told" {
	cat > in.csv <<-END
		# renorm-stream 1
		# kind: spins
		# label: digit T
		# source: nowhere
		# column: weight f32
		# column: T f64
		# column: sweep u64
		# column: e f64
		# column: digit u8 2
		# column: replica u32
		# column: spins bit 4
		# column: id u64
		weight,T,sweep,e,digit[0],digit[1],replica,spins[0],spins[1],spins[2],spins[3],id
		0.5,2.5,7,99,3,4,5,1,1,0,0,11
		# end: 1
	END
	blockspin --format=csv in.csv > got 2> err
	grep -v '^# history' got > short
	cat > want <<-END
		# renorm-stream 1
		# kind: spins
		# label: digit T
		# source: nowhere
		# column: T f64
		# column: sweep u64
		# column: digit u8 2
		# column: replica u32
		# column: id u64
		# column: e f64
		# column: m f64
		# column: spins bit 2
		T,sweep,digit[0],digit[1],replica,id,e,m,spins[0],spins[1]
		2.5,7,3,4,5,11,1,0,1,0
		# end: 1
	END
	cmp short want
	[ "$(cat err)" = "blockspin: column weight is neither a label nor known to blockspin, and is dropped" ]
	blockspin --quiet --format=csv in.csv 2> err > got2
	cmp got got2
	[ ! -s err ]
	grep -qx '# history: blockspin 0.1.0 -b 2 --rule majority --ties random --levels 1 --last --seed 1 in.csv' got
}

@test "samples are blocked like spins: x for spins, and no e and m" {
	ising-gen -T inf -L 12 -n 30 -o spins
	rns-cat --to=csv spins > spins.csv
	sed 's/^# kind: spins/# kind: samples/; s/^# column: spins/# column: x/; 1,/^T,/s/spins\[/x[/g' spins.csv > x.csv
	blockspin --quiet --levels 2 --format=csv --no-comments x.csv > got
	head -n 1 got | tr ',' '\n' | sed 's/\[.*//' | uniq | paste -s -d ' ' > names
	[ "$(cat names)" = "T h replica sweep id x x.1 x.2" ]
	blockspin --levels 2 --format=csv --no-comments spins | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) use[i] = $i !~ /^[em](\.|$)/; next }
		{ line = ""; for (i = 1; i <= NF; i++) if (use[i]) line = line "," $i; print substr(line, 2) }' > want
	tail -n +2 got | cmp - want
}

@test "segments are mapped to segments, empty ones and other lattices among them" {
	ising-gen -T inf -L 8 -n 5 -o a
	ising-gen -d 1 -T 1 -L 30 -n 7 -o b
	printf '# renorm-stream 1\n# kind: spins\n# column: id u64\n# column: spins bit 6 4\nid' > empty
	for y in 0 1 2 3 4 5; do for x in 0 1 2 3; do printf ',spins[%d][%d]' $y $x; done; done >> empty
	printf '\n# end: 0\n' >> empty
	rns-cat --to=rns empty > c
	cat a c b > abc
	blockspin --format=csv < abc > got
	for f in a c b; do blockspin --format=csv < $f; done > want
	cmp got want
	[ "$(grep -c '^# end: ' got)" -eq 3 ]
	grep -qx '# column: spins bit 3 2' got
}

@test "the history names what determines the result" {
	ising-gen -T inf -L 8 -n 1 -o in
	history() { blockspin --format=csv "$@" in | grep '^# history: blockspin'; }
	[ "$(history)" = "# history: blockspin 0.1.0 -b 2 --rule majority --ties random --levels 1 --last --seed 1 in" ]
	[ "$(history --levels 2 --seed 7 --ties first)" = "# history: blockspin 0.1.0 -b 2 --rule majority --ties first --levels 2 --seed 7 in" ]
	[ "$(history -b 4 --rule decimate --last)" = "# history: blockspin 0.1.0 -b 4 --rule decimate --ties random --levels 1 --last --seed 1 in" ]
	[ "$(history --progress=always --level=7 2> /dev/null)" = "$(history)" ]
}

# --- refusals -----------------------------------------------------------------------------------------------------------

# refuses CODE WORD... -- COMMAND...: with one line on stderr that has all the words.
refuses() {
	local code=$1 words=()
	shift
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	run "-$code" --separate-stderr "$@"
	[[ $stderr == "blockspin: "* && $stderr != *$'\n'* ]] || { echo "said: $stderr"; return 1; }
	for word in "${words[@]}"; do [[ $stderr == *"$word"* ]] || { echo "no '$word' in: $stderr"; return 1; }; done
}

@test "a lattice that b does not divide is refused, by name of L, b and level" {
	ising-gen -T inf -L 10x12 -n 3 -o in
	refuses 65 "L = 10x12" "b = 3" "level 1" "in: segment 1" -- blockspin -b 3 in
	refuses 65 "L = 10x12" "b = 2" "level 2" "L = 5x6" "fewer --levels" -- blockspin --levels 2 in
	refuses 65 "L = 10x12" "b = 64" -- blockspin -b 64 in
	refuses 65 "b = 4294967295" -- blockspin -b 4294967295 in
	ising-gen -d 1 -T 1 -L 15 -n 3 -o ring
	refuses 65 "L = 15" "b = 2" -- blockspin ring
	cat in ring > both
	refuses 65 "segment 2" -- blockspin both
}

@test "what is neither an Ising configuration nor a field is refused" {
	printf 'a,b\n1,2\n' > foreign.csv
	refuses 65 "kind table" -- blockspin foreign.csv
	printf '# renorm-stream 1\n# kind: samples\n# column: x u8 2\nx[0],x[1]\n# end: 0\n' > x.csv
	refuses 65 "column x" "bits" -- blockspin x.csv
	printf '# renorm-stream 1\n# kind: spins\n# column: spins bit 1 1 2\nspins[0][0][0],spins[0][0][1]\n# end: 0\n' > three.csv
	refuses 65 "column spins" "3 dimensions" -- blockspin three.csv
	printf '# renorm-stream 1\n# kind: spins\n# column: m f64\nm\n# end: 0\n' > none.csv
	refuses 65 "spins" -- blockspin none.csv
	printf '# renorm-stream 1\n# kind: field\n# column: phi bit 2\nphi[0],phi[1]\n# end: 0\n' > phi.csv
	refuses 65 "column phi" "f32 or f64" -- blockspin phi.csv
	printf '# renorm-stream 1\n# kind: spins\n# column: id f64\n# column: spins bit 2\nid,spins[0],spins[1]\n# end: 0\n' > id.csv
	refuses 65 "column id" "--ties first" -- blockspin id.csv
}

@test "options out of range and unknown words are usage errors" {
	for wrong in "-b 1" "-b 0" "-b x" "-b -2" "-b 2.5" "-b 4294967296" "--levels 0" "--levels 65" "--levels x" \
		"--rule median" "--ties last" "--minority -0.1" "--minority 1.1" "--minority 0.5" "--rule soft" "--scale 0" \
		"--scale x"; do
		# shellcheck disable=SC2086 # options fall apart into words
		refuses 64 "${wrong%% *}" -- blockspin $wrong /dev/null
	done
	refuses 64 majority decimate soft -- blockspin --rule median /dev/null
	refuses 64 random first -- blockspin --ties last /dev/null
}

@test "memory does not grow with the stream" {
	[ -z "${SAN:-}" ] || skip "sanitizers reserve address space of their own"
	ising-gen -T inf -L 64 -n 60000 --level 0 | (ulimit -v 40000 && exec blockspin --level 0) | rns-cat --count > n
	grep -q 60000 n
}

@test "a label with the name of a column made here is refused, with the cure" {
	ising-gen -L 4 -T 2 -n 3 | rns-sel --put spins.1=3 > named
	run -65 blockspin --levels 1 named
	[[ $output == *"segment 1"*"spins.1"*"rns-sel --rename"* ]]
}
