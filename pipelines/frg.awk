# awk -f verdict.awk -f frg.awk published/frg.csv TABLE...: the summary of frg. Tables: fits, fixed-litim before other fixed
# points, starts, passive before band and back, critical-flow, critical, transition, scaling-exponents.
FNR == 1 {
	finish()
	parts = split(FILENAME, path, "/")
	table = substr(path[parts], 1, length(path[parts]) - 4)
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	if (table != "frg")
		next
}
table == "frg" {
	read_claim()
	next
}
function value(column) { return $at[column] }
function distance(a, b) { return a > b ? a - b : b - a }
function size(a) { return a < 0 ? -a : a }
function largest(a, b) { return a == "" || b > a ? b : a }

# Active: the exact fit comes last of its kind, so rows wait for it.
table == "fits" {
	kind = value("table") OFS value("quantity")
	if (!(kind in fits))
		order[++kinds] = kind
	fit[kind, ++fits[kind]] = value("estimator") OFS value("value") OFS value("error") OFS value("left_out")
	if (value("estimator") == "exact")
		exact_fit[kind] = value("value")
	next
}
function all_fits(   k, f, part, name, who, d) {
	for (k = 1; k <= kinds; k++) {
		split(order[k], part, OFS)
		split(part[1], name, "-")
		d = name[3] ? name[3] : 1
		for (f = 1; f <= fits[order[k]]; f++) {
			split(fit[order[k], f], who, OFS)
			unsure = who[4] > 0
			row("active (" name[2] "): d = " d ": exponent of sigma_W in " part[2] ": " who[1], who[2], who[3], exact_fit[order[k]], part[2] " sigma_W d=" d)
		}
	}
	unsure = 0
}

# Passive. Scales and couplings in units of m0.
table == "starts" {
	start_d[FNR - 2] = value("d")
	start_exact[FNR - 2] = value("estimator") == 0
	start4[FNR - 2] = value("u4") / value("k")^(4 - value("d"))
	start6[FNR - 2] = value("u6") / value("k")^(6 - 2 * value("d"))
	next
}
table == "passive" && value("estimator") == 0 && value("replica") == 0 {
	net = value("d") OFS value("N") OFS value("sigma_w") OFS value("sigma_b")
	if (!(net in begun)) {
		begun[net] = 1
		at_start4[net] = value("U4")
		at_start6[net] = value("U6")
		nets[++count] = net
	}
	if (value("event") == 0) {
		at_k4[net, value("k")] = value("U4")
		at_k6[net, value("k")] = value("U6")
		last_k[net] = value("k")
	}
	if (value("event") == 4 && !(net in zero4))
		zero4[net] = value("k")
	if (value("event") % 2)
		ends[net] = value("k")
	next
}
table == "passive" { next }
function all_nets(   i, net, f, said, other, d, least, apart) {
	for (i = 1; i <= count; i++) {
		net = nets[i]
		split(net, f, OFS)
		if (f[4] != 1)
			continue
		if (f[3] == 1) {
			d = f[1]
			if (!said[d]++) {
				row("passive: d = " d ": N u4 in the infrared: exact", f[2] * at_start4[net], "", f[2] * at_start4[net], "u4")
				row("passive: d = " d ": N^2 u6 in the infrared: exact", f[2]^2 * at_start6[net], "", f[2]^2 * at_start6[net], "u6")
			}
			if (!(net in ends) && (!(d in least) || f[2] + 0 < least[d]))
				least[d] = f[2] + 0
			row("passive: d = " d ": N = " f[2] ": k where u4 passes 0", zero4[net], "", "")
			row("passive: d = " d ": N = " f[2] ": k where the flow ends", ends[net], "", "")
		} else {
			other = f[1] OFS f[2] OFS 1 OFS 1
			if (net in zero4)
				apart[f[1]] = largest(apart[f[1]], size(zero4[net] / zero4[other] - 1))
		}
	}
	for (d = 1; d <= 3; d++) {
		row("passive: d = " d ": least N that flows to k = 99 m0", least[d], "", "")
		row("passive: d = " d ": k where u4 passes 0: sigma_W = 5 against 1: relative difference", apart[d], "", "")
	}
}
table == "band" && (value("k") < 0.0101 || value("k") == 1) {
	net = value("d") OFS value("N") OFS value("sigma_w") OFS value("sigma_b")
	split("plain rb moments", name, " ")
	head = "passive: d = " value("d") ": N = " value("N") " sigma_b = " value("sigma_b") ": "
	where = value("k") == 1 ? " at k = m0: " : " in the infrared: "
	row(head "u4" where name[value("estimator")], value("U4"), value("U4_err"), at_k4[net, value("k")], value("k") == 1 ? "" : "u4")
	row(head "u6" where name[value("estimator")], value("U6"), value("U6_err"), at_k6[net, value("k")], value("k") == 1 ? "" : "u6")
}
table == "back" && start_exact[value("id")] {
	farthest = largest(farthest, size(value("u4") / start4[value("id")] - 1))
	farthest = largest(farthest, size(value("u6") / start6[value("id")] - 1))
	returned++
}

# Fixed points.
table == "fixed-litim" {
	N = value("N")
	nu[N] = value("nu")
	omega[N] = value("omega")
	digits = 13
	row("nu: d = 3: N = " N ": full potential", nu[N], "", N == 1000 ? 1 : "", N == 1 ? "nu" : "")
	row("omega: d = 3: N = " N ": full potential", omega[N], "", N == 1000 ? 1 : "", N == 1 ? "omega" : "")
	digits = 5
}
table == "fixed-exponential" || table == "fixed-sharp" {
	row("nu: d = 3: N = " value("N") ": " substr(table, 7) " regulator less optimised", value("nu") - nu[value("N")], "", "", "nu optimised")
}
table == "fixed-zero" && value("branch") == 1 || table == "fixed-minimum" {
	M = value("M")
	if (table == "fixed-zero" && M == 3) {
		fixed2 = value("u2")
		fixed4 = value("u4")
		fixed6 = value("u6")
	}
	if (M <= 4 || M % 4 == 0) {
		digits = 8
		row("nu: d = 3: N = 1: about " (table == "fixed-zero" ? "zero" : "the minimum") ": M = " M, value("nu"), "", nu[1])
		row("omega: d = 3: N = 1: about " (table == "fixed-zero" ? "zero" : "the minimum") ": M = " M, value("omega"), "", omega[1])
		digits = 5
	}
}
table == "fixed-eta" || table == "fixed-eta-n" && value("N") > 1 {
	M = value("M")
	if (table == "fixed-eta" && M != 4 && M != 8 && M != 12)
		next
	head = ": d = 3: N = " value("N") ": with eta: M = " M
	row("nu" head, value("nu"), "", "")
	row("omega" head, value("omega"), "", "")
	row("eta" head, value("eta"), "", "")
}

# Trajectories at the critical u2.
table == "critical-flow" {
	id = value("id")
	d = largest(largest(distance(value("u2"), fixed2) / size(fixed2), distance(value("u4"), fixed4) / fixed4), distance(value("u6"), fixed6) / fixed6)
	if (!(id in nearest) || d < nearest[id])
		nearest[id] = d
}
table == "critical" {
	u4 = value("u4")
	if (!(u4 in truncations))
		levels[++level_count] = u4
	truncated[u4, ++truncations[u4]] = value("M") OFS value("u2")
	if (value("M") == "inf")
		full[u4] = value("u2")
}
function all_critical(   i, j, f) {
	digits = 8
	for (i = 1; i <= level_count; i++)
		for (j = 1; j <= truncations[levels[i]]; j++) {
			split(truncated[levels[i], j], f, OFS)
			row("critical u2 at u4 = " levels[i] ": " (f[1] == "inf" ? "full potential" : "M = " f[1]), f[2], "", full[levels[i]])
		}
	digits = 5
}
table == "transition" {
	digits = 8
	row("critical u2 at u4 = " value("u4") " u6 = " value("u6") ": full potential", value("u2"), "", "")
	digits = 5
}
table == "scaling-exponents" {
	if (value("side") == "symmetric")
		row("nu: flow of the full potential: mass", value("exponent"), value("error"), nu[1])
	else
		row("beta: flow of the full potential: minimum", value("exponent"), value("error"), nu[1] / 2)
}
# What is said when a table is at its end.
function finish(   id, far) {
	if (table == "fits")
		all_fits()
	if (table == "passive")
		all_nets()
	if (table == "back")
		row("passive: infrared to k = 99 m0 and back: largest relative change", farthest, "", 0)
	if (table == "critical-flow") {
		for (id in nearest)
			far = largest(far, nearest[id])
		row("d = 3: M = 3: critical starts: distance from the fixed point: largest", far, "", 0)
		row("d = 3: M = 3: fixed point: u2", fixed2, "", -1 / 7)
		row("d = 3: M = 3: fixed point: u4", fixed4, "", "")
		row("d = 3: M = 3: fixed point: u6", fixed6, "", "")
	}
	if (table == "critical")
		all_critical()
}
END { finish() }
