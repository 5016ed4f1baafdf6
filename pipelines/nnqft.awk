# awk -f verdict.awk -f nnqft.awk published/nnqft.csv fits.csv TABLE...: the summary of nnqft.
#
# A fit that had to leave out points decides nothing. "plain" has the errors that the scatter of bags gives, as in the talk;
# "plain (true)" the exact standard errors of the same averages.
FNR == 1 {
	finish()
	parts = split(FILENAME, path, "/")
	table = substr(path[parts], 1, length(path[parts]) - 4)
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	if (table != "nnqft")
		next
}
table == "nnqft" {
	read_claim()
	next
}
function value(column) { return $at[column] }
# One quantity by each estimator that has it.
function each(head, what, claim,   e) {
	for (e = 1; e <= split("plain rb moments", estimator, " "); e++)
		if ((what "_" estimator[e]) in at)
			row(head ": " estimator[e], value(what "_" estimator[e]), value(what "_" estimator[e] "_err"), value(what "_exact"), claim)
	if (claim != "" && (what "_exact") in at && value(what "_exact") != "nan")
		row(head ": exact", value(what "_exact"), "", value(what "_exact"), claim)
}

# Fits. Those of exact values come last of their kind, so rows wait for them.
table == "fits" {
	kind = value("table") OFS value("quantity") OFS value("n") OFS value("parameter")
	if (!(kind in fits))
		order[++kinds] = kind
	fits[kind]++
	fit[kind, fits[kind]] = value("estimator") OFS value("value") OFS value("error") OFS value("left_out")
	if (value("estimator") == "exact")
		exact_fit[kind] = value("value")
	next
}
function all_fits(   k, f, kind, p, who, what, claim) {
	for (k = 1; k <= kinds; k++) {
		kind = order[k]
		split(kind, p, OFS)
		what = p[2] ~ /^u/ ? p[2] : p[2] p[3]
		claim = ""
		if (p[4] == "exponent") {
			claim = p[1] ~ /^active/ ? what " sigma_W" : what == "dG4" ? "m4 exponent" : what == "dG6" ? "m6 exponent" : what " exponent"
			what = (p[1] ~ /^active/ ? "exponent of sigma_W in " : "exponent of N in ") what
		} else if (what == "dG6" && p[4] == "a") {
			claim = "m6 term"
			what = "dG6 = a/N + b/N^2: a"
		} else
			what = what == "dG4" ? "dG4 = a/N: a" : "dG6 = a/N + b/N^2: " p[4]
		sub(/^active-/, "", p[1])
		sub(/^means$/, "gauss", p[1])
		for (f = 1; f <= fits[kind]; f++) {
			split(fit[kind, f], who, OFS)
			sub(/-true/, " (true)", who[1])
			unsure = who[4] > 0
			row(p[1] ": " what ": " who[1], who[2], who[3], exact_fit[kind], claim)
		}
		unsure = 0
	}
}
# What is said when a table is at its end.
function finish() {
	if (table == "fits")
		all_fits()
	if (table == "means") {
		row("gauss: m2 over all N: plain", m2 / weights, 1 / sqrt(weights), 0, "m2")
		row("gauss: m2 over all N: plain (true)", true_m2 / true_weights, 1 / sqrt(true_weights), 0, "m2")
	}
}

table == "means" {
	n = value("n")
	head = "gauss: N = " value("N") ": "
	each(head "<|m" n "|>", "absm")
	row(head "background of m" n ": plain", value("background"), "", "")
	row(head "error of G" n ": true / apparent", value("se_plain") / value("err_plain"), "", "")
	if (n == 2) {
		K = value("Gc_exact")
		weights += (K / value("err_plain"))^2
		m2 += value("dG_plain") * K / value("err_plain")^2
		true_weights += (K / value("se_plain"))^2
		true_m2 += value("dG_plain") * K / value("se_plain")^2
	} else {
		each(head "dG" n, "dG")
		row(head "dG" n ": plain (true)", value("dG_plain"), value("se_plain"), value("dG_exact"))
	}
	if (n == 4) {
		each(head "u4", "u4", "u4")
		each(head "flatness of u4", "u4_flat", "u4 flat")
	}
	if (n == 6)
		each(head "u6", "u6", "u6")
}
table == "u4" && value("n") == 4 {
	head = "gauss with " value("bags") " bags: N = " value("N") ": "
	each(head "u4", "u4", "u4")
	each(head "flatness of u4", "u4_flat", "u4 flat")
}
table == "u4" && value("n") == 6 { each("gauss with " value("bags") " bags: N = " value("N") ": u6", "u6", "u6") }
table ~ /^active/ {
	n = value("n")
	each(substr(table, 8) ": sigma_W = " value("sigma_w") ": u" n, "u" n)
}
table == "relu" || table == "erf" {
	n = value("n")
	each(table ": N = " value("N") ": " (n == 2 ? "G2" : "dG4"), n == 2 ? "Gc" : "dG")
}
table ~ /^box/ {
	split(table, part, "-")
	row(part[2] ": N = " value("N") ": u4 in a box of " part[3], value("u4_exact"), "", "")
}
table == "din" {
	n = value("n")
	each("d = " int(2 * value("sigma_w")^2 / value("m2") + 0.5) ": u" n, "u" n)
}

# Training: predictions against those of N = infinity.
table == "limit" {
	limit[value("layers"), value("step"), value("n"), value("legs[0]"), value("legs[1]")] = value("G")
	next
}
table ~ /^train-.*-points/ {
	split(table, part, "-")
	layers = part[2] == "last" ? 1 : 2
	a = value("legs[0]")
	b = value("n") == 1 ? 0 : value("legs[1]")
	if (value("n") == 1 && (a == 1 || a == 6) || value("n") == 2 && a == 6 && b == 6) {
		what = "step " value("step") ": G" value("n") " of point " a
		row("training (" part[2] "): N = " value("N") ": " what, value("G_plain"), value("G_plain_err"), limit[layers, value("step"), value("n"), a, b])
		if (value("N") == 100) {
			narrow[layers, what] = value("G_plain")
			narrow_error[layers, what] = value("G_plain_err")
		}
		if (value("N") == 1000)	# c + c'/N through both
			row("training (" part[2] "): N = infinity from 100 and 1000: " what, (10 * value("G_plain") - narrow[layers, what]) / 9, \
				sqrt(100 * value("G_plain_err")^2 + narrow_error[layers, what]^2) / 9, limit[layers, value("step"), value("n"), a, b])
	}
}
table ~ /^train-[a-z]*$/ {
	split(table, part, "-")
	head = "training (" part[2] "): N = " value("N") ": step " value("step") ": "
	row(head "dG4", value("dG_plain"), value("dG_plain_err"), "")
	row(head "u4", value("u4_plain"), value("u4_plain_err"), "")
}
