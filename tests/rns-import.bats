#!/usr/bin/env bats
# rns-import: what NumPy and others write comes in exactly, and nothing that is not whole.

load common

# Memory in KiB, where the program itself decides how much it takes.
limit() { [ -n "${SAN:-}" ] || ulimit -v "$1"; }

# Files of each form, made by NumPy from the same numbers.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	/usr/bin/python3 - <<- 'END'
		import struct
		import numpy as np
		rng = np.random.default_rng(1)
		a = rng.integers(0, 256, (5, 4, 3), dtype=np.uint8)
		def idx(name, a, code, big):
		    with open(name, "wb") as f:
		        f.write(bytes([0, 0, code, a.ndim]) + struct.pack(">%dI" % a.ndim, *a.shape) + a.astype(big).tobytes())
		idx("images.idx", a, 8, ">u1")
		idx("labels.idx", np.array([3, 1, 4, 1, 5]), 8, ">u1")
		np.save("images.npy", a)
		np.save("labels.npy", np.array([3, 1, 4, 1, 5], np.uint8))
		with open("images.pgm", "wb") as f:
		    for p in a: f.write(b"P5\n# made by hand\n3 4\n255\n" + p.tobytes())
		with open("plain.pgm", "w") as f:
		    for p in a: f.write("P2 3 4 255\n" + "\n".join(" ".join(map(str, r)) for r in p) + "\n\n")
		with open("images.csv", "w") as f:
		    f.write(",".join("x[%d][%d]" % (i, j) for i in range(4) for j in range(3)) + "\n")
		    for p in a: f.write(",".join(map(str, p.ravel())) + "\n")
		b = a > 127
		np.save("bits.npy", b)
		with open("bits.pbm", "wb") as f:
		    for p in b: f.write(b"P4\n3 4\n" + np.packbits(p, axis=1).tobytes())
		with open("plain.pbm", "w") as f:
		    for p in b: f.write("P1\n3 4\n" + "\n".join("".join(str(int(x)) for x in r) for r in p) + "\n")
		np.save("signs.npy", (2 * b.astype(np.int8) - 1))
		w = rng.integers(-30000, 30000, (6, 2)).astype(np.int16)
		for name, code, t in ("i8", 9, "i1"), ("i16", 11, "i2"), ("i32", 12, "i4"), ("f32", 13, "f4"), ("f64", 14, "f8"):
		    v = (w if t != "i1" else w // 300).astype(t) / (8 if t[0] == "f" else 1)
		    v = v.astype(t)
		    idx(name + ".idx", v, code, ">" + t)
		    np.save(name + ".npy", v)
	END
}
setup() {
	common_setup
	cp "$BATS_FILE_TMPDIR"/*.{idx,npy,pgm,pbm,csv} .
}
refuse() { # CODE WORDS ARGUMENT...
	run "-$1" --separate-stderr rns-import -o /dev/null "${@:3}"
	[[ $stderr == "rns-import: "*"$2"* && $stderr != *$'\n'* ]] || { echo "${*:3}: $stderr"; return 1; }
}
header() { rns-cat --label "$1" | grep -v '^history' | grep . | tail -n +2 | paste -sd '|'; }
# Two streams whose headers agree but for the history, and whose records are the same.
same() {
	[ "$(header "$1")" = "$(header "$2")" ] || { header "$1"; header "$2"; return 1; }
	rns-cat --records "$1" > one
	rns-cat --records "$2" | cmp one -
}

@test "the same images in every form are the same stream" {
	rns-import images.idx > want
	[ "$(header want)" = 'kind: samples|column: id u64|column: x u8 4 3' ]
	[ "$(rns-cat --count want)" -eq 5 ]
	for file in images.npy images.pgm plain.pgm; do
		rns-import $file > got
		same want got
	done
	rns-import --kind samples --type x=u8 images.csv > got
	same want got
	rns-cat --to=npy want > back.npy
	/usr/bin/python3 -c '
import numpy as np
a = np.load("back.npy")
assert (a["x"] == np.load("images.npy")).all() and (a["id"] == np.arange(5)).all()'
	rns-cat --label want | grep -qx 'history: rns-import 0.1.0 --kind samples images.idx'
}

@test "bits, from bitmaps, booleans, signs and a threshold" {
	rns-import bits.npy > want
	[ "$(header want)" = 'kind: samples|column: id u64|column: x bit 4 3' ]
	rns-import bits.pbm > got; same want got
	rns-import plain.pbm > got; same want got
	rns-import --pm1 signs.npy > got; same want got
	rns-import --threshold 127 images.idx > got; same want got
	rns-import --threshold 127.5 images.pgm > got; same want got
	rns-import --threshold 127 --kind samples images.csv > got; same want got
	rns-import --threshold 126 images.npy > got
	run -1 cmp -s want got
	rns-cat --to=npy want > back.npy
	/usr/bin/python3 -c '
import numpy as np
assert (np.load("back.npy")["x"] == np.load("bits.npy")).all()'
	refuse 65 "x' is neither 0 nor 1" --type x=bit images.npy
	refuse 65 "--pm1 is for -1 and 1 alone" --pm1 images.npy
	refuse 64 "choose one" --pm1 --threshold 1 images.npy
	printf 'x\nnan\n' > nan.csv
	refuse 65 "nan in column 'x'" --threshold 1 --from=csv nan.csv
}

@test "numbers of every type, from IDX and NPY" {
	for t in i8 i16 i32 f32 f64; do
		rns-import $t.idx > a
		rns-import $t.npy > b
		same a b
		[ "$(header a)" = "kind: samples|column: id u64|column: x $t 2" ]
		rns-cat --to=npy a > back.npy
		/usr/bin/python3 -c '
import sys, numpy as np
assert (np.load("back.npy")["x"] == np.load(sys.argv[1])).all()' $t.npy
	done
}

@test "what rns-cat gives to NumPy comes back as it was" {
	ising-gen -L 6 -T 1,inf -n 20 --therm 10 > spins
	rns-cat --to=npy spins > spins.npy
	rns-import --kind spins spins.npy > back
	same spins back
	rns-cat --to=npy --pm1 spins > spins.npy
	rns-import --kind spins --pm1 spins.npy > back
	same spins back
	rns-cat --to=csv --no-comments spins > spins.csv
	rns-import --kind spins spins.csv > back
	same spins back
	rns-cat --to=npy spins > spins.npy
	rns-import --kind samples --label T --label h --type spins=bit spins.npy > back
	[ "$(header back)" = "$(header spins | sed s/spins/samples/)" ]
	rns-cat --records spins | cmp - <(rns-cat --records back)
}

@test "spins: e and m are computed, identity is told or taken" {
	cat > s.csv <<- 'END'
		s[0],s[1],s[2],s[3]
		1,1,1,1
		-1,1,-1,1
		1,1,-1,-1
	END
	rns-import --kind spins --pm1 --label T=2.5 --label mass=3 s.csv > x
	[ "$(header x)" = 'kind: spins|label: T h mass|column: T f64|column: h f64|column: replica u32|column: sweep u64|'\
'column: id u64|column: e f64|column: m f64|column: spins bit 4|column: mass f64' ]
	rns-cat --to=csv --no-comments x > got
	diff - got <<- 'END'
		T,h,replica,sweep,id,e,m,spins[0],spins[1],spins[2],spins[3],mass
		2.5,0,0,1,0,-1,1,1,1,1,1,3
		2.5,0,0,2,1,1,0,0,1,0,1,3
		2.5,0,0,3,2,0,0,1,1,0,0,3
	END
	rns-import --kind spins --pm1 --put T=Tc --put h=0.1 --independent s.csv | rns-cat --to=csv --no-comments > got
	cut -d , -f 1-5 got > left
	diff - left <<- 'END'
		T,h,replica,sweep,id
		2.269185314213022,0.1,0,0,0
		2.269185314213022,0.1,1,0,1
		2.269185314213022,0.1,2,0,2
	END
	refuse 64 "--label T=2.5" --kind spins --pm1 s.csv
	refuse 64 "temperature of -1" --kind spins --pm1 --label T=-1 s.csv
	refuse 64 "'warm' is not a number" --kind spins --pm1 --label T=warm s.csv
	refuse 65 "-1 in column 's'" --kind spins --label T=1 s.csv
	refuse 64 "--independent is for" --independent s.csv
	printf 'T,s[0],s[1]\n1,0,1\n-2,0,1\n' > T.csv
	refuse 65 "record 1: a temperature of -2" --kind spins T.csv
	refuse 64 "--type T=f32: in spins that column is f64" --kind spins --type T=f32 T.csv
	printf 'T,sweep,s[0],s[1]\n1,3,0,1\n' | rns-import --kind spins --type T=f64 --type sweep=u64 > x
	[ "$(rns-cat --count x)" -eq 1 ]
	refuse 64 "the file has a column 'T'" --kind spins --label T=1 T.csv
	printf 'T,id,s[0],s[1]\n1,0.5,0,1\n' > id.csv
	refuse 65 "record 0: column 'id' of type u64 cannot hold 0.5" --kind spins id.csv
	refuse 65 "3 dimensions" --kind spins --label T=1 <(/usr/bin/python3 -c '
import sys, numpy as np; np.save(sys.stdout.buffer, np.zeros((2, 3, 4, 5), np.uint8))')
}

@test "fields and tables" {
	rns-import --kind field --label kappa=1 --label lambda=0.7 f32.npy > x
	[ "$(header x)" = 'kind: field|label: kappa lambda|column: kappa f64|column: lambda f64|column: id u64|column: phi f32 2' ]
	rns-import --kind field i16.npy > x
	[ "$(header x)" = 'kind: field|column: id u64|column: phi f64 2' ]
	printf 'T\tn\tp[0]\tp[1]\n1.5\t3\t0.25\t0.75\n2.5\t4\tnan\tinf\n' > t.tsv
	rns-import --label T --type n=u8 t.tsv > x
	[ "$(header x)" = 'kind: table|label: T|column: T f64|column: n u8|column: p f64 2' ]
	[ "$(rns-cat --to=tsv --no-comments x)" = "$(cat t.tsv)" ]
}

@test "--labels: a digit for each record" {
	rns-import --labels labels.idx images.idx > x
	[ "$(header x)" = 'kind: samples|label: digit|column: digit u8|column: id u64|column: x u8 4 3' ]
	[ "$(rns-cat --to=csv --no-comments x | csv_column digit | paste -sd ' ')" = "3 1 4 1 5" ]
	rns-import --labels labels.npy images.npy > y
	same x y
	# Several files are one stream, and the labels are those of all.
	/usr/bin/python3 -c 'import numpy as np; np.save("ten.npy", np.array([3, 1, 4, 1, 5] * 2, np.uint8))'
	rns-import --labels ten.npy images.idx images.npy > both
	[ "$(rns-cat --count both)" -eq 10 ]
	[ "$(rns-cat --to=csv --no-comments both | csv_column id | paste -sd ' ')" = "0 1 2 3 4 5 6 7 8 9" ]
	refuse 65 "labels.idx: there are only 5 labels" --labels labels.idx images.idx images.idx
	refuse 65 "ten.npy: more labels than the 5 records" --labels ten.npy images.idx
	refuse 65 "images.npy: --labels needs one number" --labels images.npy images.idx
	refuse 66 "nowhere" --labels nowhere images.idx
}

@test "files that do not go together" {
	refuse 65 "f32.npy: not like the file before" images.idx f32.npy
	{ cat images.pgm; printf 'P5 2 2 255\nabcd'; } > mixed.pgm
	refuse 65 "a picture of 2 x 2, maxval 255, after one of 3 x 4" mixed.pgm
	{ cat images.pgm bits.pbm; } > mixed.pgm
	refuse 65 "maxval 1, after" mixed.pgm
}

@test "--type holds values exactly or refuses them" {
	printf 'a,b\n1,0\n255,1\n' > t.csv
	[ "$(rns-import --type a=u8 --type b=bit t.csv | rns-cat --to=csv --no-comments)" = "$(cat t.csv)" ]
	refuse 65 "record 1: column 'a' of type i8 cannot hold 255" --type a=i8 t.csv
	refuse 65 "no column 'c'; there are: a b" --type c=u8 t.csv
	refuse 64 "'a=u9'" --type a=u9 t.csv
	refuse 64 "'a'" --type a t.csv
	check() { printf 'v\n%s\n' "$2" > v.csv; refuse 65 "$3" --from=csv --type "v=$1" v.csv; }
	check u8 256 'cannot hold 256'; check u8 -1 'cannot hold -1'; check u8 1.5 'cannot hold 1.5'
	check i8 128 'cannot hold'; check u16 65536 'cannot hold'; check u32 4294967296 'cannot hold'
	check u64 nan 'cannot hold nan'; check i64 inf 'cannot hold inf'; check f32 1e39 'cannot hold 1e+39'
	check u64 9007199254740994 'above 2^53'; check bit 2 'neither 0 nor 1'
	for ok in 'u8 255' 'i8 -128' 'u64 9007199254740992' 'i64 -9007199254740992' 'f32 inf' 'f32 nan'; do
		printf 'v\n%s\n' "${ok#* }" > v.csv
		[ "$(rns-import --from=csv --type "v=${ok% *}" v.csv | rns-cat --to=csv --no-comments | tail -n 1)" = "${ok#* }" ]
	done
}

@test "a file cut anywhere is refused" {
	/usr/bin/python3 - <<- 'END'
		import subprocess
		for name in "images.idx", "images.npy", "images.pgm", "plain.pgm", "bits.pbm", "plain.pbm", "f64.idx":
		    data = open(name, "rb").read()
		    whole = 0
		    for n in range(len(data)):
		        p = subprocess.run(["rns-import", "--from=" + name.split(".")[1].replace("pbm", "pgm")],
		                           input=data[:n], capture_output=True)
		        if p.returncode == 0:    # between two pictures, or the blank lines behind plain ones
		            assert name[-3:] in ("pgm", "pbm"), (name, n)
		            whole += 1
		            continue
		        assert p.returncode == 65 and p.stderr.count(b"\n") == 1, (name, n, p.stderr)
		        assert subprocess.run(["rns-cat"], input=p.stdout, capture_output=True).returncode == 65, (name, n)
		    assert whole <= (10 if name.startswith("plain") else 4), (name, whole)
	END
}

@test "what follows the end is refused" {
	for file in images.idx images.npy images.pgm bits.pbm; do
		{ cat $file; printf x; } > longer.bin
		run -65 rns-import longer.bin
	done
	{ cat images.npy images.npy; } > longer.bin
	refuse 65 "more bytes follow the 5 records" longer.bin
}

@test "headers that lie are refused without the memory they claim" {
	limit 100000
	lie() { printf '%b' "$1" > bad; refuse 65 "$2" bad; }
	lie '\0\0\010\003\0377\0377\0377\0377\0\0\0\02\0\0\0\02abcdefgh' 'cut short within record 2; its header tells of 4294967295'
	lie '\0\0\010\003\0\0\0\01\0377\0377\0377\0377\0377\0377\0377\0377abc' '1 GiB'
	lie '\0\0\010\003\0\0\0\01\0\0\0\0\0\0\0\01abc' 'extent of 0'
	lie '\0\0\010\002\0\0\0\01\077\0\0\0abc' 'cut short within record 0'
	lie '\0\0\012\001\0\0\0\01a' 'no type of numbers'
	lie '\0\0\010\0a' 'not IDX'
	lie '\0\0\010\012\0\0\0\01' 'cut short within the IDX header'
	lie 'P5 20000 20000 255\nabc' 'cut short within a picture'
	lie 'P2 20000 20000 255\n1 2 3' 'cut short within a picture'
	lie 'P5 4294967295 4294967295 255\nabc' '2^32'
	lie 'P5 2 2 7\nabcd' '97 in a picture whose largest is 7'
	lie 'P6 1 1 255\nabc' 'colour'
	npy() { /usr/bin/python3 -c '
import sys
d = sys.argv[1].encode(); sys.stdout.buffer.write(b"\x93NUMPY\1\0" + len(d).to_bytes(2, "little") + d + b"12345678")' "$1" > bad
		refuse 65 "$2" bad; }
	npy "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 2), }" 'cut short within record 0'
	npy "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 99999999999), }" '1 GiB'
	npy "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 134217720), }" 'cut short within record 0'
	npy "{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }" "astype('<f8')"
	npy "{'descr': '<f8', 'fortran_order': True, 'shape': (1,), }" 'ascontiguousarray'
	npy "{'descr': '|S8', 'fortran_order': False, 'shape': (1,), }" '|S8'
	npy "{'descr': '<f8', 'fortran_order': False, 'shape': (), }" 'no dimension'
}

@test "NumPy's own refusals and near misses" {
	make() { /usr/bin/python3 -c "import numpy as np; np.save('bad.npy', $1)"; }
	make "np.asfortranarray(np.ones((2, 3)))"; refuse 65 "Fortran" bad.npy
	make "np.ones(3, '>i4')"; refuse 65 "astype('<i4')" bad.npy
	make "np.ones(3, complex)"; refuse 65 "<c16" bad.npy
	make "np.ones(3, np.float16)"; refuse 65 "<f2" bad.npy
	make "np.array(['a', 'bc'])"; refuse 65 "<U2" bad.npy
	make "np.float64(3)"; refuse 65 "no dimension" bad.npy
	make "np.zeros(2, np.dtype([('a', 'u1'), ('b', 'f8')], align=True))"; refuse 65 "padding" bad.npy
	make "np.zeros(2, [('a', [('b', 'f8')])])"; refuse 65 "itself a structure" bad.npy
	make "np.zeros((2, 2), [('b', 'f8')])"; refuse 65 "ravel" bad.npy
	make "np.zeros((0, 3), np.int32)"
	[ "$(rns-import bad.npy | rns-cat --count)" -eq 0 ]
	make "np.zeros(3, [('σ', 'f8'), ('b', '?', (2,))])"
	rns-import bad.npy > x
	[ "$(header x)" = 'kind: samples|column: id u64|column: σ f64|column: b bit 2' ]
}

@test "text that cannot be meant" {
	text() { printf '%b' "$1" > bad; refuse 65 "$2" bad; }
	text 'a,b\n1,two\n' "line 2: 'two' in column 'b' is not a number"
	text 'a,b\n1,2\n1\n' "line 3: a short row"
	text 'a,b\n1,2,3\n' "line 2: a long row"
	text '1,2\n3,4\n' 'row of names'
	text '# a comment\na,b\n1,2\n' 'comment lines'
	text 'a b,c\n1,2\n' "'a b' cannot name"
	text '' 'empty'
	text '\n\n' 'row of names'
	text 'text\01\02' 'by its first bytes'
	gzip -c images.idx > bad; refuse 65 "zcat" bad
	rns-import images.idx > stream
	refuse 65 "rns-cat reads streams" stream
	rns-cat --to=plain stream > plain
	refuse 65 "rns-cat reads streams" plain
	rns-cat --to=csv stream > csv
	refuse 65 "rns-cat reads it" csv
	gzip -c images.idx | zcat | rns-import > y
	same stream y
	printf '\xef\xbb\xbfa,b\r\n1,2\r\n' | rns-import | rns-cat --to=csv --no-comments > got
	[ "$(cat got)" = $'a,b\n1,2' ]
}

@test "usage" {
	refuse 64 "--from" --from=hdf images.idx
	refuse 64 "--kind" --kind nets images.idx
	refuse 64 "--threshold" --threshold x images.idx
	refuse 64 "--threshold" --threshold nan images.idx
	refuse 64 "NAME=VALUE" --label = images.idx
	refuse 64 "NAME=VALUE" --label T= images.idx
	refuse 65 "no column 'q'" --label q images.idx
	refuse 65 "no column 'q'" --column q images.idx
	refuse 64 "'T'" --label T=1 --label T=2 images.idx
	refuse 64 "the file has a column 'x'" --label x=1 images.idx
	refuse 64 "'1e400' is not a number" --label T=1e400 images.idx
	refuse 64 "'0x10' is not a number" --label T=0x10 images.idx
	refuse 64 "'nan' is not a number" --label T=nan images.idx
	refuse 64 "--type: 'x=bit' and 'x=u8'; choose one" --type x=bit --type x=u8 images.idx
	refuse 64 "--threshold: '1' and '2'; choose one" --threshold 1 --threshold 2 images.idx
	refuse 64 "--from: 'idx' and 'npy'; choose one" --from=idx --from=npy images.idx
	refuse 64 "--kind: 'samples' and 'table'; choose one" --kind samples --kind table images.idx
	refuse 64 "--labels: 'a' and 'b'; choose one" --labels a --labels b images.idx
	refuse 64 "--column: 'x' and 'y'; choose one" --column x --column y images.idx
	refuse 65 "not an NPY file" --from=npy images.idx
	refuse 65 "not IDX" --from=idx images.npy
	refuse 65 "not a picture" --from=pgm images.idx
}

@test "records come out while more may come" {
	mkfifo in
	rns-import --kind table < in 2> /dev/null | rns-cat --to=csv --no-comments 2> /dev/null | cat > got & pid=$!
	exec 9> in
	printf 'number\n1\n2\n3\n4\n5\n' >&9
	for _ in $(seq 20); do sleep 0.1; [ "$(paste -sd ' ' got)" = "number 1 2 3 4 5" ] && break; done
	[ "$(paste -sd ' ' got)" = "number 1 2 3 4 5" ] || { exec 9>&-; return 1; }
	exec 9>&-
	wait $pid
}
