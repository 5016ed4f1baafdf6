# Loaded by the *.bats files that compare samples of the Ising model with its exact law, after common.
# shellcheck shell=bash

# Rows "T,h,replica,sweep,id,e,m" of a run.
records() { ising-gen --format=csv --no-comments "$@" | tail -n +2 | cut -d, -f1-7; }

# estimate < records: "T quantity mean error" for e, |m|, m, m^2, m^4. Chains are independent of each other, so the
# spread of their means is the error, whatever the correlations within a chain.
estimate() {
	awk -F, '
		{
			c = $1 SUBSEP $3; n[c]++; T[c] = $1 + 0
			a = $7 < 0 ? -$7 : $7; m2 = $7 * $7
			x[c, "e"] += $6; x[c, "absm"] += a; x[c, "m"] += $7; x[c, "m2"] += m2; x[c, "m4"] += m2 * m2
		}
		END {
			for (c in n) {
				chains[T[c]]++
				for (q in quantity) { v = x[c, q] / n[c]; s[T[c], q] += v; ss[T[c], q] += v * v }
			}
			for (t in chains) for (q in quantity) {
				k = chains[t]; mean = s[t, q] / k; var = ss[t, q] / k - mean * mean
				printf "%.10g %s %.12g %.12g\n", t, q, mean, sqrt((var > 0 ? var : 0) / (k - 1))
			}
		}
		BEGIN { split("e absm m m2 m4", name, " "); for (i in name) quantity[name[i]] }'
}

# measured < stream: the same by observe, and of the specific heat, errors by its jackknife over blocks of the chains.
measured() {
	observe --quiet --no-comments | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; n = split("e c absm m m2 m4", name, " "); next }
		{ for (i = 1; i <= n; i++) print $1, name[i], $column[name[i]], $column[name[i] "_err"] }'
}

# agree EXACT SAMPLES < estimates: within 4.5 errors, for every row "T quantity value variance" of EXACT. The error
# is never below that of SAMPLES independent samples: where an excitation is rare, none may have been seen.
agree() {
	awk -v samples="$2" '
		function abs(v) { return v < 0 ? -v : v }
		FILENAME == ARGV[1] { value[$1 + 0, $2] = $3; variance[$1 + 0, $2] = $4; wanted++; next }
		($1 + 0, $2) in value {
			k = ($1 + 0) SUBSEP $2
			floor = sqrt(variance[k] / samples); err = $4 + 0 > floor ? $4 + 0 : floor; compared++
			if (!(abs($3 - value[k]) <= 4.5 * err + 1e-12)) { bad++; print "T = " $1 ": " $2 " = " $3 " +- " err ", exactly " value[k] }
		}
		END { if (compared != wanted || !wanted) print "compared " compared + 0 " of " wanted + 0; exit bad || compared != wanted || !wanted }
	' "$1" -
}

# The exact rows for agree, of L x L tori. That of c has the variance it takes from excitations too rare to meet, each
# a spin turned against all others, which costs 8: then (e - <e>)^2 is (8 / N)^2 or 0.
exact_energy() { # L
	awk -F, -v L="$1" '$1 == L { print $2, "e", $4, $5 * $2 * $2 / (L * L); print $2, "c", $5, $5 * 64 / ($2 * $2 * L * L) }' \
		"$REFERENCE/ising2d_energy.csv"
}
exact_moments() { # L; var m^4 <= 4 var m^2, as |x^2 - y^2| <= 2 |x - y|
	awk -F, -v L="$1" '
		function rest(v) { return v > 0 ? v : 0 }
		$1 == L {
			print $2, "absm", $3, rest($4 - $3 * $3); print $2, "m2", $4, rest($5 - $4 * $4)
			print $2, "m4", $5, 4 * rest($5 - $4 * $4)
		}' "$REFERENCE/ising2d_moments.csv"
}
exact_field() { # L h
	awk -F, -v L="$1" -v h="$2" '
		function rest(v) { return v > 0 ? v : 0 }
		$1 == L && $3 == h {
			print $2, "m", $4, rest($6 - $4 * $4); print $2, "absm", $5, rest($6 - $5 * $5)
			print $2, "m2", $6, rest($7 - $6 * $6); print $2, "m4", $7, 4 * rest($7 - $6 * $6)
			print $2, "e", $9, $10 * $2 * $2 / (L * L); print $2, "c", $10, $10 * 64 / ($2 * $2 * L * L)
		}' "$REFERENCE/ising2d_moments_field.csv"
}
table_of_histogram() { # T: "E M p" of the 4 x 4 torus
	awk -F, -v T="$1" '
		/^#/ { next }
		/^E/ { for (i = 1; i <= NF; i++) if ($i == "P_T" T) col = i; next }
		{ print $1, $2, $col }' "$REFERENCE/ising2d_hist_L4.csv"
}

# tally SITES < rows that end in "e,m": "E M count".
tally() {
	awk -F, -v N="$1" '
		function whole(x) { return sprintf("%d", x * N + (x < 0 ? -.5 : .5)) }
		$(NF - 1) ~ /[0-9]/ { seen[$(NF - 1) FS $NF]++ }
		END { for (c in seen) { split(c, x); print whole(x[1]), whole(x[2]), seen[c] } }'
}
# Of both signs of M as one, in tallies and in tables of probabilities.
without_sign() { awk '{ n[$1 " " ($2 < 0 ? -$2 : $2)] += $3 } END { for (c in n) printf "%s %.15g\n", c, n[c] }'; }

# chi2 PROBABILITIES < tally of independent records: "E M p" against the counts of (E, M). Cells that expect fewer
# than 10 are one. Prints the deviation of chi-square in standard deviations (Wilson and Hilferty 1931); fails above
# 4.5.
chi2() {
	awk '
		FILENAME == ARGV[1] { p[$1, $2] = $3; next }
		{ seen[$1, $2] += $3; n += $3 }
		END {
			for (c in seen) if (!(c in p)) { split(c, x, SUBSEP); print "E = " x[1] ", M = " x[2] " is impossible"; exit 1 }
			for (c in p) {
				if (n * p[c] < 10) { poor += n * p[c]; few += seen[c]; continue }
				cells++; X += (seen[c] - n * p[c]) ^ 2 / (n * p[c])
			}
			if (poor > 0) { cells++; X += (few - poor) ^ 2 / (poor < 1 ? 1 : poor) }
			f = cells - 1
			if (f < 1) { print "nothing to compare"; exit 1 }
			z = ((X / f) ^ (1 / 3) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f))
			printf "chi2 = %.1f of %d, %.1f standard deviations\n", X, f, z
			exit z > 4.5
		}' "$1" -
}
