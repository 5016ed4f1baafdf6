# awk -f flows.awk starts.csv FLOWS: the flows of wetterich (in units of k) with what their starts say, in units of m0.
#
# A row each: the columns of starts.csv up to replica, k in units of m0, u2, u4, u6 in units of k, U2, U4, U6 in units of m0
# at k, and the event.
BEGIN {
	FS = OFS = ","
	OFMT = CONVFMT = "%.12g"
	print "d,N,sigma_w,sigma_b,estimator,replica,k,u2,u4,u6,U2,U4,U6,event"
}
FNR == 1 {
	file++
	for (i = 1; i <= NF; i++)
		at[file, $i] = i
	next
}
file == 1 {
	start[FNR - 2] = $1 OFS $2 OFS $3 OFS $4 OFS $5 OFS $6
	d[FNR - 2] = $1
	m0[FNR - 2] = sqrt($at[1, "u2"])
	next
}
{
	id = $at[2, "id"]
	x = $at[2, "k"] / m0[id]
	D = d[id]
	u2 = $at[2, "u2"]
	u4 = $at[2, "u4"]
	u6 = $at[2, "u6"]
	print start[id], sprintf("%.10g", x), u2, u4, u6, u2 * x^2, u4 * x^(4 - D), u6 * x^(6 - 2 * D), $at[2, "event"]
}
