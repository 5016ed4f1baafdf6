#!/usr/bin/env bats
# rns-sel: which records go out, in which order, with which columns; and what it refuses.

load common

# Memory in KiB, where the program itself decides how much it takes.
limit() { [ -n "${SAN:-}" ] || ulimit -v "$1"; }

# Two temperatures, four records each; f is 0.1 as a float.
table() {
	cat <<- 'END'
		# renorm-stream 1
		# kind: samples
		# label: T
		# units: natural
		# history: made by hand
		# column: T f64
		# column: id u64
		# column: f f32
		# column: y f64
		# column: s bit 2 2
		T,id,f,y,s[0][0],s[0][1],s[1][0],s[1][1]
		1.5,0,0.1,3,0,0,0,1
		1.5,1,0.2,nan,0,0,1,0
		2.5,2,0.1,1,0,0,1,1
		1.5,9007199254740993,0.4,-inf,0,1,0,0
		2.5,18446744073709551615,0.5,1,0,1,0,1
		2.269185314213022,5,0.6,0.5,1,1,1,0
		inf,6,0.7,nan,0,1,1,1
		2.5,7,0.8,-1,1,0,0,0
		# end: 8
	END
}
setup() {
	common_setup
	table | rns-cat -o t.rns
}
# One column of what comes out, on one line.
column() { rns-cat --to=csv --no-comments | csv_column "$1" | paste -sd ' '; }
ids() { rns-sel "$@" t.rns | rns-cat --to=csv --no-comments | csv_column id | sed 's/^9007199254740993$/3/; s/^18446744073709551615$/4/' | paste -sd ' '; }
nothing() { # OPTION...: no record is chosen, and that is no failure
	rns-sel "$@" t.rns > none.rns || return
	[ "$(rns-cat --count none.rns)" -eq 0 ]
}
refuse() { # CODE WORDS OPTION...
	run "-$1" rns-sel "${@:3}" t.rns
	[[ $output == "rns-sel: "*"$2"* && $output != *$'\n'*rns-sel* ]] || { echo "${*:3}: $output"; return 1; }
}

@test "without options all records pass" {
	[ "$(ids)" = "0 1 2 3 4 5 6 7" ]
	rns-sel t.rns | rns-cat --records | cmp - <(rns-cat --records t.rns)
	rns-sel t.rns | rns-cat > y
	[ "$(rns-cat --label y | grep -v history)" = "$(rns-cat --label t.rns | grep -v history)" ]
	[ "$(rns-cat --label y | grep history)" = $'history: made by hand\nhistory: rns-sel 0.1.0 --seed 1 t.rns' ]
}

@test "--where: every relation" {
	[ "$(ids --where 'T<2.5')" = "0 1 3 5" ]
	[ "$(ids --where 'T<=2.5')" = "0 1 2 3 4 5 7" ]
	[ "$(ids --where 'T>2.5')" = "6" ]
	[ "$(ids --where 'T>=2.5')" = "2 4 6 7" ]
	[ "$(ids --where 'T=2.5')" = "2 4 7" ]
	[ "$(ids --where 'T==2.5')" = "2 4 7" ]
	[ "$(ids --where ' T >=  2.5 ')" = "2 4 6 7" ]
	[ "$(ids --where 'T!=2.5')" = "0 1 3 5 6" ]
	[ "$(ids --where 'T>=1.6' --where 'T<inf' --where 'id<6')" = "2 5" ]
	nothing --where 'T<0'
}

@test "--where: values are exact" {
	[ "$(ids --where T=Tc)" = 5 ]
	[ "$(ids --where T=2.269185314213022)" = 5 ]
	nothing --where T=2.26918531421302
	[ "$(ids --where T=inf)" = 6 ]
	[ "$(ids --where y=-inf)" = 3 ]
	[ "$(ids --where y=nan)" = "1 6" ]
	[ "$(ids --where y!=nan)" = "0 2 3 4 5 7" ]
	[ "$(ids --where 'y<1')" = "3 5 7" ]			# NaN is not less
	[ "$(ids --where f=0.1)" = "0 2" ]			# as a float
	[ "$(ids --where 'f>0.1' --where 'f<=0.4')" = "1 3" ]
	[ "$(ids --where 'f<1e39')" = "0 1 2 3 4 5 6 7" ]	# more than a float holds
	[ "$(rns-cat --to=csv --no-comments t.rns | sed 's/^1.5,0,0.1/1.5,0,inf/' | rns-import --type f=f32 |
		rns-sel --where 'f>=1e39' | column f)" = inf ]
	[ "$(rns-cat --to=csv --no-comments t.rns | sed 's/^1.5,0,0.1/1.5,0,inf/' | rns-import --type f=f32 |
		rns-sel --where 'f<=1e39' | rns-cat --count)" -eq 7 ]
	[ "$(ids --where id=9007199254740993)" = 3 ]		# 2^53 + 1 is no double
	nothing --where id=9007199254740992
	[ "$(ids --where 'id>18446744073709551614')" = 4 ]
	[ "$(ids --where 'id<0.5')" = 0 ]
	[ "$(ids --where 'id<1e1')" = "0 1 2 5 6 7" ]
	[ "$(ids --where 's[1][1]=1')" = "0 2 4 6" ]
	[ "$(ids --where 's[0][0]=1' --where 's[1][0]=1')" = 5 ]
}

@test "--where: what cannot be meant" {
	refuse 64 "'T' is not" --where T
	refuse 64 "'T>' is not" --where 'T>'
	refuse 64 "'>1' is not" --where '>1'
	refuse 64 "is not" --where 'T=>1'
	refuse 64 "nan is neither" --where 'T<nan'
	refuse 65 "no column 'Q'; there are: T id f y s" --where 'Q>1'
	refuse 65 "'low' is no number" --where 'T=low'
	refuse 65 "'1x' is no number" --where 'T=1x'
	refuse 65 "'1e400' is no number" --where 'y<1e400'
	refuse 65 "'0x10' is no number" --where 'id=0x10'
	refuse 64 "'T> ' is not" --where 'T> '
	refuse 64 "' >1' is not" --where ' >1'
	refuse 65 "4 values; name one, as s[0][0]" --where 's=1'
	refuse 65 "'s[2][0]' is not one of" --where 's[2][0]=1'
	refuse 65 "'s[0]' is not one of" --where 's[0]=1'
	refuse 65 "'T[0]' is not one of" --where 'T[0]=1'
}

@test "--columns, --drop, --rename" {
	[ "$(rns-sel --columns y,T t.rns | rns-cat --to=csv --no-comments | head -n 2 | paste -sd ' ')" = "y,T 3,1.5" ]
	[ "$(rns-sel --drop T,f,s t.rns | rns-cat --to=csv --no-comments | sed -n 1p)" = "id,y" ]
	rns-sel --drop T t.rns > y
	run -0 rns-cat --label y
	[[ $output != *label:* ]]
	rns-sel --rename T=temperature --rename s=x t.rns > y
	rns-cat --label y > label
	grep -qx 'label: temperature' label
	grep -qx 'column: x bit 2 2' label
	grep -qx 'units: natural' label
	rns-cat --records t.rns | cmp - <(rns-cat --records y)
	# Two may change their names with each other.
	[ "$(rns-sel --rename T=y --rename y=T t.rns | column T)" = "3 nan 1 -inf 1 0.5 nan -1" ]
	refuse 65 "no column 'q'; there are: T id f y s" --columns T,q
	refuse 65 "no column 'q'" --drop q
	refuse 65 "no column 'q'" --rename q=r
	refuse 64 "no column is left" --drop T,id,f,y,s
	refuse 64 "no column is left" --columns T --drop T
	refuse 64 "two columns 'y'" --rename T=y
	refuse 64 "does not go out" --drop T --rename T=t
	refuse 64 "empty name" --columns T,,y
	refuse 64 "two columns 'T'" --columns T,T
	refuse 64 "NAME=NEWNAME" --rename T
	refuse 64 "choose one" --rename T=a --rename T=b
	refuse 64 "cannot name" --rename 'T=a b'
}

@test "--put adds a label" {
	rns-sel --put x=0.1 --put lambda=Tc t.rns > y
	rns-cat --label y > label
	grep -qx 'label: T x lambda' label
	grep -qx 'column: x f64' label
	[ "$(column x < y)" = "0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1" ]
	[ "$(rns-sel --where lambda=Tc y | rns-cat --count)" -eq 8 ]
	[ "$(rns-sel --put inf=inf --columns id t.rns | rns-cat --to=csv --no-comments | sed -n 2p)" = 0,inf ]
	refuse 64 "two columns 'T'" --put T=3
	refuse 64 "nan labels nothing" --put x=nan
	refuse 64 "not a number that a double holds" --put x=1e400
	refuse 64 "not a number that a double holds" --put x=0x10
	refuse 64 "a comma in a value" --put x=1,5
	refuse 64 "a comma in a value" --put x=low,high
	refuse 64 "NAME=VALUE" --put x
	refuse 64 "NAME=VALUE" --put x=
	refuse 64 "choose one" --put x=1 --put x=2
	# What is dropped may be put anew.
	[ "$(rns-sel --drop T --put T=3 t.rns | column T)" = "3 3 3 3 3 3 3 3" ]
}

@test "labels that are words" {
	rns-sel --put train=low --words train=low,high t.rns > low
	rns-sel --put train=high --words train=low,high t.rns > high
	rns-cat --label high | grep -qx 'code.train: low=0 high=1'
	rns-cat --label high | grep -qx 'column: train u32'
	rns-cat low high > both
	[ "$(rns-cat --info both | grep -c segment)" -eq 1 ]
	[ "$(rns-sel --where train=high both | column train)" = "1 1 1 1 1 1 1 1" ]
	[ "$(rns-sel --where train!=high both | rns-cat --count)" -eq 8 ]
	rns-sel --rename train=set both > y
	rns-cat --label y | grep -qx 'code.set: low=0 high=1'
	[ "$(rns-sel --where set=low y | rns-cat --count)" -eq 8 ]
	rns-sel --drop train both > y
	run rns-cat --label y
	[[ $output != *code.* ]]
	# One word alone is its own vocabulary, and others do not join it.
	rns-sel --put train=low t.rns > alone
	rns-cat --label alone | grep -qx 'code.train: low=0'
	[ "$(rns-cat alone low | rns-cat --info | grep -c segment)" -eq 2 ]
	run -65 rns-sel --where train=middle both
	[[ $output == *"its words are low=0 high=1"* ]]
	refuse 64 "not among" --put train=middle --words train=low,high
	refuse 64 "'low,low' has the word 'low' twice" --put train=low --words train=low,low
	refuse 64 "has the word 'low' twice" --put train=low --words train=low,lower,low
	rns-sel --put train=lower --words train=low,lower t.rns > lower
	rns-cat --label lower | grep -qx 'code.train: low=0 lower=1'
	# Words that look like numbers are words all the same.
	rns-sel --put x=2 --words x=1,2 t.rns > two
	[ "$(rns-sel --where x=1 two | rns-cat --count)" -eq 0 ]
	[ "$(rns-sel --where x=2 two | rns-cat --count)" -eq 8 ]
	run -65 rns-sel --where x=0 two
	[[ $output == *"'0' is no word of column 'x'; its words are 1=0 2=1"* ]]
	refuse 64 "no list of words" --put train=low --words train=low,,high
	refuse 64 "is for a --put" --words train=low
}

@test "--split shares every label group" {
	seq 0 999 | awk 'BEGIN { print "T,i" } { print int(sqrt($1)), $1 }' OFS=, | rns-import --label T > x
	for i in 1 2 3; do rns-sel --split $i/3 x > $i; done
	rns-cat 1 2 3 --quiet | column i | tr ' ' '\n' | sort -n | cmp - <(seq 0 999)
	for i in 1 2 3; do
		column T < $i | tr ' ' '\n' | uniq -c | awk -v i=$i '
			{ n = 2 * $2 + 1; if ($2 == 31) n = 1000 - 961; want = int((n - i + 3) / 3); if ($1 != want) exit 1 }'
	done
	rns-sel --split 2-3/3 x | column i > got
	rns-cat 2 3 --quiet | rns-sel --sort i | column i | cmp - got
	[ "$(rns-sel --split 1/1 x | rns-cat --records | cksum)" = "$(rns-cat --records x | cksum)" ]
	# Without labels all are one group; over segments of the same columns the count goes on.
	seq 0 9 | sed 1ix > p
	seq 10 19 | sed 1ix > q
	[ "$(rns-sel --split 1/4 p q | rns-cat -q | column x)" = "0 4 8 12 16" ]
	# The label need not go out.
	[ "$(rns-sel --split 1/2 --columns id t.rns | column id)" = "0 2 9007199254740993 5 6 7" ]
	for wrong in 0/3 4/3 3 1/0 1/ /3 a/3 2-1/3 1-/3 1/3/5 -1/3 1.5/3; do refuse 64 "is not I/N" --split=$wrong; done
}

@test "--sample takes records at random, in their order" {
	seq 0 9999 | sed 1ix | rns-cat > x
	rns-sel --sample 1000 x > a
	rns-sel --sample 1000 --seed 1 x > b
	rns-sel --sample 1000 --seed 2 x > c
	cmp a b
	run -1 cmp -s a c
	column x < a | tr ' ' '\n' > got
	[ "$(wc -l < got)" -eq 1000 ]
	sort -n -u got | cmp - got	# increasing, none twice
	# Mean (N - 1) / 2, variance of the mean of n of N without replacement: (N + 1) (N - n) / (12 n); five of it.
	awk '{ s += $1 } END { d = s / NR - 4999.5; v = 10001 * 9000 / 12000; exit d * d > 25 * v }' got
	rns-sel --sample 20000 x > all 2> err
	rns-cat --records all | cmp - <(rns-cat --records x)
	grep -q '^rns-sel: --sample 20000: there were only 10000 records' err
	rns-sel --quiet --sample 20000 x 2> err > /dev/null
	[ ! -s err ]
	refuse 64 "--sample" --sample 0
	refuse 64 "--sample" --sample -3
}

@test "--sort is stable, by several columns, either way" {
	[ "$(ids --sort T)" = "0 1 3 5 2 4 7 6" ]
	[ "$(ids --sort -T)" = "6 2 4 7 5 0 1 3" ]
	[ "$(ids --sort T,-id)" = "3 1 0 5 4 7 2 6" ]
	[ "$(ids --sort y)" = "3 7 5 2 4 0 1 6" ]	# NaN last
	[ "$(ids --sort -y)" = "0 2 4 5 7 3 1 6" ]
	[ "$(ids --sort id)" = "0 1 2 5 6 7 3 4" ]
	[ "$(ids --sort 's[0][0],s[1][1]')" = "1 3 0 2 4 6 5 7" ]
	[ "$(rns-sel --rename T=t --sort -t t.rns | column t | cut -d ' ' -f 1)" = inf ]
	refuse 65 "no column 'T'" --rename T=t --sort T
	refuse 65 "name one" --sort s
	refuse 64 "choose one" --sort T --shuffle
}

@test "--shuffle keeps every record once" {
	seq 0 9999 | sed 1ix | rns-cat > x
	rns-sel --shuffle x > a
	rns-sel --shuffle --seed 2 x > b
	run -1 cmp -s a b
	column x < a | tr ' ' '\n' > got
	sort -n got | cmp - <(seq 0 9999)
	# Spearman's rho of place and value has variance 1 / (n - 1).
	awk '{ s += (NR - 5000.5) * ($1 - 4999.5) } END { r = s / (1e4 * (1e8 - 1) / 12); exit r * r > 25 / 9999 }' got
}

@test "the options act in one order, whatever theirs" {
	one=(--where 'T>=2' --columns 'id,T,s' --drop s --rename T=t --put x=1 --split 1/2 --sort -t)
	two=(--sort -t --split 1/2 --put x=1 --rename T=t --drop s --columns 'id,T,s' --where 'T>=2')
	rns-sel "${one[@]}" t.rns > a
	rns-sel "${two[@]}" t.rns > b
	cmp a b
	[ "$(column id < a)" = "6 2 7 5" ]
	rns-cat --label a | grep -qFx "history: rns-sel 0.1.0 --where T>=2 --columns id,T,s --drop s --rename T=t --put x=1 \
--split 1/2 --sort -t --seed 1 t.rns"
	# As a chain of stages that do one thing each.
	rns-sel --where 'T>=2' t.rns | rns-sel --columns id,T | rns-sel --rename T=t | rns-sel --put x=1 |
		rns-sel --split 1/2 | rns-sel --sort -t | rns-cat --records > want
	# (there the groups of --split have the new label too, which is the same for all)
	rns-cat --records a | cmp - want
}

@test "segments: mapped one by one, or collected if they are alike" {
	seq 3 | sed 1ix > a
	seq 4 6 | sed 1ix > b
	seq 3 | sed 1iz > c
	[ "$(rns-sel --put T=1 a b c | rns-cat | rns-cat --info | grep -c segment)" -eq 2 ]
	[ "$(rns-sel --put T=1 a b c | zstdcat | grep -ac '^renorm-stream')" -eq 3 ]
	[ "$(rns-sel --sort -x a b | column x)" = "6 5 4 3 2 1" ]
	[ "$(rns-sel --shuffle a b | zstdcat | grep -ac '^renorm-stream')" -eq 1 ]
	for how in '--sort x' --shuffle '--sample 2'; do
		# shellcheck disable=SC2086
		run -65 rns-sel $how a b c
		[[ $output == *"c: segment 3"*"'x f64' against 'z f64'"* ]]
	done
	run -65 rns-sel --where 'x>1' a c
	[[ $output == *"c: segment 2: there is no column 'x'"* ]]
	# The history of all that was collected, then this stage.
	rns-sel --put T=1 a > a1
	rns-sel --put T=2 b > b1
	rns-sel --sort x a1 b1 > y
	[ "$(rns-cat --label y | grep -c '^history')" -eq 3 ]
	rns-cat --label y | grep '^history' | tail -n 1 | grep -q -- '--sort x'
}

@test "nothing chosen is an empty stream" {
	for how in '' '--sort id' '--sample 3 --quiet' --shuffle '--split 1/2'; do
		# shellcheck disable=SC2086
		rns-sel --where 'id<0' $how t.rns > none
		[ "$(rns-cat --count none)" -eq 0 ]
	done
}

@test "a damaged stream is refused, also where nothing is chosen from it" {
	for form in rns plain csv; do
		rns-cat --to=$form t.rns > whole
		size=$(stat -c %s whole)
		for n in 1 20 100 $(( size / 2 )) $(( size - 20 )) $(( size - 1 )); do
			head -c $n whole > part
			run -65 rns-sel --where 'id<0' part
			run -65 rns-sel --sort id -o y part
			[ ! -e y ]
		done
	done
}

@test "what was chosen comes out while more may come" {
	mkfifo in
	rns-sel --where 'the_number>1' < in 2> /dev/null | rns-cat --to=csv --no-comments 2> /dev/null | cat > got & pid=$!
	exec 9> in
	printf 'the_number\n1\n2\n3\n' >&9
	for _ in $(seq 20); do sleep 0.1; [ "$(paste -sd ' ' got)" = "the_number 2 3" ] && break; done
	[ "$(paste -sd ' ' got)" = "the_number 2 3" ] || { exec 9>&-; return 1; }
	exec 9>&-
	wait $pid
}

@test "constant memory, but for what is collected" {
	seq 3000000 | sed 1ix | rns-cat -o x
	limit 60000
	[ "$(rns-sel --where 'x>2999999' --put T=1 x | column x)" = 3000000 ]
	[ "$(rns-sel --sample 5 x | rns-cat --count)" -eq 5 ]
	[ "$(rns-sel --split 7/1000000 x | column x)" = "7 1000007 2000007" ]
	[ -n "${SAN:-}" ] || run -71 rns-sel --shuffle -o y x
}
