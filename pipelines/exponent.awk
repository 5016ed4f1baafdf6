# awk -v correction=DELTA -v shift=DX [-v from=0 -v to=1] -f exponent.awk masses.csv...: ln value = a + p ln delta + b delta^DELTA
# by least squares, for each side; all points count alike. delta^DELTA is the leading correction to scaling, DELTA = omega nu.
# The error: how far p moves when the three points nearest to the transition are left out, or the three farthest, whichever
# is more, or when the transition is elsewhere by DX, all in quadrature.
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
	delta[side, ++n[side]] = $at["delta"]
	y[side, n[side]] = log($at["value"])
}
END {
	for (s = 1; s <= sides; s++) {
		side = order[s]
		p = fit(1, n[side], 0)
		near = off(fit(4, n[side], 0), p)
		far = off(fit(1, n[side] - 3, 0), p)
		print side, sprintf("%.7g", p), sprintf("%.2g", sqrt((near > far ? near : far)^2 + off(fit(1, n[side], shift), p)^2)), n[side]
	}
}
function off(a, b) { return a > b ? a - b : b - a }
# x = ln delta against 1, y and z = delta^DELTA, with means taken out.
function fit(first, last, shift,   i, m, x, mx, my, mz, z, xx, xz, zz, xy, zy) {
	m = last - first + 1
	if (m < 4) {
		print "exponent.awk: too few points" > "/dev/stderr"
		exit 1
	}
	for (i = first; i <= last; i++) {
		x = log(delta[side, i] + shift)
		mx += x / m
		my += y[side, i] / m
		mz += exp(correction * x) / m
	}
	for (i = first; i <= last; i++) {
		x = log(delta[side, i] + shift)
		z = exp(correction * x) - mz
		xx += (x - mx)^2
		xz += (x - mx) * z
		zz += z^2
		xy += (x - mx) * (y[side, i] - my)
		zy += z * (y[side, i] - my)
	}
	return (zz * xy - xz * zy) / (xx * zz - xz^2)
}
