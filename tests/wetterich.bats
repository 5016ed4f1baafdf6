#!/usr/bin/env bats
# wetterich: trajectories, fixed points and exponents against tables of high precision, against exact limits and
# against each other; events, bad input.

load common

# columns NAME... < table: these, without names, blanks between.
columns() {
	rows | awk -F, -v names="$*" '
		NR == 1 { n = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i
			for (i = 1; i <= n; i++) if (!(name[i] in at)) { print "no column " name[i]; exit 1 }; next }
		{ for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? " " : "\n" }'
}

# near TOLERANCE < lines "GOT WANT ...": pairs that agree to a relative error.
near() {
	awk -v tol="$1" '{ for (i = 1; i < NF; i += 2) { d = $i - $(i + 1); s = $(i + 1); if (d < 0) d = -d; if (s < 0) s = -s
			n++; if (!(d <= tol * s) || $i !~ /[0-9]/) { print "line " NR ": " $i ", not " $(i + 1); bad = 1 } } }
		END { exit bad || !n }'
}

# The starts of the reference trajectories in a direction, as a table.
starts() { # ir|uv
	echo id,d,u2,u4,u6
	awk -F, -v way="$1" '!/^#/ && $3 == way && !seen[$1]++ { print $1 "," $2 "," $6 "," $7 "," $8 }' "$REFERENCE/wetterich.csv"
}

@test "unit: forces, Jacobians, trajectories, lanes, on every kind of CPU" {
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu run_unit wetterich-flow
	done
}

# --- trajectories ------------------------------------------------------------------------------------------------

@test "trajectories of the reference to 1e-9, both directions, three dimensions" {
	for way in ir uv; do
		starts $way > starts.csv
		sign=$([ $way = ir ] && echo - || true)
		status=0
		wetterich -q --rtol 1e-12 --t 0:${sign}10:${sign}0.25 starts.csv > got.csv 2> err || status=$?
		[ "$status" -eq 1 ]	# some are singular or diverge: those that the reference marks as stopped
		columns id t u2 u4 u6 event < got.csv | awk '$NF == 0 { print $1 " " $2 + 0, $3, $4, $5 }' > got
		awk -F, -v way=$way '!/^#/ && $3 == way { print $1, $4 + 0, $6, $7, $8 }' "$REFERENCE/wetterich.csv" > want
		[ "$(wc -l < want)" -ge 200 ]
		awk 'NR == FNR { a[$1, $2] = $3 " " $4 " " $5; next }
			!(($1, $2) in a) { print "missing", $1, $2; exit 1 }
			{ split(a[$1, $2], g); for (i = 1; i <= 3; i++) if ($(i + 2) + 0 != 0 || g[i] + 0 != 0) print g[i], $(i + 2) }' \
			got want > pairs
		near 1e-9 < pairs
		# Power: a dimension that is off by 1e-5.
		sed 1d starts.csv | awk -F, 'BEGIN { print "id,d,u2,u4,u6" } { print $1 "," $2 + 1e-5 "," $3 "," $4 "," $5 }' > off.csv
		wetterich -q --rtol 1e-12 --t ${sign}1 off.csv 2> err > off || true
		columns id u2 < off > a
		wetterich -q --rtol 1e-12 --t ${sign}1 starts.csv 2> err | columns id u2 > b || true
		paste -d ' ' a b | awk '{ print $2, $4 }' > pairs
		run -1 near 1e-9 < pairs
	done
}

@test "what stops is what the reference says stops" {
	starts ir > starts.csv
	run -1 --separate-stderr wetterich --rtol 1e-10 --t=-4 --no-comments starts.csv
	[[ $stderr == *"7 of 24 trajectories did not reach the last k: number 9 is singular, 1 + u'' -> 0, at k = 0.1405"* ]]
	grep -c ',[13]$' <<< "$output" | grep -qx 7
}

@test "end points, a trajectory a lane, are those of trajectories with rows on the way; the same bytes at every width" {
	starts ir > starts.csv
	wetterich -q --rtol 1e-12 --t=-3 starts.csv 2> err > end || true
	wetterich -q --rtol 1e-12 --t=-1.5,-3 starts.csv 2> err > rows || true
	columns id t u2 u4 u6 event < end | awk '$NF == 0 { print $3, $4, $5 }' > a
	columns id t u2 u4 u6 event < rows | awk '$NF == 0 && $2 == -3 { print $3, $4, $5 }' > b
	[ "$(wc -l < a)" -ge 10 ]
	paste -d ' ' a b | awk '{ for (i = 1; i <= 3; i++) print $i, $(i + 3) }' | near 1e-10
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu wetterich -q --rtol 1e-12 --t=-3 starts.csv 2> err > again || true
		cmp end again
	done
}

@test "without interactions u2 is constant, to rounding; there and back again" {
	for d in 1 2.5 4; do
		wetterich -d $d --u2 0.3 --dimensionful --t 0:-20:-2,2:20:2 | columns u2 | sed 's/$/ 0.3/' | near 1e-14
	done
	wetterich -d 3 --u 0.1,2,5 --rtol 1e-12 --t=-1 | wetterich -d 3 --k 1 --rtol 1e-12 - > back
	columns k u2 u4 u6 < back | awk '{ print $1, 1, $2, 0.1, $3, 2, $4, 5 }' | near 1e-10
}

@test "active RG: the dimension of each coupling alone" {
	for d in 1 3; do
		wetterich -d $d --u 0.2,0.5,0.6 --active --dimensionful --k 2 | columns u4 u6 |
			awk -v d=$d '{ print $1, 0.5 * 2 ^ (4 - d), $2, 0.6 * 2 ^ (6 - 2 * d) }' | near 1e-14
	done
}

@test "couplings with units go in and come out; a column k is where a record starts" {
	# The same theory, told at k0 = 2 in units of k or not: d = 3, u2 / k^2, u4 / k.
	wetterich -d 3 --u 0.25,1.5,2 --k0 2 --k 1 | columns u2 u4 u6 > a
	wetterich -d 3 --u 1,3,2 --k0 2 --k 1 --dimensionful=in | columns u2 u4 u6 > b
	printf 'k,u2,u4,u6\n2,1,3,2\n' | wetterich -d 3 --k 1 --dimensionful=in | columns u2 u4 u6 > c
	paste -d ' ' a b | awk '{ for (i = 1; i <= 3; i++) print $i, $(i + 3) }' | near 1e-14
	cmp b c
	wetterich -d 3 --u 0.25,1.5,2 --k0 2 --k 0.5 --dimensionful=out | columns u2 u4 u6 > full
	wetterich -d 3 --u 0.25,1.5,2 --k0 2 --k 0.5 | columns u2 u4 u6 | awk '{ print $1 / 4, $2 / 2, $3 }' > scaled
	paste -d ' ' full scaled | awk '{ for (i = 1; i <= 3; i++) print $i, $(i + 3) }' | near 1e-5
}

@test "couplings that were measured on networks start passive RG, with m0^2 = 2 sigma_w^2 / d" {
	green-fn -q --theory --orders 6 --summary --width 100 --sigma-w 1,1.5 > theory.csv
	wetterich -q -d 1 --columns u2=m2,u4=u4_exact,u6=u6_exact --dimensionful --k 1,1.1 theory.csv > t
	[ "$(columns sigma_w event < t | tr '\n' ' ')" = "1 0 1 0 1.5 0 1.5 0 " ]
	columns k sigma_w u2 < t | awk '$1 == 1 { print $3, 2 * $2 ^ 2 }' | near 1e-14
	columns u4_exact < theory.csv > want
	columns k u4 < t | awk '$1 == 1 { print $2 }' | paste -d ' ' - want | near 1e-14
}

@test "labels and id are carried, and records without an id are counted" {
	printf '# renorm-stream 1\n# kind: table\n# label: T\n# column: T f64\n# column: id u64\n# column: u4 f64\nT,id,u4\n2.5,7,1\n# end: 1\n' |
		wetterich -d 3 --u2 0.1 --t=-1 - > t
	[ "$(rows t | head -n 1)" = T,id,k,t,u2,u4,u6,event ]
	[ "$(columns T id < t)" = "2.5 7" ]
	[ "$(printf 'u4\n1\n2\n' | wetterich -d 3 --t=-1 | columns id | tr '\n' ' ')" = "0 1 " ]
}

@test "crossings and convergence are rows" {
	wetterich -d 3 --u=-0.0769230769230769,7.7,0 --t=-2 --crossings > t
	[ "$(columns event < t | tr '\n' ' ')" = "2 0 " ]
	columns u2 event < t | awk '$2 == 2 && $1 ^ 2 < 1e-18 { ok = 1 } END { exit !ok }'
	# What is massive and free but for u4 settles, with units, but not without; the Gaussian fixed point attracts upwards.
	wetterich -d 3 --u 0,0,0 --t=-5,-10 --converge 1e-6 > t
	[ "$(columns t event < t)" = "0 5" ]
}

@test "about the minimum: the exact equations of the lowest order" {
	# d kappa/dt = -(d-2) kappa + 3 K/(1+y)^2, dl/dt = -(4-d) l + 18 K l^2/(1+y)^3, y = 2 kappa l; by differences.
	wetterich -d 3 --expansion minimum -M 2 --u 0.05,8 --rtol 1e-13 --t 0,-0.001,0.001 | columns t kappa l2 | awk '
		$1 == 0 { k = $2; l = $3 } $1 < 0 { kd = $2; ld = $3 }
		$1 > 0 { K = 1 / (6 * 3.14159265358979 ^ 2); y = 1 + 2 * k * l
			print ($2 - kd) / 0.002, -k + 3 * K / y ^ 2, ($3 - ld) / 0.002, -l + 18 * K * l ^ 2 / y ^ 3 }' | near 1e-5
	run -1 --separate-stderr wetterich -d 3 --expansion minimum --u 0.01,5 --t=-5
	[[ $stderr == *"minimum come to zero field"* ]]
}

# --- fixed points ------------------------------------------------------------------------------------------------

@test "Wilson-Fisher fixed point of truncations about zero, M = 2 .. 10: couplings and exponents of the reference" {
	wetterich --fixed-point -d 3 > t
	columns branch M nu omega u2 u4 u6 u8 u10 u12 u14 u16 u18 u20 < t | awk '$1 == 1' | sed 's/^1 //; s/nan//g' > got
	rows "$REFERENCE/wetterich_fixed_point.csv" | sed 1d |
		awk -F, '{ print $1, $3, $(4 + 10 + 1), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 }' > want
	[ "$(wc -l < got)" -eq 9 ]
	paste -d ' ' <(awk '{ print $1, $2, $3, $4, $5 }' got) <(awk '{ print $1, $2, $3, $4, $5 }' want) |
		awk '{ for (i = 1; i <= 5; i++) print $i, $(i + 5) }' | near 1e-11
	# The highest couplings, which cancel the most.
	paste -d ' ' <(awk '{ print $NF }' got) <(awk '{ print $NF }' want) | near 1e-9
}

@test "all fixed points of a truncation are there, and the moving ones are called spurious" {
	wetterich --fixed-point -d 3 > t
	for M in 2 5 8 10; do
		n=$(columns M u2 < t | awk -v M=$M '$1 == M && $2 > -0.45 && $2 < -0.01' | wc -l)
		[ "$n" -eq "$(rows "$REFERENCE/wetterich_fixed_point.csv" | awk -F, -v M=$M '$1 == M { print $2 }')" ]
	done
	[ "$(columns branch spurious < t | awk '$1 < 2' | cut -d' ' -f 2 | sort -u)" = 0 ]
	columns M u2 spurious < t | awk '$1 == 10 && $2 > -0.14 && $2 < -0.13 { ok = $3 == 1 } END { exit !ok }'
	# The Gaussian one is exact.
	[ "$(columns branch M nu < t | awk '$1 == 0' | cut -d' ' -f 3 | sort -u)" = 0.5 ]
}

@test "expansion about the minimum: kappa, nu and omega of the reference, M = 4 .. 40" {
	wetterich --fixed-point -d 3 --expansion minimum -M 4:40:4 | columns M kappa nu omega > got
	rows "$REFERENCE/wetterich_lpa_d3.csv" | awk -F, '$1 == "minimum" && $2 <= 40 {
		printf "%d %.17g %s %s\n", $2, $3 / (6 * 3.141592653589793 ^ 2), $5, $6 }' > want
	[ "$(wc -l < want)" -eq 10 ]
	paste -d ' ' got want | awk '{ print $1, $5, $2, $6, $3, $7, $4, $8 }' | near 2e-8
	paste -d ' ' got want | awk '$1 <= 20 { print $2, $6, $3, $7, $4, $8 }' | near 1e-11
}

@test "the full potential in d = 3: nu = 0.649561773880, omega = 0.655745939193 to 12 digits" {
	wetterich --fixed-point -d 3 --expansion none | columns kappa sigma nu omega > got
	rows "$REFERENCE/wetterich_lpa_d3.csv" | awk -F, '$1 == "chebyshev" && $2 == 80 {
		printf "%.17g %s %s %s\n", $3 / (6 * 3.141592653589793 ^ 2), $4, $5, $6 }' > want
	paste -d ' ' got want | awk '{ print $1, $5, $2, $6, $3, $7, $4, $8 }' | near 1e-12
	# Where both are good truncation and full potential agree, in other dimensions and for more components.
	wetterich --fixed-point -d 3.2,3.5 -N 1:4:1 --expansion none | columns kappa nu omega > a
	wetterich --fixed-point -d 3.2,3.5 -N 1:4:1 --expansion minimum -M 16 | columns kappa nu omega > b
	paste -d ' ' a b | awk '{ print $1, $4, $2, $5, $3, $6 }' | near 1e-5
}

@test "exact limits: 4 - epsilon, and many components" {
	# nu = 1/2 + (N+2)/(4 (N+8)) epsilon + O(epsilon^2), omega = epsilon + O(epsilon^2)
	wetterich --fixed-point -d 3.999 -N 1:4:1 --expansion minimum -M 8 | columns N nu omega |
		awk '{ print ($2 - 0.5) / 0.001, ($1 + 2) / (4 * ($1 + 8)), $3 / 0.001, 1 }' | near 5e-3
	# N to infinity: nu = 1/(d-2), omega = 4 - d
	wetterich --fixed-point -d 3,3.5 -N 100000 --expansion none | columns d nu omega |
		awk '{ print $2, 1 / ($1 - 2), $3, 4 - $1 }' | near 1e-3
}

@test "LPA': eta to second order in 4 - d is exact, (N+2) / (2 (N+8)^2); in d = 3 it settles" {
	wetterich --fixed-point -d 3.999 -N 1:4:1 --expansion minimum -M 8 --eta | columns N eta |
		awk '{ print $2 / 1e-6, ($1 + 2) / (2 * ($1 + 8) ^ 2) }' | near 5e-3
	wetterich --fixed-point -d 3 --expansion minimum -M 16,24 --eta | columns nu omega eta > got
	paste -d ' ' - - < got | awk '{ for (i = 1; i <= 3; i++) print $i, $(i + 3) }' | near 1e-6
	# Without it eta is 0, and nu another.
	wetterich --fixed-point -d 3 --expansion minimum -M 16 | columns nu eta | awk '{ exit !($2 == 0 && $1 > 0.649) }'
}

@test "the sharp cutoff has the published exponent" {
	# C. Bervillier, Phys. Lett. A 332 (2004) 93, and others: nu = 0.689459056
	wetterich --fixed-point -d 3 --regulator sharp --expansion none | columns nu | sed 's/$/ 0.689459056/' | near 1e-9
}

# --- the full potential ------------------------------------------------------------------------------------------

@test "the flow of the full potential is that of a polynomial of high order at zero field" {
	wetterich -d 3 --u=-0.05,5 --expansion none --t=-2 > full
	wetterich -d 3 --u=-0.05,5 -M 16 --t=-2 > high
	wetterich -d 3 --u=-0.05,5 -M 3 --t=-2 > low
	at0=$(columns phi d2u < full | awk '$1 == 0 { print $2 }')
	echo "$at0 $(columns u2 < high)" | near 1e-6
	echo "$at0 $(columns u2 < low)" > pair
	run -1 near 1e-4 < pair
	[ "$(columns phi < full | wc -l)" -eq 201 ]
}

@test "the broken phase to k/k0 = 1e-4: the minimum of the expansion about it, and a convex potential" {
	for N in 1 2; do
		for eta in "" --eta; do
			wetterich -d 3 -N $N --u=-0.2,5 --expansion none $eta --k 1,0.1,0.01,0.0001 > full
			wetterich -d 3 -N $N --expansion minimum -M 20 --u 0.12,1.66666666666666667 $eta --k 0.1,0.01,0.0001 |
				columns kappa l2 | awk '{ printf "%.15g %.15g\n", $1, 2 * $1 * $2 }' > want
			# The minimum has a row of its own, where u' is 0.
			columns t phi du d2u < full | awk '$1 != 0 && $2 > 0 && $3 * $3 < (1e-12 * $2) ^ 2 { printf "%.15g %.15g\n", $2 ^ 2 / 2, $4 }' > got
			[ "$(wc -l < got)" -eq 3 ]
			paste -d ' ' got want | awk '{ print $1, $3 }' | near 1e-6
			paste -d ' ' got want | awk '{ print $2, $4 }' | near 3e-3
			columns phi d2u event < full | awk '!(1 + $2 > 0) || $3 != 0 { exit 1 }'
		done
	done
	# Without eta it is another theory.
	run -1 near 1e-3 < <(wetterich -d 3 -N 2 --u=-0.2,5 --expansion none --k 0.0001 | columns phi du |
		awk '$1 > 0 && $2 ^ 2 < (1e-12 * $1) ^ 2 { print $1 ^ 2 / 2 }' | paste -d ' ' - <(tail -n 1 want | cut -d ' ' -f 1))
}

@test "in d = 1 the potential is convex, and its curvature the gap of the anharmonic oscillator to half a percent" {
	# p^2/2 + x^2/2 + x^4: E_1 - E_0 = 1.934121617 by diagonalization; LPA is not exact.
	wetterich -d 1 --u 1,24 --k0 1000 --dimensionful --expansion none --phi-max 160 --k 0.001 | columns phi d2u |
		awk '$1 == 0 { print sqrt($2), 1.934121617 }' > pair
	near 5e-3 < pair
	run -1 near 1e-4 < pair
}

@test "regulators that do not keep the potential convex end where 1 + u'' comes to 0, and so do meshes too coarse" {
	for what in "--regulator sharp" "--regulator exponential" "--points 16"; do
		run -1 --separate-stderr wetterich -d 3 --u=-0.2,5 --expansion none $what --k 1e-4
		[[ $stderr == *"is singular"* && $(tail -n 2 <<< "$output" | head -n 1) == *,1 ]]
	done
	run -1 --separate-stderr wetterich -d 3 --u=-1.2,5 --expansion none --k 0.1
	[[ $stderr == *"does not start"* ]]
}

@test "towards the ultraviolet the full potential is refused" {
	run -64 --separate-stderr wetterich -d 3 --u 0.1,1 --expansion none --t 1
	[[ $stderr == *"--force"* && -z $output ]]
	run -64 --separate-stderr wetterich -d 3 --u 0.1,1 --expansion none --k 2
	[[ $stderr == *"--force"* ]]
	wetterich -d 3 --u 0.1,1 --expansion none --t 0.01 --points 33 --force > t
	[ "$(columns event < t | sort -u)" = 0 ]
}

# --- streams of trajectories -------------------------------------------------------------------------------------

@test "a trajectory that fails is marked, the others go on, and the status is 1" {
	printf 'u2,u4,u6\n0.1,1,0\n-0.2,5,0\nnan,1,0\n-1,1,1\n0.2,1,1\n' > mixed.csv
	for t in -2 0,-2; do
		run -1 --separate-stderr wetterich -d 3 --t=$t --no-comments mixed.csv
		[[ $stderr == "wetterich: 3 of 5 trajectories did not reach the last k: number 2 is singular"* ]]
		[ "$(grep -cE '^[04],.*,-2,.*,0$' <<< "$output")" -eq 2 ]
		[ "$(grep -cE '^1,.*,1$' <<< "$output")" -eq 1 ]
		[ "$(grep -cE '^[23],.*,7$' <<< "$output")" -eq 2 ]
	done
	printf 'd,k,u4\n3,1,1\n5,1,1\n3,-1,1\n3,nan,1\n' | { run -1 --separate-stderr wetterich --t=-1; [[ $stderr == *"3 of 4"* ]]; }
}

@test "three hundred thousand starts fit into the memory of three hundred" {
	many() { awk -v n="$1" 'BEGIN { srand(1); print "u2,u4,u6"; for (i = 0; i < n; i++) print 0.2 * rand() "," rand() "," rand() }'; }
	many 300 > few.csv
	many 300000 > many.csv
	for size in few many; do
		"$PYTHON" -c 'import resource, subprocess, sys
with open(sys.argv[2], "w") as out:
    subprocess.run(["wetterich", "-d", "3", "--t=-5", sys.argv[1]], stdout=out, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' $size.csv $size >> kilobytes
	done
	# A few megabytes of buffers, where the starts alone are seven.
	awk 'NR == 1 { few = $1 } END { print few, $1; exit !($1 < few + 5000) }' kilobytes
	[ "$(columns event < many | sort -u)" = 0 ]
	[ "$(rows many | wc -l)" -eq 300001 ]
	# And in many lanes at once each is what it is alone.
	rows few | sed 1d > a
	rows many | sed -n '2,301p' > b
	cmp a b
}

@test "what makes no sense is refused, and says what would" {
	refused() { # WORDS OPTION...
		local words=$1
		shift
		run -64 --separate-stderr wetterich "$@" < /dev/null
		[[ $stderr == "wetterich: "*"$words"* && $stderr != *$'\n'* && -z $output ]] || { echo "$*: $stderr"; return 1; }
	}
	refused "-d is missing" --u 1,1 --t=-1
	refused "from 1 to 4" -d 5 --u 1,1 --t=-1
	refused "from 1 to 4" -d nan --u 1,1 --t=-1
	refused "--t or --k is missing" -d 3 --u 1,1
	refused "choose one" -d 3 --u 1,1 --t=-1 --k 0.5
	refused "above 0" -d 3 --u 1,1 --k=-1
	refused "nan" -d 3 --u 1,1 --k nan
	refused "--k0" -d 3 --u 1,1 --k0 0 --t=-1
	refused "say the same" -d 3 --u 1,1 --u4 2 --t=-1
	refused "larger M" -d 3 --u 1,1,1,1 -M 3 --t=-1
	refused "no meaning with --fixed-point" -d 3 --fixed-point --t=-1
	refused "2 < d < 4" -d 2 --fixed-point --expansion none
	refused "no anomalous dimension" -d 3 --fixed-point --expansion minimum --regulator sharp --eta
	refused "--eta goes with" -d 3 --fixed-point --eta
	refused "--eta goes with" -d 3 --u 1,1 --t=-1 --expansion none --regulator exponential --eta
	refused "are those of --expansion=minimum" -d 3 --fixed-point --expansion none --eta
	refused "do not converge" -d 3 --fixed-point --equation polchinski
	refused "goes with --expansion=zero" -d 3 --u 1,1 --t=-1 --equation polchinski --regulator sharp
	refused "u4=u4_exact" -d 3 --columns v4=x --t=-1
	refused "none of" -d 3 --fixed-point --regulator soft
	refused "whole number" -d 3 --fixed-point -M 2.5
	printf 'a,b\n1,2\n' > none.csv
	run -65 --separate-stderr wetterich -d 3 --t=-1 none.csv
	[[ $stderr == *"none.csv: segment 1: no column of couplings"* ]]
	printf 'u2,u4\n1,2\n' > some.csv
	run -65 --separate-stderr wetterich --t=-1 some.csv
	[[ $stderr == *"no column d, and no -d"* ]]
	run -65 --separate-stderr wetterich -d 3 --u4 1 --t=-1 some.csv
	[[ $stderr == *"both say"* ]]
}

@test "an unbounded potential and a tolerance that doubles cannot keep are remarked upon" {
	run -0 --separate-stderr wetterich -d 3 --u 0.1,-1,-1 --t=-1
	[[ $stderr == *"not bounded from below"* ]]
	run -0 --separate-stderr wetterich -d 3 --u 0.1,1,1 --rtol 1e-16 --t=-1
	[[ $stderr == *"too tight for doubles"* ]]
	run -0 --separate-stderr wetterich -q -d 3 --u 0.1,-1,-1 --t=-1
	[ -z "$stderr" ]
}
