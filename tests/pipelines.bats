#!/usr/bin/env bats
# Plans and sweeps of pipelines/common.mk, on a toy study; and the study of the demo, in small.

load common

setup() {
	common_setup
	export BIN
	cp -r "$ROOT/pipelines" .
	cp "$FIXTURES/toy.mk" pipelines/
}

toy() { make -s -C pipelines toy JOBS=1 "$@" > log 2>&1 || { cat log; return 1; }; }

@test "a sweep runs every job once, and a second make none" {
	touch repaired
	toy
	[ "$(paste -sd ' ' ran)" = "1 2 3 4" ]
	[ "$(paste -sd ' ' out/toy/all)" = "x x x x" ]
	[ -f out/toy/jobs.done ]
	toy
	[ "$(wc -l < ran)" -eq 4 ]
}

@test "a job fails when any stage of its pipeline does; the sweep goes on from there" {
	run -1 toy
	[ ! -e out/toy/3.txt ]
	[ ! -e out/toy/all ]
	[ -e out/toy/1.txt ]
	[ -e out/toy/2.txt ]
	touch repaired
	toy
	[ "$(paste -sd ' ' ran)" = "1 2 3 3 4" ]
	[ -e out/toy/all ]
}

@test "another plan is another sweep" {
	touch repaired
	toy
	toy toy/text=y
	[ "$(wc -l < ran)" -eq 8 ]
	[ "$(paste -sd ' ' out/toy/all)" = "y y y y" ]
}

@test "what is taken away is made again" {
	touch repaired
	toy
	rm out/toy/2.txt
	toy
	[ "$(paste -sd ' ' out/toy/all)" = "x x x x" ]
}

@test "HOSTS says where the jobs run" {
	touch repaired
	echo '1/:' > machines		# this one, without ssh
	toy HOSTS="$PWD/machines"
	[ "$(sort ran | paste -sd ' ')" = "1 2 3 4" ]
	[ -e out/toy/all ]
}

@test "HOSTS is looked for here and in the top directory, and must be there" {
	touch repaired
	echo '1/:' > machines
	toy HOSTS=machines
	[ -e out/toy/all ]
	run -2 make -s -C pipelines toy HOSTS=nowhere
	[[ $output == *"HOSTS=nowhere: there is no such file"* ]]
}

@test "HOSTS needs rsync and ssh" {
	mkdir few
	for tool in make grep mkdir; do ln -s "$(command -v $tool)" few/; done
	echo elsewhere > machines
	PATH=$PWD/few run -2 make -s -C pipelines toy HOSTS=machines
	[[ $output == *"HOSTS=machines needs rsync, which is not here"* ]]
}

@test "a sweep starts over when one of its programs was built anew" {
	mkdir bin
	touch bin/program
	# shellcheck disable=SC2016 # for make
	sed -i 's|&: ../out/toy/plan$|& $(call stage,program)|' pipelines/toy.mk
	run -1 toy BIN="$PWD/bin"
	run -1 toy BIN="$PWD/bin"
	[ "$(paste -sd ' ' ran)" = "1 2 3 3" ]
	touch bin/program repaired
	toy BIN="$PWD/bin"
	[ "$(paste -sd ' ' ran)" = "1 2 3 3 1 2 3 4" ]
}

@test "clean takes a study's output away" {
	touch repaired
	toy
	make -s -C pipelines clean-toy
	[ ! -e out/toy ]
}

@test "rg-flow, in small: figures, tables and a summary without a hole" {
	make -s -C pipelines rg-flow rg-flow/n=60 > log 2>&1 || { cat log; return 1; }
	for figure in flow match binder xi; do
		grep -q '</svg>' out/rg-flow/fig-$figure.svg
		[ "$(head -c 8 out/rg-flow/fig-$figure.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	done
	[ "$(head -n 1 out/rg-flow/summary.csv)" = quantity,ours,error,published,exact,source ]
	[ "$(wc -l < out/rg-flow/summary.csv)" -gt 10 ]
	awk -F, 'NR > 1 && (NF != 6 || $2 !~ /[0-9]/ || $3 + 0 <= 0) { print; bad = 1 } END { exit bad }' out/rg-flow/summary.csv
	# Where nothing exact is to be compared with, it says why.
	grep -q '^T_c: e of L=64 blocked 1x crosses L=32 blocked 0x,[^,]*,[^,]*,,,shifted ' out/rg-flow/summary.csv
	[ "$(grep -c ',2.269185,Onsager 1944$' out/rg-flow/summary.csv)" -eq 5 ]
	zstdcat out/rg-flow/L64-Tc.rns > plain
	sed '/^$/q' plain | grep -a '^history: blockspin'
}

# reading T STEP: "T_est T_est_err" of the flow from T.
reading() { awk -v where="T=$1 step=$2" -v of='T_est T_est_err' -f pipelines/rows.awk out/rbm-flow/flow-all-sample-1.csv | sed '1d; s/,/ /'; }
# apart "X DX" "Y DY": |X - Y| in standard errors of the difference.
apart() { awk -v x="$1" -v y="$2" 'BEGIN { split(x, a, " "); split(y, b, " "); d = a[1] - b[1]; printf "%.6g\n", (d < 0 ? -d : d) / sqrt(a[2]^2 + b[2]^2) }'; }
holds() { awk "BEGIN { exit !($1) }"; }

@test "rbm-flow, in small: all starts end at one temperature, which none of them had told" {
	make -s -C pipelines rbm-flow rbm-flow/n=300 > log 2>&1 || { cat log; return 1; }
	grep -q '</svg>' out/rbm-flow/fig-flow.svg
	[ "$(head -c 8 out/rbm-flow/fig-flow.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	grep -q 'Tc = 2.269' log || { cat log; return 1; }
	[ "$(head -n 1 out/rbm-flow/summary.csv)" = quantity,ours,error,published,exact,source,statement,holds ]
	awk -F, 'NF != 8 || NR > 1 && $2 !~ /[0-9]/ { print; bad = 1 } END { exit bad }' out/rbm-flow/summary.csv

	# Before the first step the thermometer tells the starts from each other, and right.
	holds "$(apart "$(reading 2 0)" '2 0') < 5"
	holds "$(apart "$(reading 3 0)" '3 0') < 5"
	holds "$(apart "$(reading 2 0)" "$(reading 3 0)") > 5"
	holds "$(apart "$(reading 1.5 0)" "$(reading 2 0)") > 5"
	# After 20 steps it does not.
	for T in 1.5 2 3 6; do
		holds "$(apart "$(reading 0 20)" "$(reading $T 20)") < 5"
	done
	# Between the lowest and the highest that any number of hidden units or any length of training gives.
	holds "$(reading 2 20 | cut -d ' ' -f 1) > 1.8"
	holds "$(reading 2 20 | cut -d ' ' -f 1) < 2.6"
	# The end knows nothing of distance, other than the Ising model at that temperature.
	awk -F, '$1 ~ /G\(1\) - G\(L\/2\) less/ { seen = 1; exit !($2 < -5 * $3) } END { exit !seen }' out/rbm-flow/summary.csv
}

@test "verdicts follow from the numbers" {
	echo 'study,run,quantity,published,source,statement
s,all,T_mlp,2,here,near 2
s,all,spread,0,here,one' > claims
	verdicts() {
		echo "run,mode,seeds,step,starts,spread,spread_err,T_mlp,T_mlp_err
all,sample,4,20,25,$3,0.02,$1,$2" > runs
		awk -v study=s -f pipelines/summary.awk claims runs | sed -n 's/.*\(near 2\|one\),//p' | paste -sd ' '
	}
	[ "$(verdicts 2.1 0.01 0.1)" = "yes yes" ]
	[ "$(verdicts 2.3 0.01 0.3)" = "no no" ]
	[ "$(verdicts 2.2 0.1 0.2)" = "undecided yes" ]
	[ "$(verdicts 1.7 0.01 1)" = "no no" ]
}

@test "nnqft, in short: what converges agrees with what is exact, what does not says so" {
	make -s -C pipelines nnqft QUICK=1 > log 2>&1 || { cat log; return 1; }
	for figure in histograms deviations errors couplings active others din training; do
		grep -q '</svg>' out/nnqft/fig-$figure.svg
		[ "$(head -c 8 out/nnqft/fig-$figure.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	done
	[ "$(head -n 1 out/nnqft/summary.csv)" = quantity,ours,error,published,exact,source,statement,holds ]
	awk -F, 'NF != 8 || NR > 1 && $2 !~ /[0-9]/ || $8 !~ /^(|yes|no|undecided|holds)$/ { print; bad = 1 } END { exit bad }' out/nnqft/summary.csv

	# Units, at every N and order: within five errors, which are less than a thousandth. A value that is off by that much is seen.
	awk -F, '/^gauss: N = [0-9]+: dG[46]: moments/ {
		n++
		d = $2 - $5
		if (d < 0) d = -d
		if (d > 5 * $3 + 1e-5 * $5 || $3 > 1e-3 * $5) { print; bad = 1 }
	} END { exit bad || n != 20 }' out/nnqft/summary.csv
	# Networks: the error that bags show is not that of G4.
	awk -F, '/^gauss: N = (5|10|100): error of G4/ { n++; if ($2 < 3) bad = 1 } END { exit bad || n != 3 }' out/nnqft/summary.csv

	verdict() { awk -F, -v of="$1" '$1 == of { print $8 }' out/nnqft/summary.csv; }
	[ "$(verdict 'gauss: exponent of N in dG4: exact')" = yes ]
	[ "$(verdict 'gauss: exponent of N in dG6: moments')" = no ]
	[ "$(verdict 'gauss: exponent of N in Gc6: moments')" = yes ]
	[ "$(verdict 'gauss: exponent of N in dG4: plain (true)')" = undecided ]
	[ "$(verdict 'canonical: exponent of sigma_W in u6: moments')" = yes ]
	[ "$(verdict 'raw: exponent of sigma_W in u6: moments')" = no ]
	[ "$(verdict 'gauss: N = 100: u4: moments')" = yes ]
	[ "$(verdict 'gauss: N = 100: u6: moments')" = no ]

	# Where the last layer learns, predictions go to those of N = infinity as 1/N; at N = 10 they are elsewhere. (After 200
	# steps what is left to learn is in modes so small that N = 100 knows little of them: 1/N does not do.)
	awk -F, '/^training \(last\): N = (10:|infinity).*: G1/ {
		d = ($2 - $5) / $3
		if (d < 0) d = -d
		if (/N = infinity/) { if (/step ..?.?:/ && !/step 500/) { n++; if (d > 5) { print; bad = 1 } } }
		else if (d > 5) far++
	} END { exit bad || n != 18 || far < 4 }' out/nnqft/summary.csv
}

@test "frg, in short: measured couplings flow as exact ones, truncations to the full potential, and both to the exponents" {
	make -s -C pipelines frg QUICK=1 > log 2>&1 || { cat log; return 1; }
	for figure in passive errors active portrait exponents potential scaling; do
		grep -q '</svg>' out/frg/fig-$figure.svg
		[ "$(head -c 8 out/frg/fig-$figure.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	done
	[ "$(head -n 1 out/frg/summary.csv)" = quantity,ours,error,published,exact,source,statement,holds ]
	awk -F, 'NF != 8 || NR > 1 && $2 !~ /[0-9]/ || $8 !~ /^(|yes|no|undecided|holds)$/ { print; bad = 1 } END { exit bad }' out/frg/summary.csv

	verdict() { awk -F, -v of="$1" '$1 == of { print $8 }' out/frg/summary.csv; }
	ours() { awk -F, -v of="$1" '$1 == of { print $2, $3 }' out/frg/summary.csv; }
	for d in 1 2 3; do
		[ "$(verdict "active (canonical): d = $d: exponent of sigma_W in u4: moments")" = yes ]
		[ "$(verdict "active (canonical): d = $d: exponent of sigma_W in u6: moments")" = yes ]
		[ "$(verdict "active (raw): d = $d: exponent of sigma_W in u4: moments")" = no ]
		[ "$(verdict "passive: d = $d: N^2 u6 in the infrared: exact")" = no ]
	done

	# From units, flowed to m0: within five errors, which are below a thousandth.
	flowed() {
		awk -F, '/^passive: d = 1: N = 1000 sigma_b = 1: u[46] .*: moments/ {
			n++
			d = $2 - $5
			if (d < 0) d = -d
			if (d > 5 * $3 + 1e-5 * ($5 < 0 ? -$5 : $5) || $3 > 1e-3 * ($5 < 0 ? -$5 : $5)) bad = 1
		} END { exit bad || n != 4 }' out/frg/summary.csv
	}
	flowed
	awk -F, '/^passive: .* and back/ { seen = 1; exit !($2 < 1e-6) } END { exit !seen }' out/frg/summary.csv

	# As M grows the critical u2 goes to that of the full potential: M = 6 within 1e-3 of it, M = 3 not.
	for u4 in 5 15; do
		awk -F, -v of="critical u2 at u4 = $u4: M = " 'index($1, of) == 1 { M = substr($1, length(of) + 1); r = $2 / $5 - 1; off[M] = r < 0 ? -r : r }
			END { exit !(off[6] < 1e-3 && off[3] > 3e-3) }' out/frg/summary.csv
	done
	# The exponents of flows, in errors of less than 1%, are those of the fixed point.
	holds "$(apart "$(ours 'nu: flow of the full potential: mass')" '0.6495617739 0') < 5"
	holds "$(apart "$(ours 'beta: flow of the full potential: minimum')" '0.3247808869 0') < 5"
	awk -F, '/flow of the full potential/ { n++; if ($3 > 0.01 * $2) bad = 1 } END { exit bad || n != 2 }' out/frg/summary.csv
	[ "$(verdict 'nu: d = 3: N = 1: full potential')" = yes ]
	[ "$(verdict 'omega: d = 3: N = 1: full potential')" = yes ]

	# What is wrong is seen: exponents of another dimension, couplings that are 1% off.
	rm out/frg/fixed-litim.csv
	make -s -C pipelines ../out/frg/summary.csv QUICK=1 frg/do-fixed-litim='-d 2.9999 -N 1:4:1,1000 --expansion none' > log 2>&1 || { cat log; return 1; }
	[ "$(verdict 'nu: d = 3: N = 1: full potential')" = no ]
	awk -F, -v OFS=, '$5 == 3 { $9 *= 1.01 } 1' out/frg/starts.csv > starts
	mv starts out/frg/starts.csv
	make -s -C pipelines ../out/frg/summary.csv QUICK=1 > log 2>&1 || { cat log; return 1; }
	run -1 flowed
}

@test "an exponent is found beside its correction to scaling" {
	scaled() { awk 'BEGIN { print "delta,value,error,k,side"; for (i = 3; i <= 12; i++) { x = 10^(-i / 3); printf("%.12g,%.12g,0,0,here\n", x, 3 * x^0.65 * exp(0.2 * x^0.43)) } }'; }
	scaled > masses
	[ "$(awk -v correction=0.43 -f pipelines/exponent.awk masses | tail -n 1 | cut -d, -f1,2,4)" = here,0.65,10 ]
	holds "$(awk -v correction=0.43 -f pipelines/exponent.awk masses | tail -n 1 | cut -d, -f3) < 1e-9"
	# Without the right one, and with the transition elsewhere, there is an error, and it says how much.
	for wrong in '-v correction=3' '-v correction=0.43 -v shift=1e-6'; do
		# shellcheck disable=SC2086 # options
		awk $wrong -f pipelines/exponent.awk masses | awk -F, 'NR == 2 { d = $2 - 0.65; if (d < 0) d = -d; exit !($3 > 1e-5 && d < 5 * $3) }'
	done
}

# of_summary TEXT COLUMN: that column of the rows of the summary that begin with this text
of_summary() { awk -F, -v of="$2" -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } index($1, want) == 1 { print $at[of] }' out/inverse-rg/summary.csv; }

@test "inverse-rg, in short: exponents are those of the kernel, and the summary says what fails" {
	make -s -C pipelines inverse-rg QUICK=1 > log 2>&1 || { cat log; return 1; }
	for figure in forward exponents lattices flow quality kernels family variants ising; do
		grep -q '</svg>' out/inverse-rg/fig-$figure.svg
		[ "$(head -c 8 out/inverse-rg/fig-$figure.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
	done
	[ "$(head -n 1 out/inverse-rg/summary.csv)" = quantity,ours,error,published,exact,source,statement,holds ]
	awk -F, 'NF != 8 || NR > 1 && $2 !~ /[0-9]/ || $8 !~ /^(|yes|no|undecided|holds)$/ { print; bad = 1 } END { exit bad }' out/inverse-rg/summary.csv
	[ "$(grep -c '^A,' out/inverse-rg/tables.csv)" -eq 20 ]
	[ "$(grep -c '^B,' out/inverse-rg/tables.csv)" -eq 42 ]

	# The rule: 64 blocked once crosses 32 where the theory is critical, and nowhere near a hundredth beside it.
	awk -F, '/^mu2_c \(A\): .* of L = 64 blocked 1x/ {
		n++
		d = ($2 + 0.9515) / $3
		if (d * d > 25 || ($2 + 0.9415) / $3 > -5) { print; bad = 1 }
	} END { exit bad || n != 2 }' out/inverse-rg/summary.csv

	# The kernel decides. Four rows are too few for this rule; from eight on it does not change; six is what is quoted.
	kernel() { of_summary "beta/nu of the kernel: A-32: K = $1" ours | head -n 1; }
	holds "$(kernel 6) > 0.125 && $(kernel 6) < 0.133"
	holds "$(kernel 8) > 0.1315 && $(kernel 8) < 0.1395"
	holds "$(kernel 4) < 0.125"
	awk -F, '/^A,|^B,/ {
		# No noise: one number in all columns, and gamma/nu = 2 - 2 beta/nu.
		if (!(($1, $2) in linear)) linear[$1, $2] = $6
		if ($6 != linear[$1, $2]) { print; bad = 1 }
		# With noise: that number within errors of the lattices that are enlarged.
		d = ($4 - $6) / $5
		if (d * d > 25) { print; bad = 1 }
		if ($9 <= 0.004 || $9 > 0.03) { print; bad = 1 }
	} END {
		for (s = 0; s < 2; s++) {
			set = s ? "A" : "B"
			d = linear[set, "gamma/nu"] - 2 + 2 * linear[set, "beta/nu"]
			if (d * d > 1e-8) { print set, d; bad = 1 }
		}
		exit bad
	}' out/inverse-rg/tables.csv
	for q in beta gamma; do
		[ "$(of_summary "quoted (A): $q/nu" holds)" = yes ]
	done

	# What is right, and what is not.
	verdict() { of_summary "$1" holds | sort -u; }
	[ "$(verdict 'from L = 32 at mu2 = -0.9515')" = "$(printf '\nyes')" ]
	[ "$(verdict 'generated over simulated: L = 64: phi2')" = no ]
	[ "$(verdict 'generated over simulated: L = 64: phi4')" = no ]
	[ "$(verdict 'generated over simulated: L = 64: S(32): no noise')" = no ]
	[ "$(of_summary 'from L = 32 to 32 (no noise): U4' ours)" = "$(of_summary 'from L = 32 to 512 (no noise): U4' ours)" ]
	[ "$(verdict 'Ising (two-colour): e of 64')" = yes ]
	[ "$(verdict 'Ising (centre+4): e of 64')" = no ]
	# Saturation: beta/nu falls from column to column.
	first=$(of_summary 'net (tanh; maps put together over 1 x 1; no noise): beta/nu: 32/64' ours)
	first_err=$(of_summary 'net (tanh; maps put together over 1 x 1; no noise): beta/nu: 32/64' error)
	last=$(of_summary 'net (tanh; maps put together over 1 x 1; no noise): beta/nu: 128/256' ours)
	last_err=$(of_summary 'net (tanh; maps put together over 1 x 1; no noise): beta/nu: 128/256' error)
	holds "$first - $last > 4 * sqrt($first_err ^ 2 + $last_err ^ 2)"
}

@test "the coupling that a lattice seems to have is the one that was put in" {
	# Simulated: xi / L = 0.2 - 2 mu2 at L = 64. Generated: xi / L = 0.35, and one outside.
	echo 'mu2,level,xi,xi_err,chi0,m2' > direct.csv
	for mu2 in -0.1 -0.09 -0.07 -0.05; do
		awk -v mu2=$mu2 'BEGIN { OFS = ","; print mu2, 0, 64 * (0.2 - 2 * mu2), 0.64, 4096, 1 }' >> direct.csv
	done
	printf 'mu2,level,xi,xi_err\n-0.02,0,10,0.1\n-0.02,1,%s,0\n-0.03,0,10,0.1\n-0.03,1,64,0\n' "$(awk 'BEGIN { print 64 * 0.35 }')" > flow.csv
	awk -f pipelines/effective.awk flow.csv direct.csv > effective.csv
	awk -F, '$1 == -0.02 && $2 == 1 { n++; if (sprintf("%.6f", $8) != "-0.075000" || sprintf("%.3f", $6) != "2.240" || $9 <= 0 || $9 > 0.005) { print; exit 1 } }
		$1 == -0.03 && $2 == 1 { n++; if ($8 != "") { print; exit 1 } } END { if (n != 2) exit 1 }' effective.csv
}

@test "fits of powers find what was put in" {
	echo 'N,n,dG_plain,dG_plain_err,Gc_plain,Gc_plain_err,dG_exact,Gc_exact,se_plain' > means.csv
	for N in 2 5 10 100; do
		awk -v N=$N 'BEGIN { OFS = ","; print N, 4, 3 / N, 0.1 / N, 3 / N, 0.1, 3 / N, 3 / N, 1 / N; print N, 6, 7 / N + 5 / N^2, 0.1 / N, 5 / N^2, 0.1 / N^2, 7 / N + 5 / N^2, 5 / N^2, 1 / N }' >> means.csv
	done
	awk -f pipelines/powers.awk means.csv > fits
	fitted() { awk -F, -v of="$1" '$2 "," $3 "," $4 "," $5 == of { print $6, $7, $10 }' fits; }
	[ "$(fitted dG,4,plain,a)" = '3 0.05 0' ]
	[ "$(fitted dG,4,plain-true,a)" = '3 0.5 0' ]
	[ "$(fitted dG,6,plain,a | cut -d ' ' -f 1)" = 7 ]
	[ "$(fitted dG,6,plain,b | cut -d ' ' -f 1)" = 5 ]
	[ "$(fitted dG,4,exact,exponent)" = '-1  0' ]
	[ "$(fitted Gc,6,plain,exponent | cut -d ' ' -f 1)" = -2 ]
	sed -i 's/^100,4,0/100,4,-0/' means.csv
	awk -f pipelines/powers.awk means.csv > fits
	[ "$(fitted dG,4,plain,exponent | cut -d ' ' -f 3)" = 1 ]
	[ "$(fitted dG,4,plain,a | cut -d ' ' -f 1)" != 3 ]
}

@test "the study that the README shows runs" {
	awk '/^```make/ { on = 1; next } /^```/ { on = 0 } on' "$ROOT/README.md" > pipelines/heat.mk
	sed -i 's/-n 2000/-n 50/' pipelines/heat.mk
	make -s -C pipelines heat > log 2>&1 || { cat log; return 1; }
	for L in 8 16 32; do
		[ "$(csv_column c < out/heat/L$L.csv | wc -l)" -eq 7 ]
	done
}
