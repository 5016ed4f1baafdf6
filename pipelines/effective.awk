# awk -f effective.awk flow.csv DIRECT.csv...: the coupling that generated lattices seem to have, and how they scale.
#
# flow.csv: observe of lattices and their inverse steps, a group a mu2. DIRECT: simulated lattices along mu2, one size each
# (level 0 counts), with mu2 rising. A generated lattice has the mu2 at which the simulated one of its size has its xi / L,
# by linear interpolation; "" outside of the range. Writes a row a mu2 and level: xi, its ratio to the lattice that was
# enlarged (its error as if both were independent; they are not, so it is an upper bound), and that coupling.
BEGIN {
	FS = OFS = ","
	print "mu2,level,L,xi,xi_err,ratio,ratio_err,mu2_eff,mu2_eff_err"
}
FNR == 1 {
	file++
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
file == 1 {
	mu2[++rows] = $at["mu2"]
	level[rows] = $at["level"]
	xi[rows] = $at["xi"]
	error[rows] = $at["xi_err"]
	next
}
# N = chi0 / m2 says how large the lattice is.
$at["level"] == 0 {
	L = int(sqrt($at["chi0"] / $at["m2"]) + 0.5)
	n[L]++
	x[L, n[L]] = $at["mu2"]
	y[L, n[L]] = $at["xi"] / L
	dy[L, n[L]] = $at["xi_err"] / L
}
END {
	for (r = 1; r <= rows; r++) {
		if (level[r] == 0)
			first = r
		L = 32 * 2 ^ level[r]
		v = xi[r] / L
		dv = error[r] / L
		eff = eff_err = ""
		for (i = 1; i < n[L]; i++)
			if (y[L, i] >= v && v > y[L, i + 1]) {
				slope = (y[L, i + 1] - y[L, i]) / (x[L, i + 1] - x[L, i])
				w = (v - y[L, i]) / (y[L, i + 1] - y[L, i])
				eff = x[L, i] + w * (x[L, i + 1] - x[L, i])
				eff_err = sqrt(dv ^ 2 + ((1 - w) * dy[L, i]) ^ 2 + (w * dy[L, i + 1]) ^ 2) / -slope
			}
		ratio = xi[r] / xi[first]
		print mu2[r], level[r], L, xi[r], error[r], ratio, \
			level[r] ? ratio * sqrt((error[r] / xi[r]) ^ 2 + (error[first] / xi[first]) ^ 2) : 0, eff, eff_err
	}
}
