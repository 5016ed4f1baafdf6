#!/usr/bin/env bats
# rns-cat: every form comes back as it was, every damage is found, every report says what is there.

load common

# Memory in KiB, where the program itself decides how much it takes.
limit() { [ -n "${SAN:-}" ] || ulimit -v "$1"; }

# Every type, scalars and arrays, the numbers at the ends of each, and floats that CSV must not round.
every_type() {
	cat <<- 'END'
		# renorm-stream 1
		# kind: samples
		# label: T
		# units: natural
		# history: made by hand
		# column: T f64
		# column: s bit 2 5
		# column: a u8
		# column: b i8 2
		# column: c u16
		# column: d i16
		# column: e u32
		# column: f i32
		# column: g u64
		# column: h i64
		# column: x f32 2
		# column: y f64
		T,s[0][0],s[0][1],s[0][2],s[0][3],s[0][4],s[1][0],s[1][1],s[1][2],s[1][3],s[1][4],a,b[0],b[1],c,d,e,f,g,h,x[0],x[1],y
		2.269185314213022,1,0,0,1,1,0,1,0,1,1,255,-128,127,65535,-32768,4294967295,-2147483648,18446744073709551615,-9223372036854775808,0.1,3.4028235e+38,5e-324
		inf,0,0,0,0,0,0,0,0,0,0,0,0,0,0,32767,0,2147483647,0,9223372036854775807,-inf,nan,0.30000000000000004
		0,1,1,1,1,1,1,1,1,1,1,1,-1,1,1,1,1,1,1,1,-0,1e-45,1.7976931348623157e+308
		# end: 3
	END
}
# A stream of records 1..N in one column.
numbers() { printf 'x\n'; seq "$@"; }

@test "every form gives the same bytes again" {
	every_type > first.csv
	rns-cat first.csv > rns
	for form in rns plain csv tsv; do
		rns-cat --to=$form rns > $form.1
		rns-cat --to=plain $form.1 > back
		rns-cat --to=plain rns > plain
		cmp plain back
		rns-cat --format=${form/plain/rns} rns > $form.2	# the common option says the same
		[ $form = plain ] || cmp $form.1 $form.2
	done
	cmp csv.1 first.csv
	rns-cat --to=csv --pm1 rns > pm1
	rns-cat --pm1 --to=csv pm1 > pm1.again
	cmp pm1 pm1.again
	rns-cat --pm1 --to=plain pm1 > back
	cmp plain back
	run -65 rns-cat pm1
	[[ $output == *"line 19"*"'s'"*"--pm1"* ]]
}

@test "CSV is what other tools read" {
	every_type | rns-cat --to=csv --no-comments > csv
	[ "$(wc -l < csv)" -eq 4 ]
	every_type | rns-cat --to=tsv --no-comments > tsv
	diff csv <(tr '\t' , < tsv)
	/usr/bin/python3 -c '
import numpy as np
a = np.genfromtxt("csv", delimiter=",", names=True, deletechars="", replace_space=" ")
assert a.shape == (3,) and a["T"][1] == np.inf and a["y"][1] == 0.1 + 0.2 and a["x[0]"][0] == 0.1, a'
}

@test "labels, keys and history pass" {
	every_type | rns-cat > x.rns
	every_type | sed -n 's/^# //p' | grep -v '^end' > want
	rns-cat --label x.rns | grep . > got
	diff want got
	rns-cat x.rns | rns-cat --to=csv | rns-cat --level 0 > y
	rns-cat --label y | grep . > got
	diff want got
}

@test "the zstd program understands the file" {
	every_type | rns-cat -o x.rns
	zstd -qt x.rns
	zstd -l x.rns | grep -q XXH64
	[ "$(zstdcat x.rns | sed '/^$/q')" = "$(rns-cat --label x.rns)" ]
	zstdcat x.rns | tail -n 1 | grep -aqE '^end 0000000000000003 [0-9a-f]{16} {9}$'
	rns-cat --to=plain x.rns | cmp - <(zstdcat x.rns)
	zstdcat x.rns | zstd -19 -q > dense
	rns-cat --to=plain dense | cmp - <(zstdcat x.rns)
	# A skippable frame is nothing to us.
	{ printf '\x50\x2a\x4d\x18\x03\0\0\0abc'; cat x.rns; printf '\x5f\x2a\x4d\x18\0\0\0\0'; } > skips
	rns-cat --to=plain skips | cmp - <(zstdcat x.rns)
}

@test "the end mark holds the count and the XXH64 of all before it" {
	every_type | rns-cat --to=plain > x
	/usr/bin/python3 - <<- 'END'
		P = [0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5]
		M = 2**64 - 1
		def rot(x, n): return (x << n | x >> 64 - n) & M
		def one(acc, w): return rot((acc + w * P[1]) & M, 31) * P[0] & M
		def xxh64(d):    # Y. Collet, the xxHash specification 0.1.1
		    n, i, v = len(d), 0, [(P[0] + P[1]) & M, P[1], 0, -P[0] & M]
		    h = P[4]
		    if n >= 32:
		        while n - i >= 32:
		            for k in range(4): v[k] = one(v[k], int.from_bytes(d[i + 8 * k:i + 8 * k + 8], "little"))
		            i += 32
		        h = sum(rot(x, r) for x, r in zip(v, (1, 7, 12, 18))) & M
		        for x in v: h = ((h ^ one(0, x)) * P[0] + P[3]) & M
		    h = (h + n) & M
		    while n - i >= 8: h = (rot(h ^ one(0, int.from_bytes(d[i:i + 8], "little")), 27) * P[0] + P[3]) & M; i += 8
		    if n - i >= 4: h = (rot(h ^ int.from_bytes(d[i:i + 4], "little") * P[0] & M, 23) * P[1] + P[2]) & M; i += 4
		    for b in d[i:]: h = rot(h ^ b * P[4] & M, 11) * P[0] & M
		    h = (h ^ h >> 33) * P[1] & M; h = (h ^ h >> 29) * P[2] & M
		    return h ^ h >> 32
		assert xxh64(b"") == 0xEF46DB3751D8E999
		d = open("x", "rb").read()
		assert d[-48:] == b"\nend %016x %016x         \n" % (3, xxh64(d[:-48])), d[-48:]
	END
}

@test "a stream cut after any byte is refused, in every form" {
	numbers 1 3 | rns-cat > rns
	rns-cat --to=plain rns > plain
	rns-cat --to=csv rns > csv
	/usr/bin/python3 - <<- 'END'
		import subprocess, sys
		for form in "rns", "plain", "csv":
		    data = open(form, "rb").read()
		    for n in range(len(data)):
		        p = subprocess.run(["rns-cat", "--to=plain"], input=data[:n], capture_output=True)
		        err = p.stderr.decode()
		        assert p.returncode == 65 and err.count("\n") == 1 and err.startswith("rns-cat: standard input: "), (form, n, err)
		        q = subprocess.run(["rns-cat"], input=p.stdout, capture_output=True)
		        assert q.returncode == 65, (form, n, "what came out looks whole")
	END
}

@test "any flipped bit is found, or changes nothing" {
	numbers 1 3 | rns-cat > rns
	rns-cat --to=plain rns > plain
	/usr/bin/python3 - <<- 'END'
		import subprocess
		want = open("plain", "rb").read()
		harmless = 0
		for form in "rns", "plain":
		    data = bytearray(open(form, "rb").read())
		    for i in range(8 * len(data)):
		        data[i // 8] ^= 1 << i % 8
		        p = subprocess.run(["rns-cat", "--to=plain"], input=data, capture_output=True)
		        data[i // 8] ^= 1 << i % 8
		        if p.returncode == 0:
		            assert form == "rns" and p.stdout == want, (form, i)
		            harmless += 1
		        else:
		            assert p.returncode == 65 and p.stderr.count(b"\n") == 1, (form, i, p.returncode, p.stderr)
		assert harmless < 16, harmless    # the unused bits of zstd's frame headers
	END
}

@test "headers that lie are refused without the memory they claim" {
	head -c 20000000 /dev/zero | zstd -q --long=27 --ultra -22 > wide
	limit 200000
	head=$'renorm-stream 1\nkind: table\n'
	lie() { printf %b "$1" > bad; run -65 rns-cat --to=plain bad; }
	lie "${head}column: x f64 134217728\n\n1234"; [[ $output == *"end mark"* ]]
	lie "${head}column: x f64 134217729\n\n"; [[ $output == *"1 GiB"* ]]
	lie "${head}column: x f64 99999999999999999999\n\n"
	lie "${head}column: x f64 4294967296 4294967296\n\n"
	lie "${head}column: x f64 0\n\n"
	lie "${head}column: x f65\n\n"; [[ $output == *f65* ]]
	lie "${head}column: x f64\ncolumn: x f64\n\n"
	lie "${head}label: y\ncolumn: x f64\n\n"; [[ $output == *"'y'"* ]]
	lie "${head}\n"; [[ $output == *"column"* ]]
	lie 'renorm-stream 2\nkind: table\ncolumn: x f64\n\n'; [[ $output == *"renorm-stream 2"* ]]
	{ printf %s "$head"; for i in $(seq 4097); do echo "column: c$i u8"; done; echo; } > bad
	run -65 rns-cat bad
	[[ $output == *4096* ]]
	{ printf %s "$head"; seq -f 'note%.0f: and so on' 100000; } > bad
	run -65 rns-cat bad
	[[ $output == *"1 MiB"* ]]
	# The same in a zstd frame, and a window that would need memory.
	printf '%scolumn: x f64 134217728\n\n' "$head" | zstd -q > bad
	run -65 rns-cat bad
	run -65 rns-cat wide
	[[ $output == *"8 MiB"* ]]
}

@test "records that are too many, too few or not zero where they must be" {
	numbers 1 3 | rns-cat --to=plain > x
	cp x longer
	echo >> longer
	run -65 rns-cat longer
	[[ $output == *"longer"*"after segment 1"* ]]
	sed 's/0000000000000003/0000000000000002/' x > count
	run -65 rns-cat count
	printf '# renorm-stream 1\n# kind: t\n# column: b bit 3\nb[0],b[1],b[2]\n1,1,1\n# end: 1\n' | rns-cat --to=plain > b
	/usr/bin/python3 -c '
d = bytearray(open("b", "rb").read()); d[d.index(b"\n\n") + 2] |= 8; open("b", "wb").write(d)'
	run -65 rns-cat b
	[[ $output == *"segment 1, record 0"*"'b'"* ]]
}

@test "bad text is refused with line and column" {
	bad() { every_type | sed "$1" > bad.csv; run -65 rns-cat bad.csv; [[ $output == *"$2"* ]] || { echo "$1: $output"; return 1; }; }
	bad '19s/,255,/,256,/' "line 19: column 'a' of type u8 cannot hold 256"
	bad '19s/,255,/,-1,/' "line 19: column 'a' of type u8 cannot hold -1"
	bad '19s/,255,/,red,/' "line 19: 'red' in column 'a'"
	bad '19s/,255,/,,/' "line 19: an empty cell in column 'a'"
	bad '19s/,4294967295,/,1.5,/' "line 19: column 'e' of type u32 cannot hold 1.5"
	bad '19s/2.269185314213022,1,/2,2,/' "line 19: 2 in column 's'"
	bad '20s/,nan,/,/' "line 20: a short row"
	bad '20s/$/,1/' "line 20: a long row"
	bad '21d' "line 21: '# end: 3' after 2 rows"
	bad '22d' "no '# end:'"
	bad '18s/T,/t,/' "line 18: 't'"
	seq 5 > bad.csv
	run -65 rns-cat bad.csv
	[[ $output == *"line 1: "*"row of names"* ]]
	{ echo '# T in units of J'; numbers 1 3; } > bad.csv
	run -65 rns-cat bad.csv
	[[ $output == *"grep -v"* ]]
}

@test "operands are joined where their headers agree, with all their histories" {
	for i in 1 2 3; do numbers $i 5 | rns-sel --put T=$i > $i.rns; done
	numbers 7 9 | rns-sel --rename x=z > other.rns
	rns-cat 1.rns 2.rns 3.rns > joined
	[ "$(rns-cat --info joined | grep -c ': segment ')" -eq 1 ]
	[ "$(rns-cat --label joined | grep -c '^history: rns-sel 0.1.0 --put T=')" -eq 3 ]
	for i in 1 2 3; do rns-cat --records $i.rns; done | cmp - <(rns-cat --records joined)
	rns-cat 1.rns 2.rns other.rns 3.rns > mixed
	[ "$(rns-cat --info mixed | grep -c ': segment ')" -eq 3 ]
	[ "$(rns-cat --count mixed)" -eq 15 ]
	# cat makes a stream too. Of a file all headers can be read ahead, whatever the compressor.
	cat 1.rns 2.rns 3.rns > all.rns
	for how in 'rns-cat all.rns' 'rns-cat < all.rns' 'rns-cat - < all.rns' 'rns-cat 1.rns all.rns' \
		'rns-cat 1.rns all.rns 3.rns' 'rns-cat other.rns all.rns'; do
		bash -c "$how" > joined2 2> err
		[ "$(zstdcat joined2 | grep -ac '^history: rns-sel 0.1.0 --put T=')" -eq 3 ] || { echo "$how"; return 1; }
		[ ! -s err ]
	done
	rns-cat all.rns | cmp - joined
	for i in 1 2 3; do zstdcat $i.rns | zstd -q -19; done > dense.rns
	rns-cat dense.rns > joined2 2> err
	cmp <(rns-cat --records joined2) <(rns-cat --records joined)
	grep -q '^rns-cat: segments joined without their history: 2' err
	# From a pipe later histories come too late, and it is said.
	cat 1.rns 2.rns 3.rns | rns-cat > joined2 2> err
	rns-cat --records joined2 | cmp - <(rns-cat --records joined)
	grep -q '^rns-cat: segments joined without their history: 2' err
	cat 1.rns 2.rns 3.rns | rns-cat --quiet 2> err | cmp - joined2
	[ ! -s err ]
	# A pipe can be read once.
	rns-cat 1.rns <(cat 2.rns) 2> err | rns-cat --count > n
	[ "$(cat n)" -eq 9 ]
	grep -q 'history: 1' err
	# Forms may be mixed, and standard input stand among them.
	rns-cat --to=csv 2.rns > 2.csv
	rns-cat --to=plain 3.rns > 3.plain
	rns-cat 1.rns - 3.plain < 2.csv 2> err | rns-cat --records | cmp - <(rns-cat --records joined)
}

@test "a bad operand is told when its turn has come, and nothing looks whole" {
	numbers 1 3 | rns-cat > a
	head -c 100 a > part
	run -65 --separate-stderr rns-cat -o out a part
	[[ $stderr == "rns-cat: part: segment 2"* ]]
	[ ! -e out ]
	run -66 rns-cat a nowhere
	run -65 bash -c 'rns-cat a part > out 2> err'
	run -65 rns-cat out
}

@test "--info, --label, --count" {
	every_type | rns-cat > x.rns
	numbers 1 3 > y.csv
	rns-cat --info x.rns y.csv > got
	cat > want <<- 'END'
		x.rns: segment 1, zstd
		kind      samples
		label     T
		units     natural
		history   made by hand
		column    T f64
		column    s bit 2 5
		column    a u8
		column    b i8 2
		column    c u16
		column    d i16
		column    e u32
		column    f i32
		column    g u64
		column    h i64
		column    x f32 2
		column    y f64
		record    57 bytes
		records   3, count and hash agree

		y.csv: segment 2, csv
		kind      table
		column    x f64
		record    8 bytes
		records   3
	END
	diff want got
	[ "$(rns-cat --count x.rns y.csv)" = 6 ]
	rns-cat --count -o n x.rns > out
	[ ! -s out ]
	[ "$(cat n)" = 3 ]
	rns-cat --label y.csv > got
	printf 'renorm-stream 1\nkind: table\ncolumn: x f64\n\n' | cmp - got
	# A header is enough for --label, and a damaged stream is not for the others.
	rns-cat --to=plain x.rns > plain
	head -c 400 plain > part
	rns-cat --label part | cmp - <(rns-cat --label x.rns)
	for report in --info --count --stats; do run -65 rns-cat $report part; done
}

@test "--stats are exact" {
	every_type | rns-cat > x.rns
	rns-cat --stats x.rns > got
	cat > want <<- 'END'
		column  count  min                   max                      mean                    nan
		T       3      0                     inf                      inf                     0
		s       30     0                     1                        0.5333333333333333      0
		a       3      0                     255                      85.33333333333333       0
		b       6      -128                  127                      -0.16666666666666666    0
		c       3      0                     65535                    21845.333333333332      0
		d       3      -32768                32767                    0                       0
		e       3      0                     4294967295               1431655765.3333333      0
		f       3      -2147483648           2147483647               0                       0
		g       3      0                     18446744073709551615     6.148914691236517e+18   0
		h       3      -9223372036854775808  9223372036854775807      0                       0
		x       5      -inf                  3.4028235e+38            -inf                    1
		y       3      5e-324                1.7976931348623157e+308  5.992310449541053e+307  0
	END
	diff want got
	rns-cat --stats --pm1 x.rns | tr -s ' ' | grep -q '^s 30 -1 1 0.06666666666666667 0 *$'
	# Compensated: naive summation of 1e16, then a thousand ones, loses them all.
	{ echo x; echo 1e16; seq 1000 | sed 's,.*,1,'; echo -1e16; } | rns-cat --stats | tr -s ' ' | grep -q "^x 1002 -1e+16 1e+16 0.998"
	# One table for each kind of record.
	[ "$(rns-cat --stats x.rns <(numbers 1 3) x.rns | grep -c ^column)" -eq 3 ]
	[ "$(rns-cat --stats x.rns x.rns | grep -c ^column)" -eq 1 ]
	echo none | rns-cat --stats | tr -s ' ' | grep -q '^none 0 nan nan nan 0'
}

@test "--head and --tail" {
	numbers 1 1000 | rns-cat > x
	for n in 0 1 7 999 1000 1001; do
		[ "$(rns-cat --head $n x | rns-cat --to=csv --no-comments | tail -n +2)" = "$(seq 1000 | head -n $n)" ]
		[ "$(rns-cat --tail $n x | rns-cat --to=csv --no-comments | tail -n +2)" = "$(seq 1000 | tail -n $n)" ]
	done
	# Over the segments, of whatever columns.
	numbers 1 5 > a; numbers 6 9 > b; numbers 1 3 | rns-sel --rename x=z > c
	[ "$(rns-cat --tail 5 --to=csv a b c | grep -v '^#' | tr '\n' ' ')" = "x 8 9 z 1 2 3 " ]
	[ "$(rns-cat --head 8 --to=csv a b c | grep -v '^#' | tr '\n' ' ')" = "x 1 2 3 4 5 6 7 8 " ]
	[ "$(rns-cat --head 10 --to=csv a b c | grep -v '^#' | tr '\n' ' ')" = "x 1 2 3 4 5 6 7 8 9 z 1 " ]
	[ "$(rns-cat --tail 5 a b c | rns-cat --label | grep -c '^history: rns-cat 0.1.0 --tail 5 a b c$')" -eq 1 ]
	[ "$(rns-cat --head 3 --stats x | tr -s ' ' | tail -n 1)" = "x 3 1 3 2 0" ]
	# What follows the head is not read: neither an endless stream nor a damaged one.
	[ "$(yes 1 | sed 1ix | rns-cat --head 2 | rns-cat --count)" -eq 2 ]
	rns-cat --to=plain x > plain
	head -c 5000 plain > part
	[ "$(rns-cat --head 3 part | rns-cat --count)" -eq 3 ]
	run -65 rns-cat --tail 3 part
}

@test "--tail of much keeps only what it needs" {
	limit 100000
	[ "$(numbers 1 3000000 | rns-cat --tail 3 | rns-cat --to=csv --no-comments | tail -n 1)" = 3000000 ]
}

@test "--records are the bytes of the records" {
	every_type | rns-cat > x
	rns-cat --records x | cmp - <(rns-cat --to=plain x | head -c -48 | tail -c $(( 3 * 57 )))
	[ "$(rns-cat --records x | wc -c)" -eq $(( 3 * 57 )) ]
}

@test "--salvage gives what the checksums vouch for" {
	# Two frames of data: records beyond 1 MiB.
	numbers 1 200000 | rns-cat -o x
	head -c -60 x > part		# within the last data frame, or behind it
	rns-cat --salvage part > got 2> err
	grep -q '^rns-cat: part: cut in segment 1; its first [0-9]* records are whole and were kept$' err
	n=$(rns-cat --count got)
	[ "$n" -ge 131072 ]
	rns-cat --records got | cmp - <(rns-cat --records x | head -c $(( 8 * n )))
	rns-cat --label got | grep -q '^history: rns-cat 0.1.0 --salvage part$'
	# Nothing is wrong with a whole one, and nothing is said.
	rns-cat --salvage x 2> err | rns-cat --records | cmp - <(rns-cat --records x)
	[ ! -s err ]
	rns-cat --salvage --info part 2> err | grep -q "^records   $n, cut here"
	rns-cat --salvage --quiet part 2> err > got
	[ ! -s err ]
	run -64 rns-cat --salvage x x
	printf 'no stream' > bad
	run -65 rns-cat --salvage bad
}

@test "NumPy opens --to=npy" {
	every_type | rns-cat > x.rns
	rns-cat --to=npy x.rns > file.npy
	rns-cat --to=npy x.rns | cat > pipe.npy
	rns-cat --to=npy -o o.npy x.rns
	: > appended.npy
	rns-cat --to=npy x.rns >> appended.npy
	cmp file.npy pipe.npy; cmp file.npy o.npy; cmp file.npy appended.npy
	rns-cat --to=npy --pm1 x.rns > pm1.npy
	/usr/bin/python3 - <<- 'END'
		import numpy as np
		a = np.load("file.npy")
		assert a.shape == (3,)
		want = np.dtype([("T", "<f8"), ("s", "u1", (2, 5)), ("a", "u1"), ("b", "i1", (2,)), ("c", "<u2"), ("d", "<i2"),
		                 ("e", "<u4"), ("f", "<i4"), ("g", "<u8"), ("h", "<i8"), ("x", "<f4", (2,)), ("y", "<f8")])
		assert a.dtype == want, a.dtype
		assert a["T"].tolist() == [2.269185314213022, np.inf, 0.0]
		assert a["s"][0].tolist() == [[1, 0, 0, 1, 1], [0, 1, 0, 1, 1]]
		assert a["b"][0].tolist() == [-128, 127] and a["g"][0] == 2**64 - 1 and a["h"][0] == -2**63
		assert a["x"][0][0] == np.float32(0.1) and np.isnan(a["x"][1][1]) and a["y"][1] == 0.1 + 0.2
		b = np.load("pm1.npy")
		assert b["s"].dtype == np.int8 and (b["s"] == 2 * a["s"].astype(np.int8) - 1).all()
	END
	numbers 1 100000 | rns-cat --to=npy > many.npy
	/usr/bin/python3 -c 'import numpy as np; assert (np.load("many.npy")["x"] == np.arange(1, 100001)).all()'
	echo none | rns-cat --to=npy > none.npy
	/usr/bin/python3 -c 'import numpy as np; assert np.load("none.npy").shape == (0,)'
	numbers 1 3 | rns-sel --rename x=σ_W | rns-cat --to=npy > utf8.npy
	/usr/bin/python3 -c 'import numpy as np; assert np.load("utf8.npy")["σ_W"][2] == 3'
}

@test "an NPY file that is not whole does not open" {
	numbers 1 200000 | rns-cat --to=plain -o whole
	head -c 1000000 whole > part
	run -65 rns-cat --to=npy -o x.npy part
	[ ! -e x.npy ]
	run -65 bash -c 'rns-cat --to=npy part > x.npy'
	[ -s x.npy ]
	run /usr/bin/python3 -c 'import numpy as np; np.load("x.npy")'
	[ "$status" -ne 0 ]
	rns-cat --to=npy part | cat > x.npy || true
	[ ! -s x.npy ]
}

@test "records of two kinds do not fit into one array" {
	numbers 1 3 > a; numbers 1 3 | rns-sel --rename x=z > b
	run -65 rns-cat --to=npy a b
	[[ $output == *"'x f64' against 'z f64'"* ]]
	run -65 rns-cat --to=csv --no-comments a b
	[[ $output == *"other columns"* ]]
	[ "$(rns-cat --to=csv a b | rns-cat --info | grep -c segment)" -eq 2 ]
}

# Reads a picture: width height maxval, then the pixels, bitmaps as 0 and 1.
read_pnm() {
	/usr/bin/python3 - "$@" <<- 'END'
		import sys
		data = open(sys.argv[1], "rb").read()
		while data:
		    words = data.split(None, 4)
		    kind, w, h = words[0], int(words[1]), int(words[2])
		    if kind == b"P4":
		        head = b"P4\n%d %d\n" % (w, h)
		        row = (w + 7) // 8
		        body = data[len(head):len(head) + row * h]
		        pixels = [[body[y * row + x // 8] >> (7 - x % 8) & 1 for x in range(w)] for y in range(h)]
		        top = 1
		    else:
		        top = int(words[3])
		        head = b"P5\n%d %d\n%d\n" % (w, h, top)
		        size = 2 if top > 255 else 1
		        row = w * size
		        body = data[len(head):len(head) + row * h]
		        pixels = [[int.from_bytes(body[y * row + x * size:y * row + (x + 1) * size], "big") for x in range(w)]
		                  for y in range(h)]
		    assert data.startswith(head) and len(body) == row * h
		    data = data[len(head) + row * h:]
		    print(w, h, top)
		    for r in pixels: print(*r)
	END
}

@test "pictures of bits" {
	every_type > x
	rns-cat --to=pbm --grid 1x1 x > p
	read_pnm p > got
	printf '5 2 1\n1 0 0 1 1\n0 1 0 1 1\n5 2 1\n0 0 0 0 0\n0 0 0 0 0\n5 2 1\n1 1 1 1 1\n1 1 1 1 1\n' | diff - got
	rns-cat --to=pbm --grid 2x2 --border 1 x > p
	read_pnm p > got
	printf '%s\n' '11 5 1' '1 0 0 1 1 1 0 0 0 0 0' '0 1 0 1 1 1 0 0 0 0 0' '1 1 1 1 1 1 1 1 1 1 1' \
		'1 1 1 1 1 1 1 1 1 1 1' '1 1 1 1 1 1 1 1 1 1 1' | diff - got
	rns-cat --to=pgm --grid 2x1 --border 2 x > p
	read_pnm p > got
	printf '%s\n' '12 2 255' '255 0 0 255 255 128 128 0 0 0 0 0' '0 255 0 255 255 128 128 0 0 0 0 0' \
		'5 2 255' '255 255 255 255 255' '255 255 255 255 255' | diff - got
	rns-cat --to=pbm x > p
	read_pnm p > got
	[ "$(head -n 1 got)" = '17 2 1' ]	# one picture, three tiles across
}

@test "pictures of numbers" {
	every_type > x
	rns-cat --to=pgm --column c --grid 1x1 x > p
	read_pnm p | tr '\n' ' ' | grep -qx '1 1 65535 65535 1 1 65535 0 1 1 65535 1 '
	rns-cat --to=pgm --column b --grid 1x1 x > p
	read_pnm p | tr '\n' ' ' | grep -qx '2 1 255 0 255 2 1 255 0 0 2 1 255 0 255 '
	rns-cat --to=pgm --column b --grid 1x1 --range -129:126 x > p
	read_pnm p | tr '\n' ' ' | grep -qx '2 1 255 1 255 2 1 255 129 129 2 1 255 128 130 '
	# More digits than a float has, and numbers beyond its range.
	printf 'x[0],x[1],x[2]\n100000000,100000001,100000002\n-1.7e308,0,1.7e308\n-inf,3,inf\nnan,nan,inf\n' |
		rns-cat --to=pgm --grid 1x1 > p
	read_pnm p | tr '\n' ' ' | grep -qx '3 1 255 0 128 255 3 1 255 0 128 255 3 1 255 0 0 255 3 1 255 128 128 255 '
	run -65 rns-cat --to=pgm --column q x
	[[ $output == *"'q'"*"T s a b"* ]]
	run -65 rns-cat --to=pbm --column b x
	[[ $output == *"--to=pgm"* ]]
	numbers 1 3 > scalars
	run -65 rns-cat --to=pgm scalars
	[[ $output == *"--column"* ]]
	run -64 rns-cat --to=pgm --grid 4294967295x4294967295 x
}

@test "usage" {
	numbers 1 3 > x
	usage() { run -64 rns-cat "$@"; [[ $output == rns-cat:* && $output != *$'\n'* ]] || { echo "$* $output"; return 1; }; }
	usage --to=xml x
	usage --info --count x
	usage --to=csv --records x
	usage --to=csv --format=tsv x
	usage --format=csv --info x
	usage --head -1 x
	usage --head 1 --tail 1 x
	usage --head 1 --count x
	usage --grid 2x2 x
	usage --grid 0x2 --to=pgm x
	usage --grid 2 --to=csv x
	usage --border -1 --to=pgm x
	usage --column x --to=npy x
	usage --range 3:2 --to=pgm x
	usage --range 3 --to=pgm x
	usage --range nan:2 --to=pgm x
	usage --range 0:1 --to=pbm x
	rns-cat --to=csv --format=csv x | cmp - <(rns-cat --to=csv x)
}

@test "a terminal gets text, no binary" {
	need_terminal
	numbers 1 3 > x
	for binary in "" --to=plain --to=npy --to=pgm --records; do
		run script -qec "rns-cat $binary --column x x" /dev/null < /dev/null
		run script -qec "rns-cat $binary x" /dev/null < /dev/null
		[ "$status" -eq 64 ] || { echo "$binary: $status $output"; return 1; }
	done
	for text in --to=csv --info --count --stats --label; do
		run script -qec "rns-cat $text x" /dev/null < /dev/null
		[ "$status" -eq 0 ] || { echo "$text: $status $output"; return 1; }
	done
}

# Where the last zstd frame of a file begins.
last_frame() { /usr/bin/python3 -c 'import sys; print(open(sys.argv[1], "rb").read().rindex(b"\x28\xb5\x2f\xfd"))' "$1"; }

@test "a record passes two stages within two seconds while more may come" {
	mkfifo in
	for form in rns plain csv; do
		numbers 1 3 | rns-cat --to=$form > whole
		rns-cat --to=csv --no-comments whole > want
		# All but the end, then silence.
		rns-cat < in 2> /dev/null | rns-cat --to=csv --no-comments 2> /dev/null | cat > got & pid=$!
		exec 9> in
		case $form in
		rns) head -c "$(last_frame whole)" whole ;; plain) head -c -48 whole ;; csv) head -n -1 whole ;;
		esac >&9
		for _ in $(seq 20); do sleep 0.1; cmp -s want got && break; done
		cmp want got || { echo "$form"; exec 9>&-; return 1; }
		exec 9>&-
		wait $pid || true
	done
}

@test "a closed pipe ends it quietly" {
	numbers 1 300000 | rns-cat > x
	for form in rns plain csv npy; do
		run --separate-stderr bash -c "rns-cat --to=$form x | head -c 10 > /dev/null; echo \${PIPESTATUS[0]}"
		[[ $output == 141 || $output == 0 ]]
		[ -z "$stderr" ]
	done
}

@test "a full disk is told in every form" {
	numbers 1 3 > x
	for how in --to=rns --to=plain --to=csv --to=npy --to=pgm\ --column\ x --records --info --count --stats --label; do
		run -74 bash -c "rns-cat $how x > /dev/full"
		[[ $output == "rns-cat: standard output"* ]]
	done
}

@test "an empty segment is a stream" {
	echo number | rns-cat > none
	[ "$(rns-cat --count none)" -eq 0 ]
	[ "$(rns-cat --to=csv none | tail -n 1)" = "# end: 0" ]
	{ echo number; seq 3; } | rns-cat > x
	[ "$(rns-cat none x none | rns-cat --info | grep -c segment)" -eq 1 ]
}
