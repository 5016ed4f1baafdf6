#!/usr/bin/env bats
# What every stage of the suite does alike. A new stage is tested without being named here,
# unless it needs options to run at all (minimal), another input (input) or reads none.

# shellcheck disable=SC2046 # lists of options fall apart into words, as they are meant to
load common

stages() { for d in "$ROOT"/src/*/main.c; do basename "$(dirname "$d")"; done; }

# The least a stage needs to run, for a second or so at most.
minimal() {
	case $1 in
	ising-gen) echo "-L 16 -T 2,3 -n 50 --therm 200" ;;
	phi4-gen) echo "-L 8 --lambda 1 --mu2=-1,1 -n 800" ;;
	rns-import) echo "--kind samples" ;;
	observe | mcrg | rg-exponents) echo "-q" ;;
	ising-exact) echo "-L 8,inf -T 2,Tc" ;;
	mlp-train) echo "--layers 3:tanh,softmax --epochs 2" ;;
	mlp-classify) echo "--model $BATS_FILE_TMPDIR/mlp.rns" ;;
	rbm-train) echo "--hidden 3 --epochs 2" ;;
	rbm-flow) echo "--model $BATS_FILE_TMPDIR/rbm.rns --steps 2" ;;
	sample-mix) echo "--noise --alpha 0.5" ;;
	gaussnet-sample) echo "--width 3 --bags 2 --nets 50" ;;
	green-fn) echo "-q --orders 2" ;;
	invrg-apply) echo "--model $BATS_FILE_TMPDIR/tables.rns" ;;
	wetterich) echo "-d 3 --t=-1" ;;
	esac
}
# A stream it reads; nothing for a stage that reads none.
input() {
	case $1 in
	ising-gen | ising-exact | gaussnet-sample | phi4-gen) ;;
	rns-import) echo "$BATS_FILE_TMPDIR/foreign.csv" ;;
	*) echo "$BATS_FILE_TMPDIR/$(food "$1").rns" ;;
	esac
}
# Of spins.rns, spins.plain and spins.csv what stands before the dot; mcrg, rg-exponents and invrg-train need block spins beside the spins.
food() {
	case $1 in
	mcrg | rg-exponents | invrg-train) echo levels ;;
	green-fn) echo nets ;;
	wetterich) echo couplings ;;
	*) echo spins ;;
	esac
}
readers() { for s in $(stages); do [ -z "$(input "$s")" ] || echo "$s"; done; }
# Those that read streams of the suite and nothing else.
filters() { readers | grep -vx rns-import; }
is_table() { [[ $1 == observe || $1 == mlp-classify || $1 == ising-exact || $1 == green-fn || $1 == mcrg || $1 == rg-exponents || $1 == reweight || $1 == wetterich ]]; }

setup_file() {
	local PATH="$BIN:$PATH"
	ising-gen -L 16 -T 2,3 -n 50 --therm 10 --every 1 -o "$BATS_FILE_TMPDIR/spins.rns"
	blockspin --levels 2 -o "$BATS_FILE_TMPDIR/levels.rns" "$BATS_FILE_TMPDIR/spins.rns"
	gaussnet-sample --width 3 --bags 2 --nets 50 -o "$BATS_FILE_TMPDIR/nets.rns"
	seq 300 | awk 'BEGIN { print "u2,u4" } { print $1 / 1000 "," $1 / 100 }' > "$BATS_FILE_TMPDIR/couplings"
	wetterich -d 3 --t 0 --format=rns -o "$BATS_FILE_TMPDIR/couplings.rns" "$BATS_FILE_TMPDIR/couplings"
	for f in spins levels nets couplings; do
		rns-cat --to=plain "$BATS_FILE_TMPDIR/$f.rns" > "$BATS_FILE_TMPDIR/$f.plain"
		rns-cat --to=csv --head 8 "$BATS_FILE_TMPDIR/$f.rns" > "$BATS_FILE_TMPDIR/$f.csv"
	done
	mlp-train --layers 3:tanh,softmax --epochs 2 -q -o "$BATS_FILE_TMPDIR/mlp.rns" "$BATS_FILE_TMPDIR/spins.rns"
	invrg-train -o "$BATS_FILE_TMPDIR/tables.rns" "$BATS_FILE_TMPDIR/levels.rns"
	rbm-train --hidden 3 --epochs 2 -q -o "$BATS_FILE_TMPDIR/rbm.rns" "$BATS_FILE_TMPDIR/spins.rns"
	seq 0 99 | awk 'BEGIN { print "a,b" } { print $1 "," $1 * $1 }' > "$BATS_FILE_TMPDIR/foreign.csv"
}

# expect CODE COMMAND...: runs it with stdout in ./out and stderr in ./err.
expect() {
	local want=$1 got=0
	shift
	"$@" > out 2> err || got=$?
	[ "$got" -eq "$want" ] || { echo "status $got instead of $want: $*"; cat err; return 1; }
}
# The last message is one line that begins with the name of the stage.
one_message() { # STAGE
	[ "$(wc -l < err)" -eq 1 ] && grep -q "^$1: ." err || { echo "$1: not one line of its own:"; cat err; return 1; }
}
# What a stage wrote before it failed is not to be taken for whole.
not_whole() { # STAGE
	[ ! -s out ] && return
	if is_table "$1"; then
		! grep -q '^# end: ' out
	else
		run rns-cat --to=plain < out
		[ "$status" -eq 65 ]
	fi || { echo "$1: wrote something that looks whole"; return 1; }
}

@test "every stage has a manual page, and it names every option of --help" {
	for s in $(stages); do
		[ -f "$ROOT/man/$s.1" ] || { echo "no man/$s.1"; return 1; }
		for option in $("$s" --help | grep -oE -e '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u); do
			[[ $option == --help || $option == --usage || $option == --version ]] && continue
			grep -qE "Fl Fl ${option#--}( |$)" "$ROOT/man/$s.1" "$ROOT/man/renorm.7" ||
				{ echo "man/$s.1 does not tell of $option"; return 1; }
		done
	done
}

@test "every stage has --help, --usage and --version" {
	for s in $(stages); do
		expect 0 "$s" --help
		grep -q "^Usage: $s" out
		[ ! -s err ]
		expect 0 "$s" --usage
		grep -q "^Usage: $s" out
		expect 0 "$s" --version
		[ "$(cat out)" = "$s (renorm) 0.1.0" ]
	done
}

@test "every stage runs on the least it needs, and says nothing on stderr" {
	for s in $(stages); do
		in=$(input "$s")
		expect 0 "$s" $(minimal "$s") $in
		[ -s out ]
		[ ! -s err ] || { echo "$s said:"; cat err; return 1; }
	done
}

@test "an option that no stage has is refused" {
	for s in $(stages); do
		expect 64 "$s" --nonesuch
		[ ! -s out ]
		grep -q "^$s: .*nonesuch" err
	done
}

@test "shared options refuse what they do not know" {
	for s in $(stages); do
		for wrong in --level=20 --level=x --level= --format=xml --progress=maybe; do
			expect 64 "$s" $(minimal "$s") "$wrong" < /dev/null
			one_message "$s"
			[ ! -s out ]
		done
	done
}

@test "a seed that is no number is refused by every stage that has one" {
	for s in $(stages); do
		"$s" --help | grep -q -e --seed || continue
		for wrong in x -1 1.5 18446744073709551616 ''; do
			expect 64 "$s" $(minimal "$s") --seed="$wrong" < /dev/null
			one_message "$s"
		done
	done
}

@test "a full disk is not success" {
	for s in $(stages); do
		in=$(input "$s")
		run -74 --separate-stderr bash -c '"$@" > /dev/full' bash "$s" $(minimal "$s") $in
		[[ $stderr == "$s: "* && $stderr != *$'\n'* ]] || { echo "$s: $stderr"; return 1; }
	done
}

@test "a closed standard output is not success" {
	for s in $(stages); do
		in=$(input "$s")
		run -74 --separate-stderr bash -c '"$@" >&-' bash "$s" $(minimal "$s") $in
		[[ $stderr == "$s: "* ]]
	done
}

@test "a closed standard input is an error, not an empty stream" {
	for s in $(readers); do
		run bash -c '"$@" <&-' bash "$s" $(minimal "$s")
		[ "$status" -eq 74 ] || [ "$status" -eq 66 ] || { echo "$s: $status"; return 1; }
	done
}

@test "a file that is not there is named" {
	for s in $(readers); do
		expect 66 "$s" $(minimal "$s") nowhere.rns
		one_message "$s"
		grep -q nowhere.rns err
		[ ! -s out ]
	done
}

@test "a directory is no stream" {
	mkdir d
	for s in $(readers); do
		got=0
		"$s" $(minimal "$s") d > out 2> err || got=$?
		[ "$got" -eq 66 ] || [ "$got" -eq 74 ] || { echo "$s: $got"; return 1; }
		one_message "$s"
	done
}

@test "an empty standard input is refused" {
	for s in $(readers); do
		expect 65 "$s" $(minimal "$s") < /dev/null
		one_message "$s"
		[ ! -s out ]
	done
}

@test "what is no stream is refused" {
	printf 'it was a dark and stormy night\n' > text
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' > png
	head -c 5000 /dev/zero > zeros
	printf '\x28\xb5\x2f\xfd' > magic
	head -c 300 /dev/zero | zstd -q > zstd
	for s in $(filters); do
		for wrong in text png zeros magic zstd; do
			expect 65 "$s" $(minimal "$s") $wrong
			one_message "$s"
			grep -q "$wrong" err
			not_whole "$s"
		done
	done
}

@test "a stream cut at any byte is refused, zstd, plain and CSV" {
	for form in rns plain csv; do
		for s in $(filters); do
			whole=$BATS_FILE_TMPDIR/$(food "$s").$form
			size=$(stat -c %s "$whole")
			[ "$form" = csv ] && size=$(( size - 1 ))	# without the last newline all is said
			for (( n = 1; n < size; n += n < 30 || n > size - 52 ? 1 : size / 31 )); do
				head -c $n "$whole" > part
				expect 65 "$s" $(minimal "$s") part || { echo "$form cut to $n of $size bytes"; return 1; }
				not_whole "$s" || { echo "$form cut to $n of $size bytes"; return 1; }
			done
		done
	done
}

@test "a flipped bit is refused" {
	for form in rns plain; do
		for s in $(filters); do
			whole=$BATS_FILE_TMPDIR/$(food "$s").$form
			size=$(stat -c %s "$whole")
			for (( n = 0; n < size; n += size / 31 )); do
				cp "$whole" bad
				byte=$(od -An -tu1 -j $n -N 1 bad)
				printf "\\x$(printf %02x $(( byte ^ 16 )))" | dd of=bad bs=1 seek=$n conv=notrunc status=none
				expect 65 "$s" $(minimal "$s") bad || { echo "$form, bit 4 of byte $n"; return 1; }
				not_whole "$s"
			done
		done
	done
}

@test "a terminal gets no binary" {
	need_terminal
	for s in $(stages); do
		in=$(input "$s")
		want=64
		is_table "$s" && want=0
		run script -qec "$s $(minimal "$s") $in" /dev/null < /dev/null
		[ "$status" -eq $want ] || { echo "$s: $status"; return 1; }
		is_table "$s" || [[ $output == *"rns-cat --to=csv"* ]]
	done
}

@test "nobody waits at a terminal for a stream" {
	need_terminal
	for s in $(readers); do
		run timeout 10 script -qec "$s $(minimal "$s") > got" /dev/null
		[ "$status" -eq 64 ] || { echo "$s: $status $output"; return 1; }
	done
}

@test "a reader that left is no reason for noise" {
	for s in $(stages); do
		in=$(input "$s")
		{ sleep 0.1; got=0; "$s" $(minimal "$s") $in 2> err || got=$?; echo $got > status; } | true
		[ "$(cat status)" -eq 141 ] || { echo "$s: $(cat status)"; cat err; return 1; }
		[ ! -s err ]
	done
}

@test "-o FILE holds what standard output would" {
	for s in $(stages); do
		in=$(input "$s")
		expect 0 "$s" $(minimal "$s") -o file $in
		[ ! -s out ]
		"$s" $(minimal "$s") $in > straight
		cmp file straight
		[ "$(find . -name '.*.tmp' | wc -l)" -eq 0 ]
		rm file
	done
}

@test "a stage that fails leaves the old file of -o, and nothing beside it" {
	echo old > file
	for s in $(filters); do
		head -c 500 "$(input "$s")" > part
		expect 65 "$s" $(minimal "$s") -o file part
		[ "$(cat file)" = old ]
		[ "$(find . -name '.*.tmp' | wc -l)" -eq 0 ] || { ls -la; return 1; }
	done
}

@test "a stage that is killed leaves the old file of -o" {
	mkfifo pipe
	for s in $(filters); do
		for signal in KILL TERM; do
			echo old > file
			"$s" $(minimal "$s") -o file < pipe & pid=$!
			exec 9> pipe
			head -c 700 "$(input "$s")" >&9
			sleep 0.1
			kill -$signal $pid
			wait $pid || true
			exec 9>&-
			[ "$(cat file)" = old ]
			# TERM can be answered; KILL leaves a temporary that is known as one.
			[ $signal = KILL ] || [ "$(find . -name '.file.*' | wc -l)" -eq 0 ] || { ls -la; return 1; }
			rm -f .file.*
		done
	done
}

@test "-o where nothing can be written is an I/O error that names it" {
	for s in $(stages); do
		in=$(input "$s")
		expect 74 "$s" $(minimal "$s") -o nowhere/file $in
		one_message "$s"
		grep -q nowhere err
	done
}

@test "-o knows an empty name, a dangling link and the shell's own descriptors" {
	ln -s nothing dangling
	for s in $(stages); do
		in=$(input "$s")
		expect 64 "$s" $(minimal "$s") -o '' $in
		one_message "$s"
		expect 74 "$s" $(minimal "$s") -o dangling $in
		one_message "$s"
		[ -L dangling ]
		"$s" $(minimal "$s") $in > straight
		{ echo first; "$s" $(minimal "$s") -o /dev/stdout $in; } > both
		{ echo first; cat straight; } | cmp - both
		{ echo first; "$s" $(minimal "$s") -o /dev/fd/7 $in 7>&1; } > both
		{ echo first; cat straight; } | cmp - both
	done
}

@test "a misspelt RENORM_CPU is refused" {
	for s in $(stages); do
		expect 64 env RENORM_CPU=avx513 "$s" $(minimal "$s") $(input "$s")
		one_message "$s"
	done
}

@test "a run repeats to the byte, on every kind of CPU" {
	for s in $(stages); do
		in=$(input "$s")
		"$s" $(minimal "$s") $in > first
		for cpu in baseline avx2 avx512; do
			RENORM_CPU=$cpu "$s" $(minimal "$s") $in > again
			cmp first again || { echo "$s on $cpu"; return 1; }
		done
	done
}

@test "the last line of history is this stage's" {
	for s in $(stages); do
		in=$(input "$s")
		"$s" $(minimal "$s") --format=rns $in > got
		zstdcat got > plain		# "| sed '/^$/q'" would leave zstdcat with nobody to write to
		sed '/^$/q' plain | grep -a '^history: ' | tail -n 1 > last
		grep -q "^history: $s 0\.1\.0" last || [ "$s" = rns-cat ] || { echo "$s:"; cat last; return 1; }
	done
}
