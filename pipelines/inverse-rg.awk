# awk -f verdict.awk -f inverse-rg.awk published/inverse-rg.csv TABLE...: the summary of inverse-rg.
#
# Of Tables I and II a row's error is statistical, and all errors are in tables.csv.
BEGIN { digits = 6 }
FNR == 1 {
	n = split(FILENAME, path, "/")
	table = substr(path[n], 1, length(path[n]) - 4)
	split(table, part, "-")
	rest = substr(table, length(part[1]) + 2)
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
table == "inverse-rg" {
	read_claim()
	published_err[$1] = $6
	next
}
function size(x) { return x < 0 ? -x : x }
# Against a number that has an error too.
function row_both(what, x, dx, claim) {
	print what, number(x), error_of(dx), published[claim], "", source[claim], statement[claim], verdict(claim, x, sqrt(dx ^ 2 + published_err[claim] ^ 2))
}
function value(column) { return $at[column] }
function level() { return "level" in at ? value("level") : 0 }

# Forward: crossings. Those of smaller lattices and of later steps say how far they can be trusted.
table == "crossings" {
	claim = value("L") == 64 && value("step") == 1 ? "crossing " value("set") : ""
	row("mu2_c (" value("set") "): " (value("observable") == "m2" ? "<m^2>" : "<|m|>") " of L = " value("L") " blocked " value("step") "x crosses L = " \
		value("L") / 2 " blocked " value("step") - 1 "x", value("mu2"), value("mu2_err"), "", claim)
}

# Kernels.
table == "fits" && value("kind") == "tc" {
	of = value("of")
	row("beta/nu of the kernel: " of ": K = " value("K"), value("beta_nu"), value("beta_nu_err"), 0.125)
	if (value("K") == 6)
		row("beta/nu of a kernel as large as the lattice: " of, value("limit"), value("limit_err"), 0.125)
	mse[of, value("K")] = value("mse")
	if (value("K") == 10)
		for (K = 2; K <= 10; K++)
			if ((of, K) in mse)
				row("mean square missed over that of K = 10: " of ": K = " K, mse[of, K] / value("mse"), "", "")
}
table == "fits" && value("kind") == "soft" {
	w = value("of")
	soft[w, value("step"), value("K")] = value("beta_nu")
	soft_err[w, value("step"), value("K")] = value("beta_nu_err")
	soft[w, value("step"), "L"] = value("limit")
	soft_err[w, value("step"), "L"] = value("limit_err")
	if (value("step") > soft_steps)
		soft_steps = value("step")
}

# Tables I and II. All columns of one set have one systematic error.
table == "tables" {
	set = value("set")
	q = value("quantity")
	pair = value("pair")
	key = set " " q " " pair
	row("Table " (set == "A" ? "I" : "II") ": " q ": " pair ": no noise", value("linear"), 0, value("exact"))
	print "Table " (set == "A" ? "I" : "II") ": " q ": " pair, number(value("ours")), error_of(value("error")), value("published"), value("exact"), \
		key in published ? source[key] : "", key in published ? "ours and published within all errors (systematic " value("systematic") ")" : "", value("holds")
	if (!((set, q) in first)) {
		first[set, q] = value("ours")
		first_err[set, q] = value("error")
		first_linear[set, q] = value("linear")
		row("Table " (set == "A" ? "I" : "II") ": " q ": error from kernel sizes", value("kernel"), "", "")
		row("Table " (set == "A" ? "I" : "II") ": " q ": error from the pairs learnt from", value("training"), "", "")
	}
	if (set == "A" && pair == "256/512" || set == "B" && pair == "16/512") {
		if (q == "beta/nu") {
			row_both("Table " (set == "A" ? "I" : "II") ": drift of beta/nu: with noise", first[set, q] - value("ours"), \
				sqrt(first_err[set, q] ^ 2 + value("error") ^ 2), "drift " set)
			row_both("Table " (set == "A" ? "I" : "II") ": drift of beta/nu: no noise", first_linear[set, q] - value("linear"), 0, "drift " set)
		}
		row("quoted (" set "): " q, value("ours"), sqrt(value("error") ^ 2 + value("systematic") ^ 2), value("exact"), q)
	}
}

# The flow. Errors of ratios are upper bounds (effective.awk), so they are not asked.
table == "effective" && value("level") > 0 {
	head = "from L = 32 at mu2 = " value("mu2") " to " value("L") ": "
	x = value("ratio") / 2 ^ value("level")
	print head "xi_j/xi_i / 2^(j-i)", number(x), error_of(value("ratio_err") / 2 ^ value("level")), published["xi ratio"], "", source["xi ratio"], \
		statement["xi ratio"], verdict("xi ratio", x, 0)
	if (value("mu2_eff") != "")
		row(head "the mu2 it seems to have", value("mu2_eff"), value("mu2_eff_err"), "")
}

# What generated lattices of 64 x 64 and 128 x 128 sites are worth. Their tables come before those of simulated ones.
function keep(what) {
	kept[what] = value(name)
	kept_err[what] = value(name "_err")
}
function against(what,   how, x, dx) {
	for (how in generated)
		if ((how, what) in kept && value(name) > 0) {
			x = kept[how, what] / value(name)
			dx = sqrt(kept_err[how, what] ^ 2 + (x * value(name "_err")) ^ 2) / value(name)
			row("generated over simulated: " what ": " generated[how], x, dx, 1, "lattice")
		}
}
function judge(what) {
	if (part[2] == "A" && part[3] != "64") {
		generated[part[3]] = part[3] == "noise" ? "with noise" : "no noise"
		keep(part[3] SUBSEP what)
	} else if (level() == 0)
		against(what)
}
table ~ /^(moments-A|moments-ladder|moments-256)/ {
	L = int(sqrt(value("chi0") / value("m2")) + 0.5)
	names = split("phi2 phi4 nn action absm U4", all_names, " ")
	for (i = 1; i <= names; i++) {
		name = all_names[i]
		judge("L = " L ": " name)
	}
}
table ~ /^moments-[AB]-(noise|linear)/ {
	head = (part[2] == "A" ? "from L = 32" : "from L = 8") " to " int(sqrt(value("chi0") / value("m2")) + 0.5) (part[3] == "noise" ? " (noise)" : " (no noise)")
	row(head ": U4", value("U4"), value("U4_err"), "")
	row(head ": phi2", value("phi2"), value("phi2_err"), "")
}
table ~ /^S-/ {
	if (value("mode") == 0)
		S_rows++
	if (table ~ /A-(noise|linear)/)
		L = 32 * 2 ^ level()
	else
		L = rest == "A-64" ? 64 : ladder_size
	name = "S"
	if (value("mode") ~ /^(1|2|4|8|16|32|64)$/)
		judge("L = " L ": S(" value("mode") ")")
}
table == "moments-ladder" { ladder_size = L }
table ~ /^G-/ {
	if (table ~ /A-(noise|linear)/)
		L = 32 * 2 ^ level()
	else
		L = rest == "A-64" ? 64 : ladder_size
	name = "G"
	if (value("r") ~ /^(1|2|4|8|16|32|64)$/)
		judge("L = " L ": G(" value("r") ")")
}

# Nets: all columns.
table ~ /^exponents-net/ && value("to") - value("from") == 1 {
	head = "net (" part[3] "; maps put together over " part[4] " x " part[4] "; " (part[5] == "noise" ? "noise" : "no noise") "): "
	row(head "beta/nu: " value("L_from") "/" value("L_to"), value("beta_nu"), value("beta_nu_err"), 0.125)
	row(head "gamma/nu: " value("L_from") "/" value("L_to"), value("gamma_nu"), value("gamma_nu_err"), 1.75)
}

# Ising.
table == "energies" {
	exact_e[value("L1")] = value("e")
	next
}
table ~ /^moments-(two|centre)/ {
	L = 32 * 2 ^ level()
	ising_e[rest, L] = value("e")
	ising_err[rest, L] = value("e_err")
	if (level() == 0)
		contexts[++n_contexts] = rest
}
table ~ /^back-/ {
	back[rest] = value("e")
	back_err[rest] = value("e_err")
}
table ~ /^exponents-(two|centre)/ && value("to") - value("from") == 1 {
	row("Ising (" rest "): beta/nu: " value("L_from") "/" value("L_to"), value("beta_nu"), value("beta_nu_err"), 0.125)
	row("Ising (" rest "): gamma/nu: " value("L_from") "/" value("L_to"), value("gamma_nu"), value("gamma_nu_err"), 1.75)
	row("Ising (" rest "): gamma/nu of values: " value("L_from") "/" value("L_to"), value("gamma_nu_value"), value("gamma_nu_value_err"), 1.75)
}

# The line of rules: steps log2 <|m_k>|/<|m_(k-1)|>, and where two in a row agree.
table ~ /^ladder/ && value("to") - value("from") == 1 {
	w = rest
	if (!(w in known))
		W[++rules] = w
	known[w] = 1
	k = value("to")
	if (k > steps)
		steps = k
	s[w, k] = value("beta_nu_value")
	ds[w, k] = value("beta_nu_value_err")
	row("rule W = " w ": step " k ": log2 of <|m|> after over before", s[w, k], ds[w, k], "")
}
# At W by linear interpolation between the rules of the plan.
function between(step, K, at_w, err,   i, lo, hi, u) {
	for (i = 1; i < rules - 1 && W[i + 1] < at_w; i++)
		;
	lo = W[i]
	hi = W[i + 1]
	u = (at_w - lo) / (hi - lo)
	return err ? soft_err[lo, step, K] : (1 - u) * soft[lo, step, K] + u * soft[hi, step, K]
}
function family(   i, k, w, d, sw, sww, sd, swd, n, slope, root, root_err, K) {
	for (k = 1; k < steps; k++) {
		n = sw = sww = sd = swd = 0
		for (i = 1; i <= rules; i++) {
			w = W[i]
			d = s[w, k + 1] - s[w, k]
			row("rule W = " w ": step " k + 1 " less step " k, d, sqrt(ds[w, k] ^ 2 + ds[w, k + 1] ^ 2), 0)
			row("rule W = " w ": step " k + 1 " over step " k, s[w, k + 1] / s[w, k], \
				s[w, k + 1] / s[w, k] * sqrt((ds[w, k] / s[w, k]) ^ 2 + (ds[w, k + 1] / s[w, k + 1]) ^ 2), 1)
			if (w <= 0.2) {
				n++
				sw += w
				sww += w * w
				sd += d
				swd += w * d
			}
		}
		if (k != 2 || n < 3)
			continue
		# A line through the differences at W <= 0.2; its error is that of the difference at W = 0, as all have the same
		# lattices in common.
		slope = (n * swd - sw * sd) / (n * sww - sw * sw)
		root = -(sd - slope * sw) / n / slope
		root_err = sqrt(ds[0, 2] ^ 2 + ds[0, 3] ^ 2) / size(slope)
		row("the W at which steps 2 and 3 agree", root, root_err, "")
		if (soft_steps < 2)
			continue
		if (root < 0)
			root = 0	# the end of the line, the rule of the talk
		for (k = 1; k <= soft_steps; k++) {
			for (K = 6; K <= 10; K += 2)
				row("tuned rule: step " k ": beta/nu of the kernel: K = " K, between(k, K, root, 0), between(k, K, root, 1), 0.125)
			row("tuned rule: step " k ": beta/nu of a kernel as large as the lattice", between(k, "L", root, 0), between(k, "L", root, 1), 0.125)
		}
		for (K = 6; K <= 8; K += 2)
			row("tuned rule: step 2: K = " K " less K = 10", between(2, K, root, 0) - between(2, 10, root, 0), \
				sqrt(between(2, K, root, 1) ^ 2 + between(2, 10, root, 1) ^ 2), 0)
		k = 2
	}
}
END {
	family()
	for (i = 1; i <= n_contexts; i++) {
		c = contexts[i]
		row("Ising (" c "): e of 32 x 32 from its blocks", back[c], back_err[c], exact_e[32])
		for (L = 64; L <= 256; L *= 2)
			row("Ising (" c "): e of " L " x " L " over exact", ising_e[c, L] / exact_e[L], -ising_err[c, L] / exact_e[L], 1, "ising energy")
	}
}
