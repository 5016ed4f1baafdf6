#!/usr/bin/env bats
# gaussnet-sample: the law of networks and neurons, what a record depends on, training, refusals.

load common

numpy() { "$PYTHON" -c 'import numpy' 2> /dev/null || skip "needs NumPy"; }

# law WHAT... < nets: averages against exact ones (fixtures/nets.py)
law() { rns-cat --to=npy > nets.npy && "$PYTHON" "$FIXTURES/nets.py" nets.npy "$@"; }

# values COLUMNS FILE: of text form, the record's columns alone
values() { rns-cat --to=csv --no-comments "$2" | tail -n +2 | cut -d, -f "$1"; }

# refuse STATUS WORDS OPTIONS...
refuse() {
	local want=$1 words=$2 status=0
	shift 2
	gaussnet-sample "$@" > out 2> err || status=$?
	[ "$status" -eq "$want" ] && [ "$(wc -l < err)" -eq 1 ] && grep -qF -- "$words" err || {
		echo "status $status: $*"
		cat err
		return 1
	}
}

# --- the law ----------------------------------------------------------------------------------------------------------

@test "Gauss nets: two and four points have the exact finite-width averages" {
	numpy
	gaussnet-sample --width 2,20 --bags 2 --nets 150000 --sigma-b 0.25 | law gauss "-0.01 -0.006 -0.002 0.002 0.006 0.01"
	gaussnet-sample --width 5 --bags 2 --nets 100000 --sigma-b 0.25 --points "-1 0.3 0.5" | law gauss "-1 0.3 0.5"
	gaussnet-sample --width 20 --bags 2 --nets 100000 --sigma-b 0.25 --f32 --points "0 0.5 1 1.5" | law gauss "0 0.5 1 1.5"
	# Power: another sigma_w by one in a hundred.
	gaussnet-sample --width 20 --bags 2 --nets 150000 --sigma-b 0.25 --sigma-w 1.01 -o other
	rns-cat --to=csv other | sed 's/,1\.01,/,1,/' | law gauss "-0.01 -0.006 -0.002 0.002 0.006 0.01" > out && return 1
	grep G2 out
}

@test "ReLU and Erf nets: two and four points have the averages of the reference" {
	numpy
	gaussnet-sample --activation relu --width 3 --bags 2 --nets 100000 --points "0.2 0.4 0.6 0.8 1 1.2" |
		law table relu "$REFERENCE/relu_erf_green.csv"
	gaussnet-sample --activation erf --width 3 --bags 2 --nets 100000 --points "0.002 0.004 0.006 0.008 0.01 0.012" |
		law table erf "$REFERENCE/relu_erf_green.csv"
	gaussnet-sample --activation relu --width 30 --bags 2 --nets 100000 --f32 --points "0.2 0.4 0.6 0.8 1 1.2" |
		law table relu "$REFERENCE/relu_erf_green.csv"
	gaussnet-sample --activation relu --width 4 --bags 2 --nets 100000 --points "0.2 0.4 0.6 0.8 1 1.2" |
		rns-cat --to=csv | sed 's/^4,/3,/' | law table relu "$REFERENCE/relu_erf_green.csv" > out && return 1
	grep G4 out
}

@test "the hidden covariance is that of the outputs, given the hidden layers" {
	numpy
	for options in "--width 4" "--width 4 --f32" "--width 3 --activation relu --dout 2" "--width 3 --activation erf --depth 3"; do
		# shellcheck disable=SC2086
		gaussnet-sample $options --bags 1 --nets 60000 --sigma-b 0.3 --points "-1 0.2 0.9" --hidden-cov | law cov
	done
	# It belongs to the very networks of the stream without it.
	gaussnet-sample --width 7 --bags 1 --nets 50 --hidden-cov -o with
	gaussnet-sample --width 7 --bags 1 --nets 50 -o without
	values 1-11 with > a
	values 1-11 without > b
	cmp a b
}

@test "the hidden covariance of wide networks is as good in f32" {
	# A sum of 4 10^7 terms of one sign: f32 alone loses 2 % of it.
	set -- --activation relu --width 40000000 --points 1 --hidden-cov --bags 1 --nets 2
	gaussnet-sample "$@" -o double
	gaussnet-sample "$@" --f32 -o single
	paste -d, <(values 7 double) <(values 7 single) |
		awk -F, '{ d = $2 / $1 - 1; bad += d > 1e-6 || d < -1e-6 } END { exit bad || NR != 2 }'
}

@test "deeper Gauss nets have G2 of the recursion, up to 1/N" {
	# K_2 = sigma_b^2 + sigma_w^2 E[exp(-sigma_w^2 |h - h'|^2 / (2 N))], at infinite width |h - h'|^2 / N = its mean.
	gaussnet-sample --width 400 --depth 2 --bags 1 --nets 1600 --sigma-b 0.25 --points "0 1" --format=csv --no-comments |
		awk -F, '
			NR > 1 { x = $6 * $7; n++; s += x; q += x * x }
			END {
				k = exp(-0.5); d = 2 - 2 * k; want = 0.0625 + exp(-d / 2)
				mean = s / n; err = sqrt((q / n - mean * mean) / n); z = (mean - want) / err
				if (n != 1600 || z > 4.5 || z < -4.5) { print mean, err, want; exit 1 }
			}'
}

@test "neurons: with their weights, products of g have the moments of the law" {
	numpy
	gaussnet-sample --neurons --tilt 2,4,6 --bags 2 --nets 50000 -o units
	law moments "$REFERENCE/gaussnet_green.csv" < units
	# Power: the weight of another sigma_b.
	gaussnet-sample --neurons --tilt 2,4,6 --bags 2 --nets 50000 --sigma-b 0.999 | rns-cat --to=csv | sed 's/,0\.999,/,1,/; s/^0\.999,/1,/' |
		law moments "$REFERENCE/gaussnet_green.csv" > out && return 1
	grep rho out
}

@test "the default tilts are those of 2, 4 and 6 legs for Gauss, none for the others" {
	gaussnet-sample --neurons --bags 2 --nets 5 | rns-cat --records > got
	gaussnet-sample --neurons --tilt 2,4,6 --bags 2 --nets 5 | rns-cat --records > want
	cmp got want
	for activation in relu erf; do
		gaussnet-sample --neurons --activation "$activation" --bags 2 --nets 5 | rns-cat --records > got
		gaussnet-sample --neurons --activation "$activation" --tilt 0 --bags 2 --nets 5 | rns-cat --records > want
		cmp got want
	done
	gaussnet-sample --neurons --bags 1 --nets 1 --format=csv > out
	grep "^# history: gaussnet-sample .* --tilt 2,4,6" out
}

@test "an untilted neuron has weight 1 and the activation's law" {
	gaussnet-sample --neurons --activation relu --bags 1 --nets 100000 --points "0.5 2" --format=csv --no-comments |
		awk -F, '
			NR > 1 { bad += $6 != 0 || $3 != 0; n++; for (i = 7; i < 9; i++) { s[i] += $i ^ 2; q[i] += $i ^ 4; zero += $i == 0 } }
			END {
				for (i = 7; i < 9; i++) {
					x = i == 7 ? 0.5 : 2; want = (1 + x * x) / 2; err = sqrt((q[i] / n - (s[i] / n) ^ 2) / n)
					z = (s[i] / n - want) / err; bad += z > 4.5 || z < -4.5
				}
				z = (zero - n) / sqrt(n); exit bad || n != 100000 || z > 9 || z < -9
			}'
}

# --- what a record depends on ------------------------------------------------------------------------------------------

@test "bags, widths and sigmas can be done apart, in any order" {
	gaussnet-sample --width 3,10 --sigma-w 1,2 --bags 4 --nets 40 -o whole
	for w in 1 2; do for N in 3 10; do for b in 0 2; do
		gaussnet-sample --width "$N" --sigma-w "$w" --bags 2 --first-bag "$b" --nets 40 -o "part-$w-$N-$b"
	done; done; done
	rns-cat --records whole > want
	rns-cat part-1-3-0 part-1-3-2 part-1-10-0 part-1-10-2 part-2-3-0 part-2-3-2 part-2-10-0 part-2-10-2 | rns-cat --records > got
	cmp got want
	[ "$(rns-cat --count whole)" -eq 640 ]
	# No two networks are alike.
	[ "$(values 6- whole | sort -u | wc -l)" -eq 640 ]
	gaussnet-sample --neurons --tilt 0,4 --bags 3 --nets 20 -o whole
	gaussnet-sample --neurons --tilt 0 --bags 3 --nets 20 -o a
	gaussnet-sample --neurons --tilt 4 --bags 2 --nets 20 -o b
	gaussnet-sample --neurons --tilt 4 --bags 1 --first-bag 2 --nets 20 -o c
	rns-cat --records whole > want
	rns-cat a b c | rns-cat --records > got
	cmp got want
}

@test "fewer networks are the first of more, and other seeds other networks" {
	gaussnet-sample --width 5 --bags 1 --nets 1000 -o more
	gaussnet-sample --width 5 --bags 1 --nets 21 -o few
	rns-cat --head 21 more | rns-cat --records > want
	rns-cat --records few > got
	cmp got want
	gaussnet-sample --width 5 --bags 1 --nets 21 --seed 2 | rns-cat --records > other
	run -1 cmp -s got other
}

@test "the same networks at other points" {
	gaussnet-sample --activation relu --width 9 --bags 1 --nets 30 --points "0.5 2" -o a
	gaussnet-sample --activation relu --width 9 --bags 1 --nets 30 --points "7 2 0.5 0.5" -o b
	values 6 a > want
	values 8 b > got
	cmp got want
	values 9 b > got
	cmp got want
	values 7 a > want
	values 7 b > got
	cmp got want
}

@test "the same bytes on every CPU" {
	for options in "--width 10" "--width 33 --f32 --hidden-cov" "--width 10 --points 0,1_3,4.5_-1,0 --sigma-w 3" \
		"--width 6 --activation erf --depth 2" "--width 6 --activation erf --f32" "--width 5 --activation relu --dout 3" \
		"--width 8 --sigma-w 25 --sigma-b 4" "--neurons --tilt 6 --points -1_0_2" \
		"--width 20 --train 0,1_0.3,2 --lr 0.1 --steps 0,5" "--width 20 --layers all --train 0,1 --lr 0.1 --steps 5 --activation erf"; do
		for cpu in avx512 avx2 baseline; do
			eval "set -- ${options//_/\\ }"
			RENORM_CPU=$cpu gaussnet-sample --bags 2 --nets 33 "$@" -o "$cpu"
		done
		cmp avx512 avx2
		cmp avx512 baseline
	done
}

@test "the same bytes with other variants of the C library's functions" {
	# glibc picks exp() by CPU; 33600 normalisers, of which that of 2.36 rounds some otherwise without FMA.
	set -- --width 3 --sigma-w 0.3:3:0.1 --sigma-b 0.3,0.77,1,2 --points "$(seq -s' ' 0.01 0.01 3)" --bags 1 --nets 1 --level=0
	gaussnet-sample "$@" -o fma
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F gaussnet-sample "$@" -o plain
	cmp fma plain
}

# --- training ------------------------------------------------------------------------------------------------------------

@test "training: step 0 is the untrained network, and many steps go through the data" {
	printf 'x,y\n0,1\n0.5,-1\n' > data.csv
	for layers in last all; do
		gaussnet-sample --width 60 --sigma-b 0.5 --bags 1 --nets 40 --points "0 0.5 1" --train data.csv --lr 0.2 \
			--layers "$layers" --steps 0,1,4000 --sigma-w 2 --activation erf -o trained
		gaussnet-sample --width 60 --sigma-b 0.5 --bags 1 --nets 40 --points "0 0.5 1" --sigma-w 2 --activation erf -o plain
		[ "$(rns-cat --count trained)" -eq 120 ]
		paste -d, <(values 4,7- trained | awk -F, '$1 == 0') <(values 6- plain) | awk -F, '
			{ for (i = 0; i < 3; i++) { d = $(2 + i) - $(5 + i); bad += d > 1e-12 || d < -1e-12 } n++ }
			END { exit bad || n != 40 }'
		values 4,7- trained | awk -F, '
			$1 == 4000 { bad += $2 < 0.999 || $2 > 1.001 || $3 > -0.999 || $3 < -1.001; n++ }
			END { exit bad || n != 40 }'
	done
}

@test "training: one datum goes as a geometric series with the network's own covariance" {
	gaussnet-sample --width 12 --bags 1 --nets 30 --points "0.5 0.7" --train "0.5,2" --lr 0.05 --steps 0,7 -o trained
	gaussnet-sample --width 12 --bags 1 --nets 30 --points "0.5 0.7" --hidden-cov -o plain
	paste -d, <(values 4,7- trained | paste -d, - -) <(values 6- plain) | awk -F, '
		{
			left = (1 - 0.1 * $9) ^ 7
			bad += ($5 - (2 + ($2 - 2) * left)) ^ 2 > 1e-22
			bad += ($6 - ($3 - $10 / $9 * (1 - left) * ($2 - 2))) ^ 2 > 1e-22; n++
		}
		END { exit bad || n != 30 }'
}

@test "training that diverges ends with 1 and says when" {
	refuse 1 "diverged at step 5000; choose a smaller --lr" --width 10 --bags 1 --nets 50 --train "0,1" --lr 10 --steps 0,5000
	refuse 1 "smaller --lr" --width 10 --bags 1 --nets 50 --train "0,1" --lr 100 --steps 500 --layers all
}

# --- streams and refusals ----------------------------------------------------------------------------------------------

@test "the header says what there is" {
	gaussnet-sample --width 4 --bags 1 --nets 1 --points "0,1 0.5,-0" --dout 3 --depth 2 --activation erf --f32 --hidden-cov -o nets
	rns-cat --to=plain nets | sed -n '1,/^$/p' > header
	for line in "kind: nets" "label: N sigma_w sigma_b" "points: 0,1 0.5,0" "activation: erf" "din: 2" "dout: 3" "depth: 2" \
		"column: f f32 2 3" "column: cov f32 3" "column: net u64"; do
		grep -qxF "$line" header
	done
	printf 'a,b\n0,1\n0.5,0\n' > points.csv
	gaussnet-sample --width 4 --bags 1 --nets 1 --points points.csv --dout 3 --depth 2 --activation erf --f32 --hidden-cov |
		rns-cat --records > got
	rns-cat --records nets > want
	cmp got want
	gaussnet-sample --neurons --bags 1 --nets 1 | rns-cat --to=plain | sed -n '1,/^$/p' > header
	grep -qxF "kind: neurons" header
	grep -qxF "label: sigma_w sigma_b tilt" header
	grep -qxF "points: -0.01 -0.006 -0.002 0.002 0.006 0.01" header
}

@test "repeated points are sampled, with a remark" {
	run -0 --separate-stderr gaussnet-sample --width 4 --bags 1 --nets 1 --points "1 0 1" --format=csv
	[[ $stderr == *"points 1 and 3 are the same"* ]]
	run -0 --separate-stderr gaussnet-sample --width 4 --bags 1 --nets 1 --points "1 0 1" --format=csv --quiet
	[ -z "$stderr" ]
}

@test "sigma 0 is a constant" {
	gaussnet-sample --width 4 --bags 1 --nets 20 --sigma-w 0 -o nets
	values 6-11 nets | awk -F, '{ for (i = 2; i <= 6; i++) bad += $i != $1 } END { exit bad || NR != 20 }'
	gaussnet-sample --width 4 --bags 1 --nets 20 --sigma-w 0 --sigma-b 0 | rns-cat --to=csv --no-comments |
		awk -F, 'NR > 1 { for (i = 6; i <= 11; i++) bad += $i != 0 } END { exit bad }'
}

@test "large sigmas are done with logarithms, or refused with the reason" {
	for form in "" --f32; do
		# shellcheck disable=SC2086
		gaussnet-sample --width 10 --bags 1 --nets 2000 --sigma-w 20,1000 --sigma-b 30 $form | rns-cat --to=csv --no-comments |
			awk -F, 'NR > 1 { for (i = 6; i <= 11; i++) bad += $i - $i != 0 } END { exit bad || NR != 4001 }'
	done
	refuse 64 "as large as" --width 10 --sigma-w 1e90 --points 1e30
	# Units: what is too large in the mean is refused before anything is written, else when it comes.
	refuse 64 "sigma_w 1, sigma_b 20, tilt 6: g(x) at these points would be as large as e^2000, and f64 ends at e^710;" --neurons --tilt 6 --sigma-b 20
	[ ! -s out ]
	refuse 64 "sigma_w 20, sigma_b 1, tilt 4: g(x) at these points would be as large as e^1203, and f64" --neurons --tilt 4 --sigma-w 20 --points "-1 0 1"
	refuse 64 "f32 ends at e^89; choose smaller sigmas, points closer to 0 or a lower --tilt, or leave out --f32" --neurons --f32 --tilt 6 --sigma-b 5
	refuse 1 "of bag 0 has a g(x) that f64 cannot hold" --neurons --tilt 6 --sigma-b 11.8 --nets 1000
	run -1 grep -q "N 1," err
	gaussnet-sample --neurons --tilt 2 --sigma-w 20 --points "-1 0 1" --bags 1 --nets 1000 | rns-cat --to=csv --no-comments |
		awk -F, 'NR > 1 { for (i = 6; i <= 9; i++) bad += $i - $i != 0 } END { exit bad || NR != 1001 }'
	refuse 64 "is represented up to 1e+12 (more without --f32)" --width 10 --f32 --activation relu --sigma-w 1e20 --points 1
	gaussnet-sample --width 10 --activation relu --sigma-w 1e20 --points 1 --bags 1 --nets 100 > nets
}

@test "what cannot be is refused" {
	refuse 64 "--width is missing"
	refuse 64 "--width: 0 is not" --width 0
	refuse 64 "--width: 1.5 is not a whole number" --width 1.5
	refuse 64 "--width" --width 4294967296
	refuse 64 "--bags" --width 5 --bags 0
	refuse 64 "--nets" --width 5 --nets 0
	refuse 64 "numbered past 2^32" --width 5 --bags 20 --first-bag 4294967290
	refuse 64 "--activation: 'tanh'" --width 5 --activation tanh
	refuse 64 "--sigma-w: -1" --width 5 --sigma-w=-1
	refuse 64 "--sigma-w" --width 5 --sigma-w nan
	refuse 64 "--sigma-b: inf" --width 5 --sigma-b inf
	refuse 64 "point 2 has 1 coordinate where the first has 2" --width 5 --points "1,2 3"
	refuse 64 "points of 1 coordinates where --din is 2" --width 5 --din 2 --points "1 2"
	refuse 64 "'nan' is not a finite number" --width 5 --points "1 nan"
	refuse 64 "--points is missing" --width 5 --din 3
	refuse 66 "--points: no/such/file.csv: cannot open: No such file" --width 5 --points no/such/file.csv
	refuse 66 "--train: nofile.csv: cannot open: No such file" --width 5 --train nofile.csv --lr 1 --steps 1
	refuse 64 "--depth" --width 5 --depth 0
	refuse 64 "--tilt goes with --neurons" --width 5 --tilt 2
	refuse 64 "--width is for networks" --width 5 --neurons
	refuse 64 "--hidden-cov is for networks" --hidden-cov --neurons
	refuse 64 "more than 1000000 combinations" --neurons --tilt 60
	refuse 64 "so far apart" --neurons --tilt 6 --points "0 1 3.1 7.3 15.7 31.1 63.9 127.7" --sigma-w 10
	refuse 64 "go with --train" --width 5 --lr 1
	refuse 64 "needs --steps" --width 5 --train "0,1"
	refuse 64 "should ascend" --width 5 --train "0,1" --lr 1 --steps 1,0
	refuse 64 "--hidden-cov is for networks that are not trained" --width 5 --train "0,1" --lr 1 --steps 1 --hidden-cov
	refuse 64 "--layers all is for --depth 1" --width 5 --train "0,1" --lr 1 --steps 1 --layers all --depth 2
	refuse 65 "rows of 3 numbers, where 1 coordinate and 1 target are needed" --width 5 --train "0,1,2" --lr 1 --steps 1
	refuse 64 "record" --width 5 --dout 32768 --points "$(seq -s' ' 5000)"
}

@test "memory does not grow with the number of networks" {
	[ -z "$SAN" ] || skip "a sanitizer's own memory is beyond any limit"
	(ulimit -v 100000 && gaussnet-sample --width 10 --bags 1 --nets 1000000 --f32 -o /dev/null)
	(ulimit -v 100000 && gaussnet-sample --width 2147483648 --bags 1 --nets 1 --dout 32768 --points 0 > out 2> err) || [ -s err ]
	refuse 71 "out of memory" --width 2147483647 --depth 2 --bags 1 --nets 1
}

@test "a full disk is not success" {
	run -74 bash -c 'gaussnet-sample --width 5 --bags 1 --nets 100000 > /dev/full'
	run -74 gaussnet-sample --neurons --bags 1 --nets 100000 -o /dev/full
}
