#!/usr/bin/env bats
# invrg-apply: exact identities of a linear map, energies of Ising spins, what a result depends on, what is refused.

load common

setup_file() {
	local PATH="$BIN:$PATH"
	cd "$BATS_FILE_TMPDIR" || exit
	phi4-gen -L 32 --lambda 0.7 --mu2=-0.9515 -n 1600 | blockspin --levels 1 -o pairs.rns
	invrg-train -q pairs.rns -o linear.rns
	invrg-train -q --maps 2 --epochs 2 pairs.rns -o net.rns
	phi4-gen -L 12x20 --lambda 0.7 --mu2=-0.9515 -n 32 --seed 2 -o phi.rns
	phi4-gen -L 12x20 --lambda 0.7 --mu2=-0.9515 -n 32 --seed 2 --type f64 -o phi64.rns
	ising-gen -L 32 -T Tc -n 6000 -o spins32.rns
	blockspin --levels 1 spins32.rns -o spinpairs.rns
	invrg-train spinpairs.rns -o tables.rns
	ising-gen -L 12x20 -T Tc -n 40 --seed 2 -o spins.rns
}
setup() {
	common_setup
	for f in pairs linear net phi phi64 spins32 spinpairs tables spins; do
		declare -g $f="$BATS_FILE_TMPDIR/$f.rns"
	done
}

# refused CODE WORDS COMMAND...: the exit code, one line of stderr with WORDS in it, and nothing written.
refused() {
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "invrg-apply: "*"$words"* ]] || { echo "said: $stderr"; return 1; }
	[ "${#stderr_lines[@]}" -eq 1 ]
}
# table COLUMNS < stream: a row a record, blanks between.
table() { rns-sel --columns "$1" | rns-cat --to=csv --no-comments | tail -n +2 | tr , ' '; }

@test "convolutions, noise, tables and records" { run_unit invrg; }

@test "without noise each step multiplies the magnetisation by c, exactly" {
	c=$(table gain < "$linear")
	while read -r file tolerance; do
		invrg-apply --model "$linear" --noise none --levels 4 "$file" | table m,m.1,m.2,m.3,m.4 > m
		awk -v c="$c" -v t="$tolerance" '
			{ for (j = 1; j <= 4; j++) { d = $(j + 1) - c ^ j * $1; bad += d * d > t * t } }
			END { exit bad || NR != 32 }' m
		# Power: a c that is off by 10^-5.
		run -1 awk -v c="$c" -v t="$tolerance" '
			{ for (j = 1; j <= 4; j++) { d = $(j + 1) - (c + 1e-5) ^ j * $1; bad += d * d > t * t } }
			END { exit bad || NR != 32 }' m
	done <<- EOF
		$phi64 1e-14
		$phi 3e-7
	EOF
}

@test "noise adds its variance to the mean square, and nothing to the magnetisation on average" {
	invrg-apply --model "$linear" --noise none "$phi" | table m,phi2 > without
	invrg-apply --model "$linear" "$phi" | table m,phi2 > with
	invrg-apply --model "$linear" --noise 0.5 "$phi" | table m,phi2 > half
	sigma2=$(table mse < "$linear")
	# per record, of N = 960: phi2 gains s^2 with an error of about s sqrt(2 (s^2 + 2 phi2) / N); m has s / sqrt(N) at most
	paste without with half | awk -v s2="$sigma2" '
		{ a += $4 - $2; b += $6 - $2; m += $3 - $1; e += s2 * 2 * (s2 + 2 * $2) / 960; n++ }
		END {
			e = sqrt(e) / n; a /= n; b /= n; m /= n
			print a, b, m, e, s2
			exit !(n == 32 && (a - s2) ^ 2 < (4.5 * e) ^ 2 && (b - s2 / 4) ^ 2 < (4.5 * e) ^ 2 && m ^ 2 < 4.5 ^ 2 * s2 / 960 / n)
		}'
}

@test "the exponents of the steps are that of the kernel: exactly without noise, within their errors with it" {
	beta_nu=$(table beta_nu < "$linear")
	phi4-gen -L 32 --lambda 0.7 --mu2=-0.9515 -n 320 --seed 4 -o starts
	invrg-apply --model "$linear" --levels 3 --noise none starts | rg-exponents -q > exponents
	# near FILE EXACT: all pairs of levels, from derivatives and from values; gamma/nu is 2 - 2 beta/nu
	near() {
		table beta_nu,beta_nu_value,gamma_nu,gamma_nu_chi,gamma_nu_value,gamma_nu_chi_value < "$1" |
			awk -v x="$2" '
				{ for (j = 1; j <= 6; j++) { d = $j - (j <= 2 ? x : 2 - 2 * x); bad += d * d > 1e-7 ^ 2 } }
				END { exit bad || NR != 6 }'
	}
	near exponents "$beta_nu"
	run -1 near exponents "$(awk -v x="$beta_nu" 'BEGIN { printf "%.9f", x + 1e-6 }')"
	invrg-apply --model "$linear" --levels 1 starts | rg-exponents -q > noisy
	within() {
		table beta_nu,beta_nu_err,beta_nu_value,beta_nu_value_err < noisy | awk -v x="$1" '
			{ exit !(NR == 1 && ($1 - x) ^ 2 < (4.5 * $2) ^ 2 && ($3 - x) ^ 2 < (4.5 * $4) ^ 2) }'
	}
	within "$beta_nu"
	# Power: another kernel, of 4 instead of 6.
	run -1 within 0.0917
}

@test "levels at once are steps one after the other: fields" {
	for model in "$linear" "$net"; do
		for file in "$phi" "$phi64"; do
			invrg-apply --model "$model" --levels 2 "$file" > levels
			invrg-apply --model "$model" --levels 2 --last "$file" | rns-sel --columns phi | rns-cat --records > last
			invrg-apply --model "$model" "$file" | tee one | invrg-apply --model "$model" |
				rns-sel --columns phi | rns-cat --records > twice
			rns-sel --columns phi.2 levels | rns-cat --records > second
			cmp last twice
			cmp last second
			rns-sel --columns phi.1 levels | rns-cat --records > first
			rns-sel --columns phi one | rns-cat --records | cmp - first
			rns-sel --columns phi levels | rns-cat --records > zeroth
			rns-sel --columns phi "$file" | rns-cat --records | cmp - zeroth
		done
	done
}

@test "levels at once are steps one after the other: spins" {
	invrg-apply --model "$tables" --levels 2 "$spins" > levels
	invrg-apply --model "$tables" "$spins" | invrg-apply --model "$tables" | rns-sel --columns e,m,spins | rns-cat --records > twice
	rns-sel --columns e.2,m.2,spins.2 levels | rns-cat --records | cmp - twice
	invrg-apply --model "$tables" --levels 2 --last "$spins" | rns-sel --columns e,m,spins | rns-cat --records | cmp - twice
}

@test "the columns are those of blockspin, and the means are right" {
	invrg-apply --model "$linear" --levels 1 "$phi" > levels
	rns-cat --label levels > label
	for c in kappa lambda mu2 replica sweep id action m phi2 phi4 nn phi action.1 m.1 phi2.1 phi4.1 nn.1 phi.1; do
		grep -q "^column: $c " label
	done
	grep -q '^column: phi.1 f32 24 40$' label
	# blockspin measures the same of the same field
	rns-sel --drop action,m,phi2,phi4,nn,phi,action.1,m.1,phi2.1,phi4.1,nn.1 levels | rns-sel --rename phi.1=phi |
		blockspin --levels 1 | table action,m,phi2,phi4,nn > want
	table action.1,m.1,phi2.1,phi4.1,nn.1 < levels | cmp - want
}

@test "a result depends on its own record alone" {
	for pair in "$linear $phi phi" "$tables $spins spins"; do
		read -r model file column <<< "$pair"
		invrg-apply --model "$model" "$file" > all
		rns-sel --where 'id>=17' "$file" | invrg-apply --model "$model" | rns-sel --columns $column | rns-cat --records > part
		rns-sel --where 'id>=17' all | rns-sel --columns $column | rns-cat --records | cmp - part
		rns-sel --shuffle "$file" | invrg-apply --model "$model" | rns-sel --sort id | rns-sel --columns $column | rns-cat --records > sorted
		rns-sel --sort id all | rns-sel --columns $column | rns-cat --records | cmp - sorted
		invrg-apply --model "$model" --seed 2 "$file" | rns-sel --columns $column | rns-cat --records > other
		run -1 cmp -s sorted other
	done
}

@test "every CPU gives the same bytes" {
	for pair in "$linear $phi" "$linear $phi64" "$net $phi" "$tables $spins"; do
		read -r model file <<< "$pair"
		invrg-apply --model "$model" --levels 2 "$file" > first
		for cpu in baseline avx2 avx512; do
			RENORM_CPU=$cpu invrg-apply --model "$model" --levels 2 "$file" | cmp - first
		done
	done
}

# ratio MODEL: energy of 32^2 spins made of the blocks of others, over the exact energy.
ratio() {
	e=$(ising-exact -L 32 -T Tc | csv_column e)
	ising-gen -L 32 -T Tc -n 3000 --seed 5 | blockspin | invrg-apply --model "$1" | observe -q | csv_column e |
		awk -v e="$e" '{ print $1 / e }'
}
@test "two colours have the energy of Ising spins to 1 %; what knows nothing of its neighbours has not" {
	ratio "$tables" > two
	awk '{ exit !($1 > 0.99 && $1 < 1.01) }' two
	for context in centre+8 centre+4; do
		invrg-train --context $context "$spinpairs" > other
		ratio other > one
		run -1 awk '{ exit !($1 > 0.99 && $1 < 1.01) }' one
	done
	# also where the steps are iterated: from 32 to 128, against the exact value there
	e=$(ising-exact -L 128 -T Tc | csv_column e)
	ising-gen -L 32 -T Tc -n 1000 --seed 6 | invrg-apply --model "$tables" --levels 2 --last | observe -q | csv_column e |
		awk -v e="$e" '{ exit !($1 / e > 0.99 && $1 / e < 1.01) }'
}

@test "blocks of what was made are those it was made of: the tables invert the majority rule" {
	ising-gen -L 16 -T Tc -n 200 --seed 8 -o coarse
	invrg-apply --model "$tables" coarse -o fine
	blockspin fine | rns-sel --columns spins | rns-cat --to=csv --no-comments | tail -n +2 | tr , '\n' > back
	rns-sel --columns spins coarse | rns-cat --to=csv --no-comments | tail -n +2 | tr , '\n' > was
	# but for ties, which fall either way: a block that ties by chance is turned in half of the cases
	ties=$(rns-sel --columns spins fine | rns-cat --to=csv --no-comments | tail -n +2 | awk -F, '
		{ for (i = 0; i < 256; i++) { y = int(i / 16); x = i % 16; j = 64 * y + 2 * x + 1
			n++; t += $j + $(j + 1) + $(j + 32) + $(j + 33) == 2 } }
		END { print t / n }')
	paste was back | awk -v t="$ties" '{ n++; other += $1 != $2 }
		END { d = other / n - t / 2; print other / n, t; exit !(t > 0 && d * d < 4.5 ^ 2 * t / 4 / n) }'
}

@test "a checkpoint is a model" {
	invrg-train -q --method descent --epochs 1 --checkpoint state "$pairs" > model
	invrg-apply --model state "$phi" > a
	invrg-apply --model model "$phi" > b
	rns-sel --columns phi a | rns-cat --records > phi.a
	rns-sel --columns phi b | rns-cat --records | cmp - phi.a
}

@test "a field without couplings has no action; without id it has no noise" {
	rns-sel --columns id,phi "$phi" > bare
	invrg-apply --model "$linear" bare | rns-cat --to=csv | grep '^# column' > columns
	run -1 grep action columns
	grep -q 'phi4 f64' columns
	rns-sel --columns phi "$phi" > nameless
	refused 65 "no column id" invrg-apply --model "$linear" nameless
	invrg-apply --model "$linear" --noise none nameless > quiet
	invrg-apply --model "$linear" --noise none "$phi" | rns-sel --columns phi | rns-cat --records > want
	rns-sel --columns phi quiet | rns-cat --records | cmp - want
}

@test "what does not fit is refused in words" {
	refused 64 "--model FILE is needed" invrg-apply "$phi"
	refused 65 "the model is of fields, and these records are of kind spins" invrg-apply --model "$linear" "$spins"
	refused 65 "the model is of spins, and these records are of kind field" invrg-apply --model "$tables" "$phi"
	refused 65 "model.invrg is expected" invrg-apply --model "$phi" "$phi"
	refused 66 "nowhere" invrg-apply --model nowhere "$phi"
	refused 64 "--noise is an option of fields" invrg-apply --model "$tables" --noise none "$spins"
	invrg-apply --model "$tables" --noise auto "$spins" | rns-sel --columns spins | rns-cat --records > auto
	invrg-apply --model "$tables" "$spins" | rns-sel --columns spins | rns-cat --records | cmp - auto
	refused 64 "--noise" invrg-apply --model "$linear" --noise loud "$phi"
	phi4-gen -d 1 -L 32 --lambda 1 --mu2=-1 -n 16 -o ring
	refused 65 "2 dimensions" invrg-apply --model "$linear" ring
	ising-gen -d 1 -L 32 -T 1 -n 5 -o ring
	refused 65 "ring" invrg-apply --model "$tables" ring
	ising-gen -L 5x6 -T 3 -n 5 -o odd
	refused 65 "two colours" invrg-apply --model "$tables" odd
	# what no record holds, whether one level alone is too large for it or all are together; advice as far as it helps
	phi4-gen -L 8 --lambda 0.7 --mu2=-0.9515 -n 1 -o small
	for k in 11 12 32; do
		refused 65 "take fewer --levels, or --last" invrg-apply --model "$linear" --levels $k small
	done
	refused 65 "take fewer --levels" invrg-apply --model "$linear" --levels 32 --last small
	run -1 grep -q "or --last" <<< "$stderr"
	rns-cat --to=csv --head 3 "$phi" | awk -F, -v OFS=, '/^#/ { print; next } ++n == 3 { $200 = "nan" } { print }' > bad
	invrg-train -q --maps 2 --activation relu --epochs 1 "$pairs" > relu
	run -65 --separate-stderr bash -c 'invrg-apply --model "$1" bad > out' bash "$linear"
	[[ $stderr == "invrg-apply: bad: segment 1, record 1: "*"not finite"* ]]
	run -65 rns-cat --to=plain out # the header is out by then, but no end
	# whatever the map makes of it, and where the field itself is not written
	for model in "$linear" "$net" relu; do
		for options in '' '--levels 1' '--levels 2 --last' '--noise none'; do
			# shellcheck disable=SC2086 # options
			run -65 --separate-stderr bash -c 'invrg-apply --model "$@" > out' bash "$model" $options bad
			[[ $stderr == *"record 1: "*"not finite"* ]]
		done
	done
	rns-cat --to=csv "$linear" | awk -F, -v OFS=, '/^#/ || !n++ { print; next } { $5 = "inf"; print }' > sick
	refused 65 "not finite" invrg-apply --model sick "$phi"
	# noise[1], a covariance that differs from the one across the diagonal
	rns-cat --to=csv "$linear" | awk -F, -v OFS=, '
		/^#/ { print; next }
		!n++ { for (i = 1; i <= NF; i++) if ($i == "noise[0][1]" || $i == "noise[1]") k = i; print; next }
		{ $k += 0.01; print }' > sick
	refused 65 "not symmetric" invrg-apply --model sick "$phi"
}

@test "other couplings than those of training are told, once a segment" {
	remarks() { invrg-apply "$@" 2>&1 > out | grep -c 'trained at' || true; }
	grep -q '^trained: kappa=1 lambda=0.7 mu2=-0.9515$' <(rns-cat --label "$linear")
	[ "$(remarks --model "$linear" "$phi" "$phi")" = 0 ]
	[ "$(remarks --model "$net" "$phi")" = 0 ]
	[ "$(remarks --model "$tables" "$spins")" = 0 ]
	phi4-gen -L 8 --lambda 0.7 --mu2=-0.9,-0.8,-0.9515 -n 3 -o other
	[ "$(remarks --model "$linear" other)" = 1 ]
	[ "$(remarks --model "$linear" other "$phi" other)" = 2 ]
	[ "$(remarks -q --model "$linear" other)" = 0 ]
	ising-gen -L 8 -T 2.5 -n 3 -o warm
	run --separate-stderr bash -c 'invrg-apply --model "$1" warm > out' bash "$tables"
	[ "$stderr" = "invrg-apply: warm: segment 1: T is 2.5, and the model was trained at T=2.269185314213022; what is made is of no other couplings than that" ]
	# a model of several couplings says nothing of the one that varies
	phi4-gen -L 8 --lambda 0.7 --mu2=-0.9,-0.8 -n 200 | blockspin --levels 1 | invrg-train -q -o both
	grep -q '^trained: kappa=1 lambda=0.7$' <(rns-cat --label both)
	[ "$(remarks --model both other)" = 0 ]
	# nor does one whose segments have different ones
	for mu2 in -0.9 -0.8; do phi4-gen -L 8 --lambda 0.7 --mu2=$mu2 -n 200 | blockspin --levels 1; done | invrg-train -q -o both
	grep -q '^trained: kappa=1 lambda=0.7$' <(rns-cat --label both)
}

@test "columns that are not known are dropped, which is told" {
	blockspin --levels 1 "$phi" > two
	run --separate-stderr bash -c 'invrg-apply --model "$1" "$2" > out' bash "$linear" two
	[[ $stderr == *"action.1"*"dropped"* ]]
	invrg-apply --model "$linear" "$phi" | rns-sel --columns phi | rns-cat --records > want
	rns-sel --columns phi out | rns-cat --records | cmp - want
}
