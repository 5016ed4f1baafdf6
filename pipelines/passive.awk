# awk -f passive.awk TABLE...: starts of the passive flow, from tables of green-fn --summary --orders 6 --normalise canonical.
#
# A row for each estimator that has u6: d, the network, estimator (0 exact, 1 plain, 2 rb, 3 moments), replica (of a
# jackknife, from 1; 0 is all of the sample; exact couplings come once), and with units k = m0 exp(-4.6) and u2, u4, u6.
# Tables of replicas have a first column replica.
BEGIN {
	FS = OFS = ","
	OFMT = CONVFMT = "%.12g"
	print "d,N,sigma_w,sigma_b,estimator,replica,k,u2,u4,u6"
}
/^replica|^N/ {
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at["n"] == 6 {
	split("exact plain rb moments", name, " ")
	replica = "replica" in at ? $at["replica"] : 0
	for (e = 1; e <= 4; e++)
		if ($at["u6_" name[e]] != "nan" && (e > 1 || !replica && !seen[$at["N"], $at["sigma_w"], $at["sigma_b"], $at["m2"]]++))
			print int(2 * $at["sigma_w"]^2 / $at["m2"] + 0.5), $at["N"], $at["sigma_w"], $at["sigma_b"], e - 1, replica, \
				sprintf("%.17g", exp(-4.6) * sqrt($at["m2"])), $at["m2"], $at["u4_" name[e]], $at["u6_" name[e]]
}
