#!/usr/bin/env bats
# rbm-train: what it computes (units), that a run repeats and resumes to the byte, and what it refuses.

load common

setup_file() {
	local PATH="$BIN:$PATH"
	ising-gen -L 6 -T 1,2,3 -n 100 --seed 3 -o "$BATS_FILE_TMPDIR/spins.rns"
	ising-gen -L 6 -T 1,2,3 -n 40 --seed 4 -o "$BATS_FILE_TMPDIR/test.rns"
}
setup() {
	common_setup
	spins=$BATS_FILE_TMPDIR/spins.rns
	test=$BATS_FILE_TMPDIR/test.rns
}

# ring T: all 256 states of the ring of 8 spins, with their Boltzmann weights.
ring() {
	awk -v T="$1" 'BEGIN {
		printf "w"; for (j = 0; j < 8; j++) printf ",x[%d]", j; print ""
		for (i = 0; i < 256; i++) {
			for (j = 0; j < 8; j++) s[j] = int(i / 2 ^ j) % 2
			E = 0; for (j = 0; j < 8; j++) E -= (2 * s[j] - 1) * (2 * s[(j + 1) % 8] - 1)
			printf "%.17g", exp(-(E + 8) / T); for (j = 0; j < 8; j++) printf ",%d", s[j]; print ""
		}
	}' | rns-import --kind samples --type x=bit
}

# refused CODE WORDS COMMAND...: the exit code, one line of stderr with WORDS in it, and nothing written.
refused() {
	local code=$1 words=$2
	shift 2
	run -"$code" --separate-stderr "$@"
	[ -z "$output" ] || { echo "wrote something: $*"; return 1; }
	[[ $stderr == "rbm-train: "*"$words"* ]] || { echo "said: $stderr"; return 1; }
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "vector functions" { run_unit vecmath; }
@test "optimisers" { run_unit optimiser; }
@test "models as records" { run_unit model; }
@test "layers, draws and free energies" { run_unit rbm; }
@test "CD-k and PCD have the exact expectation" { run_unit rbm-train-cd; }
@test "epochs, their samples and their failures" { run_unit rbm-train-run; }

@test "every CPU level gives the same bits" {
	for level in baseline avx2 avx512; do
		RENORM_CPU=$level "$UNIT/vecmath" | grep '^# bits' >> bits
		RENORM_CPU=$level "$UNIT/rbm" > /dev/null
		RENORM_CPU=$level "$UNIT/rbm-train-cd" > /dev/null
	done
	[ "$(wc -l < bits)" -eq 3 ]
	[ "$(sort -u bits | wc -l)" -eq 1 ]
}

@test "a run repeats to the byte; another seed is another machine" {
	rbm-train --hidden 5 --tau 2 "$spins" > a
	rbm-train --hidden 5 --tau 2 "$spins" > b
	cmp a b
	rbm-train --hidden 5 --tau 2 --seed 2 "$spins" > c
	run -1 cmp -s <(rns-cat --records a) <(rns-cat --records c)
}

@test "how the samples were cut into files and segments does not matter" {
	rns-sel --where 'T==1' "$spins" > low.rns
	rns-sel --where 'T>1' "$spins" > high.rns
	rbm-train --hidden 5 --tau 2 "$spins" | rns-cat --records > whole
	rbm-train --hidden 5 --tau 2 low.rns high.rns | rns-cat --records > parts
	cat low.rns high.rns | rbm-train --hidden 5 --tau 2 | rns-cat --records > piped
	cmp whole parts
	cmp whole piped
}

@test "tau counts rate x updates, over 1 - momentum" {
	# 300 samples in batches of 100: 3 updates an epoch.
	rbm-train --tau 0.6 --rate 0.05 --log a.csv "$spins" > /dev/null
	[ "$(csv_column tau < a.csv | awk '{ printf "%.12g ", $1 }')" = "0.15 0.3 0.45 0.6 " ]
	rbm-train --tau 6 --rate 0.05 --optimiser momentum --log b.csv "$spins" > /dev/null
	[ "$(csv_column epoch < b.csv | tail -n 1)" -eq 4 ]
	rbm-train --tau 0.6 --rate 0.05 --optimiser gd --log c.csv "$spins" > /dev/null
	[ "$(csv_column epoch < c.csv | tail -n 1)" -eq 12 ]
	rbm-train --tau 15 --rate 0.05 --optimiser sgd --log d.csv "$spins" > /dev/null
	[ "$(csv_column epoch < d.csv | tail -n 1)" -eq 1 ]
}

@test "a run taken up from its checkpoint ends with the bytes of an uninterrupted one" {
	for options in "--cd 2" "--optimiser momentum --l1-w 1e-3" "--optimiser adam --rate 0.01 --l2-w 1e-3" \
		"--pcd 1 --rate 0.01" "--visible-units gaussian --hidden-units 01 --rate 0.01" "--replacement --rate-decay 0.1" \
		"--holdout 0.3 --patience 2 --rate 0.2" "--pcd 2 --optimiser adam --rate 0.01 --holdout 0.2 --patience 9"; do
		# shellcheck disable=SC2086
		{
			rbm-train --hidden 4 --epochs 20 $options "$spins" > whole
			rbm-train --hidden 4 --epochs 7 $options --checkpoint state "$spins" > /dev/null
			rbm-train --hidden 4 --epochs 20 $options --resume state "$spins" > resumed
		}
		cmp whole resumed || { echo "$options"; return 1; }
	done
	# Power: without the chains it would not be so.
	rbm-train --hidden 4 --epochs 20 --pcd 1 --rate 0.01 "$spins" > whole
	rbm-train --hidden 4 --epochs 7 --pcd 1 --rate 0.01 "$spins" > model
	rbm-train -q --hidden 4 --epochs 20 --pcd 1 --rate 0.01 --resume model "$spins" > resumed
	run -1 cmp -s <(rns-cat --records whole) <(rns-cat --records resumed)
}

@test "a model is taken up too, whole or cut, which is told" {
	rbm-train --hidden 40 --epochs 9 --every 3 "$spins" > whole
	rbm-train --hidden 40 --epochs 3 "$spins" > model
	run -0 --separate-stderr rbm-train --hidden 40 --epochs 9 --resume model -o resumed "$spins"
	[[ $stderr == *"model: a model; goes on from its record of epoch 3"* ]]
	# Plain CD has no other state.
	cmp <(rns-cat --records whole | tail -c 6068) <(rns-cat --records resumed)
	rbm-train --hidden 40 --epochs 9 --every 3 --level 0 "$spins" > plain
	head -c 14000 plain > cut.rns
	run -0 --separate-stderr rbm-train --hidden 40 --epochs 9 --resume cut.rns -o resumed "$spins"
	[[ $stderr == *"cut.rns: cut short; goes on from its record of epoch "[36]* ]]
	cmp <(rns-cat --records whole | tail -c 6068) <(rns-cat --records resumed)
	rns-cat --to=plain resumed > plain
	grep -q -a '^history: rbm-train .* --resume cut.rns' plain
}

@test "a run that has come to its end stays there" {
	rbm-train --hidden 2 --epochs 5 --checkpoint state "$spins" > model
	run -0 --separate-stderr rbm-train --hidden 2 --epochs 4 --resume state -o again "$spins"
	[[ $stderr == "rbm-train: there is nothing left to train: 5 epochs are done"* ]]
	cmp <(rns-cat --records model) <(rns-cat --records again)
	# And has a checkpoint and a log, if they are wanted: both are made before the first epoch.
	rbm-train -q --hidden 2 --epochs 5 --resume state --checkpoint new --log new.csv "$spins" > /dev/null
	cmp <(rns-cat --records state) <(rns-cat --records new)
	[ -e new.csv ]
}

@test "--every: a record each N epochs, the last is the model" {
	rbm-train --hidden 2 --epochs 7 --every 3 "$spins" > a
	[ "$(rns-cat --to=csv a | csv_column epoch | tr '\n' ' ')" = "3 6 7 " ]
	rbm-train --hidden 2 --epochs 6 --every 3 "$spins" > b
	[ "$(rns-cat --to=csv b | csv_column epoch | tr '\n' ' ')" = "3 6 " ]
	cmp <(rns-cat --to=csv --no-comments a | sed -n 3p) <(rns-cat --to=csv --no-comments b | sed -n 3p)
}

@test "--patience: the model is that of the epoch with the best test reconstruction" {
	rbm-train --hidden 20 --epochs 200 --rate 0.2 --test "$test" --patience 4 --log log.csv "$spins" > model
	last=$(csv_column epoch < log.csv | tail -n 1)
	[ "$last" -lt 200 ]
	best=$(rows log.csv | tail -n +2 | sort -t, -g -k 5,5 -s | head -n 1 | cut -d, -f 1)
	[ "$(rns-cat --to=csv model | csv_column epoch)" -eq "$best" ]
	[ "$last" -eq $((best + 4)) ]
}

@test "reconstruction falls to the plateau of the uniform mode" {
	ising-gen -L 10 -T 0:6:0.25 -n 400 -o all.rns
	rbm-train --holdout 0.2 --log log.csv all.rns > /dev/null
	# 46.8 a sample of 100 spins is where training of any length stays (thesis 4.5; a standard deviation of 19 a sample).
	csv_column test_reconstruction < log.csv | tail -n 10 | awk '
		{ sum += $1 } END { exit !(sum / NR > 45.5 && sum / NR < 48.1) }'
	csv_column test_reconstruction < log.csv | awk 'NR == 1 { exit !($1 > 48.1) }'
	csv_column w_norm < log.csv | awk 'NR > 1 && $1 < last * 0.99 { exit 1 } { last = $1 }'
}

@test "8 hidden units and exact gradients learn the ring of 8 spins, to 1e-4 nats" {
	for T in 1 2 4; do
		ring $T > ring.rns
		rbm-train --exact --weight w --hidden 8 --init-sd 0.1 --optimiser adam --rate 0.01 --epochs 3000 --log log.csv \
			ring.rns > /dev/null
		csv_column loss < log.csv | tail -n 1 | awk '{ exit !($1 >= 0 && $1 < 1e-4) }'
	done
	# Power: data without the weights are another distribution, as far from the ring's as its entropy is from 8 ln 2.
	ring 1 > ring.rns
	rbm-train --exact --weight w --hidden 8 --init-sd 0 --rate 1e-9 --epochs 1 --log log.csv ring.rns > /dev/null
	csv_column loss < log.csv | tail -n 1 | awk '{ exit !($1 > 1) }'
}

@test "the other exact losses fall too" {
	ring 2 > ring.rns
	for loss in kl reverse-kl js; do
		rbm-train --exact --loss $loss --weight w --optimiser momentum --rate 0.05 --epochs 300 --log $loss.csv ring.rns > /dev/null
		csv_column loss < $loss.csv | awk 'NR == 1 { first = $1 } END { exit !($1 < 0.1 * first) }'
	done
}

@test "--ais: ln Z where records are made, exact for small machines" {
	rbm-train --hidden 5 --tau 2 --every 5 --ais 10 --log log.csv "$spins" > /dev/null 2> err
	grep -q 'ln Z = [0-9.]* exactly, log-likelihood -[0-9.]* +- [0-9.]* a sample' err
	# 14 epochs: records of epochs 5, 10, 14
	[ "$(csv_column lnZ < log.csv | grep -cv nan)" -eq 3 ]
	[ "$(csv_column lnZ_err < log.csv | tail -n 1)" = 0 ]
	rbm-train --hidden 22 --tau 2 --ais 50 --ais-steps 100 --log log.csv "$spins" > /dev/null 2> err
	grep -q 'ln Z = [0-9.]* +- [0-9.e-]* (100 steps, effective sample size [0-9.]* of 50 chains), log-likelihood -[0-9.]* +- ' err
	[ "$(csv_column ais_steps < log.csv | tail -n 1)" = 100 ]
}

@test "numbers that fail end the run: the epoch, exit 1, no model, the last good checkpoint" {
	rbm-train --epochs 2 --checkpoint good "$spins" > /dev/null
	cp good before
	run -1 --separate-stderr rbm-train --epochs 9 --rate 1e30 --l2-w 1 --resume good --checkpoint good --log log.csv -o model "$spins"
	[[ $stderr == "rbm-train: good is of a run with other options or data"*"rbm-train: epoch "[3-9]": the cost or a parameter is not finite"* ]]
	[ ! -e model ]
	cmp <(rns-cat --records good) <(rns-cat --records before)
	grep -q '^epoch,' log.csv
	run -1 --separate-stderr bash -c 'rbm-train --rate 1e30 --l2-w 1 "$1" > out' bash "$spins"
	run -65 rns-cat out
}

@test "what has grown beyond all bounds is no machine, though its numbers are finite" {
	run -1 --separate-stderr rbm-train --epochs 5 --rate 1e20 -o model "$spins"
	[[ $stderr == "rbm-train: epoch 1: "*"or a parameter is beyond 1e6"* ]]
	[ ! -e model ]
}

@test "a run that goes on from another one's checkpoint tells of both; the same run does not" {
	rbm-train --hidden 3 --epochs 2 --seed 4 --checkpoint state "$spins" > /dev/null
	rbm-train --hidden 3 --epochs 4 --seed 4 --resume state "$spins" > same 2> err
	[ ! -s err ]
	rbm-train --hidden 3 --epochs 4 --seed 4 "$spins" | cmp - same
	rbm-train --hidden 3 --epochs 4 --rate 0.01 --resume state "$spins" > other 2> err
	grep -q 'state is of a run with other options or data' err
	[ "$(rns-cat --to=csv other | grep -c '^# history: rbm-train')" -eq 2 ]
	rns-cat --label other > header
	grep -q -e '^history: rbm-train.* --rate 0.01 .*--resume state' header
	# Other samples in a file of the same name are other data.
	mkdir elsewhere
	ising-gen -L 6 -T 1,2,3 -n 100 --seed 5 -o elsewhere/spins.rns
	rbm-train --hidden 3 --epochs 4 --seed 4 --resume state elsewhere/spins.rns > other 2> err
	grep -q 'state is of a run with other options or data' err
	rns-cat --label other > header
	grep -q -e '^history: ising-gen .* --seed 3' header
	grep -q -e '^history: ising-gen .* --seed 5' header
}

@test "no output replaces an input, or another output" {
	cp "$spins" in
	refused 64 "would replace the training set" rbm-train --checkpoint in in
	refused 64 "would replace the training set" rbm-train --log in in
	ln -s in link
	run -64 rbm-train -o link in
	refused 64 "would replace the test set" rbm-train --log link --test in "$spins"
	refused 64 "would replace the checkpoint" rbm-train --log x --checkpoint x in
	refused 64 "would replace the checkpoint" rbm-train --log ./x --checkpoint "$PWD/x" in
	mkdir d
	rbm-train --epochs 1 --hidden 2 --log d/x --checkpoint x in > /dev/null
	cmp "$spins" in
}

@test "--log goes on where the checkpoint stood" {
	rbm-train --hidden 3 --epochs 7 --log whole.csv "$spins" > /dev/null
	rbm-train --hidden 3 --epochs 4 --log log.csv --checkpoint state "$spins" > /dev/null
	rbm-train --hidden 3 --epochs 7 --log log.csv --checkpoint state --resume state "$spins" > /dev/null
	cmp log.csv whole.csv
	echo 'a,b' > foreign.csv
	refused 65 "not the learning curve of this run" rbm-train --hidden 3 --epochs 9 --log foreign.csv --resume state "$spins"
	[ "$(cat foreign.csv)" = a,b ]
}

@test "options without effect are refused" {
	refused 64 "--optimiser=momentum" rbm-train --momentum 0.5 "$spins"
	refused 64 "--optimiser=adam" rbm-train --beta1 0.5 "$spins"
	refused 64 "batches of its own" rbm-train --optimiser gd --batch 10 "$spins"
	refused 64 "choose one" rbm-train --cd 1 --pcd 2 "$spins"
	refused 64 "--exact" rbm-train --exact --batch 7 "$spins"
	refused 64 "--exact" rbm-train --exact --cd 1 "$spins"
	refused 64 "--exact" rbm-train --smooth 0 "$spins"
	refused 64 "from 0 to below 1" rbm-train --holdout 1 "$spins"
}

@test "the same samples are held out from machines of any size, and not trained on" {
	for hidden in 3 4; do
		rbm-train --hidden $hidden --init-sd 0 --rate 1e-30 --epochs 1 --holdout 0.1 --log $hidden.csv "$spins" > /dev/null
	done
	# Without weights F is that of the biases alone, 0: the same sums of the same samples.
	[ "$(csv_column free_energy_gap < 3.csv)" = "$(csv_column free_energy_gap < 4.csv)" ]
}

@test "killed at any moment, model and checkpoint are the old whole ones or new whole ones" {
	rbm-train --hidden 9 --epochs 1 -o model --checkpoint state "$spins"
	cp model old
	for after in 0.1 0.4 1.3; do
		rbm-train --hidden 9 --epochs 4000000 -o model --checkpoint state --log log.csv "$spins" & pid=$!
		sleep $after
		kill -9 $pid
		wait $pid || true
		cmp model old
		rns-cat state > /dev/null
	done
	epoch=$(rns-cat --to=csv state | csv_column epoch)
	[ "$epoch" -gt 1 ]
	[ "$(csv_column epoch < log.csv | tail -n 1)" -gt 1 ]
	rbm-train --hidden 9 --epochs $((epoch + 1)) --resume state -o model "$spins"
	[ "$(rns-cat --to=csv model | csv_column epoch)" -eq $((epoch + 1)) ]
}

# --- every column of the log, and every option ------------------------------------------------------------------------

# measure WEIGHT LOSS SMOOTH: each row of log.csv again from the record of its epoch in `models` and the samples in
# train.csv and test.csv, by definition: all states of 6 visible and 3 hidden units.
measure() {
	rns-cat --to=csv --no-comments models > models.csv
	"$PYTHON" - "$@" <<- 'END'
	import itertools, math, sys
	import numpy as np
	weight, loss, smooth = sys.argv[1], sys.argv[2], float(sys.argv[3])
	def table(name):
	    rows = [line.strip().split(",") for line in open(name) if not line.startswith("#")]
	    return {c: np.array([float(r[i]) for r in rows[1:]]) for i, c in enumerate(rows[0])}
	def array(t, name): # of all records
	    return np.array([t[c] for c in t if c.startswith(name + "[")]).T
	def samples(name):
	    t = table(name)
	    return 2 * array(t, "x") - 1, t[weight] if weight else np.ones(len(t["w"]))
	def mean(x, w): # and its error (renorm/stats.h)
	    m = (w * x).sum() / w.sum()
	    s2 = (w * (x - m) ** 2).sum() / (w.sum() - (w ** 2).sum() / w.sum())
	    return m, math.sqrt(s2 * (w ** 2).sum()) / w.sum()
	v, h = (np.array(list(itertools.product((-1, 1), repeat=n))) for n in (6, 3))
	log, models = table("log.csv"), table("models.csv")
	train, test = samples("train.csv"), samples("test.csv")
	q = np.array([(train[1] * (train[0] == s).all(1)).sum() for s in v]) / train[1].sum()
	q = (1 - smooth) * q + smooth / len(v)
	kl = lambda a, b: np.where(a > 0, a * np.log(np.where(a > 0, a, 1) / b), 0).sum()
	bad = 0
	def same(epoch, name, got, want, tolerance):
	    global bad
	    if not abs(got - want) <= tolerance:
	        print(f"epoch {epoch}: {name} is {got}, should be {want} +- {tolerance}")
	        bad += 1
	for k, epoch in enumerate(models["epoch"]):
	    W, b, c = array(models, "W")[k].reshape(6, 3), array(models, "b")[k], array(models, "c")[k]
	    F = lambda x: -x @ b - np.log(2 * np.cosh(x @ W + c)).sum(1)
	    joint = np.exp(v @ W @ h.T + (v @ b)[:, None] + (h @ c)[None, :])
	    lnZ = math.log(joint.sum())
	    p = joint.sum(1) / joint.sum()
	    def reconstruction(x): # its expectation, of each sample: sum_i (1 - v_i <v'_i>)
	        of_h = np.exp(x @ W @ h.T + (h @ c))
	        return (1 - x * (of_h / of_h.sum(1)[:, None] @ np.tanh(h @ W.T + b))).sum(1)
	    row = {name: log[name][k] for name in log}
	    same(epoch, "epoch", row["epoch"], epoch, 0)
	    for name, x in (("W", W), ("b", b), ("c", c)):
	        norm = math.sqrt((x ** 2).sum())
	        same(epoch, name.lower() + "_norm", row[name.lower() + "_norm"], norm, 1e-5 * norm)
	    gaps, errors = [], []
	    for prefix, (x, w) in (("", train), ("test_", test)):
	        exact, _ = mean(reconstruction(x), w)
	        error = row[prefix + "reconstruction_err"]
	        same(epoch, prefix + "reconstruction", row[prefix + "reconstruction"], exact, 5 * error)
	        # A sample's is sum_i 1 - v_i v'_i: of variance 1 - <v'_i>^2 a unit at least, and 6 at most for independent ones.
	        n = w.sum() ** 2 / (w ** 2).sum()
	        same(epoch, prefix + "reconstruction_err", error * math.sqrt(n), 2.45, 0.9)
	        m, e = mean(-F(x) - lnZ, w)
	        same(epoch, prefix + "loglik", row[prefix + "loglik"], m, 1e-5)
	        same(epoch, prefix + "loglik_err", row[prefix + "loglik_err"], e, 1e-5)
	        gaps.append(-m)
	        errors.append(e)
	    same(epoch, "free_energy_gap", row["free_energy_gap"], gaps[1] - gaps[0], 1e-5)
	    same(epoch, "free_energy_gap_err", row["free_energy_gap_err"], math.hypot(*errors), 1e-5)
	    same(epoch, "lnZ", row["lnZ"], lnZ, 1e-5)
	    same(epoch, "lnZ_err", row["lnZ_err"], 0, 0)
	    same(epoch, "ais_steps", row["ais_steps"], 0, 0)
	    m = (p + q) / 2
	    if loss != "none":
	        exact = {"kl": kl(q, p), "reverse-kl": kl(p, q), "js": (kl(q, m) + kl(p, m)) / 2}[loss]
	        same(epoch, "loss", row["loss"], exact, 1e-6)
	        if loss == "js" and not row["loss"] <= math.log(2):
	            bad += 1
	sys.exit(bad > 0 or len(models["epoch"]) != 3)
	END
}

# Samples of 6 spins which are mostly up, with a weight that is larger for those that are up more.
weighted() {
	awk -v seed="$1" -v n="$2" 'BEGIN {
		srand(seed)
		printf "w"; for (j = 0; j < 6; j++) printf ",x[%d]", j; print ""
		for (i = 0; i < n; i++) {
			up = 0; row = ""
			for (j = 0; j < 6; j++) { s = rand() < 0.5 + j / 12; up += s; row = row "," s }
			print 0.25 + up * up / 8 row
		}
	}'
}

@test "every column of the log is what it should be, with weights and without" {
	weighted 1 200 > train.csv
	weighted 2 150 > test.csv
	for set in train test; do rns-import --kind samples --type x=bit < $set.csv > $set.rns; done
	train() { rbm-train -q --hidden 3 --init-sd 0.5 --rate 0.2 --epochs 3 --every 1 --ais 2 --log log.csv --test test.rns "$@" train.rns > models; }
	for loss in kl reverse-kl js; do
		train --exact --loss $loss --smooth 0.1 --weight w
		measure w $loss 0.1
	done
	train
	measure "" none 0
	# Power: the weights are seen, and so is the loss.
	train --exact --loss js --smooth 0.1 --weight w
	run -1 measure "" js 0.1
	[[ $output == *free_energy_gap* ]]
	[[ $output == *test_loglik* ]]
	[[ $output == *"loss is"* ]]
	run -1 measure w kl 0.1
	[[ $output != *gap* ]]
}

@test "the rate falls as --rate-decay says" {
	rbm-train --hidden 4 --rate 0.1 --rate-decay 1 --epochs 2 --every 1 --log log.csv "$spins" > both
	rbm-train --hidden 4 --rate 0.1 --epochs 1 "$spins" > first
	rbm-train -q --hidden 4 --rate 0.05 --epochs 2 --resume first "$spins" > second
	cmp <(rns-cat --records both | tail -c "$(rns-cat --records second | wc -c)") <(rns-cat --records second)
	[ "$(csv_column tau < log.csv | awk '{ printf "%.12g ", $1 }')" = "0.3 0.45 " ]
}

@test "steps of CD and PCD, sigma, init-sd and ais-steps count" {
	train() { rbm-train -q --hidden 22 --epochs 2 "$@" "$spins" | rns-cat --records; }
	differ() { run -1 cmp -s "$1" "$2"; }
	train --cd 1 > a
	train --cd 3 > b
	differ a b
	train --pcd 1 > c
	train --pcd 3 > d
	differ c d
	differ a c
	train --visible-units gaussian --sigma 1 > e
	train --visible-units gaussian --sigma 2 > f
	differ e f
	rbm-train --hidden 2 --epochs 1 --visible-units gaussian --sigma 2 "$spins" > model
	rns-cat --label model > header
	grep -qx 'sigma: 2' header
	rbm-train --pcd 1 --batch 30 --epochs 1 --checkpoint state "$spins" > /dev/null
	rns-cat --label state > header
	grep -qx 'column: state.chains f32 30 36' header
	# 36 x 22 weights of sd 0.3, hardly trained: their norm is 0.3 sqrt(792) +- 0.3 / sqrt 2.
	train --epochs 1 --rate 1e-20 --init-sd 0.3 --log log.csv > /dev/null
	csv_column w_norm < log.csv | awk '{ d = $1 - 0.3 * sqrt(792); exit !(d * d < 25 * 0.045) }'
	for steps in 10 20; do
		train --init-sd 0.3 --ais 20 --ais-steps $steps --log log.csv > /dev/null
		[ "$(csv_column ais_steps < log.csv | tail -n 1)" = $steps ]
		csv_column lnZ < log.csv | tail -n 1 >> lnz
	done
	[ "$(sort -u lnz | wc -l)" -eq 2 ]
}

@test "annealing starts at the means of the data" {
	# Units that are up or down nine times in ten: from a start at random, 4 steps would leave few of the chains.
	awk 'BEGIN {
		srand(1); for (j = 0; j < 60; j++) printf "%sx[%d]", j ? "," : "", j; print ""
		for (i = 0; i < 400; i++) for (j = 0; j < 60; j++) printf "%d%s", (rand() < 0.9) != j % 2, j < 59 ? "," : "\n"
	}' | rns-import --kind samples --type x=bit > biased.rns
	rbm-train --hidden 21 --tau 30 --ais 100 --ais-steps 4 --log log.csv biased.rns > /dev/null 2> err
	csv_column ais_ess < log.csv | tail -n 1 | awk '{ print "# ess", $1; exit !($1 > 20) }'
}

@test "few chains that carry the estimate are told of" {
	rbm-train --hidden 30 --epochs 1 --rate 1e-20 --init-sd 1 --ais 20 --ais-steps 2 "$spins" > /dev/null 2> err
	grep -q 'effective sample size [0-9.]* of 20 chains.*raise --ais-steps' err
}

@test "the best test cost so far is in the checkpoint" {
	train() { rbm-train --hidden 20 --rate 0.2 --test "$test" --patience 4 "$@" "$spins"; }
	train --epochs 200 --log log.csv > whole
	best=$(rns-cat --to=csv whole | csv_column epoch)
	train --epochs $((best + 1)) --checkpoint state > /dev/null
	train --epochs 200 --resume state --log log.csv > resumed
	[ "$(rns-cat --to=csv resumed | csv_column epoch)" -eq "$best" ]
	cmp <(rns-cat --records whole) <(rns-cat --records resumed)
}

@test "--patience with --ais: ln Z of the best epoch stands in its row" {
	rbm-train --hidden 20 --rate 0.2 --test "$test" --patience 4 --epochs 200 --ais 10 --log log.csv "$spins" > model 2> err
	best=$(rns-cat --to=csv model | csv_column epoch)
	paste -d ' ' <(csv_column epoch < log.csv) <(csv_column lnZ < log.csv) <(csv_column loglik < log.csv) | grep -v nan > rows
	[ "$(cut -d ' ' -f 1 rows)" = "$best" ]
	grep -q "ln Z = $(cut -d ' ' -f 2 rows | cut -c 1-6)[0-9]* exactly" err
}

@test "bytes of 0 and 1 are told of; messages name file, segment and record" {
	printf 'x[0],x[1]\n0,1\n1,1\n' | rns-import --kind samples --type x=u8 > u8.rns
	rbm-train --hidden 1 --epochs 1 u8.rns > /dev/null 2> err
	grep -q 'all u8 are 0 or 1.*bit' err
	printf 'x[0],x[1]\n0,255\n255,7\n' | rns-import --kind samples --type x=u8 > grey.rns
	printf 'x[0],x[1]\n255,0\n255,255\n' | rns-import --kind samples --type x=u8 > full.rns
	rbm-train --hidden 1 --epochs 1 grey.rns > /dev/null 2> err
	[ ! -s err ]
	rbm-train --exact --hidden 1 --epochs 1 full.rns > /dev/null
	refused 65 "grey.rns: segment 2, record 1: exact losses need values that are one of two" rbm-train --exact full.rns grey.rns
	printf 'x[0],x[1]\n0.5,-0.5\n1,1.5\n' | rns-import --kind samples --type x=f32 > field.rns
	refused 65 "field.rns: segment 1, record 1: a value of 1.5" rbm-train field.rns
}

@test "with --exact the history has no batches" {
	printf 'x[0],x[1]\n0,1\n1,1\n' | rns-import --kind samples --type x=bit > bits.rns
	rbm-train --exact --hidden 1 --epochs 1 bits.rns > model
	rns-cat --label model > header
	grep -q '^history: rbm-train .* --exact --loss kl .* --epochs 1' header
	run -1 grep -q -e --batch header
}

@test "what is no training set is refused" {
	rbm-train --hidden 3 --epochs 1 "$spins" > model
	refused 65 "model" rbm-train model
	refused 65 "" rbm-train --test model "$spins"
	ising-gen -L 4 -T 1 -n 5 -o small.rns
	refused 65 "" rbm-train "$spins" small.rns
	refused 65 "" rbm-train --test small.rns "$spins"
	refused 65 "w" rbm-train --exact --weight w small.rns
	head -c 3000 "$spins" > cut.rns
	refused 65 "cut" rbm-train cut.rns
	printf 'x[0],x[1]\n0.5,-3\n' | rns-import --kind samples --type x=f32 > field
	refused 65 "units pm1 take -1 to 1" rbm-train field
	refused 65 "units 01 take 0 to 1" rbm-train --visible-units 01 field
	rbm-train --visible-units gaussian --hidden 2 --epochs 1 field > /dev/null
	printf 'x[0],x[1]\n0.5,nan\n' | rns-import --kind samples --type x=f32 > nan
	refused 65 "" rbm-train --visible-units gaussian nan
	refused 65 "20" rbm-train --exact "$spins"
	refused 66 "" rbm-train none.rns
	refused 74 "none/log.csv" rbm-train --log none/log.csv "$spins"
}

@test "the smallest sets: one value a sample, one sample, a batch larger than all" {
	printf 'x\n0\n1\n1\n' | rns-import --kind samples --type x=bit > three
	rbm-train --hidden 1 --epochs 2 --ais 2 -q three > model
	[ "$(rns-cat --to=csv --no-comments model | wc -l)" -eq 2 ]
	printf 'x[0],x[1]\n0,1\n' | rns-import --kind samples --type x=bit > one
	rbm-train --hidden 1 --epochs 2 --pcd 1 one > model
	rns-cat model > /dev/null
	refused 65 "too few" rbm-train --holdout 0.5 one
}

@test "what cannot be resumed is refused" {
	rbm-train --hidden 3 --epochs 2 --checkpoint state "$spins" > model
	refused 65 "3 pm1 units" rbm-train --hidden 4 --resume model "$spins"
	refused 65 "pm1" rbm-train --hidden 3 --hidden-units 01 --resume model "$spins"
	refused 65 "another --optimiser" rbm-train --hidden 3 --optimiser adam --resume state "$spins"
	refused 65 "--pcd" rbm-train --hidden 3 --pcd 1 --resume state "$spins"
	refused 65 "spins" rbm-train --hidden 3 --resume "$spins" "$spins"
	refused 65 "nothing to resume" rbm-train --hidden 3 --resume <(head -c 400 model) "$spins"
	refused 66 "" rbm-train --hidden 3 --resume none "$spins"
}

@test "options that contradict each other are refused" {
	refused 64 "--exact" rbm-train --loss js "$spins"
	refused 64 "--exact" rbm-train --weight w "$spins"
	refused 64 "--pcd" rbm-train --exact --pcd 1 "$spins"
	refused 64 "Gaussian" rbm-train --exact --visible-units gaussian "$spins"
	refused 64 "--sigma" rbm-train --sigma 2 "$spins"
	refused 64 "--ais" rbm-train --ais-steps 5 "$spins"
	refused 64 "--epochs" rbm-train --tau 5 --epochs 3 "$spins"
	refused 64 "pm1 or 01" rbm-train --hidden-units gaussian "$spins"
	refused 64 "--patience" rbm-train --patience 3 "$spins"
	refused 64 "--hidden" rbm-train --hidden 0 "$spins"
	refused 64 "--epochs" rbm-train --tau 1e30 --rate-decay 1 "$spins"
}

@test "the examples of the manual page run" { run_examples rbm-train.1; }

@test "real values say what they range over: a mean flow of 0/1 units trains like its input" {
	rbm-train -q --hidden 2 --visible-units 01 --hidden-units 01 "$spins" -o machine
	rbm-flow -q --model machine --mode mean --steps 0:0:1 "$spins" -o mean
	rns-cat --label mean | grep -qx 'units: 01'
	rbm-train -q --hidden 3 --epochs 2 mean -o a
	rbm-train -q --hidden 3 --epochs 2 "$spins" -o b
	cmp <(rns-cat --records a) <(rns-cat --records b)
}
