#!/usr/bin/env bats
# rbm-flow: the stream around the chain of tests/unit/rbm-flow.c: what is carried, keyed, counted and refused.

load common

setup_file() {
	common_setup
	cd "$BATS_FILE_TMPDIR" || exit
	ising-gen -L 6 -T 1,3 -n 150 --therm 50 -o spins
	machine "pm1 pm1" "6 6" 9 "sin(3 * i + 5 * a)" > model
}

setup() {
	common_setup
	cp "$BATS_FILE_TMPDIR"/* .
}

# machine UNITS SHAPE HIDDEN W: a model as CSV; W is an awk expression in i and a, b_i = i / 20, c_a = -a / 20.
machine() {
	awk -v units="$1" -v shape="$2" -v nh="$3" "BEGIN {
		n = split(shape, extent, \" \"); nv = 1; for (k = 1; k <= n; k++) nv *= extent[k]
		print \"# renorm-stream 1\n# kind: model.rbm\n# units: \" units \"\n# shape: \" shape
		if (units ~ /^gaussian/) print \"# sigma: 0.5\"
		print \"# history: somebody trained this\n# column: epoch u32\"
		print \"# column: W f32 \" nv \" \" nh \"\n# column: b f32 \" nv \"\n# column: c f32 \" nh
		printf \"epoch\"
		for (i = 0; i < nv; i++) for (a = 0; a < nh; a++) printf \",W[%d][%d]\", i, a
		for (i = 0; i < nv; i++) printf \",b[%d]\", i; for (a = 0; a < nh; a++) printf \",c[%d]\", a
		printf \"\n7\"
		for (i = 0; i < nv; i++) for (a = 0; a < nh; a++) printf \",%.9g\", $4
		for (i = 0; i < nv; i++) printf \",%.9g\", i / 20; for (a = 0; a < nh; a++) printf \",%.9g\", -a / 20
		print \"\n# end: 1\"
	}"
}

flow() { rbm-flow --model model "$@"; }
# Rows of a run, without the row of names.
rows_of() { flow --format=csv --no-comments "$@" | tail -n +2; }

# --- what comes out ---------------------------------------------------------------------------------------------------

@test "spins stay spins: labels and step, identity, e and m of the new configuration" {
	flow --steps 3 spins -o out
	rns-cat --label out > label
	grep -qx 'kind: spins' label
	grep -qx 'label: T h step' label
	[ "$(grep '^column' label | cut -d' ' -f2 | paste -sd ' ')" = "T h step replica sweep id e m spins" ]
	grep -q '^history: somebody trained this' label
	grep -q '^history: rbm-flow 0.1.0 --model model --steps 3 --mode sample --seed 1 spins' label
	rns-cat --to=csv --no-comments spins | tail -n +2 > before
	rns-cat --to=csv --no-comments out | tail -n +2 > after
	# A record's steps stand together, the first is the record; e and m by hand.
	awk -F, '
		FILENAME == ARGV[1] { before[FNR] = $0; next }
		{
			r = int((FNR - 1) / 4) + 1; split(before[r], b); n++
			bad += $1 != b[1] || $2 != b[2] || $3 != (FNR - 1) % 4 || $4 != b[3] || $5 != b[4] || $6 != b[5]
			E = M = changed = 0
			for (i = 0; i < 36; i++) {
				s = 2 * $(9 + i) - 1; M += s; changed += $(9 + i) != b[8 + i]
				E -= s * (2 * $(9 + i - i % 6 + (i + 1) % 6) + 2 * $(9 + (i + 6) % 36) - 2)
			}
			d = $7 - E / 36; bad += d > 1e-12 || d < -1e-12; d = $8 - M / 36; bad += d > 1e-12 || d < -1e-12
			if ($3 == 0) bad += changed; else moved += changed
		}
		END { exit bad || n != 1200 || moved < 1000 }' before after
}

@test "--steps: a list is part of all steps, 10 is the default" {
	rows_of --steps 10 spins > all
	rows_of spins > default
	cmp all default
	rows_of --steps 0,1,5:10:5 spins > some
	awk -F, '$3 == 0 || $3 == 1 || $3 == 5 || $3 == 10' all | cmp - some
	rows_of --steps 0 spins > none
	awk -F, '$3 == 0' all | cmp - none
}

@test "mode mean: real values, by hand" {
	flow --mode mean --steps 0,2 spins -o out
	rns-cat --label out > label
	grep -qx 'kind: samples' label
	grep -qx 'column: x f32 6 6' label
	run -1 grep -q '^column: e ' label
	rns-cat --to=csv --no-comments out | tail -n +2 | awk -F, '
		function tanh(z) { return 1 - 2 / (exp(2 * z) + 1) }
		$3 == 0 {
			for (i = 0; i < 36; i++) v[i] = $(7 + i)
			for (k = 0; k < 2; k++) {
				for (a = 0; a < 9; a++) { z = -a / 20; for (i = 0; i < 36; i++) z += v[i] * sin(3 * i + 5 * a); h[a] = tanh(z) }
				for (i = 0; i < 36; i++) { z = i / 20; for (a = 0; a < 9; a++) z += h[a] * sin(3 * i + 5 * a); v[i] = tanh(z) }
			}
		}
		$3 == 2 { for (i = 0; i < 36; i++) { d = $(7 + i) - v[i]; if (d > 1e-4 || d < -1e-4) bad++ } n++ }
		END { exit bad || n != 300 }'
}

@test "samples: bits stay bits; bytes, numbers and Gaussian units become numbers" {
	kind_of() { flow --steps 1 "$@" -o out; rns-cat --label out | grep -e '^kind' -e '^column: x' -e '^column: spins' | paste -sd ' '; }
	printf '# renorm-stream 1\n# kind: samples\n# label: digit\n# column: digit u8\n# column: id u64\n# column: x u8 2 2\n' > bytes
	printf 'digit,id,x[0][0],x[0][1],x[1][0],x[1][1]\n3,0,0,255,51,102\n# end: 1\n' >> bytes
	sed 's/x u8/x bit/; s/,255,51,102/,1,1,0/' bytes > bits
	sed 's/x u8/x f32/; s/,255,51,102/,1,0.2,0.4/' bytes > numbers
	machine "01 01" "2 2" 3 "i - a" > model
	[ "$(kind_of bits)" = "kind: samples column: x bit 2 2" ]
	[ "$(kind_of bytes)" = "kind: samples column: x f32 2 2" ]
	[ "$(kind_of numbers)" = "kind: samples column: x f32 2 2" ]
	[ "$(rows_of --steps 0 bytes)" = "3,0,0,0,1,0.2,0.4" ]
	[ "$(rows_of --steps 0 bytes)" = "$(rows_of --steps 0 numbers)" ]
	rows_of --steps 20:20:1 bytes | awk -F, '{ for (i = 4; i <= 7; i++) bad += $i != 0 && $i != 1 } END { exit bad || NR != 1 }'
	machine "pm1 01" "2 2" 3 "i - a" > model
	[ "$(rows_of --steps 0 bytes | cut -d, -f4,5)" = "-1,1" ]
	machine "gaussian pm1" "2 2" 3 "(i - a) / 9" > model
	[ "$(kind_of bits)" = "kind: samples column: x f32 2 2" ]
	[ "$(rows_of --steps 0 bits)" = "3,0,0,-1,1,1,-1" ]
}

@test "numbers say what they range over, and a machine of the other units reads them" {
	rns-sel --where 'id<2' spins -o in
	flow --steps 1 in -o out
	run -1 grep -q '^units' <(rns-cat --label out)
	machine "01 01" "6 6" 9 "sin(3 * i + 5 * a)" > model01
	rbm-flow --model model01 --mode mean --steps 0,1 in -o mean01
	rns-cat --label mean01 > label
	grep -qx 'units: 01' label
	rbm-flow --model model01 --mode mean --steps 0,1 --format=csv --no-comments in | awk -F, '
		NR > 1 { for (i = 7; i <= 42; i++) bad += $3 == 0 ? $i != 0 && $i != 1 : !($i >= 0 && $i <= 1) }
		END { exit bad || NR != 9 }'
	flow --mode mean --steps 0 mean01 -o mean1
	rns-cat --label mean1 > label
	grep -qx 'units: pm1' label
	# 2 v - 1, and back.
	paste -d, <(rns-cat --to=csv --no-comments mean01) <(rns-cat --to=csv --no-comments mean1) | awk -F, '
		NR > 1 { for (i = 7; i <= 42; i++) { d = 2 * $i - 1 - $(42 + i); bad += d > 1e-6 || d < -1e-6; low += $(42 + i) < 0 } }
		END { exit bad || !low }'
	rbm-flow --model model01 --mode mean --steps 0 mean1 -o back
	paste -d, <(rns-cat --to=csv --no-comments mean01) <(rns-cat --to=csv --no-comments back) | awk -F, '
		NR > 1 { for (i = 7; i <= 42; i++) { d = $i - $(42 + i); bad += d > 1e-6 || d < -1e-6 } } END { exit bad }'
	machine "gaussian pm1" "6 6" 2 "(i + a) / 99" > gaussian
	rbm-flow --model gaussian --steps 0 mean01 -o out
	run -1 grep -q '^units' <(rns-cat --label out)
	cmp <(rns-cat --to=csv --no-comments out) <(rns-cat --to=csv --no-comments mean1)
	flow --mode mean --steps 0 --format=csv in | sed 's/^# units: pm1/# units: 01/' > wrong
	refused 65 "wrong: segment 1, record 0: value * of column x is -1, but the units of this stream are 01: 0 to 1" rbm-flow --model model wrong
	sed -i 's/^# units: .*/# units: spin/' wrong
	refused 65 "wrong: segment 1: the header's 'units: spin' should be pm1 or 01" rbm-flow --model model wrong
}

@test "--draw: spins again, of which the mean is the mean flow's value" {
	ising-gen -L 6 -T 0 -n 4000 -o cold
	machine "pm1 pm1" "6 6" 9 "sin(3 * i + 5 * a) / 4" > model
	flow --mode mean --draw --steps 0,2 cold -o drawn
	rns-cat --label drawn > label
	grep -qx 'kind: spins' label
	grep -q '^history: rbm-flow .* --mode mean --draw --seed 1 cold' label
	rns-sel --where step=0 drawn | rns-cat --records > a
	flow --steps 0 cold | rns-cat --records > b
	cmp a b
	# One of two mean flows, from all up or all down; those of a unit are added up by the sign of the start.
	mean_of() {
		paste -d, <(rows_of --steps 0 cold) <(rows_of --mode mean --steps 2:2:1 cold) <(rows_of --mode mean --steps 2:2:1 --draw cold) | awk -F, '
			{
				for (i = 0; i < 36; i++) {
					mean = $(51 + i); s = 2 * $(95 + i) - 1; sum[$9, i] += s - mean; var[$9, i] += 1 - mean ^ 2
					pair += i ? (s - mean) * before : 0; pairs += i ? (1 - mean ^ 2) * uncertain : 0
					before = s - mean; uncertain = 1 - mean ^ 2
				}
			}
			END {
				for (k in sum) { z = sum[k] / sqrt(var[k] + 1e-9); if (z > 5 || z < -5) { print k, z; bad++ }; n++; open += var[k] > 100 }
				z = pair / sqrt(pairs); exit bad || n != 72 || open < 36 || z > 5 || z < -5
			}'
	}
	mean_of
	cmp <(rows_of --mode mean --draw cold) <(rows_of --mode mean --draw cold)
	run -1 cmp -s <(rows_of --mode mean --draw cold) <(rows_of --mode mean --draw --seed 2 cold)
	flow --mode mean --draw spins | observe --by T,step > table
	refused 64 "--draw goes with --mode mean*" rbm-flow --model model --draw cold
	machine "gaussian pm1" "6 6" 2 "(i + a) / 99" > model
	refused 64 "--draw: Gaussian units*" rbm-flow --model model --mode mean --draw cold
}

@test "many chains from random states end in the machine's p(v), and nowhere else" {
	# The first $2 numbers behind a key.
	numbers() { sed -n "/\"$1\":/,/^ \]/p" "$REFERENCE/rbm_small.json" | grep -o '[-0-9.]*[0-9]' | awk -v n="$2" 'NR <= n' | paste -sd, ; }
	for units in pm1 01; do
		awk -v units="$units $units" -v numbers="7,$(numbers W 24),$(numbers a 6),$(numbers b 4)" 'BEGIN {
			print "# renorm-stream 1\n# kind: model.rbm\n# units: " units "\n# shape: 6"
			print "# column: epoch u32\n# column: W f32 6 4\n# column: b f32 6\n# column: c f32 4"
			printf "epoch"; for (i = 0; i < 24; i++) printf ",W[%d][%d]", int(i / 4), i % 4
			for (i = 0; i < 6; i++) printf ",b[%d]", i; for (i = 0; i < 4; i++) printf ",c[%d]", i
			print "\n" numbers "\n# end: 1"
		}' > model
		rows_of --from random -n 40000 --steps 40:40:1 > got.$units
	done
	# Sigmas by which chi-square over the 64 states lies above its mean (Wilson and Hilferty 1931).
	fits() { # UNITS ROWS
		awk -F, -v units="$1" '
			FILENAME == ARGV[1] { if ($1 == units) P[$2] = $3; next }
			{ n[$(NF - 5) $(NF - 4) $(NF - 3) $(NF - 2) $(NF - 1) $NF]++; total++ }
			END {
				for (s in P) {
					if (P[s] * total < 10) { pool += P[s] * total; pooled += n[s] }
					else { chi += (n[s] - P[s] * total) ^ 2 / (P[s] * total); cells++ }
				}
				if (pool >= 10) { chi += (pooled - pool) ^ 2 / pool; cells++ }
				f = cells - 1; z = ((chi / f) ^ (1 / 3) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f))
				print units ": " z " sigma"; exit total != 40000 || !(z < 5)
			}' "$REFERENCE/rbm_small.csv" "$2"
	}
	fits pm1 got.pm1
	fits 01 got.01
	run -1 fits 01 got.pm1
	rows_of --from random -n 40000 --steps 0 > got
	run -1 fits 01 got
}

# --- what a result depends on -----------------------------------------------------------------------------------------

@test "the seed decides; in mode mean there is nothing to decide" {
	flow spins > a
	flow spins --seed 1 > b
	cmp a b
	rows_of spins --seed 2 > b
	rows_of spins > a
	run -1 cmp -s a b
	rows_of --mode mean spins --seed 2 > b
	rows_of --mode mean spins > a
	cmp a b
}

@test "a flow resumed at its end is the longer flow, to the byte" {
	for mode in sample mean; do
		rows_of --mode $mode --steps 0,9:12:1 spins | awk -F, '$3 > 0' > want
		flow --mode $mode --steps 4:4:1 spins | flow --mode $mode --steps 5:5:1 | rows_of --mode $mode --steps 3 > got
		cmp got want
	done
	flow --steps 2 spins -o once
	flow --steps 2 once -o twice
	rns-cat --label once | grep -v '^history' > a
	rns-cat --label twice | grep -v '^history' > b
	cmp a b
}

@test "parts of a stream, and other orders, give the same chains" {
	rows_of spins > want
	ising-gen -L 6 -T 1 -n 150 --therm 50 -o one
	ising-gen -L 6 -T 3 -n 150 --therm 50 -o two
	{ rows_of one; rows_of two; } | cmp - want
	rns-cat two one | rows_of | sort | cmp - <(sort want)
	rns-sel --where 'id>=70' spins | rows_of | cmp - <(awk -F, '$6 >= 70' want)
}

@test "different labels, ids and steps have different random numbers" {
	# Without weights and biases each step is 8 x 8 coins.
	machine "pm1 pm1" "8 8" 2 0 | sed 's/^7.*/7'"$(printf ',0%.0s' $(seq 194))"'/' > model
	ising-gen -L 8 -T 0,inf -n 300 -o in
	for mode in "sample" "mean --draw"; do
		# shellcheck disable=SC2086 # several words
		rows_of --steps 1:2:1 --mode $mode in > "coins-${mode%% *}"
	done
	coins() {
		awk -F, '
			function correlation(s, n) { s /= sqrt(n); if (s > 5 || s < -5) { print s; bad = 1 } }
			{
				k = $1 "," $6 "," $3
				for (i = 9; i <= 72; i++) { x[k, i] = 2 * $i - 1; sum += x[k, i]; n++ }
			}
			END {
				for (id = 0; id < 300; id++) for (i = 9; i <= 72; i++) {
					labels += x["0," id ",1", i] * x["inf," id ",1", i]
					steps += x["0," id ",1", i] * x["0," id ",2", i]
					ids += id ? x["0," id ",1", i] * x["0," id - 1 ",1", i] : 0
				}
				correlation(sum, n); correlation(labels, 19200); correlation(steps, 19200); correlation(ids, 19136)
				exit bad || n != 76800
			}' "$1"
	}
	coins coins-sample
	coins coins-mean
	# Nor are coins of the one those of the other, some blocks of four further on.
	paste -d, <(awk -F, '$3 == 2' coins-sample) <(awk -F, '$3 == 1' coins-mean) | awk -F, '
		{ for (k = 0; k < 64; k += 4) for (i = 9; i <= 72; i++) { j = 72 + 9 + (i - 9 + k) % 64; s[k] += (2 * $i - 1) * (2 * $j - 1) } }
		END { for (k = 0; k < 64; k += 4) { z = s[k] / sqrt(64 * NR); if (z > 5 || z < -5) { print k, z; bad = 1 } }; exit bad || NR != 600 }'
}

@test "the number of hidden units and the seed of random states have a part in the key" {
	for nh in 2 3; do
		machine "pm1 pm1" "8 8" $nh 0 | sed 's/^7.*/7'"$(printf ',0%.0s' $(seq $((64 + 65 * nh))))"'/' > zero
		ising-gen -L 8 -T inf -n 3 | rbm-flow --model zero --steps 1:1:1 | rns-cat --records > with$nh
	done
	run -1 cmp -s with2 with3
	flow --from random -n 9 --steps 0 | rns-cat --records > one
	flow --from random -n 9 --steps 0 --seed 2 | rns-cat --records > two
	run -1 cmp -s one two
}

@test "a second set with the random numbers of the first is told, once" {
	ising-gen -L 6 -T 1,3 -n 20 --therm 5 --seed 2 -o second
	run -0 --separate-stderr flow spins second -o out
	[ "$stderr" = "rbm-flow: id 0 again with T 1, h 0: these chains take the random numbers of earlier ones; make the second set with --first-id" ]
	rns-cat spins second > both
	run -0 --separate-stderr flow both -o out
	[ "${#stderr_lines[@]}" -eq 1 ]
	ising-gen -L 6 -T 1,3 -n 20 --therm 5 --first-id 150 -o next
	run -0 --separate-stderr flow spins next -o out
	[ -z "$stderr" ]
	flow spins --steps 3 -o steps
	run -0 --separate-stderr flow steps -o out
	[ -z "$stderr" ]
	run -0 --separate-stderr flow --mode mean both -o out
	[ -z "$stderr" ]
	# Many sets, whose records take turns.
	printf '# renorm-stream 1\n# kind: spins\n# label: T\n# column: T f64\n# column: id u64\n# column: spins bit 2 2\nT,id,spins[0][0],spins[0][1],spins[1][0],spins[1][1]\n' > turns
	for id in 1 2 3; do for T in $(seq 100); do echo "$T,$id,0,1,1,0"; done; done >> turns
	{ cat turns; echo 77,1,0,0,0,0; echo "# end: 301"; } > again
	echo "# end: 300" >> turns
	machine "pm1 pm1" "2 2" 3 "i - a" > model
	run -0 --separate-stderr flow turns -o out
	[ -z "$stderr" ]
	run -0 --separate-stderr flow again -o out
	[[ $stderr == "rbm-flow: id 1 again with T 77: these chains"* ]]
}

@test "a chain that alone needs more than the room for records" {
	machine "pm1 pm1" 20000 1 0 > model
	flow --from random -n 3 --mode mean --steps 900 --level=0 | rns-sel --where step=900 | rns-cat --records > all
	flow --from random -n 3 --mode mean --steps 900:900:1 | rns-cat --records > last
	[ "$(stat -c %s last)" -eq $((3 * (4 + 4 + 8 + 8 + 80000))) ]
	cmp all last
}

@test "input in small pieces gives the same bytes" {
	flow --mode mean spins > want
	rns-cat --level=0 --to=plain spins > plain
	{ head -c 3000 plain; sleep 0.1; head -c 3777 plain | tail -c 777; sleep 0.1; tail -c +3778 plain; } | flow --mode mean > got
	rns-cat --records want > a
	rns-cat --records got > b
	cmp a b
}

# --- random states ----------------------------------------------------------------------------------------------------

@test "--from random: N independent states, that another run may go on with" {
	flow --from random -n 300 --steps 1 -o out
	rns-cat --label out > label
	grep -qx 'kind: spins' label
	grep -qx 'label: step' label
	grep -q '^history: rbm-flow .* --from random -n 300 --first-id 0 --seed 1$' label
	rns-cat --to=csv --no-comments out | tail -n +2 > want
	[ "$(wc -l < want)" -eq 600 ]
	{ rows_of --from random -n 100 --steps 1; rows_of --from random --first-id 100 -n 200 --steps 1; } | cmp - want
	awk -F, '$2 != $4 || $3 != 0 || $4 != int((NR - 1) / 2) { exit 1 }' want
	rns-sel --where step=0 out | observe | csv_column m > m
	rns-sel --where step=0 out | observe | csv_column m_err > err
	awk '{ getline e < "err"; exit !(e > 0 && $1 < 5 * e && $1 > -5 * e) }' m
}

@test "--from random: samples of the other units, and a model from standard input" {
	machine "01 pm1" "2 3" 2 "i + a" > model
	rbm-flow --model - --from random -n 2 --steps 0 -o out < model
	rns-cat --label out > label
	grep -qx 'kind: samples' label
	grep -qx 'column: x bit 2 3' label
	machine "gaussian pm1" "6" 2 "i + a" > model
	flow --from random -n 2 --steps 0 -o out
	rns-cat --label out > label
	grep -qx 'column: x f32 6' label
	flow --from random -n 2 --steps 0 --mode mean -o out
	rns-cat --label out > label
	grep -qx 'column: x f32 6' label
}

# --- weights ----------------------------------------------------------------------------------------------------------

@test "--weights W, gram and distance: by hand" {
	machine "pm1 pm1" "3 4" 2 "(i % 4 == a) + i / 8" > model
	w() { flow --weights "$1" --no-comments | tail -n +2; }
	w W | awk -F, '{ d = $2 - $1 / 20; bad += d > 1e-6 || d < -1e-6 } { for (a = 0; a < 2; a++) bad += $(3 + a) != ($1 % 4 == a) + $1 / 8; bad += $1 != NR - 1 } END { exit bad || NR != 12 }'
	w gram | awk -F, '
		function W(i, a) { return (i % 4 == a) + i / 8 }
		{
			sum = 0
			if ($1 == 0) for (a = 0; a < 2; a++) sum += W($2, a) * W($3, a)
			else for (i = 0; i < 12; i++) sum += W(i, $2) * W(i, $3)
			d = sum - $4; bad += d > 1e-12 || d < -1e-12; n[$1]++
		}
		END { exit bad || n[0] != 144 || n[1] != 4 }'
	w distance | awk -F, '
		function W(i, a) { return (i % 4 == a) + i / 8 }
		function mean(dy, dx,   y, x, a, sum) {
			for (y = 0; y < 3; y++) for (x = 0; x < 4; x++) for (a = 0; a < 2; a++) sum += W(4 * y + x, a) * W((y + dy) % 3 * 4 + (x + dx) % 4, a)
			return sum / 12
		}
		function far(u, v) { return u - v > 1e-12 || v - u > 1e-12 }
		{ bad += far($2, mean(0, $1)) }
		$1 <= 1 { bad += far($3, mean($1, 0)) || far($4, (mean($1, 0) + mean(0, $1)) / 2) }
		$1 == 2 { bad += $3 != "nan" || $4 != $2 }
		END { exit bad || NR != 3 }'
	w distance > wide
	# The transposed machine: x and y change places.
	machine "pm1 pm1" "4 3" 2 "(int(i / 3) == a) + (i % 3 * 4 + int(i / 3)) / 8" > model
	w distance | awk -F, -v OFS=, '{ print $1, $3, $2, $4 }' | diff - wide
}

@test "--weights: tables are CSV, samples a stream, unless --format says otherwise" {
	[ "$(flow --weights W | head -n 1)" = "# renorm-stream 1" ]
	flow --weights W --format=rns > W
	rns-cat --label W > label
	grep -qx 'kind: table' label
	run -1 cmp -s -n 4 W <(flow --weights W)
	[ "$(flow --weights fields --format=csv | head -n 1)" = "# renorm-stream 1" ]
	run -1 cmp -s -n 4 <(flow --weights fields) <(flow --weights W)
}

@test "--weights svd: a uniform mode, and the sum of squares" {
	machine "pm1 pm1" "10 10" 25 0.1 > model
	flow --weights svd --format=csv --no-comments > got
	[ "$(head -n 1 got)" = k,s,share,uniform,units_v,units_h ]
	awk -F, '
		function far(u, v) { return u - v > 1e-6 || v - u > 1e-6 }
		NR == 2 { bad += far($2, 5) || far($3, 1) || far($4, 1) || far($5, 100) || far($6, 25) }
		NR > 2 { bad += far($2, 0) }
		END { exit bad || NR != 26 }' got
	cp "$BATS_FILE_TMPDIR/model" .
	flow --weights svd --format=csv --no-comments | awk -F, '
		NR > 1 { sum += $2 ^ 2; share += $3; bad += NR > 2 && $2 > last; last = $2 }
		END {
			for (i = 0; i < 36; i++) for (a = 0; a < 9; a++) want += sin(3 * i + 5 * a) ^ 2
			d = sum - want; exit bad || d > 1e-5 || d < -1e-5 || share < 1 - 1e-9 || share > 1 + 1e-9
		}'
	# 3 u v + x y: u uniform on 4 units, x on 2 of them; v on two hidden units, y on the third.
	machine "pm1 pm1" 4 3 "a < 2 ? 3 / sqrt(8) : (i < 2) * (1 - 2 * i) / sqrt(2)" > model
	flow --weights svd --no-comments | awk -F, '
		function far(u, v) { return u - v > 1e-6 || v - u > 1e-6 }
		NR == 2 { bad += $1 != 0 || far($2, 3) || far($3, 0.9) || far($4, 1) || far($5, 4) || far($6, 2) }
		NR == 3 { bad += $1 != 1 || far($2, 1) || far($3, 0.1) || far($4, 0) || far($5, 2) || far($6, 1) }
		NR == 4 { bad += $1 != 2 || far($2, 0) || far($3, 0) }
		END { exit bad || NR != 4 }'
	machine "pm1 pm1" 4 2 0 > model
	[ "$(flow --weights svd --no-comments | cut -d, -f2,3 | tail -n 2 | paste -sd ' ')" = "0,0 0,0" ]
}

@test "--weights fields: a picture a hidden unit" {
	flow --weights fields > fields
	rns-cat --label fields > label
	grep -qx 'kind: samples' label
	grep -qx 'label: hidden' label
	[ "$(rns-cat --to=csv --no-comments fields | tail -n +2 | wc -l)" -eq 9 ]
	rns-cat --to=csv --no-comments fields | tail -n +2 | awk -F, '
		{ for (i = 0; i < 36; i++) { d = $(2 + i) - sin(3 * i + 5 * $1); bad += d > 1e-6 || d < -1e-6 } }
		END { exit bad }'
	rns-cat --to=pgm fields > picture
	[ "$(head -c 2 picture)" = P5 ]
}

# --- bad input --------------------------------------------------------------------------------------------------------

# refused STATUS PATTERN COMMAND...: one line on stderr, and nothing on stdout
refused() {
	local status=$1 pattern=$2
	shift 2
	run -"$status" --separate-stderr "$@"
	[[ $stderr == rbm-flow:\ $pattern ]] || { echo "$stderr"; return 1; }
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a model and samples that do not fit are refused" {
	ising-gen -L 5 -T 1 -n 2 -o five
	ising-gen -d 1 -L 36 -T 1 -n 2 -o ring
	refused 65 "five: segment 1: column spins has the shape 5x5, the visible layer of the model 6x6" rbm-flow --model model five
	refused 65 "ring: segment 1: column spins has the shape 36,*6x6" rbm-flow --model model ring
	refused 65 "model: segment 1: these records are of kind model.rbm; a model goes with --model*" rbm-flow --model model model
	refused 65 "spins: *kind spins*" rbm-flow --model spins spins
	observe spins > table
	refused 65 "table: segment 1: *of kind table*" rbm-flow --model model table
}

@test "an array of other dimensions, an id that is no number, a column that is dropped" {
	printf '# renorm-stream 1\n# kind: samples\n# column: id u64\n# column: x f32 6\nid,x[0],x[1],x[2],x[3],x[4],x[5]\n0,1,1,1,1,1,1\n# end: 1\n' > line
	refused 65 "line: segment 1: column x has the shape 6, the visible layer of the model 6x6" rbm-flow --model model line
	machine "pm1 pm1" 6 2 "i - a" > model
	flow line > out
	sed 's/id u64/id f64/' line > real
	refused 65 "real: segment 1: column id is no unsigned whole number*" rbm-flow --model model real
	sed 's/# column: x/# column: note u8\n&/; s/^id,/id,note,/; s/^0,/0,9,/' line > noted
	run -0 --separate-stderr flow noted -o out
	[ "$stderr" = "rbm-flow: column note is neither a label nor known to rbm-flow, and is dropped" ]
}

@test "values that the units cannot have are refused" {
	printf '# renorm-stream 1\n# kind: samples\n# column: id u64\n# column: x f32 2\nid,x[0],x[1]\n0,1,0\n1,-1,1\n# end: 2\n' > in
	machine "01 01" 2 3 "i - a" > model
	refused 65 "in: segment 1, record 1: value 0 of column x is -1, but the model's visible units are 01: 0 to 1" rbm-flow --model model in
	machine "pm1 pm1" 2 3 "i - a" > model
	flow in > out
	sed -i 's/^1,-1/1,-1.5/' in
	refused 65 "in: segment 1, record 1: value 0 of column x is -1.5, but *pm1: -1 to 1" rbm-flow --model model in
	machine "gaussian pm1" 2 3 "i - a" > model
	flow in > out
	sed -i 's/-1.5/nan/' in
	machine "pm1 pm1" 2 3 "i - a" > binary
	awk 'NR <= 5 { print } END { for (i = 0; i < 400; i++) print i ",1," (i == 300 ? 7 : 1); print "# end: 400" }' in > late
	refused 65 "late: segment 1, record 300: value 1 of column x is 7, *" rbm-flow --model binary late
	refused 65 "in: segment 1, record 1: value 0 of column x is nan" rbm-flow --model model in
}

@test "a model cut short, missing or not finite is refused" {
	rns-cat model > whole
	head -c $(( $(stat -c %s whole) / 2 )) whole > part
	refused 65 "part: *" rbm-flow --model part spins
	refused 66 "*nowhere*" rbm-flow --model nowhere spins
	sed 's/^7,[^,]*/7,inf/' model > infinite
	refused 65 "infinite: *not finite" rbm-flow --model infinite spins
	sed '/^# units/d' model > unitless
	refused 65 "unitless: *units*" rbm-flow --model unitless spins
	refused 65 "standard input: *units*" rbm-flow --model - --weights W < unitless
}

@test "columns that are needed, and names that are taken" {
	rns-sel --drop id spins -o anonymous
	refused 65 "anonymous: segment 1: there is no column id*" rbm-flow --model model anonymous
	flow --mode mean anonymous > out
	rns-sel --put step=3 spins > stepped
	refused 65 "stepped: segment 1: column step is no label*" rbm-flow --model model stepped
	printf '# renorm-stream 1\n# kind: samples\n# label: step\n# column: step u8\n# column: id u64\n# column: x bit 2\nstep,id,x[0],x[1]\n250,0,1,0\n# end: 1\n' > late
	machine "01 01" 2 3 "i - a" > model
	flow --steps 5 late > out
	refused 65 "late: segment 1, record 0: step 250 and 6 more are more than u8 *" rbm-flow --model model --steps 6 late
}

@test "options that make no sense are refused" {
	refused 64 "--model FILE is needed*" rbm-flow spins
	refused 64 "--steps*" rbm-flow --model model --steps '' spins
	refused 64 "--steps 3,2: 2 after 3; steps ascend" rbm-flow --model model --steps 3,2 spins
	refused 64 "--steps 1,1: *" rbm-flow --model model --steps 1,1 spins
	refused 64 "--steps -1,2: -1 is no number of steps" rbm-flow --model model --steps=-1,2 spins
	refused 64 "--steps 0.5,2: 0.5 is *" rbm-flow --model model --steps 0.5,2 spins
	refused 64 "--steps 0,4294967296: 4.29497e+09 is no number of steps" rbm-flow --model model --steps 0,4294967296 spins
	refused 64 "--first-id 18446744073709551615: 2 ids*" rbm-flow --model model --from random -n 2 --first-id 18446744073709551615
	flow --from random -n 1 --first-id 18446744073709551615 > out
	refused 64 "-n goes with --from random" rbm-flow --model model -n 3 spins
	refused 64 "--first-id goes with --from random" rbm-flow --model model --first-id 3 spins
	refused 64 "--from random needs -n N*" rbm-flow --model model --from random
	refused 64 "--from random reads no samples, as spins" rbm-flow --model model --from random -n 2 spins
	refused 64 "--weights reads no samples, as spins" rbm-flow --model model --weights W spins
	refused 64 "--weights lets nothing flow*" rbm-flow --model model --weights W --steps 3
	refused 64 "--weights*" rbm-flow --model model --weights nothing
	refused 64 "--mode*" rbm-flow --model model --mode drawn spins
	refused 64 "the model and the samples cannot both*" rbm-flow --model - < model
	refused 64 "the model and the samples cannot both*" rbm-flow --model - spins - < model
	machine "pm1 pm1" "2 2 2" 3 "i - a" > model
	refused 65 "*3 dimensions; --weights distance*" rbm-flow --model model --weights distance
}
