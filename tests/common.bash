# Loaded by every *.bats file: the stages just built on PATH, an empty directory to work in.
#
#	load common
#
# A file that needs its own setup() calls common_setup first.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=${BIN:-$ROOT/bin}
UNIT=${UNIT:-$ROOT/build/tests/unit}
FIXTURES=$ROOT/tests/fixtures
REFERENCE=$FIXTURES/reference
# Debian's, for which python3-numpy is; another one may come first on PATH.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
export ROOT BIN UNIT FIXTURES REFERENCE PYTHON

common_setup() {
	set -o pipefail
	# A make started by a test is not part of the make that runs the tests.
	outer_makeflags=${MAKEFLAGS-}
	unset MAKEFLAGS MAKELEVEL MFLAGS
	export PATH="$BIN:$PATH" LC_ALL=C
	cd "$BATS_TEST_TMPDIR" || exit
}

setup() { common_setup; }

# The rows of a CSV table of the suite without its '#' lines: the row of names first.
rows() { grep -v '^#' "$@"; }

# csv_column NAME < table: one column of a CSV table, without its name.
csv_column() {
	awk -F, -v name="$1" '
		/^#/ { next }
		!seen++ { for (i = 1; i <= NF; i++) if ($i == name) col = i; if (!col) exit 1; next }
		{ print $col }'
}

# For tests that need a terminal (script makes one): a bare chroot may have none to give.
need_terminal() { script -qec true /dev/null > /dev/null 2>&1 || skip "no pseudo-terminals here"; }

# A program of tests/unit: its failed checks on stdout; also fails when it dies before its plan.
run_unit() {
	"$UNIT/$1" > tap || { grep -A 1 '^not ok' tap; tail -n 3 tap; return 1; }
	grep -q '^1\.\.[1-9]' tap
}

# The examples of a manual page, one after the other, as one would type them. 141 is a stage whose reader has seen
# enough ("| sed '/^$/q'"), which is no failure.
run_examples() {
	"$ROOT/tests/man-examples" "$ROOT/man/$1" > examples
	while IFS= read -r example; do
		echo "\$ $example"
		timeout 120 bash -e -o pipefail -c "$example" < /dev/null > out 2> err || [ $? -eq 141 ] || { cat err; return 1; }
	done < examples
}
