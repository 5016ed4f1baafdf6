# awk -f tables.awk published/inverse-rg.csv fits.csv exponents-A-noise.csv exponents-A-linear.csv exponents-B-...: Tables I
# and II of the talk: a row for each exponent and pair of sizes.
#
# ours, error	with noise; the error counts the lattices that are enlarged, no more
# linear	without noise: one number in all columns, that of the kernel
# kernel	largest change when the kernel has 8 or 10 rows instead of 6, over the training sets of these couplings
# training	largest change when the pairs to learn from have other sizes, at K = 6
# systematic	both of them, in quadrature. They move all columns together
# holds		whether published and ours differ by less than twice all errors together
BEGIN {
	FS = OFS = ","
	used["A"] = "A-32"
	used["B"] = "B-8"
	exact["beta/nu"] = 0.125
	exact["gamma/nu"] = 1.75
	print "set,quantity,pair,ours,error,linear,kernel,training,systematic,published,published_err,exact,holds"
}
FNR == 1 {
	n = split(FILENAME, path, "/")
	table = substr(path[n], 1, length(path[n]) - 4)
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
table == "inverse-rg" {
	published[$1] = $2
	published_err[$1] = $6
	next
}
table == "fits" && $at["kind"] == "tc" {
	of[$at["of"]] = substr($at["of"], 1, 1)
	fit[$at["of"], $at["K"]] = $at["beta_nu"]
	next
}
table ~ /^exponents/ {
	split(table, part, "-")
	pair = $at["L_from"] "/" $at["L_to"]
	if (!((part[2], pair) in seen))
		pairs[part[2], ++count[part[2]]] = pair
	seen[part[2], pair] = 1
	for (q in exact) {
		name = q == "beta/nu" ? "beta_nu" : "gamma_nu"
		ours[part[2], q, pair, part[3]] = $at[name]
		error[part[2], q, pair, part[3]] = $at[name "_err"]
	}
}
function wider(x, d) {
	if (d < 0)
		d = -d
	return d > x ? d : x
}
function print_row(of_set, q, pair,   k, t, s, key, printed, d, all, factor) {
	factor = q == "beta/nu" ? 1 : 2		# gamma/nu = 2 - 2 beta/nu
	k = factor * kernel[of_set]
	t = factor * training[of_set]
	s = sqrt(k ^ 2 + t ^ 2)
	key = of_set " " q " " pair
	printed = key in published
	d = ours[of_set, q, pair, "noise"] - published[key]
	all = sqrt(error[of_set, q, pair, "noise"] ^ 2 + s ^ 2 + published_err[key] ^ 2)
	printf "%s,%s,%s,%.5f,%.5f,%.5f,%.4f,%.4f,%.4f,%s,%s,%s,%s\n", of_set, q, pair, ours[of_set, q, pair, "noise"], \
		error[of_set, q, pair, "noise"], ours[of_set, q, pair, "linear"], k, t, s, published[key], published_err[key], exact[q], \
		!printed ? "" : (d ^ 2 < 4 * all ^ 2 ? "yes" : "no")
}
END {
	for (o in of) {
		for (K = 8; K <= 10; K += 2)
			if ((o, K) in fit)
				kernel[of[o]] = wider(kernel[of[o]], fit[o, K] - fit[o, 6])
		training[of[o]] = wider(training[of[o]], fit[o, 6] - fit[used[of[o]], 6])
	}
	sets = split("A B", set, " ")
	quantities = split("beta/nu gamma/nu", quantity, " ")
	for (i = 1; i <= sets; i++)
		for (j = 1; j <= quantities; j++)
			for (p = 1; p <= count[set[i]]; p++)
				print_row(set[i], quantity[j], pairs[set[i], p])
}
