# awk -v study=NAME -f summary.awk published/thesis.csv runs.csv: the summary of a study of RBM flows.
#
# A row for each quantity of each run, and for each of the thesis' statements its own, with whether it holds. What is
# said of a temperature holds when ours is within 0.25 of it, one step of the thesis' own grid of temperatures; starts
# end together when their readings are within 0.25; parts of the records within 0.1; their two-point functions agree when the contrasts
# do within 0.03, some three errors of 1000 configurations; the readings of a thermal set agree within two errors.
# "undecided" where twice the error reaches over that border.
BEGIN {
	FS = OFS = ","
	tolerance["T_mlp"] = tolerance["T_e"] = tolerance["spread"] = 0.25
	tolerance["contrast - critical"] = 0.03
	tolerance["up"] = tolerance["stays"] = 0.1
	q = split("T_mlp T_e T_m kl kl_start spread G1 contrast thermal_contrast plateau up stays", quantity, " ")
	meaning["T_mlp"] = "T by the network"
	meaning["T_e"] = "T by the energy"
	meaning["T_m"] = "T by |m|"
	meaning["T_e - T_m"] = "T by the energy - T by |m|"
	meaning["kl"] = "KL to the nearest thermal curve"
	meaning["spread"] = "spread of T over the starts"
	meaning["G1"] = "G(1)"
	meaning["contrast"] = "G(1) - G(L/2)"
	meaning["thermal_contrast"] = "G(1) - G(L/2) of the Ising model at the T of the network"
	meaning["contrast - critical"] = "G(1) - G(L/2) less that of the Ising model at T = 2.25"
	meaning["kl_start"] = "KL before the first step: of thermal sets"
	meaning["plateau"] = "e less that of spins correlated by m alone"
	meaning["up"] = "part of the ordered records with m > 0"
	meaning["stays"] = "part of m = 0 that stays there"
	print "quantity,ours,error,published,exact,source,statement,holds"
}
FNR == 1 {
	file++
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
file == 1 && ($1 == study || study == "rbm-flow" && $1 == "thesis-2d") {
	claims++
	run[claims] = $2
	of[claims] = $3
	published[claims] = $4
	source[claims] = $5
	statement[claims] = $6
}
function number(x) { return x == "nan" || x == "" ? "" : sprintf("%.4g", x) }
function ours(what) {
	return what == "T_e - T_m" ? $at["T_e"] - $at["T_m"] : \
		what == "contrast - critical" ? $at["contrast"] - $at["critical"] : $at[what]
}
function both(a, b) { return sqrt($at[a]^2 + $at[b]^2) }
function error(what) {
	return what == "T_e - T_m" ? both("T_e_err", "T_m_err") : \
		what == "contrast - critical" ? $at["contrast_err"] : \
		(what "_err") in at ? $at[what "_err"] : "nan"
}
function verdict(what, x, dx, claim,   d, reach) {
	if (what == "T_mlp" && claim > 6)	# the thermometer ends there
		claim = 6
	d = x > claim ? x - claim : claim - x
	reach = dx == "nan" ? 0 : 2 * dx
	if (what == "T_e - T_m")
		return d <= reach ? "yes" : "no"
	if (what == "spread" && d <= tolerance[what])	# noise only makes it larger
		return "yes"
	return d + reach <= tolerance[what] ? "yes" : d - reach > tolerance[what] ? "no" : "undecided"
}
file == 2 {
	who = $at["run"] " " $at["mode"] ": "
	for (i = 1; i <= q; i++) {
		what = quantity[i]
		if (!(what in at) || what == "stays" && $at["run"] !~ /^sparse/ || what == "up" && $at["run"] !~ /^(cold|sparse)/)
			continue
		print who meaning[what], number(ours(what)), number(error(what)), "", "", "", "", ""
	}
	for (c = 1; c <= claims; c++)
		if (run[c] == $at["run"])
			print who meaning[of[c]], number(ours(of[c])), number(error(of[c])), published[c], "", source[c], statement[c], \
				verdict(of[c], ours(of[c]), error(of[c]), published[c])
}
