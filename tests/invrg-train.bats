#!/usr/bin/env bats
# invrg-train: kernels and tables against independent ones; that a run repeats and resumes to the byte; what it refuses.

load common

setup_file() {
	local PATH="$BIN:$PATH"
	cd "$BATS_FILE_TMPDIR" || exit
	phi4-gen -L 32 --lambda 0.7 --mu2=-0.9515 -n 4000 --seed 11 | blockspin --levels 1 -o phi.rns
	rns-cat --head 200 phi.rns -o few.rns
	ising-gen -L 16 -T Tc -n 300 --seed 3 | blockspin --levels 1 -o spins.rns
}
setup() {
	common_setup
	phi=$BATS_FILE_TMPDIR/phi.rns
	few=$BATS_FILE_TMPDIR/few.rns
	spins=$BATS_FILE_TMPDIR/spins.rns
}

# number COLUMN < model: of its last record.
number() { rns-sel --columns "$1" | rns-cat --to=csv | csv_column "$1" | tail -n 1; }
# numbers COLUMN < model: all values of a column with a shape, a line each.
numbers() { rns-sel --columns "$1" | rns-cat --to=csv | grep -v '^#' | tail -n 1 | tr , '\n'; }

# table COLUMNS < stream: a row a record, blanks between.
table() { rns-sel --columns "$1" | rns-cat --to=csv --no-comments | tail -n +2 | tr , ' '; }

# agree X X_ERR Y Y_ERR: within 4.5 errors of the difference.
agree() { awk -v x="$1" -v e="$2" -v y="$3" -v f="$4" 'BEGIN { d = x - y; exit !(d * d < 4.5 ^ 2 * (e * e + f * f)) }'; }

# refused CODE WORDS COMMAND...: the exit code, one line of stderr with WORDS in it, and nothing written.
refused() {
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "invrg-train: "*"$words"* ]] || { echo "said: $stderr"; return 1; }
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "correlations, least squares, gradients and counts" { run_unit invrg-train; }

# The values are of another program, from other samples (NumPy, normal equations site by site), with its errors.
@test "the kernel of phi^4 has the sum that it has elsewhere, at each size" {
	while read -r K beta_nu error; do
		invrg-train -q -K "$K" "$phi" > model
		agree "$(number beta_nu < model)" "$(number beta_nu_err < model)" "$beta_nu" "$error" ||
			{ echo "K = $K: $(number beta_nu < model)"; return 1; }
	done <<- EOF
		2 0.2030 0.0008
		3 0.1402 0.0006
		4 0.0917 0.0004
		6 0.1292 0.0004
		8 0.1355 0.0008
		10 0.1356 0.0007
	EOF
	# Power: the size of a kernel is seen, and so is another coupling.
	invrg-train -q -K 6 "$phi" > model
	run -1 agree "$(number beta_nu < model)" "$(number beta_nu_err < model)" 0.1355 0.0008
	phi4-gen -L 32 --lambda 0.7 --mu2=-0.9 -n 2000 | blockspin --levels 1 | invrg-train -q > off
	run -1 agree "$(number beta_nu < off)" "$(number beta_nu_err < off)" 0.1292 0.0004
}

@test "so has that of 8 to 4 sites, at another coupling" {
	phi4-gen -L 8 --lambda 1 --mu2=-1.2723 -n 20000 --seed 12 | blockspin --levels 1 -o small
	invrg-train -q -K 6 small > model
	agree "$(number beta_nu < model)" "$(number beta_nu_err < model)" 0.1295 0.0016
	# Power: as the kernel of the other program with K = 4 is.
	run -1 agree "$(number beta_nu < model)" "$(number beta_nu_err < model)" 0.1028 0.0014
}

@test "what the kernel misses is what was found elsewhere: 0.206, -0.006 beside, -0.050 across" {
	invrg-train -q "$phi" | numbers noise | tail -n 16 > noise
	awk '{ n[NR] = $1 }
		function near(x, y) { return (x - y) ^ 2 < 0.002 ^ 2 }
		END { exit !(NR == 16 && near(n[1], 0.206) && near(n[2], -0.006) && near(n[4], -0.050) && n[2] == n[5]) }' noise
}

@test "a trained kernel agrees with the one of least squares" {
	invrg-train -q --method descent --holdout 0 --log log.csv "$phi" > first
	# The steps of Adam go the same way in all entries, so their sum is as uncertain as its steps are long: shorter ones.
	invrg-train -q --method descent --holdout 0 --resume first --rate 0.001 --batch 128 --epochs 40 "$phi" > model
	numbers kernel < model | tail -n 36 > kernel
	numbers least_squares < model | tail -n 36 > exact
	# same: each entry, and c, their sum / b^2, which is all that the magnetisation feels
	same() {
		awk -v off="$1" '
			{ d = $1 + off - $2; c += d / 4; bad += d * d > 1e-3 ^ 2 }
			END { print c; exit bad || NR != 36 || c * c > 1e-3 ^ 2 }'
	}
	paste kernel exact | same 0
	# and the curve goes down to what the closed form leaves
	csv_column train_cost < log.csv > cost
	awk -v mse="$(invrg-train -q "$phi" | number mse)" 'NR == 1 { first = $1 } END { exit !($1 < first && $1 < mse * 1.002) }' cost
	# Power: after one epoch at a low rate it does not; nor if all entries are off by little.
	invrg-train -q --method descent --rate 0.001 --epochs 1 "$phi" | numbers kernel | tail -n 36 > early
	run -1 same 0 < <(paste early exact)
	run -1 same 3e-4 < <(paste kernel exact)
}

@test "a net of one linear map comes to least squares too, and one with tanh below" {
	mse=$(invrg-train -q "$phi" | number mse)
	invrg-train -q --maps 1 --activation none --mix 1 --symmetry d4 --epochs 8 --holdout 0 --patience 0 "$phi" | number mse > linear
	invrg-train -q --maps 4 --epochs 8 "$phi" | number mse > tanh
	awk -v mse="$mse" '{ exit !($1 > mse * 0.995 && $1 < mse * 1.005) }' linear
	awk -v mse="$mse" '{ exit !($1 < mse * 0.99) }' tanh
}

@test "f64 and f32 pairs give the same kernel; so do segments of one stream" {
	rns-cat --to=csv "$few" | sed '/^# column: phi/s/f32/f64/' | rns-cat > wide
	rns-cat --head 100 "$few" > a
	rns-cat --tail 100 "$few" > b
	invrg-train -q "$few" > of32
	invrg-train -q wide > of64
	cat a b | invrg-train -q > joined
	for column in kernel noise gain mse; do
		numbers $column < of32 > want
		numbers $column < joined | cmp - want
		numbers $column < of64 | paste - want |	# numbers of f64 are those that were printed
			awk '{ d = $1 - $2; bad += d * d > 1e-7 ^ 2 } END { exit bad || !NR }'
	done
}

@test "--step learns from the levels it names" {
	phi4-gen -L 32 --lambda 0.7 --mu2=-0.9515 -n 200 -o fine
	blockspin --levels 2 fine | invrg-train -q --step 2 | numbers kernel > got
	blockspin --last fine | blockspin --levels 1 | invrg-train -q | numbers kernel > want
	cmp got want
}

@test "rings have kernels too" {
	phi4-gen -d 1 -L 48 --lambda 0.7 --mu2=-0.9 -n 300 | blockspin -b 3 --levels 1 | invrg-train -q > model
	rns-cat --label model > label
	grep -q '^column: kernel f64 9$' label
	grep -q '^column: noise f64 3 3$' label
	grep -q '^b: 3$' label
}

@test "an exact run gives the same bytes on every CPU" {
	invrg-train -q "$few" > first
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu invrg-train -q "$few" | cmp - first
	done
}

@test "training repeats to the byte; another seed is another run" {
	invrg-train -q --maps 2 --epochs 2 "$few" > a
	invrg-train -q --maps 2 --epochs 2 "$few" > b
	cmp a b
	invrg-train -q --maps 2 --epochs 2 --seed 2 "$few" > c
	run -1 cmp -s a c
}

@test "a run in two parts is one run" {
	for kind in '--method descent' '--maps 2'; do
		# shellcheck disable=SC2086 # options
		invrg-train -q $kind --batch 20 --epochs 6 --log one.csv "$few" > one
		# shellcheck disable=SC2086
		invrg-train -q $kind --batch 20 --epochs 3 --log two.csv --checkpoint state "$few" > half
		# shellcheck disable=SC2086
		invrg-train -q $kind --batch 20 --epochs 6 --log two.csv --resume state "$few" > two
		cmp one two
		diff <(rows one.csv) <(rows two.csv)
		rm -f two.csv
	done
}

@test "a checkpoint of another map is refused" {
	invrg-train -q --method descent --epochs 1 --checkpoint state "$few" > model
	refused 65 "data and options make one" invrg-train --method descent -K 8 --resume state "$few"
	refused 65 "data and options make one" invrg-train --maps 2 --resume state "$few"
}

@test "--every writes models on the way, each with its noise" {
	while read -r every epochs; do
		invrg-train -q --maps 2 --epochs 5 --every "$every" --holdout 0 --patience 0 "$few" | table epoch,mse > models
		[ "$(cut -d ' ' -f 1 models | tr '\n' ' ')" = "$epochs " ]
		awk '!($2 > 0 && $2 < 10) { bad++ } END { exit bad }' models
	done <<- EOF
		1 1 2 3 4 5
		2 2 4 5
		5 5
	EOF
}

@test "tables count what was seen" {
	invrg-train "$spins" > model
	rns-sel --columns even,odd model | rns-cat --to=csv | grep -v '^#' | tail -n 1 | tr , '\n' |
		awk '{ sum += $1 } END { exit sum != 300 * 64 * 16 }'	# pairs, blocks, images
}

@test "pairs that are none are refused" {
	ising-gen -L 16 -T 2 -n 5 -o alone
	refused 65 "no column spins.1" invrg-train alone
	phi4-gen -L 16 --lambda 1 --mu2=-1 -n 16 -o alone
	refused 65 "no column phi.1" invrg-train alone
	blockspin --levels 1 alone > one
	refused 65 "no column phi.2" invrg-train --step 2 one
	gaussnet-sample --width 3 --nets 5 -o nets
	refused 65 "kind nets" invrg-train nets
	# lattices of which one is not the other enlarged
	printf '# renorm-stream 1\n# kind: field\n# column: phi f32 4\n# column: phi.1 f32 3\nphi[0],phi[1],phi[2],phi[3],phi.1[0],phi.1[1],phi.1[2]\n1,2,3,4,1,2,3\n# end: 1\n' > odd
	refused 65 "enlarged b times" invrg-train odd
	# pairs of two sizes
	phi4-gen -L 32 --lambda 1 --mu2=-1 -n 16 | blockspin --levels 1 > two
	refused 65 "one training set" invrg-train one two
}

@test "a field that is not finite is refused, and named" {
	for x in nan inf; do
		rns-cat --to=csv --head 3 "$few" | awk -F, -v OFS=, -v x=$x '/^#/ { print; next } ++n == 3 { $200 = x } { print }' > bad
		refused 65 "record 1" invrg-train bad
		[[ $stderr == *"not finite"* ]]
	done
}

@test "what cannot be learned is refused in words" {
	refused 64 "--kernel" invrg-train -K 1 "$few"
	phi4-gen -L 8 --lambda 1 --mu2=-1 -n 16 | blockspin --levels 1 -o small
	refused 64 "8 at most" invrg-train -K 10 small
	invrg-train -q -K 8 small > model
	refused 64 "symmetrically" invrg-train -K 5 --symmetry d4 "$few"
	refused 64 "training options" invrg-train --epochs 3 "$few"
	refused 64 "--context is an option of spins" invrg-train --context centre+8 "$few"
	refused 64 "--kernel is an option of fields" invrg-train -K 6 "$spins"
	refused 64 "no effect" invrg-train --epochs 3 "$spins"
	refused 64 "--mix is an option of a net" invrg-train --mix 3 "$few"
	refused 64 "even" invrg-train --maps 2 --mix 4 "$few"
	ising-gen -L 12 -T 2 -n 5 | blockspin -b 3 --levels 1 > three
	refused 65 "2x2 spins" invrg-train three
	ising-gen -d 1 -L 12 -T 2 -n 5 | blockspin --levels 1 > ring
	refused 65 "2x2 spins" invrg-train ring
	ising-gen -L 6 -T 2 -n 5 | blockspin --levels 1 > odd
	refused 65 "even ones" invrg-train odd
	invrg-train --context centre+8 odd > model
}

@test "no records teach nothing" {
	rns-sel --where "id>=99999999" "$few" > none
	refused 65 "no records" invrg-train none
	rns-sel --where "id>=99999999" "$spins" > none
	refused 65 "no records" invrg-train none
}
