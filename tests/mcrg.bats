#!/usr/bin/env bats
# mcrg: exponents of exactly known ensembles, within errors that are true themselves; what it takes and what it refuses.

load common

reference() { "$PYTHON" "$FIXTURES/mcrg.py" "$@"; }

# of LEVEL OPERATORS COLUMN... < table: these numbers of that row, with a blank between.
of() {
	awk -F, -v level="$1" -v k="$2" -v columns="${*:3}" '
		/^#/ { next }
		!head++ { for (i = 1; i <= NF; i++) at[$i] = i; n = split(columns, name, " "); next }
		$at["level"] == level && $at["operators"] == k {
			for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? " " : "\n"; seen = 1 }
		END { exit !seen }'
}

# within SIGMAS EXACT < "x dx": both are numbers, and the error is one.
within() { awk -v most="$1" -v exact="$2" '{ d = ($1 - exact) / $2; if (d < 0) d = -d; print $1, "+-", $2, "is", d, "errors from", exact; exit !($1 ~ /[0-9]/ && $2 > 0 && $2 != "inf" && d < most) }'; }

# near EXACT TOLERANCE < one number
near() { awk -v want="$1" -v tol="$2" '{ d = $1 - want; if (d < 0) d = -d; if ($1 !~ /[0-9]/ || !(d <= tol)) { print $1 ", not " want; exit 1 } }'; }

log2() { awk -v x="$1" 'BEGIN { printf "%.17g\n", log(x) / log(2) }'; }

@test "unit: operators, linear equations, exact derivatives, on every kind of CPU" {
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu run_unit mcrg
	done
}

# --- against plain numpy, and enumeration ------------------------------------------------------------------------

@test "the numbers of a stream are those of plain numpy" {
	for L in 12 20; do
		ising-gen -L $L -T 2.4 -n 300 | blockspin --levels 2 > levels.rns
		rns-cat --to=csv levels.rns | reference stream > want
		mcrg -q --no-comments levels.rns | tail -n +2 | cut -d, -f3,4,6,8 | tr , ' ' > got
		[ "$(wc -l < want)" -ge 10 ]
		paste -d ' ' want got | awk '
			function differ(a, b) { return (a == "nan") != (b == "nan") || (a - b) ^ 2 > 1e-20 }
			$1 != $5 || $2 != $6 || differ($3, $7) || differ($4, $8) { print; bad = 1 }
			END { exit bad }'
	done
}

# Every configuration of the 4 x 4 torus, once: T = inf.
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

@test "all states of 4 x 4, ties to the top left: exact, without labels and chains" {
	all4 | blockspin --levels 1 --ties first | mcrg > t
	# <s s'> is 3/4 of the top left spin and 1/4 of the others: lambda_h is their sum, lambda_t that over bonds.
	for k in 1 2 3; do
		of 1 $k y_t < t | near -2 1e-12
	done
	for k in 1 2; do
		of 1 $k y_h < t | near "$(log2 1.5)" 1e-12
	done
	[ "$(of 1 1 condition_t tau < t)" = "1 0.5" ]
	[ "$(of 1 3 y_h y_h_err condition_h < t)" = "nan nan nan" ]
	[ "$(rows t | head -n 1)" = level,operators,n,y_t,y_t_err,y_h,y_h_err,condition_t,condition_h,tau ]
	[ "$(csv_column n < t | sort -u)" = 65536 ]
}

@test "4 x 4 at T = 2.5: the exact exponents of 2 x 2 blocks, and no others" {
	ising-gen -L 4 -T 2.5 -n 1000000 --replicas 100 --every 5 --seed 3 | blockspin --levels 1 | mcrg > t
	reference exact 2.5 > exact
	# A temperature that is wrong by 2%, which changes the exponents by less than 0.02.
	reference exact 2.45 > wrong
	while read -r level k y_t y_h; do
		of "$level" "$k" y_t y_t_err < t | within 4.5 "$y_t"
		[ "$y_h" = nan ] || of "$level" "$k" y_h y_h_err < t | within 4.5 "$y_h"
	done < exact
	while read -r level k y_t y_h; do
		run -1 within 4.5 "$y_t" <<< "$(of "$level" "$k" y_t y_t_err < t)"
		[ "$y_h" = nan ] || run -1 within 4.5 "$y_h" <<< "$(of "$level" "$k" y_h y_h_err < t)"
	done < wrong
}

@test "errors are true: of 200 chains the mean square of (y - exact) / error is 1" {
	mean_square() { awk -v exact="$1" '{ s += (($1 - exact) / $2) ^ 2 } END { print s / NR }'; } # EXACT < "x dx"
	# Each chain a group of its own: the replica as a label.
	ising-gen -L 4 -T 2.5 -n 200000 --replicas 200 --every 5 --seed 5 | blockspin --levels 1 |
		rns-cat --to=csv | sed 's/^# label: T h$/# label: T h replica/' > chains.csv
	mcrg -q chains.csv > t
	[ "$(of 1 1 n < t | sort | uniq -c | awk '{ print $1 "x" $2 }')" = 200x1000 ]
	reference exact 2.5 > exact
	while read -r level k y_t y_h; do
		# Some 30 blocks at least: the mean square of a t variate is 30/28; y is biased a little.
		of "$level" "$k" y_t y_t_err < t | mean_square "$y_t" | near 1.1 0.55
		[ "$y_h" = nan ] || of "$level" "$k" y_h y_h_err < t | mean_square "$y_h" | near 1.1 0.55
	done < exact
	# Power: each record three times, taken for independent, makes errors too small by the root of 3, and this sees it.
	mcrg -q --independent chains.csv chains.csv chains.csv > t
	read -r level k y_t y_h < exact
	run -1 near 1.1 0.55 <<< "$(of 1 1 y_h y_h_err < t | mean_square "$y_h")"
	run -1 near 1.1 0.55 <<< "$(of 1 1 y_t y_t_err < t | mean_square "$y_t")"
}

# At T = inf block spins are independent at every level: lambda_h = b^2 <s s'>, lambda_t = b <s s'>^2 of one operator.
@test "T = inf: every step is the same, for b = 2, b = 3 and decimation" {
	ising-gen -L 64 -T inf -n 30000 | blockspin --levels 3 | mcrg -q > t
	for level in 1 2 3; do
		of $level 1 y_t y_t_err < t | within 4.5 "$(log2 0.28125)"
		for k in 1 2 3; do
			of $level $k y_h y_h_err < t | within 4.5 "$(log2 1.5)"
		done
	done
	ising-gen -L 54 -T inf -n 30000 | blockspin -b 3 --levels 2 | mcrg -q > t
	for level in 1 2; do
		of $level 1 y_t y_t_err < t | within 4.5 "$(awk 'BEGIN { print log(3 * (35 / 128) ^ 2) / log(3) }')"
		of $level 1 y_h y_h_err < t | within 4.5 "$(awk 'BEGIN { print log(9 * 35 / 128) / log(3) }')"
	done
	ising-gen -L 32 -T inf -n 3000 | blockspin --levels 2 --rule decimate | mcrg -q > t
	of 2 1 y_h y_h_err < t | within 4.5 0
}

@test "T_c: y_t near 1 and y_h near 15/8 after two steps; not at T = 2.1 and 2.4" {
	ising-gen -L 32 -T 2.1,Tc,2.4 -n 20000 --every 30 --seed 2 | blockspin --levels 2 | mcrg > t
	rows t | awk -F, '$1 == "T" || $1 == 2.269185314213022' > Tc
	# What two steps and 8 x 8 sites leave, and the errors: less than that.
	of 2 7 y_t < Tc | near 1 0.04
	of 2 3 y_h < Tc | near 1.875 0.003
	for T in 2.1 2.4; do
		rows t | awk -F, -v T=$T '$1 == "T" || $1 == T' > off
		run -1 near 1.875 0.003 <<< "$(of 2 3 y_h < off)"
	done
	# A memory of 30 sweeps at least, and one for all rows of a group.
	[ "$(csv_column tau < Tc | sort -u | wc -l)" -eq 1 ]
	of 1 1 tau < Tc | awk '{ exit !($1 > 1 && $1 < 20) }'
}

# --- what a result depends on ----------------------------------------------------------------------------------

@test "files, segments and a stream are one; groups come as they first appear" {
	ising-gen -L 16 -T 2.3 -n 100 --seed 4 | blockspin --levels 2 > a.rns
	ising-gen -L 16 -T 3,2.3 -n 100 --first-id 100 --seed 4 | blockspin --levels 2 > b.rns
	mcrg -q --no-comments a.rns b.rns > ab
	cat a.rns b.rns | mcrg -q --no-comments | cmp - ab
	rns-cat a.rns b.rns | mcrg -q --no-comments | cmp - ab
	rns-cat --to=csv a.rns b.rns | mcrg -q --no-comments | cmp - ab
	[ "$(csv_column T < ab | uniq | paste -sd ' ')" = "2.3 3" ]
	[ "$(csv_column n < ab | uniq | paste -sd ' ')" = "200 100" ]
	mcrg -q --no-comments --format=rns a.rns b.rns | rns-cat --to=csv --no-comments | cmp - ab
}

@test "shuffled is refused, unless --independent; values do not depend on the order" {
	ising-gen -L 16 -T 2.4 -n 500 --every 10 | blockspin --levels 2 > sorted.rns
	rns-sel --shuffle sorted.rns > shuffled.rns
	run -65 mcrg shuffled.rns
	[[ $output == *"shuffled.rns: segment 1, record "*": sweep "*" after sweep "*" in the chain T 2.4, h 0, replica 0: shuffled or repeated (use --independent)"* ]]
	mcrg -q --independent sorted.rns > a
	mcrg -q --independent shuffled.rns > b
	[ "$(csv_column y_h < a)" = "$(csv_column y_h < b)" ]
	paste -d ' ' <(csv_column y_t < a) <(csv_column y_t < b) | awk '($1 - $2) ^ 2 > 1e-20 { exit 1 }'
	[ "$(csv_column tau < a | sort -u)" = 0.5 ]
	grep -q '^# history: mcrg 0.1.0 --independent sorted.rns' a
}

@test "levels may be left out: two steps of 2 are one of 4" {
	ising-gen -L 16 -T 2.4 -n 300 | blockspin --levels 2 > levels.rns
	rns-sel --drop e.1,m.1,spins.1 levels.rns | mcrg -q > t
	[ "$(csv_column level < t | sort -u)" = 2 ]
	of 2 1 y_h < t | near 1.85 0.1
}

# --- what it says ------------------------------------------------------------------------------------------------

# refused TEXT COMMAND...: exit 65 and one line with that text, nothing on stdout.
refused() {
	local text=$1 got=0
	shift
	"$@" > out 2> err || got=$?
	[ "$got" -eq 65 ] || { echo "status $got: $*"; cat err; return 1; }
	[ "$(wc -l < err)" -eq 1 ] && grep -qF -- "$text" err || { cat err; return 1; }
	[ ! -s out ]
}

@test "unfit streams are refused, with what would be right" {
	ising-gen -L 8 -T 2 -n 9 > plain.rns
	refused "plain.rns: segment 1: one level of spins: mcrg compares levels of blocking, as blockspin --levels 3 writes them" mcrg plain.rns
	blockspin plain.rns > once.rns
	refused "one level of spins" mcrg once.rns
	rns-sel --drop spins plain.rns > none.rns
	refused "no column spins" mcrg none.rns
	ising-gen -d 1 -L 16 -T 2 -n 9 | blockspin --levels 2 > ring.rns
	refused "column spins is a ring: mcrg knows the operators of lattices of two dimensions" mcrg ring.rns
	ising-gen -L 8 -T 2 --field 0.1 -n 9 | blockspin --levels 2 > field.rns
	refused "field.rns: segment 1, record 0: h is 0.1: a field mixes even and odd operators" mcrg field.rns
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# column: x bit 2 2' 'x[0][0],x[0][1],x[1][0],x[1][1]' 0,1,0,1 '# end: 1' > samples.csv
	refused "samples" mcrg samples.csv
	mcrg -q > table.csv < <(blockspin --levels 1 plain.rns)
	refused "table" mcrg table.csv
	ising-gen -L 2 -T 2 -n 9 | blockspin --levels 1 > tiny.rns
	refused "level 1 has 1 x 1 sites, too few for any operator" mcrg tiny.rns
}

# two SHAPE0 SHAPE1 [LABEL VALUE]: one record of two levels.
two() {
	awk -v a="$1" -v b="$2" -v label="${3-}" -v value="${4-}" 'BEGIN {
		split(a, A, "x"); split(b, B, "x")
		print "# renorm-stream 1\n# kind: spins"
		if (label) print "# label: " label "\n# column: " label " f64"
		print "# column: spins bit " A[1], A[2] "\n# column: spins.1 bit " B[1], B[2]
		if (label) { names = label ","; row = value "," }
		for (i = 0; i < A[1] * A[2]; i++) { names = names sprintf("spins[%d][%d],", i / A[2], i % A[2]); row = row i % 2 "," }
		for (i = 0; i < B[1] * B[2]; i++) { names = names sprintf("spins.1[%d][%d],", i / B[2], i % B[2]); row = row i % 2 "," }
		sub(/,$/, "", names); sub(/,$/, "", row)
		print names "\n" row "\n# end: 1"
	}'
}

@test "levels that are no blocking of each other, and labels that make no group, are refused" {
	two 4x4 2x2 > good.csv
	run -1 mcrg -q good.csv
	two 4x4 4x4 > same.csv
	refused "level 1 of 4 x 4 sites is not level 0 of 4 x 4 reduced by a whole factor" mcrg same.csv
	two 4x6 2x2 > uneven.csv
	refused "level 1 of 2 x 2 sites is not level 0 of 4 x 6" mcrg uneven.csv
	two 5x5 2x2 > odd.csv
	refused "is not level 0 of 5 x 5" mcrg odd.csv
	two 4x4 2x2 T nan > nan.csv
	refused "nan.csv: segment 1, record 0: T is nan, which is in no group" mcrg nan.csv
	two 4x4 2x2 y_t 1 > name.csv
	refused "label y_t has the name of a result: rename it" mcrg name.csv
	ising-gen -L 8 -T 2 -n 9 | blockspin --levels 1 > one.rns
	ising-gen -L 8 -T 2 -n 9 | blockspin --levels 2 > other.rns
	refused "other.rns: segment 2 does not go with segment 1 (one.rns)" mcrg one.rns other.rns
}

@test "T = 0: only the magnetisation fluctuates, y_h is 2; the rest is nan, and that is told" {
	ising-gen -L 16 -T 0 -n 40 | blockspin --levels 2 > cold.rns
	mcrg cold.rns > t 2> err
	[ "$(of 1 1 y_h y_h_err y_t y_t_err condition_t < t)" = "2 0 nan nan inf" ]
	[ "$(of 2 2 y_h y_h_err < t)" = "nan nan" ]
	grep -q '^mcrg: T 0, h 0: some exponents are nan: ' err
	[ "$(wc -l < err)" -eq 1 ]
	# In a larger sample products of sums exceed 2^53: still nothing but 0 and nan.
	ising-gen -L 1024 -T 0 -n 3 | blockspin --levels 1 | mcrg -q > t
	[ "$(of 1 1 y_h y_t < t)" = "2 nan" ]
}

@test "too few records: as many operators as they can tell apart, or exit 1 where no exponent comes out" {
	ising-gen -L 16 -T 2.4 -n 4 --every 100 | blockspin --levels 1 > four.rns
	mcrg -q four.rns > t
	[ "$(of 1 4 y_t y_t_err < t)" = "nan nan" ]
	[ "$(of 1 7 y_t < t)" = nan ]
	of 1 1 y_h < t | near 1.87 0.1
	rns-cat --head 1 four.rns > one.rns
	run -1 --separate-stderr mcrg -q one.rns
	[[ $output == *"# end: 7" ]]
	[ "$stderr" = "mcrg: no exponent came out of 1 record: all of them are nan" ]
	rns-cat --head 0 four.rns > zero.rns
	run -0 --separate-stderr mcrg zero.rns
	[[ $output == *"# end: 0" ]]
	[ "$stderr" = "mcrg: zero.rns: no records, so no rows" ]
}

@test "lattices that are too small are left out or have fewer operators, which is told" {
	ising-gen -L 16 -T 2.4 -n 1000 | blockspin --levels 4 > levels.rns
	mcrg levels.rns > t 2> err
	[ "$(csv_column level < t | uniq -c | awk '{ print $1 "x" $2 }' | paste -sd ' ')" = "7x1 7x2 3x3" ]
	grep -q '^mcrg: level 4 of 1 x 1 sites is left out' err
	[ "$(of 3 3 y_h < t)" = nan ]
	of 3 2 y_h y_h_err < t | awk '{ exit !($1 > 1 && $2 > 0) }'
}

@test "chains that are too short are told" {
	ising-gen -L 64 -T Tc -n 300 --every 1 | blockspin --levels 2 | mcrg 2> err > t
	grep -q '^mcrg: T 2.269185314213022, h 0: .*; the errors are too small' err
}

@test "the study, in small: a figure, and a summary without a hole" {
	cp -r "$ROOT/pipelines" .
	make -s -C pipelines mcrg mcrg/n-64=100 mcrg/n-128=30 mcrg/chain-64='--therm 100 --every 5' mcrg/chain-128='--therm 100 --every 5' \
		BIN="$BIN" > log 2>&1 || { cat log; return 1; }
	grep -q '</svg>' out/mcrg/fig-exponents.svg
	[ "$(head -c 8 out/mcrg/fig-exponents.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	[ "$(head -n 1 out/mcrg/summary.csv)" = quantity,ours,error,published,exact,source ]
	awk -F, 'NF != 6 { print; exit 1 }' out/mcrg/summary.csv
	[ "$(grep -c '^y_t: .*,1,Onsager 1944$' out/mcrg/summary.csv)" -eq 63 ]
	[ "$(grep -c '^y_h: .*,1.875,Yang 1952$' out/mcrg/summary.csv)" -eq 27 ]
	# Two jobs of chains that know nothing of each other: as many records as both have.
	[ "$(csv_column n < out/mcrg/L64.csv | sort -u)" = 200 ]
	awk -F, '/^y_h: 64 to 32 of L = 64; 1 operator,/ { seen = 1; exit !($2 > 1.8 && $2 < 1.95 && $3 > 0) } END { exit !seen }' out/mcrg/summary.csv
}

@test "the examples of the manual run" {
	run_examples mcrg.1
	[ "$(wc -l < out)" -gt 5 ]
}
