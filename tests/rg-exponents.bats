#!/usr/bin/env bats
# rg-exponents: exactly known exponents of levels, within errors that are true themselves; what it takes and refuses.

load common

reference() { "$PYTHON" "$FIXTURES/rg-exponents.py" "$@"; }

# The columns of numbers, in the order in which reference prints them.
EXPONENTS="beta_nu gamma_nu gamma_nu_chi beta_nu_value gamma_nu_value gamma_nu_chi_value"

# of FROM TO COLUMN... < table: these numbers of those rows, with a blank between.
of() {
	awk -F, -v from="$1" -v to="$2" -v columns="${*:3}" '
		/^#/ { next }
		!head++ { for (i = 1; i <= NF; i++) at[$i] = i; n = split(columns, name, " "); next }
		$at["from"] == from && $at["to"] == to {
			for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? " " : "\n"; seen = 1 }
		END { exit !seen }'
}

# within SIGMAS EXACT < "x dx": both are numbers, and the error is one.
within() { awk -v most="$1" -v exact="$2" '{ d = ($1 - exact) / $2; if (d < 0) d = -d; print $1, "+-", $2, "is", d, "errors from", exact; exit !($1 ~ /[0-9]/ && $2 > 0 && $2 != "inf" && d < most) }'; }

# near EXACT TOLERANCE < one number
near() { awk -v want="$1" -v tol="$2" '{ d = $1 - want; if (d < 0) d = -d; if ($1 !~ /[0-9]/ || !(d <= tol)) { print $1 ", not " want; exit 1 } }'; }

# The table without labels as reference prints it: from to value error ...
like_reference() {
	awk -F, -v columns="from to $(for x in $EXPONENTS; do echo "$x ${x}_err"; done | paste -sd ' ')" '
		/^#/ { next }
		!head++ { for (i = 1; i <= NF; i++) at[$i] = i; n = split(columns, name, " "); next }
		{ for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? " " : "\n" }'
}

# same WANT GOT: the same numbers, rounding apart.
same() {
	[ "$(wc -l < "$1")" -ge 1 ]
	paste -d ' ' "$1" "$2" | awk '
		{ for (i = 1; i <= NF / 2; i++) {
			a = $i; b = $(NF / 2 + i)
			if ((a == "nan") != (b == "nan") || (a - b) ^ 2 > 1e-20) { print i ": " a " and " b; bad = 1 } }
		  bad = bad || NF != 28 }
		END { exit bad || !NR }'
}

# --- against plain numpy, and enumeration ------------------------------------------------------------------------

@test "spins that shrink: numbers and errors are those of plain numpy, blocks left out one by one" {
	# 1000 independent records are 125 blocks of 8; 100 are 100 of 1.
	for n in 1000:125 100:100; do
		ising-gen -L 16 -T 2.3 -n "${n%:*}" | blockspin --levels 2 > levels.rns
		rns-cat --to=csv levels.rns | reference stream "${n#*:}" > want
		rg-exponents -q levels.rns | like_reference > got
		[ "$(wc -l < want)" -eq 3 ]
		same want got
	done
}

# field ROWS FORM: levels of 2 x 2, 4 x 4 and 6 x 6 sites. FORM noise: m.1 and m.2 follow m with noise of their own;
# map: they are m times 7/8 and 3/5.
field() {
	awk -v rows="$1" -v form="$2" '
		function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
		BEGIN {
			srand(5)
			print "# renorm-stream 1\n# kind: field\n# label: mu2\n# column: mu2 f64"
			print "# column: m f64\n# column: phi2 f64\n# column: phi f64 2 2"
			print "# column: m.1 f64\n# column: phi.1 f32 4 4\n# column: m.2 f64\n# column: phi.2 f64 6 6"
			head = "mu2"; row = ""
			for (l = 0; l < 3; l++) {
				dot = l ? "." l : ""; L = 2 * (l + 1)
				head = head ",m" dot (l ? "" : ",phi2"); zeros[l] = ""
				for (i = 0; i < L * L; i++) {
					head = head sprintf(",phi%s[%d][%d]", dot, int(i / L), i % L); zeros[l] = zeros[l] ",0" }
			}
			print head
			for (r = 0; r < rows; r++) {
				m = 0.6 * (rand() < 0.5 ? -1 : 1) + 0.3 * normal(); phi2 = m * m + 0.4 * normal()
				m1 = m * 7 / 8; m2 = m * 3 / 5
				if (form == "noise") { m1 += 0.1 * normal(); m2 = m1 * 0.9 + 0.1 * normal() }
				printf "-1,%.17g,%.17g%s,%.17g%s,%.17g%s\n", m, phi2, zeros[0], m1, zeros[1], m2, zeros[2]
			}
			print "# end: " rows
		}'
}

@test "a field that grows, by factors that differ: the same" {
	field 1000 noise > field.csv
	reference stream 125 < field.csv > want
	rg-exponents -q field.csv | like_reference > got
	same want got
	[ "$(rg-exponents -q field.csv | of 1 2 L_from L_to n tau)" = "4 6 1000 0.5" ]
	# Power: another operator is another direction in the space of couplings.
	rg-exponents -q --conjugate m.1 field.csv | like_reference > other
	run ! same want other
}

@test "a map m_j = c m_i has its c as exponent, and no statistical error at all" {
	field 300 map | rg-exponents -q > t
	for pair in "0 1 0.875 2" "0 2 0.6 3" "1 2 0.6857142857142857 1.5"; do
		read -r from to c b <<< "$pair"
		beta=$(awk -v c="$c" -v b="$b" 'BEGIN { printf "%.17g", -log(c) / log(b) }')
		for x in beta_nu beta_nu_value; do
			of "$from" "$to" $x < t | near "$beta" 1e-12
			of "$from" "$to" ${x}_err < t | near 0 1e-12
		done
		for x in gamma_nu gamma_nu_chi gamma_nu_value gamma_nu_chi_value; do
			of "$from" "$to" $x < t | near "$(awk -v beta="$beta" 'BEGIN { printf "%.17g", 2 - 2 * beta }')" 1e-12
			of "$from" "$to" ${x}_err < t | near 0 1e-12
		done
	done
}

# all EXACT SIGMAS < table: every exponent from level 0 to 1 against what reference exact printed.
all_within() {
	local i=0 x exact
	read -r -a exact < "$1"
	for x in $EXPONENTS; do
		of 0 1 "$x" "${x}_err" < t | within "$2" "${exact[i]}" || return 1
		i=$((i + 1))
	done
	[ $i -eq 6 ]
}

@test "4 x 4 at T = 2.5: the exact exponents of 2 x 2 blocks, and no others" {
	ising-gen -L 4 -T 2.5 -n 1000000 --seed 3 | blockspin --levels 1 | rg-exponents > t
	reference exact 2.5 > exact
	all_within exact 4.5
	# A temperature that is wrong by 2%: not one of the numbers agrees.
	reference exact 2.45 > wrong
	i=0
	read -r -a wrong < wrong
	for x in $EXPONENTS; do
		run -1 within 4.5 "${wrong[i]}" <<< "$(of 0 1 "$x" "${x}_err" < t)"
		i=$((i + 1))
	done
}

@test "errors are true: of 200 chains the mean square of (x - exact) / error is 1" {
	mean_square() { awk -v exact="$1" '{ s += (($1 - exact) / $2) ^ 2 } END { print s / NR }'; } # EXACT < "x dx"
	# Each chain a group of its own: the replica as a label.
	ising-gen -L 4 -T 2.5 -n 400000 --algorithm metropolis --replicas 200 --every 2 --seed 5 | blockspin --levels 1 |
		rns-cat --to=csv | sed 's/^# label: T h$/# label: T h replica/' > chains.csv
	rg-exponents -q chains.csv > t
	[ "$(of 0 1 n < t | sort | uniq -c | awk '{ print $1 "x" $2 }')" = 200x2000 ]
	[ "$(of 0 1 tau < t | sort -g | head -n 1)" != 0.5 ]
	read -r -a exact <<< "$(reference exact 2.5)"
	i=0
	for x in $EXPONENTS; do
		# A t variate of some 30 blocks has the mean square 30/28; and 200 of them scatter by a tenth.
		of 0 1 "$x" "${x}_err" < t | mean_square "${exact[i]}" | near 1.1 0.5
		i=$((i + 1))
	done
	# Power: each record three times, taken for independent, makes errors too small by the root of 3, and this sees it.
	rg-exponents -q --independent chains.csv chains.csv chains.csv > t
	i=0
	for x in $EXPONENTS; do
		run -1 near 1.1 0.5 <<< "$(of 0 1 "$x" "${x}_err" < t | mean_square "${exact[i]}")"
		i=$((i + 1))
	done
}

# At T = inf block spins are independent at every level, so <m^2> is 1/N and <|m|> that of N coins; a weak coupling
# puts 2 (3/8)^2 of itself between blocks, so chi0 changes less by this at every step.
@test "T = inf: every step is the same, and the derivative the exact one" {
	ising-gen -L 8 -T inf -n 3000000 | blockspin --levels 2 | rg-exponents -q > t
	absm() { awk -v N="$1" 'BEGIN { p = 1; for (i = 1; i <= N / 2; i++) p *= (N / 2 + i) / i / 4; print p }'; } # <|m|> = C(N, N/2) / 2^N
	for pair in "0 1 64 16" "1 2 16 4" "0 2 64 4"; do
		read -r from to N M <<< "$pair"
		of "$from" "$to" gamma_nu_value gamma_nu_value_err < t | within 4.5 0
		of "$from" "$to" beta_nu_value beta_nu_value_err < t |
			within 4.5 "$(awk -v a="$(absm "$N")" -v b="$(absm "$M")" -v N="$N" -v M="$M" 'BEGIN { printf "%.17g", -2 * log(b / a) / log(M / N) }')"
		of "$from" "$to" gamma_nu gamma_nu_err < t | within 4.5 "$(awk 'BEGIN { printf "%.17g", -log(0.28125) / log(2) }')"
	done
	# Power, where the error is least: a derivative that is wrong by 5%.
	run -1 within 4.5 1.75 <<< "$(of 0 1 gamma_nu gamma_nu_err < t)"
}

@test "T_c, Swendsen-Wang: near 1/8 and 7/4, in ways of different truth; not at T = 2.2 and 2.4" {
	ising-gen -L 64 -T 2.2,Tc,2.4 -n 3000 --algorithm swendsen-wang --seed 2 | blockspin --levels 2 | rg-exponents > t
	rows t | awk -F, '$1 == "T" || $1 == 2.269185314213022' > Tc
	# The majority rule has 0.119 at its first step; what finite lattices do to derivatives is some hundredths.
	of 0 1 beta_nu_value < Tc | near 0.119 0.004
	of 1 2 beta_nu_value < Tc | near 0.125 0.006
	of 0 1 gamma_nu_value < Tc | near 1.762 0.008
	of 0 1 beta_nu < Tc | near 0.09 0.015
	of 0 1 gamma_nu < Tc | near 1.80 0.015
	for T in 2.2 2.4; do
		rows t | awk -F, -v T=$T '$1 == "T" || $1 == T' > off
		run -1 near 0.119 0.004 <<< "$(of 0 1 beta_nu_value < off)"
	done
}

# --- what a result depends on ----------------------------------------------------------------------------------

@test "files, segments and a stream are one; groups come as they first appear" {
	ising-gen -L 16 -T 2.3 -n 100 --seed 4 | blockspin --levels 2 > a.rns
	ising-gen -L 16 -T 3,2.3 -n 100 --first-id 100 --seed 4 | blockspin --levels 2 > b.rns
	rg-exponents -q --no-comments a.rns b.rns > ab
	cat a.rns b.rns | rg-exponents -q --no-comments | cmp - ab
	rns-cat a.rns b.rns | rg-exponents -q --no-comments | cmp - ab
	rns-cat --to=csv a.rns b.rns | rg-exponents -q --no-comments | cmp - ab
	[ "$(csv_column T < ab | uniq | paste -sd ' ')" = "2.3 3" ]
	[ "$(csv_column n < ab | uniq | paste -sd ' ')" = "200 100" ]
	rg-exponents -q --no-comments --format=rns a.rns b.rns | rns-cat --to=csv --no-comments | cmp - ab
	[ "$(head -n 1 ab)" = T,h,from,to,L_from,L_to,n,beta_nu,beta_nu_err,gamma_nu,gamma_nu_err,gamma_nu_chi,gamma_nu_chi_err,beta_nu_value,beta_nu_value_err,gamma_nu_value,gamma_nu_value_err,gamma_nu_chi_value,gamma_nu_chi_value_err,tau ]
}

@test "shuffled is refused, unless --independent; values do not depend on the order" {
	ising-gen -L 16 -T 2.4 -n 500 --algorithm metropolis --replicas 1 --every 10 | blockspin --levels 2 > sorted.rns
	rns-sel --shuffle sorted.rns > shuffled.rns
	run -65 rg-exponents shuffled.rns
	[[ $output == *"shuffled.rns: segment 1, record "*": sweep "*" after sweep "*" in the chain T 2.4, h 0, replica 0: shuffled or repeated (use --independent)"* ]]
	rg-exponents -q --independent sorted.rns > a
	rg-exponents -q --independent shuffled.rns > b
	for x in $EXPONENTS; do
		paste -d ' ' <(csv_column "$x" < a) <(csv_column "$x" < b) | awk '($1 - $2) ^ 2 > 1e-20 { exit 1 }'
	done
	[ "$(csv_column tau < a | sort -u)" = 0.5 ]
	grep -q '^# history: rg-exponents 0.1.0 --independent sorted.rns' a
}

@test "the configurations are not looked at, levels may be left out, another operator of the first may be named" {
	ising-gen -L 16 -T 2.4 -n 300 | blockspin --levels 2 > levels.rns
	rg-exponents -q levels.rns > t
	rns-sel --drop e.1,m.1,spins.1 levels.rns | rg-exponents -q > less
	[ "$(rows less | cut -d, -f3,4 | tail -n +2)" = 0,2 ]
	[ "$(of 0 2 $EXPONENTS < less)" = "$(of 0 2 $EXPONENTS < t)" ]
	# Without the first lattice, but for its energy.
	rns-sel --drop m,spins levels.rns | rg-exponents -q > rest
	[ "$(of 1 2 $EXPONENTS < rest)" = "$(of 1 2 $EXPONENTS < t)" ]
	rg-exponents -q --conjugate e levels.rns > named
	[ "$(of 0 1 $EXPONENTS < named)" = "$(of 0 1 $EXPONENTS < t)" ]
	grep -q '^# history: rg-exponents 0.1.0 --conjugate e levels.rns' named
}

@test "rings: sizes that are halved, d = 1" {
	ising-gen -d 1 -L 64 -T 0.8 -n 20000 | blockspin --rule decimate --levels 2 > ring.rns
	rg-exponents -q ring.rns > t
	[ "$(rows t | cut -d, -f5,6 | tail -n +2 | paste -sd ' ')" = "64,32 64,16 32,16" ]
	rns-cat --to=csv ring.rns | reference stream 125 > want
	rg-exponents -q ring.rns | like_reference | awk '{ print $1, $2, $3, $5 }' > got
	awk '{ print $1, $2, $3, $5 }' want | paste -d ' ' - got | awk '$1 != $5 || $2 != $6 || ($3 - $7) ^ 2 + ($4 - $8) ^ 2 > 1e-20 { print; exit 1 }'
	# chi0 of a ring is (1 + t)/(1 - t) (1 - t^N)/(1 + t^N), t = tanh K, and decimation squares t exactly.
	gamma=$(awk 'BEGIN {
		K = 1 / 0.8; t = (exp(2 * K) - 1) / (exp(2 * K) + 1); u = t * t
		a = (1 + t) / (1 - t) * (1 - t ^ 64) / (1 + t ^ 64); b = (1 + u) / (1 - u) * (1 - u ^ 32) / (1 + u ^ 32)
		printf "%.17g", log(a / b) / log(2) }')
	of 0 1 gamma_nu_value gamma_nu_value_err < t | within 4.5 "$gamma"
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
	refused "plain.rns: segment 1: one level: exponents come from levels in one record, as blockspin --levels 3 writes them" rg-exponents plain.rns
	rns-sel --drop m,spins plain.rns > none.rns
	refused "no column m: exponents come from levels" rg-exponents none.rns
	blockspin --levels 2 plain.rns > levels.rns
	rns-sel --drop spins.1 levels.rns > shapeless.rns
	refused "no column spins.1: its shape tells the size of the lattice of m.1; do not drop it" rg-exponents shapeless.rns
	rns-sel --drop spins levels.rns > shapeless.rns
	refused "no column spins: its shape tells the size of the lattice of m;" rg-exponents shapeless.rns
	rns-sel --drop m.2 levels.rns > m.rns
	refused "no column m.2, the magnetisation of spins.2: it was dropped" rg-exponents m.rns
	rns-sel --drop e levels.rns > e.rns
	refused "no column e: derivatives along the coupling are covariances with it, or with what --conjugate names" rg-exponents e.rns
	refused "no column E: derivatives" rg-exponents --conjugate E levels.rns
	refused "column spins is not one number" rg-exponents --conjugate spins levels.rns
	printf '%s\n' '# renorm-stream 1' '# kind: samples' '# column: x bit 2 2' 'x[0][0],x[0][1],x[1][0],x[1][1]' 0,1,0,1 '# end: 1' > samples.csv
	refused "samples" rg-exponents samples.csv
	rg-exponents -q levels.rns > table.csv
	refused "table" rg-exponents table.csv
	blockspin --levels 1 plain.rns > other.rns
	refused "other.rns: segment 2 does not go with segment 1 (levels.rns)" rg-exponents levels.rns other.rns
}

# two SHAPE0 SHAPE1 [LABEL VALUE [M1]]: one record of two levels.
two() {
	awk -v a="$1" -v b="$2" -v label="${3-}" -v value="${4-}" -v m1="${5-0}" 'BEGIN {
		split(a, A, "x"); split(b, B, "x")
		print "# renorm-stream 1\n# kind: spins"
		if (label) print "# label: " label "\n# column: " label " f64"
		print "# column: e f64\n# column: m f64\n# column: spins bit " A[1], A[2] "\n# column: m.1 f64\n# column: spins.1 bit " B[1], B[2]
		if (label) { names = label ","; row = value "," }
		names = names "e,m,"; row = row "0,0,"
		for (i = 0; i < A[1] * A[2]; i++) { names = names sprintf("spins[%d][%d],", i / A[2], i % A[2]); row = row i % 2 "," }
		names = names "m.1,"; row = row m1 ","
		for (i = 0; i < B[1] * B[2]; i++) { names = names sprintf("spins.1[%d][%d],", i / B[2], i % B[2]); row = row i % 2 "," }
		sub(/,$/, "", names); sub(/,$/, "", row)
		print names "\n" row "\n# end: 1"
	}'
}

@test "levels that are not of one form, and labels that make no group, are refused" {
	two 4x4 2x2 > good.csv
	run -1 rg-exponents -q good.csv
	two 4x6 2x3 > good.csv
	run -1 rg-exponents -q good.csv
	two 4x4 4x4 > same.csv
	refused "levels 0 and 1 both have 4 x 4 sites: exponents need a change of scale" rg-exponents same.csv
	two 4x6 2x2 > uneven.csv
	refused "level 1 of 2 x 2 sites is not level 0 of 4 x 6 with another lattice spacing" rg-exponents uneven.csv
	two 4x4 2x2 T nan > nan.csv
	refused "nan.csv: segment 1, record 0: T is nan, which is in no group" rg-exponents nan.csv
	two 4x4 2x2 T 1 inf > inf.csv
	refused "inf.csv: segment 1, record 0: m.1 is not finite" rg-exponents inf.csv
	two 4x4 2x2 beta_nu 1 > name.csv
	refused "label beta_nu has the name of a result: rename it" rg-exponents name.csv
}

@test "T = 0: no derivative, which is nan and told; values are those of order" {
	ising-gen -L 16 -T 0 -n 40 | blockspin --levels 2 > cold.rns
	rg-exponents cold.rns > t 2> err
	[ "$(of 0 1 beta_nu beta_nu_err gamma_nu gamma_nu_chi gamma_nu_chi_value < t)" = "nan nan nan nan nan" ]
	of 0 2 beta_nu_value < t | near 0 0
	[ "$(of 0 2 gamma_nu_value gamma_nu_value_err < t)" = "2 0" ]
	grep -q '^rg-exponents: T 0, h 0: some exponents are nan: ' err
	[ "$(wc -l < err)" -eq 1 ]
}

@test "derivatives in opposite directions have no exponent" {
	# |m| falls with e, |m.1| rises; <|m|> does have one.
	{
		printf '%s\n' '# renorm-stream 1' '# kind: spins' '# column: e f64' '# column: m f64' '# column: spins bit 4' \
			'# column: m.1 f64' '# column: spins.1 bit 2' 'e,m,spins[0],spins[1],spins[2],spins[3],m.1,spins.1[0],spins.1[1]'
		for i in 1 2 3 4; do echo "$i,0.$((9 - i)),0,0,0,0,-0.$((4 + i)),0,0"; done
		echo '# end: 4'
	} > opposite.csv
	rg-exponents opposite.csv > t 2> err
	[ "$(of 0 1 beta_nu beta_nu_err gamma_nu < t)" = "nan nan nan" ]
	of 0 1 beta_nu_value < t | near 0 1e-15
	grep -q '^rg-exponents: all records: some exponents are nan: of two levels ' err
}

@test "too few records: no error of one block; none at all is a table without rows" {
	ising-gen -L 16 -T 2.4 -n 4 | blockspin --levels 1 > four.rns
	rns-cat --head 1 four.rns > one.rns
	rg-exponents -q one.rns > t
	[ "$(of 0 1 beta_nu gamma_nu beta_nu_value_err gamma_nu_value_err < t)" = "nan nan nan nan" ]
	of 0 1 beta_nu_value < t | grep -q '[0-9]'
	rns-cat --head 0 four.rns > zero.rns
	run -0 --separate-stderr rg-exponents zero.rns
	[[ $output == *"# end: 0" ]]
	[ "$stderr" = "rg-exponents: zero.rns: no records, so no rows" ]
	two 4x4 2x2 > none.csv
	run -1 --separate-stderr rg-exponents -q none.csv
	[[ $output == *"# end: 1" ]]
	[ "$stderr" = "rg-exponents: no exponent came out of 1 record: all of them are nan" ]
}

@test "chains that are too short are told" {
	ising-gen -L 64 -T Tc -n 300 --algorithm metropolis --every 1 | blockspin --levels 2 | rg-exponents 2> err > t
	grep -q '^rg-exponents: T 2.269185314213022, h 0: .*; the errors are too small' err
}

@test "the examples of the manual run" {
	run_examples rg-exponents.1
	[ "$(wc -l < out)" -gt 2 ]
}
