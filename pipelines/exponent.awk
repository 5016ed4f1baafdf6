# awk -v correction=DELTA [-v from=0 -v to=1] -f exponent.awk masses.csv...: ln value = a + p ln delta + b delta^DELTA by least squares,
# for each side; all points count alike. delta^DELTA is the leading correction to scaling, DELTA = omega nu. The error is how far p
# moves when the three points nearest to the transition are left out, or the three farthest, whichever is more.
BEGIN {
	FS = OFS = ","
	print "side,exponent,error,points"
}
FNR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at["delta"] >= from && (!to || $at["delta"] <= to) {
	side = $at["side"]
	if (!(side in n))
		order[++sides] = side
	x[side, ++n[side]] = log($at["delta"])
	y[side, n[side]] = log($at["value"])
}
END {
	for (s = 1; s <= sides; s++) {
		side = order[s]
		p = fit(1, n[side])
		error = off(fit(4, n[side]), p)
		other = off(fit(1, n[side] - 3), p)
		print side, sprintf("%.7g", p), sprintf("%.2g", other > error ? other : error), n[side]
	}
}
function off(a, b) { return a > b ? a - b : b - a }
# x against 1, y and z = exp(DELTA x), with means taken out.
function fit(first, last,   i, m, mx, my, mz, z, xx, xz, zz, xy, zy) {
	if (last - first < 3) {
		print "exponent.awk: too few points" > "/dev/stderr"
		exit 1
	}
	m = last - first + 1
	for (i = first; i <= last; i++) {
		mx += x[side, i] / m
		my += y[side, i] / m
		mz += exp(correction * x[side, i]) / m
	}
	for (i = first; i <= last; i++) {
		z = exp(correction * x[side, i]) - mz
		xx += (x[side, i] - mx)^2
		xz += (x[side, i] - mx) * z
		zz += z^2
		xy += (x[side, i] - mx) * (y[side, i] - my)
		zy += z * (y[side, i] - my)
	}
	return (zz * xy - xz * zy) / (xx * zz - xz^2)
}
