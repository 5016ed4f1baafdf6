#!/usr/bin/env bats
# ising-gen: its samples have the exact distribution; they depend on what the manual says and on nothing else.

load common
load ising

# Rows whole, spins and all.
rows_of() { ising-gen --format=csv --no-comments "$@" | tail -n +2; }

# The exact rows of rings for agree.
exact_ring() { # N h; var m^2 <= 4 var m
	awk -F, -v N="$1" -v h="$2" '
		$1 == N && $3 == h {
			print $2, "e", $5, $6 * $2 * $2 / N; print $2, "m", $7, $8 - $7 * $7; print $2, "m2", $8, 4 * ($8 - $7 * $7)
		}' "$REFERENCE/ising1d.csv"
}

# The joint distribution "E M p" of a small lattice, by listing its states.
listing() { # d L1 L2 T h
	awk -v d="$1" -v L1="$2" -v L2="$3" -v T="$4" -v h="$5" '
		BEGIN {
			N = L1 * L2
			for (s = 0; s < 2 ^ N; s++) {
				E = M = 0
				for (i = 0; i < N; i++) spin[i] = 2 * (int(s / 2 ^ i) % 2) - 1
				for (i = 0; i < N; i++) {
					y = int(i / L2); x = i % L2; M += spin[i]
					E -= spin[i] * spin[y * L2 + (x + 1) % L2]
					if (d == 2) E -= spin[i] * spin[((y + 1) % L1) * L2 + x]
				}
				w[E " " M] += exp(-E / T + h * M); Z += exp(-E / T + h * M)
			}
			for (c in w) print c, w[c] / Z
		}'
}

# --- tori --------------------------------------------------------------------

@test "few chains on tori of 1, 2 and 3 rows or columns" {
	for size in 1x1 1x2 2x1 2x2 2x3 3x3; do
		listing 2 ${size%x*} ${size#*x} 2.2 0.15 > want
		for algorithm in heatbath metropolis; do
			records -L $size -T 2.2 --field 0.15 --algorithm $algorithm --replicas 31 --every 60 -n 6200 --therm 100 > got
			tally $((${size%x*} * ${size#*x})) < got | chi2 want || { echo "$size, $algorithm"; return 1; }
		done
	done
}

# On some of these, 2 x 2 and 3 x 3 among them, Metropolis by sequential sweeps is not even ergodic unless
# flips are sometimes not proposed.
@test "tori of 1, 2 and 3 rows or columns: self-bonds are no field, double bonds count twice" {
	for size in 1x1 1x2 2x1 1x4 3x1 2x2 2x3 3x2 3x3 4x3; do
		for h in 0 0.15; do
			listing 2 ${size%x*} ${size#*x} 2.2 $h > want
			for algorithm in heatbath metropolis; do
				records -L $size -T 2.2 --field $h --algorithm $algorithm --replicas 10000 -n 10000 --therm 100 > got
				tally $((${size%x*} * ${size#*x})) < got | chi2 want || { echo "$size, h = $h, $algorithm"; return 1; }
			done
		done
	done
}

@test "the coldest temperatures: frozen, without overflow" {
	for T in 1e-310 1e-300 0.001 0.05; do
		for algorithm in heatbath metropolis; do
			records -L 8 -T $T --algorithm $algorithm --therm 50 --replicas 400 -n 400 > got
			[ "$(awk -F, '$6 != -2 || $7 * $7 != 1' got | wc -l)" -eq 0 ]
			awk -F, '{ up += $7 > 0 } END { exit !(up > 155 && up < 245) }' got	# 4.5 sigma of a fair coin
			records -L 8 -T $T --algorithm $algorithm --therm 50 --field 0.5 -n 20 --replicas 20 > got
			[ "$(awk -F, '$6 != -2 || $7 != 1' got | wc -l)" -eq 0 ]
		done
	done
}

# --- rings, and the limits of T ------------------------------------------------

@test "rings: energy, magnetisation and its square, with and without field" {
	for N in 8 16 64; do
		for h in 0 0.1; do
			exact_ring $N $h > want
			[ "$(wc -l < want)" -eq 72 ]
			records -d 1 -L $N -T 0.25:6:0.25 --field $h -n 4000 | estimate | agree want 4000
		done
	done
}
@test "rings: a temperature wrong by a few percent is seen" {
	exact_ring 64 0.1 | grep '^2.00' > want
	records -d 1 -L 64 -T 2 --field 0.1 -n 4000 | estimate | agree want 4000
	records -d 1 -L 64 -T 2.1 --field 0.1 -n 4000 | estimate | sed 's/^2.1 /2 /' > wrong
	run -1 agree want 4000 < wrong
}
@test "rings of 1 to 8 spins: the joint distribution of energy and magnetisation" {
	for N in 1 2 3 5 8; do
		for h in 0.2 0 -0.3 2; do
			for T in 0.7 2 30; do
				listing 1 1 $N $T $h > want
				records -d 1 -L $N -T $T --field $h -n 20000 > got
				[ $N$h = 10 ] || tally $N < got | chi2 want || { echo "N = $N, T = $T, h = $h"; return 1; }
			done
		done
	done
}
@test "the coldest rings are one domain, of either sign" {
	for T in 1e-310 1e-4; do
		records -d 1 -L 1000 -T $T -n 1000 > got
		[ "$(awk -F, '$6 != -1 || $7 * $7 != 1' got | wc -l)" -eq 0 ]
		awk -F, '{ up += $7 > 0 } END { exit !(up > 428 && up < 572) }' got
		records -d 1 -L 1000 -T $T --field 0.001 -n 1000 > got	# P(up) = 1 / (1 + exp(-2)) = 0.8808
		awk -F, '{ up += $7 > 0 } END { exit !(up > 834 && up < 927) }' got
	done
}

@test "T = 0: one domain, up with probability 1 / (1 + exp(-2 N h))" {
	for lattice in "-d 2 -L 4" "-d 2 -L 2x8" "-d 1 -L 16"; do
		# shellcheck disable=SC2086
		records $lattice -T 0 --field 0.02 -n 10000 > got		# 0.65475: 6547.5 +- 47.5
		awk -F, '{ up += $7 > 0 } $7 * $7 != 1 || $6 != -d { exit bad = 1 } END { exit bad || up < 6334 || up > 6761 }' \
			d="${lattice:3:1}" got
	done
	records -L 8 -T 0 --field 1e300 -n 50 | awk -F, '$7 != 1 { exit 1 }'
	records -L 8 -T 0 --field -1e300 -n 50 | awk -F, '$7 != -1 { exit 1 }'
	records -L 8 -T 0 -n 10000 | awk -F, '{ up += $7 > 0 } END { exit !(up > 4775 && up < 5225) }'
}
@test "T = inf: independent spins, up with probability 1 / (1 + exp(-2h))" {
	for h in 0 0.3 -1 400; do
		for lattice in "2 3 3" "2 1 5" "1 1 9"; do
			read -r d L1 L2 <<< "$lattice"
			listing "$d" "$L1" "$L2" inf ${h/400/30} > want
			L=${L1}x$L2
			[ "$d" = 2 ] || L=$L2
			records -d "$d" -L "$L" -T inf --field $h -n 20000 > got
			if [ $h = 400 ]; then
				awk -F, '$7 != 1 { exit 1 }' got
			else
				tally $((L1 * L2)) < got | chi2 want || { echo "$lattice, h = $h"; return 1; }
			fi
		done
	done
}
@test "T = inf: no correlation between any bits of a large record" {
	rows_of -L 64x65 -T inf -n 400 --seed 3 > a		# 4160 sites: 65 words, the last of them whole
	rows_of -L 61x67 -T inf -n 400 --seed 3 > b		# padding in the last byte
	for f in a b; do
		cut -d, -f8- "$f" | awk -F, '
			{ for (i = 1; i <= NF; i++) up[i] += $i }
			END { for (i = 1; i <= NF; i++) { z = (up[i] - NR / 2) / sqrt(NR / 4); X += z * z; if (z > 5.5 || z < -5.5) exit 1 }
				z = (X - NF) / sqrt(2 * NF); exit z > 4.5 || z < -4.5 }'
	done
}

# --- what a record depends on ---------------------------------------------------

@test "temperatures sampled together or one by one are the same" {
	for kind in "-d 2 -L 6 --therm 20" "-d 2 -L 6 --therm 20 --algorithm metropolis" "-d 1 -L 30"; do
		for T in 1 2 inf 0 Tc; do
			# shellcheck disable=SC2086
			rows_of $kind -T $T -n 20 --field 0.1
		done > one
		# shellcheck disable=SC2086
		rows_of $kind -T 1,2,inf,0,Tc -n 20 --field 0.1 > all
		cmp one all
		[ "$(wc -l < all)" -eq 100 ]
	done
}
@test "a temperature named twice is sampled once" {
	rows_of -L 4 -T 1:3:0.5,2:2.5:0.25,2,Tc,1:1:1 -n 2 --therm 1 | cut -d, -f1 | uniq > got
	printf '%s\n' 1 1.5 2 2.5 3 2.25 2.269185314213022 > want
	cmp want got
}
@test "--first-id goes on with exact samples" {
	for kind in "-d 1 -L 20 -T 2" "-L 5 -T inf" "-L 5 -T inf --field 0.2" "-L 5 -T 0"; do
		# shellcheck disable=SC2086
		{ rows_of $kind -n 30; rows_of $kind -n 70 --first-id 30; } > parts
		# shellcheck disable=SC2086
		rows_of $kind -n 100 > whole
		cmp parts whole
	done
	records -d 1 -L 4 -T 2 -n 2 --first-id 4294967295 | cut -d, -f3-5 > got
	printf '%s\n' 4294967295,0,4294967295 0,0,4294967296 > want
	cmp want got
}
@test "--first-id gives other chains, the same ones whatever runs beside them" {
	rows_of -L 6 -T Tc -n 50 --replicas 5 --therm 10 > all		# 0 1 2 3 4 0 1 ...
	rows_of -L 6 -T Tc -n 20 --replicas 2 --therm 10 --first-id 3 > part
	awk -F, '$3 >= 3' all | cut -d, -f1-4,6- > want
	cut -d, -f1-4,6- part > got
	cmp want got
	cut -d, -f5 part > ids
	seq 3 22 | cmp - ids
}
@test "chains side by side: the same ones whatever runs beside them, in blocks of 512" {
	rows_of -L 6 -T 4,5 -n 1400 --replicas 700 --therm 10 --field 0.05 > all
	rows_of -L 6 -T 4,5 -n 376 --replicas 188 --therm 10 --field 0.05 --first-id 512 > part
	awk -F, '$3 >= 512' all | cut -d, -f1-4,6- > want
	cut -d, -f1-4,6- part > got
	cmp want got
	rows_of -L 6 -T 4,5 -n 64 --replicas 32 --therm 10 --field 0.05 > part
	awk -F, '$3 < 32' all | cut -d, -f1-4,6- > want
	cut -d, -f1-4,6- part > got
	cmp want got
	[ "$(cut -d, -f8- all | sort -u | wc -l)" -gt 2790 ]
}
@test "chains side by side start at a multiple of 512, or are refused" {
	refuse 64 "run in blocks of 512, as 32 replicas and more do; choose a multiple of 512, such as 1024" \
		-L 4 -T 1 --replicas 32 --first-id 1500
	ising-gen -L 4 -T 0,inf --replicas 32 --first-id 1500 -n 3 > exact.rns
	ising-gen -L 4 -T 1 --replicas 31 --first-id 1500 -n 3 > few.rns
}
@test "records are sweep-major, and the last sweep may be cut" {
	records -L 4 -T 2 -n 7 --replicas 3 --therm 100 --every 5 --first-id 40 | cut -d, -f3-5 > got
	printf '%s\n' 40,105,40 41,105,41 42,105,42 40,110,43 41,110,44 42,110,45 40,115,46 > want
	cmp want got
	records -L 4 -T 2 -n 2 --replicas 9 --therm 0 --every 10 | cut -d, -f3-5 > got
	printf '%s\n' 0,10,0 1,10,1 > want
	cmp want got
}
@test "a chain does not depend on when it is looked at" {
	for size in 4 5 1x7 3x70; do
		for replicas in 2 40; do
			rows_of -L $size -T 2.5 -n $((30 * replicas)) --therm 0 --every 1 --replicas $replicas > each
			rows_of -L $size -T 2.5 -n $((4 * replicas)) --therm 10 --every 5 --replicas $replicas > some
			awk -F, '$4 > 10 && $4 % 5 == 0' each | cut -d, -f1-4,6- > want
			cut -d, -f1-4,6- some > got
			cmp want got
		done
	done
}
@test "the seed, the temperature, the field, the extents and the algorithm each matter" {
	rows_of -L 8 -T 2.4 -n 20 | cut -d, -f6- > a
	rows_of -L 8 -T 2.4 -n 20 --seed 1 | cut -d, -f6- > same
	cmp a same
	for other in "-T 2.4 --seed 2" "-T 2.4000000000000004" "-T 2.4 --field 1e-9" "-T 2.4 --algorithm metropolis"; do
		# shellcheck disable=SC2086
		rows_of -L 8 $other -n 20 | cut -d, -f6- > b
		run -1 cmp -s a b
	done
	rows_of -L 4x16 -T inf | cut -d, -f8- > a
	rows_of -L 16x4 -T inf | cut -d, -f8- > b
	run -1 cmp -s a b
}
@test "every CPU gives the same bytes" {
	for kind in "-L 33 -T 1,Tc,inf --therm 20 -n 9 --replicas 2" "-L 5x7 -T 2 --algorithm metropolis -n 50" \
		"-L 33 -T 1,Tc --therm 3 --every 1 -n 600 --replicas 512" "-L 5x7 -T 2 --field 0.1 --therm 20 -n 64 --replicas 32" \
		"-L 1x9 -T 2 --algorithm metropolis --therm 20 -n 64 --replicas 32" \
		"-L 4x10 -T 2 --algorithm metropolis --field -0.1 --therm 20 -n 64 --replicas 32" \
		"-L 7 -T inf --field 0.2 -n 50" "-d 1 -L 1001 -T 0.5,2 -n 50"; do
		# shellcheck disable=SC2086
		ising-gen $kind > best
		for cpu in baseline avx2 avx512; do
			# shellcheck disable=SC2086
			RENORM_CPU=$cpu ising-gen $kind > got
			cmp best got
		done
	done
}

# --- options -----------------------------------------------------------------

@test "the start is cold below Tc, hot from Tc on, or as --start says" {
	for algorithm in heatbath metropolis; do
		for T in 2.26 Tc; do
			start=cold
			[ $T != Tc ] || start=hot
			rows_of -L 16 -T $T --therm 0 --every 1 -n 3 --algorithm $algorithm > auto
			rows_of -L 16 -T $T --therm 0 --every 1 -n 3 --algorithm $algorithm --start auto > same
			rows_of -L 16 -T $T --therm 0 --every 1 -n 3 --algorithm $algorithm --start $start > named
			cmp auto same
			cmp auto named
		done
	done
	records -L 64 -T 0.5 --therm 0 --every 1 --start cold | awk -F, '{ exit !($6 < -1.99) }'
	records -L 64 -T 0.5 --therm 0 --every 1 --start hot | awk -F, '{ exit !($6 > -1.6) }'
	records -L 64 -T 2.3 --therm 0 --every 1 --start cold | awk -F, '{ exit !($6 < -1.6) }'
}
@test "one dimension, two dimensions, and their extents" {
	shape() { ising-gen "$@" -T 1 --format=csv > out; grep '^# column: spins' out; }
	[ "$(shape -d 1 -L 12)" = "# column: spins bit 12" ]
	[ "$(shape -d 2 -L 12)" = "# column: spins bit 12 12" ]
	[ "$(shape -L 3x5)" = "# column: spins bit 3 5" ]
	[ "$(records -L 4 -T 2 | wc -l)" -eq 1 ]
}
@test "the history says all that determines the records" {
	ising-gen -L 4 -T 2,Tc --level 0 --quiet --progress=never > a.rns
	sed '/^$/q' a.rns | grep '^history: ' > got
	echo 'history: ising-gen 0.1.0 -d 2 -L 4 -T 2,Tc --field 0 -n 1 --first-id 0 --algorithm auto --seed 1' > want
	cmp want got
	ising-gen -L 4 -T 2,Tc --every 3 --level 0 > a.rns
	sed '/^$/q' a.rns | grep '^history: ' > got
	echo 'history: ising-gen 0.1.0 -d 2 -L 4 -T 2,Tc --field 0 -n 1 --first-id 0 --algorithm auto --start auto' \
		'--therm auto --every 3 --replicas auto --seed 1' > want
	cmp want got
	ising-gen --seed 7 --first-id 5 -n 3 --field -0.25 -T 0:1:0.5 -L 9 -d 1 --format=csv | grep '^# history: ' > got
	echo '# history: ising-gen 0.1.0 -d 1 -L 9 -T 0:1:0.5 --field -0.25 -n 3 --first-id 5 --seed 7' > want
	cmp want got
	ising-gen -L 4x6 -T 2 --algorithm metropolis --start hot --therm 5 --every 2 --replicas 3 -n 4 --format=csv |
		grep '^# history: ' > got
	echo '# history: ising-gen 0.1.0 -d 2 -L 4x6 -T 2 --field 0 -n 4 --first-id 0 --algorithm metropolis --start hot' \
		'--therm 5 --every 2 --replicas 3 --seed 1' > want
	cmp want got
}
@test "e and m of a record are those of its spins" {
	ising-gen -L 3x5 -T 3 -n 40 --therm 3 --format=csv --pm1 --no-comments | awk -F, '
		NR > 1 {
			E = M = 0
			for (i = 0; i < 15; i++) {
				y = int(i / 5); x = i % 5; M += $(8 + i)
				E -= $(8 + i) * ($(8 + y * 5 + (x + 1) % 5) + $(8 + (y + 1) % 3 * 5 + x))
			}
			d = E / 15 - $6; f = M / 15 - $7
			if (d * d + f * f > 1e-20) exit 1
		}
		END { exit NR != 41 }'
}
@test "progress is told on request" {
	ising-gen -L 8 -T 2,inf -n 10 --therm 1000 --every 10 --progress=always > /dev/null 2> err
	grep -q '^ising-gen: 1.11k sweeps' err		# 1000 + 10 * 10, and 10 exact samples
	ising-gen -d 1 -L 8 -T 2 -n 10 --progress=always > /dev/null 2> err
	grep -q '^ising-gen: 10 samples' err
}
@test "memory does not grow with the number of samples" {
	[ -z "$SAN" ] || skip "a sanitizer's own memory is beyond any limit"
	(ulimit -v 100000; ising-gen -L 8 -T inf -n 1000000 --level 0) | wc -c > size
	[ "$(cat size)" -gt 60000000 ]
	(ulimit -v 100000; ising-gen -d 1 -L 64 -T 1 -n 100000 --level 0) | wc -c > size
	[ "$(cat size)" -gt 6000000 ]
}

# --- refusals -----------------------------------------------------------------

refuse() { # CODE WORDS OPTIONS...: one line that begins with the stage and has the words, and no output
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr ising-gen "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "ising-gen: "*"$words"* && $stderr != *$'\n'* ]] || { echo "$*: $stderr"; return 1; }
}
@test "what is missing or means nothing is refused, with the cure" {
	refuse 64 "-L is missing" -T 1
	refuse 64 "-T is missing" -L 4
	refuse 64 "negative" -L 4 -T -1
	refuse 64 "negative" -L 4 -T 1,-0.5
	refuse 64 "'nan' is not a number" -L 4 -T nan
	refuse 64 "'hot' is not a number" -L 4 -T hot
	refuse 64 "do not lead from 0 to 6" -L 4 -T 0:6:0.7
	refuse 64 "-T: ''" -L 4 -T ""
	refuse 64 "-n: '0' is not a whole number of at least 1" -L 4 -T 1 -n 0
	refuse 64 "-n: '-3'" -L 4 -T 1 -n -3
	refuse 64 "-L: '0'" -L 0 -T 1
	refuse 64 "-L: '4x0'" -L 4x0 -T 1
	refuse 64 "-L" -L 4x4x4 -T 1
	refuse 64 "-L: '4x4' is two-dimensional" -d 1 -L 4x4 -T 1
	refuse 64 "-d: '3' is not a whole number from 1 to 2" -d 3 -L 4 -T 1
	refuse 64 "--field: 'nan'" -L 4 -T 1 --field nan
	refuse 64 "--field: 'inf'" -L 4 -T 1 --field inf
	refuse 64 "'glauber' is none of auto, heatbath, metropolis" -L 4 -T 1 --algorithm glauber
	refuse 64 "'warm' is none of auto, cold, hot" -L 4 -T 1 --start warm
	refuse 64 "--every: '0'" -L 4 -T 1 --every 0
	refuse 64 "--therm: '-1'" -L 4 -T 1 --therm -1
	refuse 64 "--replicas: '0'" -L 4 -T 1 --replicas 0
	refuse 64 "--first-id: 'x'" -L 4 -T 1 --first-id x
	refuse 64 "this stage reads no files" -L 4 -T 1 file.rns
}
@test "options of Markov chains are refused for rings, which have none" {
	for option in "--algorithm heatbath" "--start hot" "--therm 5" "--every 2" "--replicas 2"; do
		# shellcheck disable=SC2086
		refuse 64 "${option% *} is for Markov chains" -d 1 -L 4 -T 1 $option
	done
}
@test "counts past 2^64 are refused" {
	refuse 64 "numbered past 2^64" -d 1 -L 4 -T 1 -n 2 --first-id 18446744073709551615
	refuse 64 "fewer sweeps" -L 4 -T 1 --therm 18446744073709551614
	refuse 64 "fewer sweeps" -L 4 -T 1 -n 1000 --every 18446744073709551614
	refuse 64 "fewer sweeps" -L 1000 -T 1 --every 10 -n 18446744073709551615
	refuse 64 "2^55 updates" -L 1024 -T 1 --therm 34359738358 --every 10 --replicas 32
}
@test "a record above 1 GiB and more memory than there is are refused" {
	refuse 64 "larger than 1 GiB" -L 100000 -T 1
	refuse 64 "larger than 1 GiB" -L 8589934592x8589934592 -T 1
	refuse 64 "larger than 1 GiB" -d 1 -L 8589934592 -T 1
	[ -z "$SAN" ] || return 0	# a sanitizer has words of its own for that
	refuse 71 "out of memory: 1000000 replicas of -L 90000" -L 90000 -T 1 --replicas 1000000 -n 1000000
	ulimit -v 200000
	refuse 71 "out of memory" -L 30000 -T inf
	refuse 71 "out of memory" -d 1 -L 900000000 -T 1
}
@test "a terminal is no place for records" {
	need_terminal
	run -64 script -qec 'ising-gen -L 4 -T 1' /dev/null
	[[ $output == "ising-gen: "*"rns-cat --to=csv"* ]]
}
@test "a full disk and a closed pipe" {
	run -74 bash -c 'ising-gen -L 64 -T inf -n 1000 > /dev/full'
	[[ $output == "ising-gen: "* ]]
	run -141 bash -o pipefail -c 'ising-gen -L 64 -T inf -n 100000 | head -c 100 > /dev/null'
	[ -z "$output" ]
}

@test "exact samples are independent, and part of a set is the same as in the whole" {
	ising-gen -L 6 -T 2,3 --algorithm exact -n 2000 -o whole
	[ "$(rns-cat --to=csv whole | csv_column sweep | sort -u)" = 0 ]
	ising-gen -L 6 -T 2,3 --algorithm exact -n 50 --first-id 700 | rns-cat --records > part
	rns-sel --where 'id>=700' whole | rns-sel --where 'id<750' | rns-cat --records | cmp - part
}

@test "algorithms refuse what they have not" {
	run -64 ising-gen -L 8 -T 2 --algorithm wolff --field 0.1
	run -64 ising-gen -L 8 -T 2 --algorithm exact --therm 10
	[[ $output == *"--therm is for Markov chains"* ]]
}

@test "threads do not change a large torus" {
	ising-gen -L 128 -T 2.3 -n 2 --therm 3 --every 2 -o one
	ising-gen -L 128 -T 2.3 -n 2 --therm 3 --every 2 --threads 3 -o three
	cmp one three
}
