# awk -v shift=S [-v by=mu2] [-v of='absm chi0'] -f match.awk A.csv B.csv: A blocked k times beside B blocked k - S times,
# at equal T, or what `by` names.
#
# shift=1, B half as large as A: both have then the same number of sites, so what finite size does to them is
# the same, and a difference of an observable is one of couplings: it vanishes where RG does not move them.
# shift=0: two sizes as they are, for Binder crossings. A table without the column level is one of level 0.
# Reads tables of observe; writes step (k), T, and for each observable x (`of`; absm e U4): x, x_err (of A), x0, x0_err (of B),
# dx, dx_err (A - B, which are independent runs).
BEGIN {
	if (shift == "")
		exit 1
	FS = OFS = ","
	if (by == "")
		by = "T"
	n = split(of == "" ? "absm e U4" : of, x, " ")
	printf "step,%s", by
	for (i = 1; i <= n; i++)
		printf ",%s,%s_err,%s0,%s0_err,d%s,d%s_err", x[i], x[i], x[i], x[i], x[i], x[i]
	print ""
}
/^#/ { next }
FNR == 1 || !($1 + 0 == $1) {
	split("", column)
	for (i = 1; i <= NF; i++)
		column[$i] = i
	file++
	next
}
function level() { return "level" in column ? $column["level"] : 0 }
file == 1 {
	for (i = 1; i <= n; i++) {
		big[level(), $column[by], x[i]] = $column[x[i]]
		big_err[level(), $column[by], x[i]] = $column[x[i] "_err"]
	}
}
file == 2 {
	step = level() + shift
	T = $column[by]
	if (!((step, T, x[1]) in big))
		next
	printf "%s,%s", step, T
	for (i = 1; i <= n; i++) {
		a = big[step, T, x[i]]
		da = big_err[step, T, x[i]]
		v = $column[x[i]]
		w = $column[x[i] "_err"]
		printf ",%s,%s,%s,%s,%.10g,%.4g", a, da, v, w, a - v, sqrt(da^2 + w^2)
	}
	print ""
}
