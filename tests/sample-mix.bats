#!/usr/bin/env bats
# sample-mix: pixel values to the bit, partners and noise with the frequencies they must have.

load common

# Rows of a run, without the row of names.
rows_of() { sample-mix --format=csv --no-comments "$@" | tail -n +2; }

# pictures: 4 records of class 4 and 8 of class 9 and 3 of class 0, bytes; pixel 0 is 10 times the number, pixel 1 the class.
pictures() {
	awk 'BEGIN {
		print "# renorm-stream 1\n# kind: samples\n# label: digit\n# column: id u64\n# column: digit f64\n# column: x u8 2"
		print "id,digit,x[0],x[1]"
		for (i = 0; i < 15; i++) { c = i % 2 ? 9 : i % 4 ? 4 : 0; if (i == 14) c = 9; print i "," c "," 10 * i "," c; }
		print "# end: 15"
	}'
}

# within NAME VALUE ERROR WANTED [SIGMAS]: 4.5 of its own errors
within() {
	awk -v name="$1" -v x="$2" -v err="$3" -v want="$4" -v k="${5:-4.5}" 'BEGIN {
		d = x - want; if (d < 0) d = -d
		if (!(err > 0) || d > k * err) { print name ": " x " +- " err ", not " want; exit 1 }
	}'
}

# --- between two classes ----------------------------------------------------------------------------------------------

@test "a mixture is (1 - alpha) n_1 + alpha n_2, to the bit, with both labels" {
	pictures > in.csv
	sample-mix --between digit=4,9 --alpha 0:1:0.25 -n 200 --units 01 --format=csv --no-comments in.csv > got
	[ "$(head -n 1 got)" = "digit,digit.2,alpha,id,x[0],x[1]" ]
	# Classes 4: 2, 6, 10; 9: the odd ones and 14. Pixel 1 tells alpha, pixel 0 must come from one of the pairs.
	awk -F, '
		NR == 1 { next }
		{
			n++
			bad += $1 != 4 || $2 != 9 || $4 != (n - 1) % 200 || $3 != int((n - 1) / 200) / 4
			d = $6 * 255 - (4 + 5 * $3); bad += d > 1e-4 || d < -1e-4
			found = 0
			for (a = 2; a <= 10; a += 4) for (b = 1; b <= 14; b += b == 13 ? 1 : 2) {
				e = $5 * 255 - 10 * (a + $3 * (b - a)); found += e < 1e-4 && e > -1e-4
			}
			bad += !found
		}
		END { exit bad || n != 1000 }' got
}

@test "at alpha 0 and 1 mixtures are the records themselves, of bits, bytes and floats" {
	ising-gen -L 5 -T 0,inf -n 1 > spins
	rns-cat --to=csv --pm1 --no-comments spins | tail -n +2 | cut -d, -f 8- > want
	rows_of --between T=0,inf --alpha 0,1 -n 1 spins | cut -d, -f 7- > got
	cmp got want
	rns-cat --to=csv --no-comments spins | tail -n +2 | cut -d, -f 8- > want
	rows_of --between T=0,inf --alpha 0,1 -n 1 --units 01 spins | cut -d, -f 7- > got
	cmp got want
	printf '# renorm-stream 1\n# kind: samples\n# column: c i8\n# column: x f32 2\nc,x[0],x[1]\n-1,0.1,1e30\n1,-7,-0.3\n# end: 2\n' > floats.csv
	[ "$(rows_of --between c=-1,1 --alpha 0 -n 1 floats.csv)" = "-1,1,0,0,0.1,1e+30" ]
	[ "$(rows_of --between c=-1,1 --alpha 1 -n 1 floats.csv)" = "-1,1,1,0,-7,-0.3" ]
	printf '# renorm-stream 1\n# kind: samples\n# column: c i8\n# column: x u8 2\nc,x[0],x[1]\n1,0,255\n2,255,51\n# end: 2\n' > bytes.csv
	[ "$(rows_of --between c=1,2 --alpha 0,1 -n 1 bytes.csv | cut -d, -f 5- | paste -s -d' ')" = "-1,1 1,-0.6" ]
}

# chi2 < "pair" lines, of 21 pairs that are alike: below its mean by no more and above by no more than 4.5 sd
pairs_alike() {
	awk -v cells="$1" '
		{ c[$0]++; n++ }
		END {
			for (k in c) { seen++; x += (c[k] - n / cells) ^ 2 / (n / cells) }
			x += (cells - seen) * n / cells
			z = (x - (cells - 1)) / sqrt(2 * (cells - 1))
			if (n / cells < 10 || z > 4.5 || z < -4.5) { print "chi2 " x " of " cells " cells"; exit 1 }
		}'
}

@test "partners are drawn alike and independently of each other, and of other alphas" {
	pictures > in.csv
	# With alpha = 1/1024 the pixel 10 (a + (b - a) / 1024) tells both.
	rows_of --between digit=4,9 --alpha 0.0009765625,0.001953125 -n 4200 --units 01 in.csv > got
	awk -F, '{ v = $5 * 25.5; a = 2 + 4 * int(v / 4); printf "%d %.0f\n", a, a + (v - a) / $3 }' got > both
	[ "$(sort -u both | wc -l)" -eq 24 ]
	head -n 4200 both | pairs_alike 24
	paste -d' ' <(head -n 4200 both | cut -d' ' -f1) <(tail -n 4200 both | cut -d' ' -f1) | pairs_alike 9
	# Power: a pair drawn twice as often is seen.
	head -n 4200 both > doubled
	grep -m 150 '^2 1$' both >> doubled
	run -1 pairs_alike 24 < doubled
}

@test "mixtures depend on classes, alpha, number and seed, not on how many there are or how the input is cut" {
	pictures > in.csv
	sample-mix --between digit=4,9 --alpha 0.1,0.9 -n 40 in.csv | rns-cat --records > all
	for alpha in 0.1 0.9; do rns-cat --to=rns in.csv | sample-mix --between digit=4,9 --alpha $alpha -n 40 | rns-cat --records; done > parts
	cmp all parts
	rows_of --between digit=4,9 --alpha 0.1 -n 40 in.csv > forty
	rows_of --between digit=4,9 --alpha 0.1 -n 10 in.csv > ten
	head -n 10 forty | cmp - ten
	rns-sel --where 'id<6' in.csv > a
	rns-sel --where 'id>=6' in.csv > b
	rows_of --between digit=4,9 --alpha 0.1 -n 40 a b | cmp - forty
	rows_of --between digit=4,9 --alpha 0.1 -n 40 --seed 2 in.csv > other
	run cmp other forty
	[ "$status" -eq 1 ]
}

@test "temperatures are written as everywhere: Tc, inf" {
	ising-gen -L 4 -T 0,Tc,inf -n 3 > in
	rows_of --between T=0,Tc --alpha 0.5 -n 2 in > got
	rows_of --between T=0,2.269185314213022 --alpha 0.5 -n 2 in | cmp - got
	[ "$(cut -d, -f 3 got | paste -s -d' ')" = "2.269185314213022 2.269185314213022" ]
	[ "$(rows_of --between T=Tc,inf -n 1 in | wc -l)" -eq 9 ]
}

@test "the default is that of the thesis: 500 for each of 0.1 ... 0.9" {
	pictures > in.csv
	sample-mix --between digit=4,9 in.csv > got
	[ "$(rns-cat --count got)" = 4500 ]
	[ "$(rns-cat --to=csv --no-comments got | csv_column alpha | sort | uniq -c | awk '{ print $1 ":" $2 }' | paste -s -d' ')" = \
		"500:0.1 500:0.2 500:0.3 500:0.4 500:0.5 500:0.6 500:0.7 500:0.8 500:0.9" ]
	rns-cat --to=csv got > got.csv
	grep -qx '# history: sample-mix 0.1.0 --between digit=4,9 --alpha 0.1:0.9:0.1 -n 500 --units pm1 --seed 1 in.csv' got.csv
}

# --- noise ------------------------------------------------------------------------------------------------------------

@test "noise: alpha 0 is the record, alpha 1 noise alone, 1/2 their mean" {
	ising-gen -L 8 -T 2 -n 200 --start hot --therm 10 > in
	rns-cat --to=csv --pm1 --no-comments in | tail -n +2 | cut -d, -f 8- > spins
	rows_of --noise --alpha 0,1,0.5 in > got
	awk 'NR % 3 == 1' got | cut -d, -f 7- | cmp - spins
	paste -d, spins <(awk 'NR % 3 == 2' got | cut -d, -f 7-) <(awk 'NR % 3 == 0' got | cut -d, -f 7-) | awk -F, '
		{
			for (i = 1; i <= 64; i++) {
				s = $i; eta = $(64 + i); half = 2 * $(128 + i)
				bad += (eta != 1 && eta != -1) || (half != s + 1 && half != s - 1)
			}
		}
		END { exit bad || NR != 200 }'
	# Of 0 and 1: the same coins.
	rows_of --noise --alpha 1 --units 01 in | cut -d, -f 7- > zeros
	awk 'NR % 3 == 2' got | cut -d, -f 7- | sed 's/-1/0/g' | cmp - zeros
}

@test "noise: bytes and floats at alpha = 1/4" {
	printf '# renorm-stream 1\n# kind: samples\n# label: d\n# column: id u64\n# column: d f64\n# column: x u8 3\nid,d,x[0],x[1],x[2]\n0,7,0,255,51\n# end: 1\n' > bytes.csv
	rows_of --noise --alpha 0.25 bytes.csv | awk -F, '
		{ n[4] = -1; n[5] = 1; n[6] = -0.6; for (i = 4; i <= 6; i++) { d = ($i - 0.75 * n[i]) ^ 2 - 0.0625; bad += d > 1e-7 || d < -1e-7 } }
		END { exit bad || NR != 1 }'
	sed 's/x u8/x f32/; s/51$/-2.5/' bytes.csv > floats.csv
	rows_of --noise --alpha 0.25 floats.csv | awk -F, '
		{ n[4] = 0; n[5] = 255; n[6] = -2.5; for (i = 4; i <= 6; i++) { d = ($i - 0.75 * n[i]) ^ 2 - 0.0625; bad += d > 1e-7 || d < -1e-7 } }
		END { exit bad || NR != 1 }'
}

# noise_moments ALPHA < rows: mean and variance of all pixels, of neighbours' products and of successive records'
# products, against 0, alpha^2, 0, 0 at samples that are 0.
noise_moments() {
	awk -F, -v a="$1" '
		function judge(what, sum, sumsq, n, want,   m, err, d) {
			m = sum / n; err = sqrt((sumsq / n - m * m) / n); d = m - want; if (d < 0) d = -d
			if (d > 4.5 * err + 1e-7) { print what ": " m " +- " err ", not " want; bad++ }
		}
		{
			for (i = 5; i <= NF; i++) {
				x = $i; s += x; ss += x * x; s4 += x ^ 4; n++
				if (i > 5) { p = x * $(i - 1); sp += p; spp += p * p; np++ }
				if (NR > 1) { p = x * last[i]; sr += p; srr += p * p; nr++ }
				last[i] = x
			}
		}
		END {
			judge("mean", s, ss, n, 0); judge("variance", ss, s4, n, a * a)
			judge("neighbours", sp, spp, np, 0); judge("records", sr, srr, nr, 0)
			exit bad != 0
		}'
}

@test "noise: mean 0, variance alpha^2, and no correlation between pixels, records and alphas" {
	awk 'BEGIN {
		print "# renorm-stream 1\n# kind: samples\n# label: T h\n# column: T f64\n# column: h f64\n# column: id u64\n# column: x f32 130"
		printf "T,h,id"; for (i = 0; i < 130; i++) printf ",x[%d]", i; print ""
		for (r = 0; r < 300; r++) { printf "1,0,%d", r; for (i = 0; i < 130; i++) printf ",0"; print "" }
		print "# end: 300"
	}' | rns-cat --to=rns > zero
	rows_of --noise --alpha 0.3 zero > got
	noise_moments 0.3 < got
	rows_of --noise --alpha 0.3,0.25 zero > both
	awk -F, -v OFS=, '{ for (i = 5; i <= NF; i++) $i = $i / $4; print }' both | noise_moments 1
	# Power: another strength, and noise that repeats.
	run -1 noise_moments 0.31 < got
	awk '{ print; print }' got > twice
	run -1 noise_moments 0.3 < twice
}

@test "noise depends on seed, labels and id, not on place" {
	ising-gen -d 1 -L 40 -T 1,2 -n 50 > in
	rows_of --noise in | sort > all
	[ "$(wc -l < all)" -eq 600 ]
	rns-sel --shuffle in > shuffled
	rows_of --noise shuffled | sort | cmp - all
	for alpha in 0 0.1 0.2 0.3 0.4 0.5; do rows_of --noise --alpha $alpha in; done | sort | cmp - all
	rows_of --noise --seed 2 in | sort > other
	run cmp other all
	[ "$status" -eq 1 ]
}

@test "--one gives each record one alpha, all alike" {
	ising-gen -d 1 -L 8 -T inf -n 6000 > in
	sample-mix --noise --one in > got
	[ "$(rns-cat --count got)" = 6000 ]
	rns-cat --to=csv --no-comments got | csv_column alpha | pairs_alike 6
	rns-cat --head=100 --to=csv --no-comments got | tail -n +2 > some
	rns-cat --head=100 in | rows_of --noise > all
	grep -cxFf all some > n
	[ "$(cat n)" = 100 ]
}

@test "noise keeps labels, replica, sweep and id, and tells what it drops" {
	ising-gen -L 3 -T 2.5 -n 3 > in
	sample-mix --noise --alpha 0.5 --format=csv in 2> err | rows > got
	[ ! -s err ]
	[ "$(head -n 1 got | cut -d, -f 1-7)" = "T,h,replica,sweep,id,alpha,x[0][0]" ]
	diff <(cut -d, -f 1-5 got) <(rns-cat --to=csv --no-comments in | cut -d, -f 1-5)
	rns-sel --put weight=3 in > weighted
	rns-cat --to=csv weighted | sed 's/^# label: .*/# label: T h/' > unlabelled.csv
	sample-mix --noise --alpha 0.5 unlabelled.csv 2> err > got2
	[ "$(cat err)" = "sample-mix: column weight is neither a label nor known to sample-mix, and is dropped" ]
	sample-mix -q --noise --alpha 0.5 unlabelled.csv 2> err > got2
	[ ! -s err ]
}

# --- refusals ---------------------------------------------------------------------------------------------------------

# refuses CODE WORD... -- COMMAND...: with one line on stderr that has all the words.
refuses() {
	local code=$1 words=()
	shift
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	run "-$code" --separate-stderr "$@"
	[[ $stderr == "sample-mix: "* && $stderr != *$'\n'* ]] || { echo "said: $stderr"; return 1; }
	for word in "${words[@]}"; do [[ $stderr == *"$word"* ]] || { echo "no '$word' in: $stderr"; return 1; }; done
}

@test "wrong options" {
	refuses 64 --between --noise -- sample-mix
	refuses 64 --between --noise -- sample-mix --noise --between T=1,2
	refuses 64 "digit=4,9" -- sample-mix --between digit
	refuses 64 "digit=4,9" -- sample-mix --between digit=4
	refuses 64 "two different" -- sample-mix --between digit=4,4
	refuses 64 "two different" -- sample-mix --between digit=4,5,6
	refuses 64 x -- sample-mix --between digit=4,x
	refuses 64 "2^53" -- sample-mix --between c=9007199254740992,9007199254740993
	refuses 64 "2^53" -- sample-mix --between c=1,-1e300
	refuses 64 "negative" -- sample-mix --between T=-1,2
	refuses 64 "1.1" "between 0 and 1" -- sample-mix --noise --alpha 1.1
	refuses 64 "-0.1" "between 0 and 1" -- sample-mix --noise --alpha=-0.1
	refuses 64 "between 0 and 1" -- sample-mix --noise --alpha 0:1.5:0.5
	refuses 64 -n -- sample-mix --noise -n 3
	refuses 64 --one -- sample-mix --between T=1,2 --one
	refuses 64 -n -- sample-mix --between T=1,2 -n 0
	refuses 64 --units pm1 01 -- sample-mix --noise --units 02
}

@test "unfit input" {
	pictures > in.csv
	refuses 65 "digit = 5" -- sample-mix --between digit=4,5 in.csv
	refuses 65 "label" -- sample-mix --between label=4,5 in.csv
	refuses 65 "column x" -- sample-mix --between x=4,9 in.csv
	refuses 65 "id of their own" "rns-sel --rename" -- sample-mix --between id=4,9 in.csv
	rns-sel --rename id=number in.csv | sample-mix --between number=4,9 -n 1 --format=csv | rows > renamed
	[ "$(head -n 1 renamed | cut -d, -f 1-6)" = "digit,number,digit.2,number.2,alpha,id" ]
	sed 's/^# kind: samples/# kind: nets/' in.csv > nets.csv
	refuses 65 "kind nets" -- sample-mix --noise nets.csv
	sed 's/x u8/x i16/' in.csv > i16.csv
	refuses 65 i16 -- sample-mix --noise i16.csv
	sed 's/id/number/' in.csv > noid.csv
	refuses 65 "no column id" -- sample-mix --noise noid.csv
	sed 's/id u64/id f64/' in.csv > idf.csv
	refuses 65 "id" "whole number" -- sample-mix --noise idf.csv
	sed 's/x u8/x f32/; s/^3,9,30,/3,9,nan,/' in.csv > nan.csv
	refuses 65 "segment 1" "record" nan -- sample-mix --noise nan.csv
	refuses 65 "segment 1" "record" nan -- sample-mix --between digit=4,9 nan.csv
	sample-mix --noise --alpha 0.5 in.csv > mixed
	refuses 65 "label alpha" "rns-sel --rename" -- sample-mix --noise mixed
	refuses 65 "alpha" "rns-sel --rename" -- sample-mix --between digit=4,9 mixed
	ising-gen -L 3 -T 1,2 -n 3 > three
	ising-gen -L 4 -T 1,2 -n 3 > four
	refuses 65 "segment 2" -- sample-mix --between T=1,2 three four
}

@test "noise: memory does not grow with the stream" {
	[ -z "${SAN:-}" ] || skip "sanitizers reserve address space of their own"
	ising-gen -T inf -L 64 -n 20000 --level 0 | (ulimit -v 40000 && exec sample-mix --noise --alpha 0.5 --level 0) | rns-cat --count > n
	grep -qx 20000 n
}

@test "the examples of the manual page run" {
	run_examples sample-mix.1
}
