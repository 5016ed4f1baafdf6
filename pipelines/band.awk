# awk -f band.awk passive.csv: flows from sampled networks with the errors of what was measured, by the jackknife.
#
# A row for each network, estimator and k where all replicas have arrived: U2, U4, U6 of the whole sample, each with its error.
BEGIN {
	FS = OFS = ","
	OFMT = CONVFMT = "%.12g"
	print "d,N,sigma_w,sigma_b,estimator,k,U2,U2_err,U4,U4_err,U6,U6_err"
}
NR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at["event"] == 0 {
	key = $1 OFS $2 OFS $3 OFS $4 OFS $5 OFS $at["k"]
	if ($at["replica"] == 0) {
		if (key in whole)
			next
		whole[key] = $at["U2"] OFS $at["U4"] OFS $at["U6"]
		order[++keys] = key
		next
	}
	group = $1 OFS $2 OFS $3 OFS $4 OFS $5
	if ($at["replica"] > replicas[group])
		replicas[group] = $at["replica"]
	n[key]++
	for (i = 1; i <= 3; i++) {	# about the first, so that no digits are lost
		v = $at["U" 2 * i]
		if (n[key] == 1)
			origin[key, i] = v
		sum[key, i] += v - origin[key, i]
		squares[key, i] += (v - origin[key, i])^2
	}
}
END {
	for (j = 1; j <= keys; j++) {
		key = order[j]
		split(key, f, OFS)
		r = replicas[f[1] OFS f[2] OFS f[3] OFS f[4] OFS f[5]]
		if (r == 0 || n[key] != r)
			continue
		split(whole[key], u, OFS)
		line = key
		for (i = 1; i <= 3; i++) {
			s = squares[key, i] - sum[key, i]^2 / r
			line = line OFS u[i] OFS sqrt((r - 1) / r * (s > 0 ? s : 0))
		}
		print line
	}
}
