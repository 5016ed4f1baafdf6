#!/usr/bin/env bats
# mlp-train: what it computes (units), how close it comes to what can be known, that a run repeats and resumes to the
# byte, and what it refuses.

load common

setup_file() {
	local PATH="$BIN:$PATH"
	ising-gen -L 6 -T 1,2.5,inf -n 100 --replicas 100 --seed 3 -o "$BATS_FILE_TMPDIR/spins.rns"
	ising-gen -L 6 -T 1,2.5,inf -n 40 --replicas 40 --seed 4 -o "$BATS_FILE_TMPDIR/test.rns"
	ising-gen -d 1 -L 8 -T 1,2,4 -n 10000 --seed 1 -o "$BATS_FILE_TMPDIR/ring.rns"
	ising-gen -d 1 -L 8 -T 1,2,4 -n 5000 --seed 2 -o "$BATS_FILE_TMPDIR/ring-test.rns"
}
setup() {
	common_setup
	spins=$BATS_FILE_TMPDIR/spins.rns
	test=$BATS_FILE_TMPDIR/test.rns
	ring=$BATS_FILE_TMPDIR/ring.rns
	ring_test=$BATS_FILE_TMPDIR/ring-test.rns
}

# refused CODE WORDS COMMAND...: the exit code, one line of stderr with WORDS in it, and nothing written.
refused() {
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "mlp-train: "*"$words"* ]] || { echo "said: $stderr"; return 1; }
	[ "${#stderr_lines[@]}" -eq 1 ]
}

# The last row of a column of log.csv; the row of its minimum.
last() { csv_column "$1" < log.csv | tail -n 1; }
lowest() { csv_column "$1" < log.csv | sort -g | head -n 1; }

@test "samples in memory" { run_unit dataset; }
@test "what trainers share" { run_unit training; }
@test "layers, the way forward, models as records" { run_unit mlp; }
@test "epochs, their samples and their failures" { run_unit mlp-train-run; }
@test "costs and gradients are those of their definitions" { run_unit mlp-train-backprop; }

# --- what can be known --------------------------------------------------------------------------------------------------

# The law of the ring of 8 spins: for each of its 256 states P(s|T) at T = 1, 2, 4, and its spins as 0 and 1.
law() {
	awk 'BEGIN {
		K = split("1 2 4", T, " ")
		for (i = 0; i < 256; i++) {
			for (j = 0; j < 8; j++) s[j] = 2 * (int(i / 2 ^ j) % 2) - 1
			E = 0; for (j = 0; j < 8; j++) E -= s[j] * s[(j + 1) % 8]
			for (k = 1; k <= K; k++) { w[i, k] = exp(-E / T[k]); Z[k] += w[i, k] }
		}
		for (i = 0; i < 256; i++) {
			for (k = 1; k <= K; k++) printf "%.17g,", w[i, k] / Z[k]
			for (j = 0; j < 8; j++) printf "%d%s", int(i / 2 ^ j) % 2, j < 7 ? "," : "\n"
		}
	}'
}

# cost < rows of P(s|1), P(s|2), P(s|4), Q(1|s), Q(2|s), Q(4|s): the cross-entropy of Q, and the standard deviation
# of -ln Q(T|s) over samples. Of all Q that of the posterior P(T|s) is the lowest.
cost() {
	awk -F, '{
		for (k = 1; k <= 3; k++) { c = -log($(k + 3)); mean += $k * c / 3; square += $k * c * c / 3 }
	} END { printf "%.10g %.10g\n", mean, sqrt(square - mean * mean) }'
}

@test "the ring of 8 spins: the cost is that of the exact posterior, and told within its error" {
	law > law
	awk -F, -v OFS=, '{ sum = $1 + $2 + $3; print $1, $2, $3, $1 / sum, $2 / sum, $3 / sum }' law | cost > bayes
	read -r least sd < bayes
	(echo 'x[0],x[1],x[2],x[3],x[4],x[5],x[6],x[7]' && cut -d, -f 4- law) | rns-import --kind samples --type x=bit > states.rns
	# learns LAYERS EXCESS: the exact excess over the posterior is below EXCESS, or not
	learns() {
		mlp-train --layers "$1" --test "$ring_test" --log log.csv "$ring" > model
		mlp-classify --no-comments --model model states.rns | tail -n +2 | cut -d, -f 2- | paste -d, <(cut -d, -f 1-3 law) - | cost > got
		read -r exact sd < got
		# The log told the mean over 15000 samples of what is summed here.
		lowest test_cost | awk -v exact="$exact" -v sd="$sd" '{ exit !(($1 - exact) ^ 2 < 25 * sd ^ 2 / 15000) }' || return 2
		awk -v exact="$exact" -v least="$least" -v limit="$2" 'BEGIN {
			print "excess", exact - least
			if (exact < least) exit 2
			exit !(exact - least < limit) }'
	}
	# Learned from 30000 samples, a free table of 256 states x 2 would have an excess of 512 / (2 x 30000) on average;
	# a network, which finds like states alike, does not need more.
	for layers in 16:tanh,softmax 24:relu,softmax 12:elu,12:sigmoid,softmax; do
		learns $layers 0.00853
	done
	# Power: one sum of the spins does not tell as much as their energy.
	run -1 learns 1:tanh,8:tanh,softmax 0.03
}

@test "labels that mean nothing are not learned" {
	# Each sample takes the label of the one 7 times as far on.
	rns-cat --to=csv --no-comments "$ring" | awk -F, -v OFS=, '
		NR == 1 { name = $0; next }
		{ T[NR - 2] = $1; row[NR - 2] = $0 }
		END { print name; n = NR - 1; for (i = 0; i < n; i++) { $0 = row[i]; $1 = T[i * 7 % n]; print } }' |
		sed '1s/spins\[/x[/g' | rns-import --kind samples --column x --type x=bit > shuffled.rns
	mlp-train --layers 8:tanh,softmax --log log.csv shuffled.rns > /dev/null
	# 6000 samples are held out; a network that guesses costs ln 3, one that has learned by heart more.
	lowest test_cost | awk '{ exit !($1 > log(3) - 0.005 && $1 < log(3) + 0.01) }'
	last train_accuracy | awk '{ exit !($1 < 0.37) }'
}

@test "every optimiser and every kind of output learns" {
	for options in "--optimiser gd --rate 0.5 --epochs 400" "--optimiser sgd --rate 0.01" "--optimiser minibatch --rate 0.1" \
		"--optimiser momentum --rate 0.03 --replacement" "--optimiser adam --l2-w 1e-4 --l1-w 1e-5 --l2-b 1e-4 --l1-b 1e-5" \
		"--layers 8:relu,linear" "--layers 8:elu,sigmoid" "--layers 8:leaky_relu,tanh" "--layers 8:tanh,4:linear,elu" \
		"--layers 8:sigmoid,leaky_relu" "--layers 8:tanh,relu" "--units 01" "--rate-decay 0.01"; do
		# shellcheck disable=SC2086
		mlp-train --layers 8:tanh,softmax --epochs 100 --rate 0.01 --patience 0 --test "$test" --log log.csv $options "$spins" > /dev/null
		# Guesses are right in a third of 120 cases, with a standard error of 0.043.
		csv_column test_accuracy < log.csv | sort -g | tail -n 1 | awk '{ exit !($1 > 0.6) }' || { echo "$options"; return 1; }
	done
}

@test "digits: a label of integers, samples of bytes" {
	awk 'BEGIN {
		print "digit,x[0],x[1],x[2],x[3]"
		for (i = 0; i < 400; i++) { d = i * 7 % 4; printf "%d", d + 3; for (j = 0; j < 4; j++) printf ",%d", (j == d ? 200 : 0) + i * (j + 3) % 56; print "" }
	}' | rns-import --kind samples --type x=u8 --type digit=u8 > digits.rns
	mlp-train --label digit --units 01 --layers softmax --rate 0.1 --log log.csv digits.rns > model
	[ "$(last test_accuracy)" = 1 ]
	rns-cat --label model > header
	grep -qx 'class: digit' header
	grep -qx 'classes: 3 4 5 6' header
	grep -qx 'units: 01' header
	grep -qx 'shape: 4' header
}

# --- the same again ---------------------------------------------------------------------------------------------------

@test "a run repeats to the byte; another seed is another network" {
	mlp-train --layers 5:tanh,softmax --epochs 5 --log a.csv "$spins" > a
	mlp-train --layers 5:tanh,softmax --epochs 5 --log b.csv "$spins" > b
	cmp a b
	cmp a.csv b.csv
	mlp-train --layers 5:tanh,softmax --epochs 5 --seed 2 "$spins" > c
	run -1 cmp -s <(rns-cat --records a) <(rns-cat --records c)
}

@test "how the samples were cut into files and segments does not matter" {
	rns-sel --where 'T<2' "$spins" > cold.rns
	rns-sel --where 'T>2' "$spins" > warm.rns
	mlp-train --layers 5:tanh,softmax --epochs 3 "$spins" | rns-cat --records > whole
	mlp-train --layers 5:tanh,softmax --epochs 3 cold.rns warm.rns | rns-cat --records > parts
	cat cold.rns warm.rns | mlp-train --layers 5:tanh,softmax --epochs 3 | rns-cat --records > piped
	cmp whole parts
	cmp whole piped
}

@test "a run taken up from its checkpoint ends with the bytes of an uninterrupted one" {
	for options in "" "--optimiser momentum --l1-w 1e-3" "--optimiser gd --rate 0.1" "--optimiser sgd --rate 0.01 --l2-w 1e-3" \
		"--holdout 0 --rate-decay 0.1" "--replacement --batch 17" "--test $test --patience 2 --rate 0.02 --epochs 40"; do
		# shellcheck disable=SC2086
		{
			mlp-train --layers 9:elu,4:tanh,softmax --epochs 20 $options --log log.csv "$spins" > whole
			mlp-train --layers 9:elu,4:tanh,softmax $options --epochs 7 --checkpoint state "$spins" > /dev/null
			mlp-train --layers 9:elu,4:tanh,softmax --epochs 20 $options --resume state --log resumed.csv "$spins" > resumed
		}
		cmp whole resumed || { echo "$options"; return 1; }
		# the log goes on where the other was
		rows resumed.csv | tail -n +2 > rest
		rows log.csv | tail -n "$(wc -l < rest)" | cmp - rest || { echo "$options"; return 1; }
	done
	# Power: without what Adam knew it would not be so.
	mlp-train --layers 5:tanh,softmax --epochs 20 --holdout 0 "$spins" > whole
	mlp-train --layers 5:tanh,softmax --epochs 7 --holdout 0 "$spins" > model
	mlp-train -q --layers 5:tanh,softmax --epochs 20 --holdout 0 --resume model "$spins" > resumed
	run -1 cmp -s <(rns-cat --records whole) <(rns-cat --records resumed)
}

@test "a run that has come to its end stays there, with a checkpoint and a log" {
	mlp-train --layers 3:tanh,softmax --epochs 5 --checkpoint state "$spins" > model
	mlp-train --layers 3:tanh,softmax --epochs 5 --resume state --checkpoint new --log log.csv "$spins" | cmp - model
	cmp state new
	[ -e log.csv ]
}

@test "the lowest test cost so far is in the checkpoint" {
	train() { mlp-train --layers 40:tanh,softmax --rate 0.02 --patience 5 --test "$test" "$@" "$spins"; }
	train --epochs 300 > whole
	best=$(rns-cat --to=csv whole | csv_column epoch)
	train --epochs $((best + 1)) --checkpoint state > /dev/null
	train --epochs 300 --resume state > resumed
	cmp whole resumed
}

@test "a run that goes on from another one's checkpoint tells of both; the same run does not" {
	train() { mlp-train --layers 3:tanh,softmax "$@" "$spins"; }
	train --epochs 2 --checkpoint state > /dev/null
	train --epochs 4 --resume state > same 2> err
	[ ! -s err ]
	train --epochs 4 | cmp - same
	train --epochs 4 --seed 9 --resume state > other 2> err
	grep -q 'state is of a run with other options or data' err
	rns-cat --label other > header
	[ "$(grep -c '^history: mlp-train' header)" -eq 2 ]
	grep -q -e '^history: mlp-train.*--resume state.* --seed 9' header
}

@test "a model is taken up too, whole or cut, which is told" {
	# Plain gradient descent has no state besides the network.
	train() { mlp-train --layers 64:tanh,softmax --optimiser minibatch --rate 0.05 --holdout 0 "$@" "$spins"; }
	train --epochs 9 --every 3 > whole
	train --epochs 3 > model
	run -0 --separate-stderr train --epochs 9 --resume model -o resumed
	[[ $stderr == *"model: a model; goes on from its record of epoch 3, without what the optimiser knew"* ]]
	size=$(rns-cat --records resumed | wc -c)
	cmp <(rns-cat --records whole | tail -c "$size") <(rns-cat --records resumed)
	train --epochs 9 --every 3 --level 0 > plain
	head -c $((5 * size / 2)) plain > cut.rns
	run -0 --separate-stderr train --epochs 9 --resume cut.rns -o resumed
	[[ $stderr == *"cut.rns: cut short; goes on from its record of epoch "[36]* ]]
	cmp <(rns-cat --records whole | tail -c "$size") <(rns-cat --records resumed)
	rns-cat --label resumed > header
	grep -q '^history: mlp-train .* --resume cut.rns' header
}

# --- which epoch ------------------------------------------------------------------------------------------------------

@test "--every: a record each N epochs, the last is the model" {
	mlp-train --layers 2:tanh,softmax --epochs 7 --every 3 --holdout 0 "$spins" > a
	[ "$(rns-cat --to=csv a | csv_column epoch | tr '\n' ' ')" = "3 6 7 " ]
	mlp-train --layers 2:tanh,softmax --epochs 6 --every 3 --holdout 0 "$spins" > b
	[ "$(rns-cat --to=csv b | csv_column epoch | tr '\n' ' ')" = "3 6 " ]
	cmp <(rns-cat --to=csv --no-comments a | sed -n 3p) <(rns-cat --to=csv --no-comments b | sed -n 3p)
}

@test "early stopping: the model is that of the epoch with the lowest test cost" {
	mlp-train --layers 40:tanh,softmax --epochs 300 --rate 0.02 --patience 5 --test "$test" --log log.csv "$spins" > model
	[ "$(last epoch)" -lt 300 ]
	best=$(rows log.csv | tail -n +2 | sort -t, -g -k 3,3 -s | head -n 1 | cut -d, -f 1)
	[ "$(rns-cat --to=csv model | csv_column epoch)" -eq "$best" ]
	[ "$(last epoch)" -eq $((best + 5)) ]
	# And it is the network of that epoch.
	mlp-train --layers 40:tanh,softmax --epochs "$best" --rate 0.02 --holdout 0 "$spins" | rns-cat --records > straight
	cmp straight <(rns-cat --records model)
	# Without patience too.
	mlp-train --layers 40:tanh,softmax --epochs $((best + 20)) --rate 0.02 --patience 0 --test "$test" --log log.csv "$spins" > model
	[ "$(last epoch)" -eq $((best + 20)) ]
	best=$(rows log.csv | tail -n +2 | sort -t, -g -k 3,3 -s | head -n 1 | cut -d, -f 1)
	[ "$(rns-cat --to=csv model | csv_column epoch)" -eq "$best" ]
}

@test "regularisation makes weights or biases small, and only those" {
	norm() { # COLUMN MODEL
		rns-cat --to=csv --no-comments "$2" | awk -F, -v c="$1[" '
			NR == 1 { for (i = 1; i <= NF; i++) if (index($i, c) == 1) use[i] = 1; next }
			{ for (i in use) s += $i * $i }
			END { print sqrt(s) }'
	}
	smaller() { awk -v a="$(norm "$1" "$2")" -v b="$(norm "$1" "$3")" 'BEGIN { exit !(a < 0.7 * b) }'; }
	train() { mlp-train --layers 8:tanh,softmax --holdout 0 --epochs 20 --optimiser minibatch --rate 0.2 "$@" "$spins"; }
	train > plain
	for norm in l1 l2; do
		train --$norm-w 0.05 > w
		train --$norm-b 0.2 > b
		smaller W1 w plain
		smaller b1 b plain
		run -1 smaller W1 b plain
	done
}

@test "the history names what determines the result" {
	history() { mlp-train --epochs 1 "$@" "$spins" > model; rns-cat --label model | grep "^history: mlp-train"; }
	[ "$(history)" = "history: mlp-train 0.1.0 --layers 64:tanh,softmax --label T --units pm1 --optimiser adam --rate 0.003 --batch 100 --epochs 1 --patience 10 --holdout 0.2 --seed 1 spins.rns" ]
	[ "$(history --log log --checkpoint state --progress=never)" = "$(history)" ]
	history --test "$test" --optimiser momentum --l1-w 0.1 --replacement --seed 5 > got
	grep -q -e ' --momentum 0.9 --l1-w 0.1 .* --replacement .* --test test.rns .*--seed 5 spins.rns$' got
}

@test "the log: rates that fall, nan without a test set, one row an epoch" {
	mlp-train --layers 3:tanh,softmax --epochs 4 --rate 0.1 --rate-decay 1 --holdout 0 --log log.csv "$spins" > /dev/null
	[ "$(rows log.csv | head -n 1)" = "epoch,train_cost,test_cost,train_accuracy,test_accuracy,rate" ]
	[ "$(csv_column epoch < log.csv | tr '\n' ' ')" = "1 2 3 4 " ]
	[ "$(csv_column rate < log.csv | awk '{ printf "%.6g ", $1 }')" = "0.1 0.05 0.0333333 0.025 " ]
	[ "$(csv_column test_cost < log.csv | sort -u)" = nan ]
}

# --- when it goes wrong -----------------------------------------------------------------------------------------------

@test "numbers that fail end the run: the epoch, exit 1, no model, the last good checkpoint" {
	mlp-train --layers 4:tanh,softmax --epochs 2 --checkpoint good "$spins" > /dev/null
	cp good before
	run -1 --separate-stderr mlp-train --layers 4:tanh,softmax --epochs 9 --rate 1e30 --l2-w 1 --resume good --checkpoint good \
		--log log.csv -o model "$spins"
	[[ $stderr == "mlp-train: good is of a run with other options or data"*"mlp-train: epoch "[3-9]": the cost or a parameter is not finite"*"--rate"* ]]
	[ ! -e model ]
	cmp <(rns-cat --records good) <(rns-cat --records before)
	grep -q '^epoch,' log.csv
	run -1 --separate-stderr bash -c 'mlp-train --rate 1e30 --optimiser minibatch --layers 4:relu,linear "$1" > out' bash "$spins"
	[[ $stderr == "mlp-train: epoch "* ]]
	run -65 rns-cat out
}

@test "killed at any moment, model and checkpoint are the old whole ones or new whole ones" {
	mlp-train --layers 9:tanh,softmax --epochs 1 -o model --checkpoint state "$spins"
	cp model old
	for after in 0.1 0.4 1.3; do
		mlp-train --layers 9:tanh,softmax --epochs 4000000 --patience 0 -o model --checkpoint state --log log.csv "$spins" & pid=$!
		sleep $after
		kill -9 $pid
		wait $pid || true
		cmp model old
		rns-cat state > /dev/null
	done
	epoch=$(rns-cat --to=csv state | csv_column epoch)
	[ "$epoch" -gt 1 ]
	[ "$(last epoch)" -gt 1 ]
	mlp-train --layers 9:tanh,softmax --epochs $((epoch + 1)) --patience 0 --resume state --log log.csv -o model "$spins"
	[ "$(last epoch)" -eq $((epoch + 1)) ]
	# Not a row is missing or twice there.
	[ "$(csv_column epoch < log.csv | wc -l)" -eq $((epoch + 1)) ]
}

# --- refusals ---------------------------------------------------------------------------------------------------------

@test "what is no training set is refused" {
	mlp-train --layers 3:tanh,softmax --epochs 1 "$spins" > model
	refused 65 "trained model" mlp-train model
	refused 65 "trained model" mlp-train --test model "$spins"
	refused 65 "'digit'" mlp-train --label digit "$spins"
	rns-sel --where 'T=1' "$spins" > constant
	refused 65 "T is 1 in all 100 records" mlp-train constant
	rns-cat --to=rns --head 1 "$spins" | cat - <(ising-gen -L 6 -T 3 -n 50) > lonely
	refused 65 "one record alone has T = 1" mlp-train lonely
	ising-gen -L 6 -T 1,2 -n 10 -o other
	refused 65 "the class 2," mlp-train --test other "$spins"
	ising-gen -L 4 -T 1,inf -n 10 -o small
	refused 65 "bit 4 4" mlp-train "$spins" small
	refused 65 "bit 4 4" mlp-train --test small "$spins"
	rns-sel --where 'T>9e9' --where 'T<1' "$spins" > empty
	refused 65 "no records" mlp-train empty
	head -c 3000 "$spins" > cut.rns
	refused 65 "cut" mlp-train cut.rns
	rns-cat --to=csv --no-comments small > foreign.csv
	refused 65 "kind is table" mlp-train foreign.csv
	refused 66 "" mlp-train none.rns
}

@test "what cannot be resumed is refused" {
	mlp-train --layers 3:tanh,softmax --epochs 2 --checkpoint state "$spins" > model
	refused 65 "36-3:tanh,3:softmax" mlp-train --layers 4:tanh,softmax --resume model "$spins"
	refused 65 "units pm1" mlp-train --layers 3:tanh,softmax --units 01 --resume model "$spins"
	refused 65 "another --optimiser" mlp-train --layers 3:tanh,softmax --optimiser momentum --resume state "$spins"
	refused 65 "a test set" mlp-train --layers 3:tanh,softmax --holdout 0 --resume state "$spins"
	ising-gen -L 6 -T 1,2,inf -n 10 -o other
	refused 65 "other classes" mlp-train --layers 3:tanh,softmax --resume model other
	refused 65 "spins" mlp-train --layers 3:tanh,softmax --resume "$spins" "$spins"
	rns-cat --to=plain model > plain
	head -c $(($(sed '/^$/q' plain | wc -c) + 100)) plain > cut.rns
	refused 65 "nothing to resume" mlp-train --layers 3:tanh,softmax --resume cut.rns "$spins"
	refused 66 "" mlp-train --layers 3:tanh,softmax --resume none "$spins"
}

@test "bytes of 0 and 1 are told of" {
	printf 'T,x[0],x[1]\n1,0,1\n2,1,1\n' | rns-import --kind samples --type x=u8 > u8.rns
	mlp-train --epochs 1 --holdout 0 u8.rns > /dev/null 2> err
	grep -q 'all u8 are 0 or 1.*bit' err
}

@test "options that contradict each other or mean nothing are refused" {
	refused 64 "--test and --holdout" mlp-train --test "$test" --holdout 0.1 "$spins"
	refused 64 "--patience" mlp-train --patience 3 --holdout 0 "$spins"
	refused 64 "pm1" mlp-train --units 02 "$spins"
	refused 64 "adam" mlp-train --optimiser newton "$spins"
	refused 64 "--rate" mlp-train --rate 0 "$spins"
	refused 64 "--holdout" mlp-train --holdout 1 "$spins"
	refused 64 "--momentum" mlp-train --momentum 1 "$spins"
	refused 64 "--layers" mlp-train --layers 4:tanh,4:softmax "$spins"
	refused 64 "3 classes" mlp-train --layers 4:tanh,4:softmax "$spins"
	refused 64 "last layer" mlp-train --layers 4:softmax,softmax "$spins"
	refused 64 "tan'" mlp-train --layers 4:tan,softmax "$spins"
}

@test "the examples of the manual page run" { run_examples mlp-train.1; }
