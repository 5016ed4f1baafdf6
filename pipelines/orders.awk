# awk -v side=symmetric|broken -v critical=U2C -f orders.awk starts.csv FLOW: what the full potential ends with, a row for each start.
#
# symmetric: the mass, k sqrt(u''(0)), at the smallest k. broken: the minimum, phi as a cubic of u' between points of the
# grid, at the smallest k before which 1 + u'' was nowhere below 0.02; there the potential is about to become convex, which
# moves the minimum no longer and asks for more than the grid has. error: the change since the row before.
BEGIN {
	FS = OFS = ","
	print "delta,value,error,k,side"
}
FNR == 1 {
	file++
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
file == 1 {
	delta[FNR - 2] = $at["u2"] - critical
	if (delta[FNR - 2] < 0)
		delta[FNR - 2] = -delta[FNR - 2]
	next
}
$at["id"] != id || $at["k"] != k {
	scale()
	if ($at["id"] != id)
		flow()
	id = $at["id"]
	k = $at["k"]
	least = 1e9
	phi = x = ""
}
{
	w = $at["d2u"]
	if ($at["phi"] == 0)
		w0 = w
	if (1 + w < least)
		least = 1 + w
	if (phi != "" && du < 0 && $at["du"] >= 0)
		x = between(phi, du, d2u, $at["phi"], $at["du"], w)
	phi = $at["phi"]
	du = $at["du"]
	d2u = w
}
END {
	scale()
	flow()
}
# Where u' passes 0, from phi, u', u'' on both sides; by a straight line where the minimum is a kink.
function between(a, fa, da, b, fb, db,   h, s) {
	h = fb - fa
	s = -fa / h
	if (da <= 0 || db <= 0)
		return a + (b - a) * s
	return (1 + 2 * s) * (1 - s)^2 * a + s * (1 - s)^2 * h / da + s^2 * (3 - 2 * s) * b - s^2 * (1 - s) * h / db
}
function scale(   y) {
	if (k == "" || ended)
		return
	if (least < 0.02 || side == "broken" && x == "") {
		ended = side == "broken"
		return
	}
	y = side == "broken" ? x * sqrt(k) : w0 > 0 ? k * sqrt(w0) : ""
	if (y == "")
		return
	before = value
	value = y
	at_k = k
}
function flow() {
	if (value != "" && before != "")
		print delta[id], sprintf("%.9g", value), sprintf("%.2g", value > before ? value - before : before - value), at_k, side
	value = before = ended = ""
}
