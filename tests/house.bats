#!/usr/bin/env bats
# The house: what make, install, dist and bootstrap promise.

load common

# A copy of the sources to build in, without what has been built.
copy() {
	mkdir tree
	(cd "$ROOT" && tar cf - Makefile lib src man bin/bootstrap tests/unit LICENSE) | tar xf - -C tree
	cd tree || return
	# Sources carry over what is built already: only what changes is compiled again.
	cp -a "$ROOT/build" . 2> /dev/null || true
	find bin -type f ! -name bootstrap -delete
}
quiet_make() { make "$@" > ../log 2>&1 || { cat ../log; return 1; }; }

@test "install puts every stage and page in its place, and uninstall takes all of it away" {
	# The tree under test as it was built: SAN=, CC= and so on.
	export MAKEFLAGS=$outer_makeflags
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	for main in "$ROOT"/src/*/main.c; do
		stage=$(basename "$(dirname "$main")")
		[ -x "root/usr/bin/$stage" ]
		[ -f "root/usr/share/man/man1/$stage.1" ]
	done
	[ -f root/usr/share/man/man5/renorm-stream.5 ]
	[ -f root/usr/share/man/man7/renorm.7 ]
	[ "$(find root -path '*bin/*' -type f | wc -l)" -eq "$(find "$ROOT"/src -name main.c | wc -l)" ]
	root/usr/bin/ising-gen --version
	make -s -C "$ROOT" uninstall DESTDIR="$PWD/root" PREFIX=/usr
	[ "$(find root -type f | wc -l)" -eq 0 ]
}

@test "a new directory in src/ is a new stage" {
	copy
	mkdir src/hello
	printf '#include <stdio.h>\n#include "two.h"\nint main(void) { return printf("%%s\\n", RN_TWO) < 0; }\n' > src/hello/main.c
	printf '#include "renorm/schema.h"\n#define RN_TWO RN_VERSION\n' > src/hello/two.h
	quiet_make bin/hello
	[ "$(bin/hello)" = 0.1.0 ]

	# A header that changes reaches the program.
	printf '#define RN_TWO "two"\n' > src/hello/two.h
	quiet_make bin/hello
	[ "$(bin/hello)" = two ]

	# Other flags build anew; the same ones build nothing.
	quiet_make bin/hello CFLAGS='-O1 -DRN_TWO=\"three\"' || true
	printf '#ifndef RN_TWO\n#define RN_TWO "two"\n#endif\n' > src/hello/two.h
	quiet_make bin/hello CFLAGS='-O1 -DRN_TWO=\"three\"'
	[ "$(bin/hello)" = three ]
	make bin/hello CFLAGS='-O1 -DRN_TWO=\"three\"' > ../log
	run -1 grep -E 'CC|LD' ../log
}

@test "dist is what is committed, and builds" {
	command -v git > /dev/null && git -C "$ROOT" rev-parse HEAD > /dev/null 2>&1 || skip "needs git and a clone"
	git clone -q "$ROOT" clone
	make -s -C clone dist
	tar xzf clone/renorm-0.1.0.tar.gz
	diff <(cd renorm-0.1.0 && find . -type f | sort) <(cd clone && git ls-files | sed 's|^|./|' | sort)
	make -s -j2 -C renorm-0.1.0 > log 2>&1 || { cat log; return 1; }
	[ "$(renorm-0.1.0/bin/ising-gen --version)" = "ising-gen (renorm) 0.1.0" ]
}

@test "clean leaves the results of studies alone, distclean does not" {
	copy
	mkdir out
	make -s clean
	[ -d out ]
	[ ! -e build ]
	make -s distclean
	[ ! -e out ]
}

@test "a blank in a path: install goes there, the sources may not be there" {
	export MAKEFLAGS=$outer_makeflags
	make -s -C "$ROOT" install DESTDIR="$PWD/a b" PREFIX=/usr
	[ -x "a b/usr/bin/ising-gen" ]
	[ -f "a b/usr/share/man/man7/renorm.7" ]
	make -s -C "$ROOT" uninstall DESTDIR="$PWD/a b" PREFIX=/usr
	[ "$(find "a b" -type f | wc -l)" -eq 0 ]
	(HOME="$PWD/a b" make -s -C "$ROOT" install PREFIX='~/local')
	[ -x "a b/local/bin/ising-gen" ]
	mkdir "c d"
	cp "$ROOT/Makefile" "c d"
	run -2 make -C "c d" check
	[[ $output == *"a directory with a blank in its name"* ]]
}

@test "uninstall where nothing is installed says nothing" {
	run -0 make -s -C "$ROOT" uninstall DESTDIR="$PWD/nowhere"
	[ -z "$output" ]
}

@test "bootstrap says which packages are missing, and nothing when none are" {
	mkdir bin
	# A system where only gcc and gnuplot are missing, and where nobody is root.
	cat > bin/dpkg-query <<- 'END'
		#!/bin/sh
		case $4 in gcc | gnuplot-nox) exit 1 ;; esac
		echo 'install ok installed'
	END
	cat > bin/apt-get <<- 'END'
		#!/bin/sh
		echo "$@" >> apt.log
	END
	printf '#!/bin/sh\necho 1000\n' > bin/id
	printf '#!/bin/sh\necho "sudo $*" >> "%s/apt.log"\n' "$PWD" > bin/sudo
	chmod +x bin/*
	PATH=$PWD/bin:$PATH sh "$ROOT/bin/bootstrap" --install-only 2> err
	grep -q '^bootstrap: installing gcc gnuplot-nox$' err
	grep -q '^sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends gcc gnuplot-nox$' apt.log

	printf '#!/bin/sh\necho "install ok installed"\n' > bin/dpkg-query
	rm apt.log
	PATH=$PWD/bin:$PATH sh "$ROOT/bin/bootstrap" --install-only 2> err
	[ ! -s err ]
	[ ! -e apt.log ]
}

@test "bootstrap on another system names what is missing there" {
	mkdir bin
	for tool in sh dirname cat grep echo make zstd parallel gnuplot column bats python3 nproc; do
		ln -s "$(command -v $tool)" bin/
	done
	run -1 env PATH="$PWD/bin" sh "$ROOT/bin/bootstrap" --install-only
	[[ $output == *"neither Debian nor Ubuntu"* && $output == *" cc "* && $output == *csv.h* && $output != *gnuplot" zstd"* ]]
}

@test "the two commands of the README are those of the tests" {
	grep -q 'sh bin/bootstrap demo' "$ROOT/README.md"
	grep -q 'sh bin/bootstrap check' "$ROOT/README.md"
	grep -q 'sh bin/bootstrap check' "$ROOT/.ci/run"
	[ -x "$ROOT/.ci/run" ]
}

@test "every manual page has an example" {
	for page in "$ROOT"/man/*.[157]; do
		"$ROOT/tests/man-examples" "$page" | grep -q . || { echo "$page"; return 1; }
	done
}
