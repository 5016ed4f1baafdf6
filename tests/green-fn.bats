#!/usr/bin/env bats
# green-fn: exact tables through the front door, estimators within their own errors, what is told of those that
# cannot be trusted, and what is refused.

load common

nets() { "$PYTHON" "$FIXTURES/green_fn.py" "$@"; }
six='-0.01 -0.006 -0.002 0.002 0.006 0.01'
points_of() {
	case $1 in
	gauss) echo "$six" ;;
	relu) echo '0.2 0.4 0.6 0.8 1.0 1.2' ;;
	erf) echo '0.002 0.004 0.006 0.008 0.01 0.012' ;;
	esac
}

# cells COLUMN... < table: these columns, blanks between; "legs" is i-j-k, with several outputs i.c-j.c.
cells() {
	awk -F, -v columns="$*" '
		/^#/ { next }
		!head++ { for (i = 1; i <= NF; i++) at[$i] = i; n = split(columns, name, " "); next }
		{
			line = ""
			for (i = 1; i <= n; i++) {
				cell = $at[name[i]]
				if (name[i] != "legs" && !(name[i] in at)) { print "no column " name[i] > "/dev/stderr"; exit 1 }
				if (name[i] == "legs") {
					cell = ""
					for (j = 0; j < $at["n"]; j++)
						cell = cell (j ? "-" : "") $at["legs[" j "]"] ("outputs[0]" in at ? "." $at["outputs[" j "]"] : "")
				}
				line = line (i > 1 ? " " : "") cell
			}
			print line
		}'
}

# within SIGMAS LEAST < "x error exact" ...: each at most so many errors from exact, all of them numbers, LEAST of them.
# An error of 0 is one where everything is known: then to rounding.
within() {
	awk -v most="$1" -v least="$2" '
		{
			d = $1 - $3; if (d < 0) d = -d
			scale = $3 < 0 ? -$3 : $3
			if ($1 !~ /[0-9]/ || $2 !~ /^[0-9]/ || $3 !~ /[0-9]/ || d > most * $2 + 1e-13 * scale) { bad++; if (bad < 4) print }
			if ($2 > 0 && d / $2 > worst) worst = d / $2
		}
		END { print NR, "numbers, worst", worst, "errors away"; exit bad > 0 || NR < least }'
}
# near TOLERANCE LEAST < "x want" ...: relative.
near() {
	awk -v tol="$1" -v least="$2" '
		{ d = $1 - $2; if (d < 0) d = -d; w = $2 < 0 ? -$2 : $2; if ($1 !~ /[0-9]/ || $2 !~ /[0-9]/ || d > tol * w) { print; bad++ } }
		END { print NR, "numbers"; exit bad > 0 || NR < least }'
}

@test "unit: exact tables; sums, tails, estimators, on every kind of CPU" {
	run_unit green-fn-exact
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu run_unit green-fn-sums
	done
}

# --- theory ----------------------------------------------------------------------------------------------------------

@test "exact Green functions at every width: the tables, to 1e-12" {
	for net in gauss relu erf; do
		points=$(points_of $net)
		file=$REFERENCE/relu_erf_green.csv
		[ $net != gauss ] || file=$REFERENCE/gaussnet_green.csv
		for N in 2 37 1000; do
			green-fn -q --theory --activation $net --points "$points" --width $N --orders 2,4,6 |
				cells n legs G_exact G0 Gc_exact > got
			rows "$file" | awk -F, -v net=$net -v N=$N '
				$1 == net && $2 == 1 && $3 == 1 {
					printf "%s %s %.17g %.17g %.17g\n", $4, $5, $7 + $8 / N + $9 / N / N, $7, $4 == 2 ? $7 : $10 / N ^ ($4 / 2 - 1) }' > want
			paste -d ' ' got want | awk '$1 != $6 || $2 != $7 { print; exit 1 } { print $3, $8; print $4, $9; print $5, $10 }' | near 1e-12 1827
		done
	done
}

@test "u4 and u6, raw and canonical, d = 1, 2, 3: the table, to 1e-12" {
	rows "$REFERENCE/u4u6.csv" | tail -n +2 > table
	while IFS=, read -r d sW sb k _ _ _ _ _ _ u4_0 u6_0 u4can_0 u6can_0 u4 flat4 u6 flat6 u4can u6can; do
		case $d in
		1) origin=0 points=$six ;;
		2) origin=0,0 points=$(sed 's/ /,0 /g; s/$/,0/' <<< "$six") ;;
		3) origin=0,0,0 points=$(sed 's/ /,0,0 /g; s/$/,0,0/' <<< "$six") ;;
		esac
		for field in raw canonical; do
			theory="green-fn -q --theory --sigma-w $sW --sigma-b $sb --width 1 --orders 6 --summary --normalise $field"
			$theory --points "$origin" | cells u4_exact u6_exact >> got
			$theory --points "$points" | cells u4_exact u6_exact >> got
		done
		printf '%s\n' "$u4_0 $u6_0" "$u4 $u6" "$u4can_0 $u6can_0" "$u4can $u6can" >> want
		green-fn -q --theory --sigma-w "$sW" --sigma-b "$sb" --width 1 --orders 6 --summary --points "$points" |
			cells u4_flat_exact u6_flat_exact m2 >> flat
		echo "$flat4 $flat6 $(awk "BEGIN { printf \"%.17g\", $k * $k }")" >> want_flat
	done < table
	paste -d ' ' got want | awk '{ print $1, $3; print $2, $4 }' | near 1e-12 168
	paste -d ' ' flat want_flat | awk '{ print $1, $4; print $2, $5; print $3, $6 }' | near 1e-6 63
}

@test "means over all choices at ten widths: the table" {
	for net in gauss relu erf; do
		points=$(points_of $net)
		green-fn -q --theory --activation $net --points "$points" --width 2,3,4,5,10,20,50,100,500,1000 --orders 4,6 --summary |
			cells n N absm_exact dG_exact Gc_exact > got
		rows "$REFERENCE/nnqft_mean_m.csv" | awk -F, -v net=$net '$1 == net { print 4, $4, $5, $9; print 6, $4, $10, $14, $15 }' > want
		paste -d ' ' got want | awk '$1 != $6 || $2 != $7 { print; exit 1 } { print $3, $8; print $4, $9 } $1 == 6 { print $5, $10 }' | near 1e-12 50
	done
}

@test "in any dimension, with a box, and where nothing is known" {
	green-fn -q --theory --sigma-w 2 --sigma-b 0.5 --width 10 --orders 6 \
		--points '0.1,0,-0.1 0.2,0.6,0.1 0,0,0.3 -0.6,0.1,0.2 0.4,0.4,0.4 0.1,0.2,0.3' | cells legs G_exact > t
	awk '$1 == "1-2-3-4-5-6" { printf "%s %.17g\n", $2, 548.063941839728 + 3890.30079261555 / 10 + 16182.4987086676 / 100 }' t | near 1e-12 1
	# A hundred dimensions are no more than one.
	green-fn -q --theory --width 5 --points "$(printf '0.1,%.0s' {1..99})0.1 $(printf '0,%.0s' {1..99})0" | cells G_exact | grep -qv nan
	# A box wider than the kernel is all of space; relu and erf have a box alone.
	green-fn -q --theory --width 5 --orders 4,6 --summary | cells u4_exact u6_exact > line
	green-fn -q --theory --width 5 --orders 4,6 --summary --box 12 | cells u4_exact u6_exact > box
	paste -d ' ' line box | tail -n 1 | awk '{ print $3, $1; print $4, $2 }' | near 1e-12 2
	for net in relu erf; do
		run -0 --separate-stderr green-fn --theory --activation $net --width 5 --points '0.2 0.4' --orders 4 --summary
		[ "$(cells u4_exact <<< "$output")" = nan ]
		[[ $stderr == *"N_K diverges"*"--box"* ]]
		green-fn -q --theory --activation $net --width 5 --points '0.2 0.4' --orders 4 --summary --box 3 | cells u4_exact | grep -q '^-'
	done
	# Two legs of relu and erf have closed forms in any dimension, more have not.
	run -0 --separate-stderr green-fn --theory --activation erf --width 5 --points '0,1 1,0' --orders 2,4
	[[ $stderr == *"one dimension"* ]]
	[ "$(cells n G_exact <<< "$output" | awk '$1 == 2 && $2 != "nan"' | wc -l)" -eq 3 ]
	[ "$(cells n G_exact <<< "$output" | awk '$1 == 4 && $2 == "nan"' | wc -l)" -eq 5 ]
}

# --- estimators ------------------------------------------------------------------------------------------------------

@test "plain averages and errors are those of NumPy, on every CPU, however the stream comes" {
	nets nets gauss 3 1.5 0.5 7 90 2 '-0.5 0 0.7' 2 > a.csv
	nets plain a.csv 1,2,3,4 > want
	green-fn -q --orders 1:4:1 a.csv > t
	cells n legs G_plain G_plain_err < t > got
	paste -d ' ' got want | awk '
		function differ(a, b) { return (a - b) ^ 2 > 1e-24 * (1 + b * b) }
		$1 != $5 || $2 != $6 || differ($3, $7) || differ($4, $8) { print; bad = 1 } END { exit bad }'
	[ "$(wc -l < want)" -eq "$(wc -l < got)" ]
	[ "$(wc -l < want)" -eq 209 ]
	for cpu in baseline avx2 avx512; do
		RENORM_CPU=$cpu green-fn -q --orders 1:4:1 a.csv | cmp - t
	done
	rns-cat a.csv -o a.rns
	green-fn -q --orders 1:4:1 a.rns | rows > b
	rows t | cmp - b
	(rns-sel --where 'bag<3' a.rns; rns-sel --where 'bag>=3' a.rns) | green-fn -q --orders 1:4:1 | rows | cmp - b
}

# estimate COLUMN < table: "COLUMN_ESTIMATOR error exact" of each row of an order, for within.
check_estimator() { # ESTIMATOR SIGMAS LEAST < table
	cells "G_$1" "G_$1_err" G_exact > "$1"
	within "$2" "$3" < "$1"
}

@test "plain and rb at sigma_b = 0.25, where they converge: exact within errors, and not those of another N" {
	nets nets gauss 5 1 0.25 60 1000 3 "$six" > a.csv
	green-fn --orders 2,4,6 a.csv > t 2> said
	[ ! -s said ]
	for estimator in plain rb; do
		check_estimator $estimator 4.5 609 < t
	done
	# rb is the sharper one, the exact error of plain is near the apparent one.
	cells G_plain_err G_rb_err se_plain < t | awk '$2 > $1 / 2 || $3 > 1.6 * $1 || $3 < $1 / 1.6 { print; bad = 1 } END { exit bad || NR != 609 }'
	# The same numbers, said to be of N = 8.
	sed 's/^5,/8,/' a.csv | green-fn -q --orders 4 > wrong
	run ! check_estimator rb 4.5 126 < wrong
}

@test "relu and erf: plain, rb and moments are exact within errors" {
	for net in relu erf; do
		points=$(points_of $net)
		nets nets $net 4 1 1 60 600 4 "$points" > a.csv
		nets neurons $net 1 1 0 60 600 5 "$points" > n.csv
		green-fn -q --orders 2,4,6 --neurons n.csv a.csv > t
		for estimator in plain rb moments; do
			check_estimator $estimator 4.5 609 < t
		done
	done
}

@test "moments of tilted neurons: exact within errors below a thousandth, N = 2 to 1000, from one stream" {
	nets neurons gauss 1 1 2,4,6 20 500 6 "$six" > n.csv
	green-fn --orders 2,4,6 --width 2,3,4,5,10,20,50,100,500,1000 n.csv > t 2> said
	[ ! -s said ]
	check_estimator moments 4.5 6090 < t
	cells n dG_moments_err dG_exact < t | awk '$1 > 2 && !($2 < 1e-3 * $3) { print; bad = 1 } END { exit bad }'
	# Ten times as many neurons, ten times as small.
	green-fn --orders 4 --width 5 --summary n.csv | cells dG_moments dG_moments_err dG_exact u4_moments u4_moments_err u4_exact |
		awk '{ print $1, $2, $3; print $4, $5, $6 }' | within 4.5 2
	green-fn --orders 6 --width 5 --summary n.csv | cells u6_moments u6_moments_err u6_exact | within 4.5 1
	# An error of a hundredth in sigma_b is seen.
	sed '/^1,1,/s/^1,1,/1,1.01,/' n.csv | green-fn -q --orders 4 --width 5 > wrong
	run ! check_estimator moments 4.5 126 < wrong
	# Nearly all neurons count, each in its order.
	green-fn -q --orders 2,4,6 --width 5 --summary n.csv | cells ess_moments | awk '!($1 > 9900) { exit 1 }'
}

@test "sigma_b = 1: plain averages as the literature has them, and the warning that they are wrong" {
	nets nets gauss 10 1 1 20 30000 7 0 > a.csv
	green-fn --orders 4,6 a.csv > t 2> said
	grep -q 'error bars of the plain estimator cannot be trusted: that of G4 is .* times as large in truth' said
	grep -q 'cannot be trusted: the largest products of 4 legs fall off' said
	# Between the 5% and 95% quantiles of such runs, each widened by half.
	rows "$REFERENCE/gaussnet_naive.csv" | awk -F, '$3 == 10 { print $4, $9, $10 }' > quantiles
	cells n G_plain G_plain_err se_plain G_exact < t | paste -d ' ' - quantiles | awk '
		$1 != $6 || $2 < $7 / 1.5 || $2 > $8 * 1.5 { print; bad = 1 }
		!($4 > 10 * $3) { print "the exact error is not much larger"; bad = 1 }
		END { exit bad || NR != 2 }'
	# The exact error is that of the table for 600000 networks.
	rows "$REFERENCE/gaussnet_variance.csv" | awk -F, '$3 == 10 { print $7; print $14 }' > exact
	cells se_plain < t | paste -d ' ' - exact | near 1e-12 2
	green-fn -q --orders 4,6 --summary a.csv | cells top10 top1000th hill hill_gauss | awk '
		!($1 > 0.05 && $2 > $1 && $2 < 1 && $3 < 2 && $4 > $3) { print; bad = 1 } END { exit bad || NR != 2 }'
}

@test "several outputs: two of them are independent given the hidden layer, and not otherwise" {
	nets nets gauss 3 1 0.25 60 800 8 '-0.05 0.05' 2 > a.csv
	green-fn -q --orders 2,4,6 a.csv > t
	check_estimator rb 4.5 10 < t
	check_estimator plain 4.5 10 < t
	cells n legs G_exact G0 < t > g
	grep -qx '2 1.1-2.2 0 0' g
	# <f1 f1 f2 f2> has one pairing, and a connected part of its own.
	awk '$2 == "1.1-1.1-1.2-1.2" && $3 > $4 * 1.01 { found = 1 } END { exit !found }' g
	# u4 is of one output.
	cells legs u4_exact < t | awk '$1 == "1.1-1.1-2.1-2.1" && $2 < 0 { one = 1 } $1 == "1.1-1.1-1.2-1.2" && $2 == "nan" { two = 1 } END { exit !(one && two) }'
}

@test "trained networks: the mean, and deviations from a Gaussian of that mean" {
	nets trained 9 > a.csv
	green-fn --orders 1,2,4,6 --summary a.csv > s
	green-fn --orders 1,2,3,4 a.csv > t
	[ "$(cells step < t | sort -u | tr '\n' ' ')" = "0 10 " ]
	# step 10 moves the outputs by 1 and -0.5
	cells step n legs G_plain G_plain_err < t | awk '$1 == 10 && $2 == 1 { print $4, $5, $3 == 1 ? 1 : -0.5 }' | within 4.5 2
	cells step n legs G_plain G_plain_err < t | awk '$1 == 10 && $2 == 2 { print $4, $5, $3 == "1-1" ? 2 : $3 == "1-2" ? 0.1 : 1.25 }' | within 4.5 3
	# They are Gaussian: no deviation, no connected part, at any order.
	cells step n dG_plain dG_plain_err Gc_plain Gc_plain_err < t | awk '$1 == 10 && $2 > 2 { print $3, $4, 0; print $5, $6, 0 }' | within 4.5 18
	# Against the mean of 0 of networks as they were drawn there is one.
	cells step n dG_plain dG_plain_err < t | awk '$1 == 0 && $2 == 1 { print $3, $4, 0 }' | within 4.5 2
	cells step G_exact G_moments G_rb < t | awk '$1 == 10 && ($2 != "nan" || $3 != "nan" || $4 != "nan") { exit 1 }'
}

@test "the measured propagator, one bag, f32" {
	nets nets gauss 5 1 0.25 1 3000 10 '-0.3 0.4' > one.csv
	run -0 --separate-stderr green-fn --orders 2,4 one.csv
	[[ $stderr == *"one bag: no background"* ]]
	check_estimator plain 4.5 8 <<< "$output"
	green-fn -q --orders 4 --summary one.csv | cells background bags err_plain | grep -q '^nan 1 [0-9]'
	awk '!/^5,/ || !n++' one.csv | sed 's/^# end: .*/# end: 1/' > net.csv
	run -0 --separate-stderr green-fn --orders 2 net.csv
	[[ $stderr == *"too few networks for an error"* ]]
	# G0 from the G2 that was measured: it has an error, and dG of G2 none.
	nets nets gauss 5 1 0.25 40 500 11 '-0.3 0.4' > a.csv
	green-fn -q --orders 2,4 --wick measured a.csv > t
	cells n G0 G0_err G_plain dG_plain < t | awk '$1 == 2 && ($2 != $4 || $5 != 0) || !($3 > 0) { print; exit 1 }'
	cells n dG_plain dG_plain_err dG_exact < t | awk '$1 == 4 { print $2, $3, $4 }' | within 4.5 5
	sed 's/column: f f64/column: f f32/; s/column: cov f64/column: cov f32/' a.csv | green-fn -q --orders 2,4 | cells G_plain G_rb > single
	green-fn -q --orders 2,4 a.csv | cells G_plain G_rb | paste -d ' ' - single | awk '{ print $3, $1; print $4, $2 }' | near 1e-5 16
}

@test "a summary has the means of the rows, the background is the scatter of bags" {
	nets nets gauss 3 1.2 0.3 9 80 15 '-0.2 0.1 0.4' > a.csv
	nets neurons gauss 1.2 0.3 2,4,6 9 80 16 '-0.2 0.1 0.4' > n.csv
	green-fn -q --orders 2,4,6 --neurons n.csv a.csv > t
	green-fn -q --orders 2,4,6 --neurons n.csv --summary a.csv > s
	for estimator in plain rb moments exact; do
		cells n m_$estimator dG_$estimator Gc_$estimator u4_$estimator u6_$estimator < t | awk '
			{ n = $1; k[n]++; m[n] += $2 < 0 ? -$2 : $2; dG[n] += $3; Gc[n] += $4; u4 += n == 4 ? $5 : 0; u6 += n == 6 ? $6 : 0 }
			END {
				for (n = 2; n <= 6; n += 2) printf "%.17g %.17g %.17g ", m[n] / k[n], dG[n] / k[n], Gc[n] / k[n]
				printf "%.17g %.17g\n", u4 / k[4], u6 / k[6]
			}' | tr ' ' '\n' > rows
		cells n absm_$estimator dG_$estimator Gc_$estimator u4_$estimator u6_$estimator < s | awk '
			{ print $2; print $3; print $4 } $1 == 6 { print $5; print $6 }' > means
		paste -d ' ' means rows | awk '$2 != 0 && ($2 > 1e-14 || $2 < -1e-14)' | near 1e-10 8
	done
	cells n G_plain_err G0 se_plain < t | awk '
		{ k[$1]++; e[$1] += $2; b[$1] += $2 * 3 / $3; x[$1] += $4 }
		END { for (n = 2; n <= 6; n += 2) printf "%.17g\n%.17g\n%.17g\n", e[n] / k[n], b[n] / k[n], x[n] / k[n] }' > rows
	cells err_plain background se_plain < s | tr ' ' '\n' | paste -d ' ' - rows | near 1e-10 9
}

@test "groups by N, sigma_w and sigma_b, widths beside them, history" {
	nets nets gauss 5 1 0.25 4 50 12 '-0.3 0.4' > a.csv
	nets nets gauss 7 2 0.25 4 50 13 '-0.3 0.4' > b.csv
	nets neurons gauss 1 0.25 2 4 50 14 '-0.3 0.4' > n.csv
	run -0 --separate-stderr green-fn --orders 2 --width 5,9 --neurons n.csv a.csv b.csv
	[[ $stderr == *"N 7, sigma_w 2, sigma_b 0.25"*"no neurons of this sigma_w"* ]]
	[ "$(cells N sigma_w nets <<< "$output" | uniq | tr '\n' ';')" = "5 1 200;7 2 200;9 1 0;5 2 0;9 2 0;" ]
	[[ $output == *"# history: green-fn "*" --orders 2 --neurons n.csv --width 5,9 a.csv b.csv"* ]]
	cells N sigma_w G_moments <<< "$output" | awk '($2 == 1) != ($3 != "nan") { print; exit 1 }'
	green-fn -q --orders 2,4 --format=rns a.csv b.csv | rns-cat --to=csv | cmp - <(green-fn -q --orders 2,4 a.csv b.csv)
}

# --- streams of gaussnet-sample ---------------------------------------------------------------------------------------

@test "networks and neurons of gaussnet-sample, in f64 and f32, two dimensions, two outputs" {
	for options in '--activation relu --dout 2' '--activation erf' '--activation gauss --f32'; do
		# shellcheck disable=SC2086
		gaussnet-sample $options --points '-0.2 0.1 0.3' --sigma-b 0.25 --bags 60 --nets 1500 --width 4,30 --hidden-cov -o a.rns
		# shellcheck disable=SC2086
		gaussnet-sample ${options/--dout 2/} --points '-0.2 0.1 0.3' --sigma-b 0.25 --bags 60 --nets 1500 --neurons --tilt 2,4 -o n.rns
		green-fn -q --orders 2,4 --neurons n.rns a.rns > t
		for estimator in plain rb moments; do
			check_estimator $estimator 4.5 42 < t
		done
	done
	gaussnet-sample --points '-0.2,0.1 0.3,0' --sigma-b 0.25 --bags 60 --nets 1500 --width 4 --hidden-cov | green-fn -q --orders 2,4 > t
	check_estimator plain 4.5 8 < t
	check_estimator rb 4.5 8 < t
	# Two hidden layers: nothing exact, and rb agrees with plain.
	run -0 --separate-stderr bash -o pipefail -c "gaussnet-sample --depth 2 --activation erf --points '-0.2 0.3' --bags 40 --nets 500 --width 4 --hidden-cov | green-fn --orders 2,4"
	[[ $stderr == *"more than one hidden layer"* ]]
	cells G_plain G_plain_err G_rb <<< "$output" | within 4.5 8
}

# --- refused ---------------------------------------------------------------------------------------------------------

@test "what is wrong is said" {
	nets nets gauss 5 1 0.25 2 20 1 '-0.3 0.4' > a.csv
	nets neurons gauss 1 0.25 2 2 20 1 '-0.3 0.4' > n.csv
	nets neurons gauss 1 0.25 2 2 20 1 '-0.3 0.5' > other.csv
	run -64 green-fn --orders 7 a.csv
	[[ $output == *"--orders 7"*"from 1 to 6"* ]]
	run -64 green-fn --theory a.csv
	run -64 green-fn --theory
	[[ $output == *"--width"* ]]
	run -64 green-fn --theory --width 0
	run -64 green-fn --theory --width 5 --wick measured
	run -64 green-fn --sigma-w 2 a.csv
	[[ $output == *"go with --theory"* ]]
	run -64 green-fn --theory --width 5 --points '0 1 0'
	[[ $output == *"points 1 and 3 are the same"* ]]
	run -65 green-fn --theory --width 5 --points '0 1,2'
	sed 's/^# points: .*/# points: 0.4 0.4/' a.csv > same.csv
	run -65 green-fn same.csv
	[[ $output == *"same.csv: points 1 and 2 are the same"* ]]
	run -65 green-fn --neurons other.csv a.csv
	[[ $output == *"other.csv: neurons of another points"* ]]
	run -65 green-fn --neurons a.csv a.csv
	[[ $output == *"stream of nets"* ]]
	run -65 green-fn a.csv n.csv
	[[ $output == *"n.csv: segment 2 does not go with segment 1 (a.csv)"* ]]
	run -65 green-fn a.csv a.csv
	[[ $output == *"a.csv: segment 2, record 0: net 0 after net 19 in bag 1"* || $output == *"net 0 after net 19 in bag 0"* ]]
	ising-gen -L 4 -T 2 -n 3 > spins.rns
	run -65 green-fn spins.rns
	[[ $output == *spins* ]]
	awk -F, -v OFS=, '/^5,/ && ++n == 8 { $6 = "nan" } { print }' a.csv > nan.csv
	run -65 green-fn nan.csv
	[[ $output == *"nan.csv: segment 1, record 7: f[0] is nan"* ]]
	awk -F, -v OFS=, '/^1,/ && ++n == 8 { $6 = 1e4 } { print }' n.csv > heavy.csv
	run -65 green-fn --width 5 heavy.csv
	[[ $output == *"record 7: logw is 10000"* ]]
	head -n 30 a.csv > cut.csv
	run -65 green-fn cut.csv
	run -65 green-fn --orders 6 <(sed "s/^# points: .*/# points: $(seq -s ' ' 40)/; s/f f64 2 1/f f64 40 1/; s/cov f64 3/cov f64 820/" a.csv |
		sed -n '1,/^# column: cov/p'; awk 'BEGIN { printf "N,sigma_w,sigma_b,bag,net"; for (i = 0; i < 40; i++) printf ",f[%d][0]", i; for (i = 0; i < 820; i++) printf ",cov[%d]", i; print "\n# end: 0" }')
	[[ $output == *"more than 200000 choices"* ]]
	run -66 green-fn nothing.rns
}

@test "numbers beyond a double: said, not printed as something else" {
	run -0 --separate-stderr green-fn --theory --sigma-b 20 --width 5 --orders 2,4
	[[ $stderr == *"beyond what a double can hold"* ]]
	[ "$(cells n G_exact <<< "$output" | awk '$1 == 4 && $2 != "nan"' | wc -l)" -eq 0 ]
	[ "$(cells n G_exact <<< "$output" | awk '$1 == 2 && $2 == "nan"' | wc -l)" -eq 0 ]
	# Far apart N_K is e^-thousands. Its logarithm is what is kept, and G4c is not small.
	run -0 --separate-stderr green-fn --theory --points '-30 30' --width 5 --orders 4
	[[ $stderr == *"N_K is nearly 0"* || $stderr == *"beyond what a double can hold"* ]]
}

@test "a stream without records is a table without rows, neurons alone need a width" {
	nets nets gauss 5 1 0.25 1 1 1 '-0.3 0.4' | sed '/^5,/d; s/^# end: 1/# end: 0/' > none.csv
	run -0 --separate-stderr green-fn none.csv
	[[ $stderr == *"no records, so no rows"* ]]
	[ "$(rows <<< "$output" | wc -l)" -eq 1 ]
	nets neurons gauss 1 0.25 2 2 20 1 '-0.3 0.4' > n.csv
	run -0 --separate-stderr green-fn n.csv
	[[ $stderr == *"give --width"* ]]
}
