#!/usr/bin/env bats
# ising-gen as a run: what auto chooses, what is told of it, and how it goes on after it was stopped.

load common

way() { ising-gen -q --report report.csv "$@" > out.rns; csv_column algorithm < report.csv; }

@test "auto: exact where that is cheap, else chains, by lattice, T and h alone" {
	[ "$(way -L 10 -T 1.5,Tc,4 | sort -u)" = rows ]
	[ "$(way -L 12 -T 2 --field 0.1)" = rows ]
	[ "$(way -L 16 -T 1,2,2.5,4 | sort -u)" = "coupled sites" ]
	[ "$(way -L 32 -T Tc)" = metropolis ]
	[ "$(way -L 64 -T Tc)" = swendsen-wang ]
	[ "$(way -L 256 -T 2,3 | sort -u)" = metropolis ]
	[ "$(way -L 20 -T 1.5 --field 0.01)" = swendsen-wang ]
	[ "$(way -L 14x1170 -T 2)" = swendsen-wang ]
	[ "$(way -L 600 -T 3.5 --field 0.01)" = metropolis ]
	for seed in 1 2 3 4 5 6; do [ "$(way -L 32 -T 2.35 --seed $seed)" = "coupled sites" ]; done
	[ "$(way -L 20 -T 0,inf | sort -u)" = direct ]
	[ "$(way -d 1 -L 100 -T 2)" = direct ]
	[ "$(way -L 10 -T 2 --every 3)" = heatbath ]
	[ "$(way -L 10 -T 2 --algorithm wolff)" = wolff ]
	[ "$(way -L 32 -T Tc --algorithm exact)" = "coupled bonds" ]
	[ "$(way -L 32 -T 1.5,3 --algorithm exact | sort -u)" = "coupled sites" ]
	[ "$(way -L 10 -T Tc --algorithm exact-sites)" = "coupled sites" ]
	[ "$(way -L 10 -T Tc --algorithm exact-bonds)" = "coupled bonds" ]
}

@test "auto: samples do not depend on how many are wanted, or on other temperatures" {
	for L in 10 16 32 64; do
		ising-gen -L $L -T 2.2,Tc -n 700 --seed 4 | rns-cat --records > many
		for T in 2.2 Tc; do ising-gen -L $L -T $T -n 700 --seed 4 | rns-cat --records; done | cmp - many
		ising-gen -L $L -T 2.2 -n 600 --seed 4 | rns-cat --records > few
		cmp -n "$(stat -c %s few)" few many
	done
}

@test "auto: energies where it has chains are exact ones, and both signs of m are alike" {
	for ensemble in "32 2.25,Tc 20000" "200 Tc 300"; do
		read -r L T n <<< "$ensemble"
		ising-gen -q -L "$L" -T "$T" -n "$n" -o s.rns
		observe -q --no-comments s.rns > got
		ising-exact --no-comments -L "$L" -T "$T" > want
		paste <(csv_column e < got) <(csv_column e_err < got) <(csv_column e < want) <(csv_column m < got) <(csv_column m_err < got) |
			awk '{ bad += ($1 - $3) ^ 2 > 20 * $2 ^ 2 || $4 ^ 2 > 20 * $5 ^ 2; rows++ } END { exit bad || rows < 1 }' ||
			{ cat got want; return 1; }
	done
	rns-sel --where 'm>0' s.rns | rns-cat --count > up
	[ "$(cat up)" -gt 100 ]
	[ "$(cat up)" -lt 200 ]
}

# Where a chain of single spins would stay in the phase that it begins in: walls across strips, and weak fields.
@test "auto: strips and weak fields have the moments of exact samples" {
	for ensemble in "-L 14x300 -T 2.0,2.1" "-L 16x256 -T 2.2" "-L 20 -T 2.1 --field 0.003" "-L 32 -T 2.2 --field 0.001" \
		"-L 32 -T Tc --field 0.0003"; do
		# shellcheck disable=SC2086 # options
		ising-gen -q $ensemble -n 8192 | observe -q --no-comments --independent > got
		# shellcheck disable=SC2086 # options
		ising-gen -q $ensemble -n 2000 --algorithm exact-bonds | observe -q --no-comments > want
		for q in e m m2; do
			paste <(csv_column $q < got) <(csv_column ${q}_err < got) <(csv_column $q < want) <(csv_column ${q}_err < want) |
				awk '{ bad += ($1 - $3) ^ 2 > 20 * ($2 ^ 2 + $4 ^ 2) } END { exit bad || !NR }' || { echo "$ensemble: $q"; return 1; }
		done
	done
	ising-gen -q -L 16x256 -T 2.2 -n 8192 --algorithm metropolis --therm 300 --every 30 --replicas 512 |
		observe -q --no-comments --independent > wrong
	ising-gen -q -L 16x256 -T 2.2 -n 2000 | observe -q --no-comments > want
	run -1 awk -v a="$(csv_column m2 < wrong)" -v b="$(csv_column m2 < want)" -v s="$(csv_column m2_err < want)" \
		'BEGIN { exit (a - b) ^ 2 > 20 * s ^ 2 }'
}

@test "the report has the autocorrelation times of chains, and what coalesced of coupled ones" {
	ising-gen -q -L 16 -T Tc,4 --algorithm metropolis --every 1 --therm 300 -n 60000 --report report.csv > /dev/null
	csv_column tau_m2 < report.csv > tau		# observe(1): 11 sweeps at Tc, 0.62 at T = 4
	awk 'NR == 1 { bad += $1 < 8 || $1 > 15 } NR == 2 { bad += $1 < 0.55 || $1 > 0.7 } END { exit bad || NR != 2 }' tau
	ising-gen -q -L 20 -T 1.8,4 --algorithm exact -n 2000 --report report.csv > /dev/null
	paste <(csv_column T < report.csv) <(csv_column T_sampled < report.csv) <(csv_column sweeps_half < report.csv) \
		<(csv_column sweeps_map < report.csv) <(csv_column maps < report.csv) <(csv_column coalesced < report.csv) |
		awk '
			NR == 1 { bad += $2 < 2.8 || $2 > 3.2 }		# its dual is 2.954
			NR == 2 { bad += $2 != 4 }
			{ bad += $3 > $4 || $5 % 512 || $6 > $5 || $6 < $5 / 3 }
			END { exit bad || NR != 2 }'
}

@test "too few sweeps thrown away are told, with the number that would do" {
	ising-gen -L 32 -T Tc --algorithm heatbath --therm 100 --replicas 512 -n 512 2> err > /dev/null
	grep -q '^ising-gen: T = 2.26919: --therm 100 is less than 20 autocorrelation times' err
	ising-gen -L 32 -T Tc --algorithm metropolis --therm 100 --every 5 -n 20000 2> err > /dev/null
	grep -q 'autocorrelation times' err
	therm=$(sed -n 's/.*choose --therm //p' err)
	[ "$therm" -gt 700 ]
	[ "$therm" -lt 1700 ]		# tau is 51
	ising-gen -L 32 -T Tc --algorithm metropolis --therm 3000 --every 5 -n 20000 2> err > /dev/null
	[ ! -s err ]
	ising-gen -L 32 -T Tc --algorithm heatbath --therm 100 --replicas 512 -n 512 -q 2> err > /dev/null
	[ ! -s err ]
	ising-gen -L 32 -T Tc --algorithm heatbath --therm 0 --every 100 --replicas 512 -n 5120 2> err > /dev/null
	grep -q 'which on a square are about 1.4e+02 sweeps: .*choose --therm 2702' err
	for algorithm in auto heatbath metropolis swendsen-wang wolff; do
		ising-gen -L 24 -T 1.5:3.5:0.25,Tc --algorithm $algorithm -n 600 2> err > /dev/null
		[ ! -s err ]
	done
}

# A cut stream of each kernel goes on to what it would have been, to the byte.
goes_on() { # OPTIONS...
	local size part
	ising-gen -q "$@" -o whole.rns
	size=$(stat -c %s whole.rns)
	for part in 35 62 88; do
		head -c $((size * part / 100)) whole.rns > cut.rns
		ising-gen "$@" --resume cut.rns -o again.rns 2> err
		cmp whole.rns again.rns || { echo "$*, $part %"; return 1; }
		grep -q 'cut.rns is cut: goes on at T = ' err
	done
}
@test "an output that was cut goes on to the same bytes: exact samples" {
	goes_on -L 10 -T 1.5,Tc,3 -n 30000
	goes_on -L 20 -T 2,3 -n 20000
	goes_on -L 20 -T 2,3 --algorithm exact-bonds -n 1000 --level 0
	goes_on -d 1 -L 12 -T 1,2,inf -n 50000
}
@test "an output that was cut goes on to the same bytes: chains" {
	goes_on -L 48 -T 2.25,Tc -n 9000
	goes_on -L 40 -T 2,Tc --algorithm metropolis --replicas 3 -n 9000 --every 5 --therm 50
	goes_on -L 33 -T 2,Tc --algorithm heatbath --replicas 700 -n 9000 --every 2 --therm 20
	goes_on -L 9x7 -T 2,Tc --algorithm heatbath --replicas 2 -n 20000 --every 1 --therm 20 --format csv
	goes_on -L 50 -T 2,2.3 --algorithm swendsen-wang --replicas 2 -n 4031 --every 2 --therm 20
	goes_on -L 50 -T 2,2.3 --algorithm wolff -n 4031 --every 2 --therm 20
}

# Started, killed without warning after some seconds, and taken up from the checkpoint.
survives() { # OPTIONS...
	local pid records
	ising-gen -q "$@" | rns-cat --records > want
	rm -f state.rns
	ising-gen -q "$@" --checkpoint state.rns > first.rns &
	pid=$!
	for _ in $(seq 100); do
		[ -e state.rns ] && break
		sleep 0.1
	done
	sleep 0.5
	{ kill -KILL $pid && wait $pid; } 2> /dev/null || true
	ising-gen "$@" --resume state.rns -o rest.rns 2> err
	records=$(sed -n 's/.*joined to the \([0-9]*\) records before it$/\1/p' err)
	rns-cat --salvage -o whole.rns first.rns 2> /dev/null
	{ rns-cat --head "$records" whole.rns | rns-cat --records; rns-cat --records rest.rns; } > got
	cmp want got
}
@test "a run that is killed goes on from its checkpoint" {
	survives -L 256 -T Tc --algorithm swendsen-wang -n 600 --every 8 --therm 100 --replicas 2
	survives -L 64 -T Tc --algorithm heatbath --therm 6000 --replicas 600 -n 1300 --every 200
	survives -L 32 -T 2.25 --algorithm exact-bonds -n 1000
}

@test "a run that is stopped keeps what it has written to -o beside its checkpoint" {
	local pid opts=(-q -L 128 -T Tc --algorithm wolff --every 8 -n 2500)
	ising-gen "${opts[@]}" -o want.rns
	ising-gen "${opts[@]}" --checkpoint state.rns -o out.rns &
	pid=$!
	for _ in $(seq 100); do
		[ -e state.rns ] && break
		sleep 0.1
	done
	{ kill -TERM $pid && wait $pid; } 2> /dev/null || true
	[ ! -e out.rns ]
	run -64 ising-gen "${opts[@]}" --resume state.rns --checkpoint state.rns -o out.rns
	[[ $output == *"out.rns.part is what a run that was stopped has left"* ]]
	mv out.rns.part old.rns
	run -64 ising-gen "${opts[@]}" --resume old.rns --checkpoint old.rns -o out.rns
	[[ $output == *"would replace the output that --resume goes on from"* ]]
	ising-gen "${opts[@]}" --resume old.rns -o out.rns
	cmp want.rns out.rns
	head -c 400 want.rns > short.rns
	ising-gen "${opts[@]}" --resume short.rns -o out.rns
	cmp want.rns out.rns
}

@test "a damaged record is not gone on from, and not copied" {
	local n byte
	for kind in "-L 12 -T 2,3 --algorithm metropolis --every 2" "-L 12 -T 2,3"; do
		for form in --level=0 --format=csv; do
			# shellcheck disable=SC2086 # options
			ising-gen -q $kind -n 40 $form > whole
			n=$(stat -c %s whole)
			for byte in $(seq $(( n / 2 )) 97 $(( n - 200 ))); do
				cp whole bad
				dd if=whole bs=1 skip="$byte" count=1 status=none | tr '\000-\177\200-\377' '\001-\177\200-\377\000' |
					dd of=bad bs=1 seek="$byte" conv=notrunc status=none
				# shellcheck disable=SC2086 # options
				if ising-gen -q $kind -n 40 --resume bad > again 2> err; then
					rns-cat --records again > got
					rns-cat --records whole | cmp -s - got || { echo "$kind, $form, byte $byte"; return 1; }
				fi
			done
		done
	done
}

@test "a checkpoint changes no byte, and a chain that has ended goes on to more samples" {
	for kind in "-L 16 -T Tc --algorithm metropolis --replicas 40 --every 3 --therm 30" \
		"-L 64 -T Tc --algorithm heatbath --replicas 2 --every 3 --therm 30" "-L 12 -T 2"; do
		# shellcheck disable=SC2086
		ising-gen -q $kind -n 1001 --checkpoint state.rns -o some.rns
		# shellcheck disable=SC2086
		ising-gen -q $kind -n 1001 | cmp - some.rns
		# shellcheck disable=SC2086
		ising-gen -q $kind -n 2500 --resume state.rns -o more.rns
		# shellcheck disable=SC2086
		ising-gen -q $kind -n 2500 | rns-cat --records > want
		{ rns-cat --records some.rns; rns-cat --records more.rns; } | cmp - want
	done
	run -64 ising-gen -L 12 -T 2 -n 1000 --resume state.rns
	[[ $output == *"has 1001 samples"*"choose -n 1001 or more"* ]]
}

@test "what --resume, --checkpoint and --report cannot take is refused" {
	ising-gen -q -L 8 -T 2,3 --every 2 -n 50 --checkpoint state.rns -o whole.rns
	run -65 ising-gen -L 8 -T 2,3 --every 3 -n 50 --resume state.rns
	[[ $output == "ising-gen: --resume state.rns: of a run with other options"* ]]
	run -65 ising-gen -L 9 -T 2,3 --every 2 -n 50 --resume whole.rns
	run -65 ising-gen -L 8 -T 2,3 --every 2 -n 50 --resume whole.rns --seed 2
	run -64 ising-gen -L 8 -T 2,3 --every 2 -n 60 --resume state.rns
	[[ $output == *"-n can be another one for a single temperature; this has 2" ]]
	run -66 ising-gen -L 8 -T 2,3 --every 2 -n 50 --resume nowhere.rns
	head -c 300 /dev/urandom > noise
	run -65 ising-gen -L 8 -T 2,3 --every 2 -n 50 --resume noise
	ising-gen -L 4 -T 2 | rns-sel --columns e,m > table.rns
	run -65 ising-gen -L 8 -T 2,3 --every 2 -n 50 --resume table.rns
	run -64 ising-gen -L 8 -T 2 --every 2 --checkpoint x.rns -o x.rns
	[[ $output == *"--checkpoint x.rns would replace the output"* ]]
	run -64 ising-gen -L 8 -T 2 --report x.rns -o ./x.rns
	for path in - '' /dev/stdout /dev/stderr; do
		run -64 ising-gen -L 8 -T 2 --report "$path"
		run -64 ising-gen -L 8 -T 2 --every 2 --checkpoint "$path"
	done
	run -64 ising-gen -L 8 -T 2,3 --every 2 -n 50 --resume <(cat whole.rns)
	run -74 ising-gen -q -L 8 -T 2 --every 2 -n 20 --checkpoint /nowhere/state.rns
	run -74 ising-gen -q -L 8 -T 2 --report /nowhere/report.csv
}

@test "exact samples that are not practical are refused at once, and before anything is written" {
	run -64 timeout 20 ising-gen -L 4096 -T 4,Tc --algorithm exact
	[[ $output == "ising-gen: T = 2.26919, h = 0 on 4096x4096: exact samples are not practical"* ]]
	run -64 timeout 20 ising-gen -L 64 -T Tc --algorithm exact-sites
	[[ $output == *"exact samples are not practical: after "*" sweeps "* ]]
	ising-gen -q -L 2x2 -T 0.5 --field 1.5 --algorithm exact-sites > /dev/null
	run -64 ising-gen -L 13 -T 2 --algorithm exact-rows
	[[ $output == *"exact-rows is for an extent of up to 12"* ]]
	run -64 ising-gen -L 1024 -T 2 --algorithm exact-sites
}
