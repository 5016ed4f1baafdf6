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
		wetterich -d $d --u 0.2,0.5,0.6 --active --k 2 | columns u4 u6 |
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

@test "active RG from one sigma_w to another is what is measured at the other" {
	green-fn -q --theory --orders 6 --summary --width 100 --sigma-w 1,2 --normalise canonical --no-comments > theory.csv
	sed '1s/sigma_w/k/' theory.csv | wetterich -q -d 1 --active --columns u2=m2,u4=u4_exact,u6=u6_exact --k 2 > t
	# The first row comes from sigma_w = 1, the second one is there already. u4 and u6 are not quite flat in x.
	columns u2 u4 u6 < t | paste -d ' ' - - > pairs
	awk '{ print $1, $4, $2, $5, $3, $6 }' pairs | near 3e-4
	awk '{ print $4, 8, $5, 2 ^ 3 * $5 }' pairs > off
	run -1 near 3e-4 < off
}

@test "options and records are the same truncation" {
	wetterich -d 3 -M 2 --u 0.1,1 --t=-1,1 | columns t u2 u4 > a
	printf 'u2,u4\n0.1,1\n' | wetterich -d 3 -M 2 --t=-1,1 > t
	columns t u2 u4 < t | cmp a -
	[ "$(rows t | head -n 1)" = id,k,t,u2,u4,event ]
	wetterich -d 3 -M 2 --expansion minimum --u 0.05,8 --t=-0.1,0.1 | columns t kappa l2 > a
	printf 'kappa,l2\n0.05,8\n' | wetterich -d 3 -M 2 --expansion minimum --t=-0.1,0.1 | columns t kappa l2 | cmp a -
}

@test "scales are written as they were asked for, and the start as it was given" {
	for options in "" --crossings; do	# end points alone, and rows on the way
		for k in 0.1 0.3 0.7; do
			[ "$(wetterich -d 3 --u 0.1,1 --k $k $options | columns k)" = $k ]
		done
		[ "$(wetterich -d 3 --u 0.1,1,0.7 --k0 0.3 --k 0.3 --dimensionful $options | columns k t u2 u4 u6)" = "0.3 0 0.1 1 0.7" ]
	done
	[ "$(wetterich -d 3 --u 0.1,1 --k 0.1:1:0.1 | columns k | sort | tr '\n' ' ')" = "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1 " ]
}

@test "labels and id are carried, and records without an id are counted" {
	printf '# renorm-stream 1\n# kind: table\n# label: T\n# column: T f64\n# column: id u64\n# column: u4 f64\nT,id,u4\n2.5,7,1\n# end: 1\n' |
		wetterich -d 3 --u2 0.1 --t=-1 - > t
	[ "$(rows t | head -n 1)" = T,id,k,t,u2,u4,u6,event ]
	[ "$(columns T id < t)" = "2.5 7" ]
	[ "$(printf 'u4\n1\n2\n' | wetterich -d 3 --t=-1 | columns id | tr '\n' ' ')" = "0 1 " ]
	# With d in the table it can be its own input.
	printf 'd,u2,u4\n3,0.1,1\n2,0.1,1\n' | wetterich --t=-1 --rtol 1e-12 > t
	[ "$(columns d id < t | tr '\n' ' ')" = "3 0 2 1 " ]
	wetterich --k 1 --rtol 1e-12 t | columns d k u2 u4 | awk '{ print $1, 4 - NR, $2, 1, $3, 0.1, $4, 1 }' | near 1e-9
}

@test "crossings and convergence are rows" {
	wetterich -d 3 --u=-0.0769230769230769,7.7,0 --t=-2 --crossings > t
	[ "$(columns event < t | tr '\n' ' ')" = "2 0 " ]
	columns u2 event < t | awk '$2 == 2 && $1 ^ 2 < 1e-18 { ok = 1 } END { exit !ok }'
	# What is massive and free but for u4 settles, with units, but not without; the Gaussian fixed point attracts upwards.
	wetterich -d 3 --u 0,0,0 --t=-5,-10 --converge 1e-6 > t
	[ "$(columns t event < t)" = "0 5" ]
}

@test "what arrives at a fixed point is seen to, where a coupling is 0 there and where it is not" {
	# Towards larger k couplings with D > 0 die out. |du2/dt| = 2 u2 <= 1e-3.
	wetterich -d 1 --u 0.1,0.1 --t=60 --converge 1e-3 | columns t u2 event > t
	awk '{ print; exit !(NR == 1 && $3 == 5 && $1 > 2 && $1 < 3 && $2 < 1e-3) }' t
	# The high-temperature fixed point of Polchinski's equation: u = phi^2 / 2.
	wetterich -d 3 --equation polchinski --u 0.1,1 --t=-60 --converge 1e-6 | columns u2 event | awk '{ print $1, 1, $2, 5 }' | near 1e-6
	# What leaves one does not arrive: the Gaussian one, downwards.
	wetterich -d 3 --u 1e-8,0 -M 2 --t=-2 --converge 1e-3 | columns t event | grep -qx -- "-2 0"
	# Couplings with units are constant where fluctuations have died out, and without units they are not.
	wetterich -d 3 --u 0.5,1 --t=-30 --converge 1e-6 --dimensionful=out | columns t event | awk '{ exit !($2 == 5 && $1 > -10) }'
	wetterich -d 3 --u 0.5,1 --t=-30 --converge 1e-6 | columns t event | grep -qx -- "-30 0"
	# One that converges downwards and fails upwards has failed.
	run -1 --separate-stderr wetterich -d 4 --u 0.5,50 --t=-20,20 --dimensionful=out --converge 1e-6
	[ "$(columns event <<< "$output" | tr '\n' ' ')" = "5 3 " ]
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

@test "each way to end has its reason" {
	ends() { # EVENT WORDS OPTION...
		local event=$1 words=$2
		shift 2
		run -1 --separate-stderr wetterich -d 3 "$@"
		[[ $stderr == *"$words"* ]]
		[ "$(columns event <<< "$output" | tail -n 1)" = "$event" ]
	}
	ends 1 "singular" --u=-0.2,5 --t=-3
	ends 3 "diverges" --u 0.1,10 --t=20
	ends 3 "diverges" --u 0.1,10 --t=1,20
	ends 13 "l2 -> 0" --expansion minimum --u 0.06,3,-200 --t=-3
	# Of a massive theory u2 = U2 / k^2 alone leaves the range of doubles.
	ends 15 "beyond 1e250 in units of k" --u 0.1,1 --t=-500
	ends 15 "beyond 1e250 in units of k" --u 0.1,1 --t=-1,-500
	for cpu in baseline avx2 avx512; do RENORM_CPU=$cpu ends 15 "beyond" --u 0.1,1 --t=-500; done
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

@test "about zero each truncation has one Wilson-Fisher fixed point, and it converges to that of the full potential" {
	wetterich --fixed-point -d 3 -N 1:4:1 --expansion none | columns N nu > full
	wetterich --fixed-point -d 3 -N 1:4:1 -M 2:39:1 | columns branch N M nu | awk '$1 == 1' > t
	# One for each, with all the spurious roots that come as near as 1% to it from M = 20 on.
	cut -d ' ' -f 2,3 t > found
	for N in 1 2 3 4; do for M in {2..39}; do echo "$N $M"; done; done | cmp - found
	join -1 2 -2 1 t full | awk '$3 >= 12 { print $4, $5 }' | near 2e-2
	join -1 2 -2 1 t full | awk '$1 == 1 && $3 >= 16 { print $4, $5 }' | near 2e-4
	join -1 2 -2 1 t full | awk '$1 == 1 && $3 >= 28 { print $4, $5 }' | near 3e-6
	join -1 2 -2 1 t full | awk '$1 < 3 && $3 >= 28 { print $4, $5 }' | near 1e-3
	nu=$(wetterich --fixed-point -d 3 --regulator exponential --expansion none | columns nu)
	wetterich --fixed-point -d 3 -M 20:36:8 --regulator exponential | columns branch nu | awk -v nu="$nu" '$1 == 1 { print $2, nu }' > pairs
	[ "$(wc -l < pairs)" -eq 3 ]
	near 2e-3 < pairs
}

@test "a fixed point next to a spurious one, less than 1e-5 of it away, is found, and one of the order of 1e-6" {
	wetterich --fixed-point -d 3.4,3.7,3.9 -N 1,3 --expansion none | columns sigma nu omega > full
	wetterich --fixed-point -d 3.4,3.7,3.9 -N 1,3 -M 36,38 > t
	columns M branch u2 nu omega < t | awk '$1 == 38 && $2 == 1 { print $3, $4, $5 }' > got
	[ "$(wc -l < got)" -eq 6 ]
	paste -d ' ' got full | awk '{ print $1, $4, $2, $5, $3, $6 }' | near 2e-4
	columns d N M u2 < t | awk '$1 == 3.9 && $2 == 1 && $3 == 36 && $4 < 0' | head -n 2 |
		awk '{ u[NR] = $4 } END { d = u[2] / u[1] - 1; exit !(NR == 2 && -d < 5e-5 && -d > 1e-6) }'
	# u2 = -epsilon / 12 and nu = 1/2 + epsilon / 12 to first order.
	wetterich --fixed-point -d 3.99999 -M 4 | columns branch u2 nu |
		awk '$1 == 1 { print -$2 / 1e-5, 1 / 12, ($3 - 0.5) / 1e-5, 1 / 12 }' | near 1e-4
}

@test "what is not a Wilson-Fisher fixed point is not called one, but missing, and the status is 1" {
	run -1 --separate-stderr wetterich --fixed-point -d 2.4,2.5,2.6,3 --expansion minimum -M 10 --no-comments
	[[ $stderr == "wetterich: 3 of 4 Wilson-Fisher fixed points not found, the first at d = 2.4, N = 1, M = 10: "* ]]
	[ "${#lines[@]}" -eq 2 ]
	run -1 --separate-stderr wetterich --fixed-point -d 2.4 --expansion minimum -M 8 --eta --no-comments
	[ "${#lines[@]}" -eq 1 ]
	# Truncations of the sharp cutoff about zero do not converge for N = 3.
	run -1 --separate-stderr wetterich --fixed-point -d 3 -N 3 --regulator sharp -M 10,12 --no-comments
	[[ $stderr == *"1 of 2 "*"M = 12"* ]]
	columns M branch <<< "$output" | awk '$1 == 12 && $2 == 1 { bad = 1 } END { exit bad }'
	# In d = 4 there is none to be missed.
	wetterich --fixed-point -d 4 -M 4 | columns branch | awk '$1 == 1 { bad = 1 } END { exit bad }'
	wetterich --fixed-point -d 2.8,3 --expansion minimum -M 8 | columns relevant | sort -u | grep -qx 1
}

@test "no truncation has a second fixed point in d = 3 and above, or one of two relevant directions and u2 < 0" {
	wetterich --fixed-point -d 2.8,3,3.4 -M 20:38:6 | columns branch relevant u2 d spurious |
		awk '$1 == 2 && ($4 >= 3 || $2 == 2 && $3 < 0) { n++; bad += !$5 } END { print n, bad; exit !(n > 50 && !bad) }'
}

@test "about zero all fixed points between -0.6 and 3 are there, and no others" {
	# The recursion by itself, u_{2M+2} as a function of u2 on a grid twenty times as fine.
	"$PYTHON" - > want <<-'END'
	import math
	import numpy as np
	def last(u2, M, d, N):
	    K = 1 / ((4 * math.pi) ** (d / 2) * math.gamma(d / 2 + 1))
	    a, q, p = [0, u2 / 2], [1 / (1 + u2)], [1 / (1 + u2)]   # 1 / (1 + u''), 1 / (1 + u'/phi)
	    for n in range(1, M + 1):
	        w = [(2 * j + 2) * (2 * j + 1) * a[j + 1] for j in range(n)]
	        v = [(2 * j + 2) * a[j + 1] for j in range(n)]
	        r = -q[0] * sum(w[j] * q[n - j] for j in range(1, n))
	        s = -p[0] * sum(v[j] * p[n - j] for j in range(1, n))
	        a.append(-((d - n * (d - 2)) * a[n] / K - r - (N - 1) * s) / (q[0] ** 2 * (2 * n + 2) * (2 * n + N)))
	        q.append(r - q[0] ** 2 * (2 * n + 2) * (2 * n + 1) * a[n + 1])
	        p.append(s - p[0] ** 2 * (2 * n + 2) * a[n + 1])
	    return a[-1] / u2
	for d in 2.6, 3, 3.5:
	    for N in 1, 2:
	        for M in 2, 3, 5, 8, 13, 20, 26:
	            for side in -np.geomspace(0.6, 1e-5, 22000), np.geomspace(1e-5, 3, 25000):
	                f = last(side, M, d, N)
	                for i in np.where(f[1:] * f[:-1] < 0)[0]:
	                    print(d, N, M, side[i])
	END
	wetterich -q --fixed-point -d 2.6,3,3.5 -N 1,2 -M 2,3,5,8,13,20,26 > t || [ $? -eq 1 ]
	columns d N M u2 branch < t | awk '$5 && $4 > -0.6 && $4 < 3 && ($4 > 1e-5 || $4 < -1e-5) { print $1, $2, $3, $4 }' > got
	[ "$(wc -l < want)" -gt 200 ]
	cut -d ' ' -f 1-3 want > a
	cut -d ' ' -f 1-3 got | cmp a -
	paste -d ' ' got want | awk '{ print $4, $8 }' | near 1e-3
}

@test "below d = 3: truncation and full potential, and many components exactly" {
	wetterich --fixed-point -d 2.6,2.8 -N 1,2 --expansion none | columns sigma nu omega > a
	wetterich --fixed-point -d 2.6,2.8 -N 1,2 -M 24 | columns branch u2 nu omega | awk '$1 == 1 { print $2, $3, $4 }' > b
	[ "$(wc -l < b)" -eq 4 ]
	paste -d ' ' a b | awk '{ print $1, $4, $2, $5 }' | near 1e-2
	paste -d ' ' a b | awk 'NR != 2 { print $3, $6 }' | near 1e-2	# omega of d = 2.6, N = 2 is slow
	wetterich --fixed-point -d 2.5,2.7 -N 100000 --expansion none | columns d nu omega |
		awk '{ print $2, 1 / ($1 - 2), $3, 4 - $1 }' | near 1e-4
	# drift says how right nu and omega are.
	wetterich --fixed-point -d 2.3 -M 64,128 --expansion none | columns nu omega drift | paste -d ' ' - - |
		awk '{ a = $1 - $4; b = $2 - $5; if (a < 0) a = -a; if (b < 0) b = -b; exit !($3 > a && $3 > b && $6 < 1e-6) }'
}

@test "the whole spectrum is that of the reference, of the Gaussian fixed point the dimensions, and it settles" {
	wetterich --fixed-point -d 3 --spectrum > t
	columns branch M theta[0] theta[1] theta[2] theta[3] theta[4] theta[5] theta[6] theta[7] theta[8] theta[9] < t |
		awk '$1 == 1' | sed 's/^1 //; s/nan//g' > got
	rows "$REFERENCE/wetterich_fixed_point.csv" | sed 1d | cut -d, -f 1,14- |
		awk -F, '{ for (i = 1; i <= 1 + $1; i++) printf "%s ", $i; print "" }' > want
	awk 'NR == FNR { n[FNR] = NF; for (i = 1; i <= NF; i++) g[FNR, i] = $i; next }
		{ if (NF != n[FNR]) exit 1; for (i = 1; i <= NF; i++) if ($i !~ /j/) print g[FNR, i], $i }' got want > pairs
	[ "$(wc -l < pairs)" -ge 50 ]
	near 1e-8 < pairs
	# The Gaussian fixed point: theta = -D.
	wetterich --fixed-point -d 2.7 -M 4 --spectrum | columns branch theta[0] theta[1] theta[2] theta[3] |
		awk '$1 == 0 { print $2, -2, $3, -1.3, $4, -0.6, $5, 0.1 }' | near 1e-12
	# About the minimum the lowest settle as M grows: nu and omega, and what the theory of corrections needs next.
	wetterich --fixed-point -d 3 --expansion minimum -M 12,20 --spectrum | columns theta[0] theta[1] theta[2] nu omega | paste -d ' ' - - |
		awk '{ print $1, $6, $2, $7, $3, $8, -1 / $1, $4, $2, $5 }' | near 2e-3
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
	refused "full potential has nu" -d 3 --fixed-point --expansion none --spectrum
	refused "goes with --fixed-point" -d 3 --u 1,1 --t=-1 --spectrum
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

@test "a column that is not read, or is missing, is told of" {
	printf 'u4,u5,U2\n1,2,3\n' | { run -0 --separate-stderr wetterich -d 3 --t=-1
		[[ $stderr == *"column u5 is not read"*"column U2 is not read"*"no column and no option for u2: taken as 0" ]]; }
	printf 'u2,u4,u4_err,nu\n0.1,1,2,3\n' | { run -0 --separate-stderr wetterich -d 3 --t=-1; [ -z "$stderr" ]; }
	printf 'u4,u82\n1,2\n' | { run -65 --separate-stderr wetterich -d 3 --t=-1; [[ $stderr == *"couplings end at u80"* ]]; }
}

@test "an unbounded potential and a tolerance that doubles cannot keep are remarked upon" {
	run -0 --separate-stderr wetterich -d 3 --u 0.1,-1,-1 --t=-1
	[[ $stderr == *"not bounded from below"* ]]
	run -0 --separate-stderr wetterich -d 3 --u=-0.3 --t=-0.1
	[[ $stderr == *"not bounded from below"* ]]
	run -0 --separate-stderr wetterich -d 3 --u=-0.3,1 --t=-0.1
	[ -z "$stderr" ]
	# Polchinski's potential is bounded or not as it likes.
	run -0 --separate-stderr wetterich -d 3 --u=0.1,1,-100 --equation polchinski --t=-0.1
	[ -z "$stderr" ]
	run -0 --separate-stderr wetterich -d 3 --u 0.1,1,1 --rtol 1e-16 --t=-1
	[[ $stderr == *"too tight for doubles"* ]]
	run -0 --separate-stderr wetterich -q -d 3 --u 0.1,-1,-1 --t=-1
	[ -z "$stderr" ]
}

@test "a grid that ends where the potential still fluctuates is remarked upon" {
	run -0 --separate-stderr wetterich -d 3 --u=0.1,1 --expansion none --phi-max 0.2 --t=-1
	[[ $stderr == *"1 of 1 potentials fluctuate beyond --phi-max 0.2"* ]]
	run -0 --separate-stderr wetterich -d 3 --u=0.1,1 --expansion none --phi-max 0.5 --t=-1
	[ -z "$stderr" ]
}

@test "a full potential asked for more digits than doubles hold does not diverge" {
	run -1 --separate-stderr wetterich -d 3 --u=0.1,1 --expansion none --rtol 1e-16 --k 0.01
	[[ $stderr == *"more than doubles hold, choose a larger --rtol"* ]]
}
