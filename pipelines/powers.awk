# awk -f powers.awk TABLE...: fits of powers, from tables of green-fn --summary; a row a fitted number.
#
# Along N: a/N of dG4, a/N + b/N^2 of dG6 (weighted least squares), and the exponent p of dG4, Gc4, dG6 and Gc6 (of
# ln|y| = c + p ln N). Along sigma_W: the exponents of u4 and u6. Points count by their errors; "plain" by those that
# bags show, "plain-true" by the exact standard error of G. Exact values have none: all count alike by their relative
# deviation, and there is no error. What has the other sign than most has no logarithm: it is left out, and left_out says how often.
# Errors are those of the weights, times sqrt(chi2/dof) where that is more than 1. Where one sample of units served all N
# (relu, erf) there are no fits of "moments", whose errors would not be independent.
BEGIN {
	FS = OFS = ","
	print "table,quantity,n,estimator,parameter,value,error,chi2,dof,left_out"
}
FNR == 1 {
	fit()
	parts = split(FILENAME, path, "/")
	table = substr(path[parts], 1, length(path[parts]) - 4)
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	split("", count)
	along = table ~ /^active/ ? "sigma_w" : "N"
	next
}
{
	n = $at["n"]
	k = ++count[n]
	x[n, k] = $at[along]
	for (name in at)
		value[n, k, name] = $at[name]
}
END { fit() }

function fit(   q, e) {
	for (e = 1; split("plain plain-true rb moments exact", estimator, " ") && e <= 5; e++) {
		if (along == "sigma_w") {
			power(4, "u4", estimator[e])
			power(6, "u6", estimator[e])
			continue
		}
		if (!(4 in count) || table != "means" && estimator[e] == "moments")
			continue
		series(4, "dG", estimator[e], 1)
		power(4, "dG", estimator[e])
		if (6 in count) {
			power(4, "Gc", estimator[e])
			series(6, "dG", estimator[e], 2)
			power(6, "dG", estimator[e])
			power(6, "Gc", estimator[e])
		}
	}
}
# Sets y and dy of point k: whether it is there.
function point(n, k, what, by,   error) {
	sub(/-true$/, "", what)
	y = value[n, k, what "_" (by == "plain-true" ? "plain" : by)]
	error = by == "exact" ? y : by == "plain-true" ? value[n, k, "se_plain"] : value[n, k, what "_" by "_err"]
	dy = error < 0 ? -error : error
	return y != "" && y != "nan" && error != "nan" && dy > 0
}
function row(n, what, by, parameter, v, error, chi2, dof, out) {
	if (chi2 > dof)
		error *= sqrt(chi2 / dof)
	print table, what, n, by, parameter, sprintf("%.7g", v), by == "exact" ? "" : sprintf("%.3g", error), \
		by == "exact" ? "" : sprintf("%.4g", chi2), dof, out
}
# y = a/N, or a/N + b/N^2.
function series(n, what, by, terms,   k, w, s11, s12, s22, t1, t2, yy, points, det, a, b) {
	s11 = s12 = s22 = t1 = t2 = yy = points = 0
	for (k = 1; k <= count[n]; k++) {
		if (!point(n, k, what, by))
			continue
		w = 1 / dy^2
		points++
		s11 += w / x[n, k]^2
		s12 += w / x[n, k]^3
		s22 += w / x[n, k]^4
		t1 += w * y / x[n, k]
		t2 += w * y / x[n, k]^2
		yy += w * y^2
	}
	if (points <= terms)
		return
	if (terms == 1) {
		a = t1 / s11
		row(n, what, by, "a", a, sqrt(1 / s11), yy - a * t1, points - 1, 0)
		return
	}
	det = s11 * s22 - s12^2
	a = (s22 * t1 - s12 * t2) / det
	b = (s11 * t2 - s12 * t1) / det
	row(n, what, by, "a", a, sqrt(s22 / det), yy - a * t1 - b * t2, points - 2, 0)
	row(n, what, by, "b", b, sqrt(s11 / det), yy - a * t1 - b * t2, points - 2, 0)
}
function power(n, what, by,   k, w, l, s, sl, sll, t, tl, yy, points, out, det, p, c, sign) {
	if (by == "plain-true" && what ~ /^u/)	# not known of couplings
		return
	s = sl = sll = t = tl = yy = points = out = sign = 0
	for (k = 1; k <= count[n]; k++)
		if (point(n, k, what, by))
			sign += y > 0 ? 1 : -1
	for (k = 1; k <= count[n]; k++) {
		if (!point(n, k, what, by))
			continue
		if (y * sign <= 0) {
			out++
			continue
		}
		l = log(x[n, k])
		w = (y / dy)^2
		y = log(y < 0 ? -y : y)
		points++
		s += w
		sl += w * l
		sll += w * l^2
		t += w * y
		tl += w * l * y
		yy += w * y^2
	}
	if (points < 3)
		return
	det = s * sll - sl^2
	p = (s * tl - sl * t) / det
	c = (t - p * sl) / s
	row(n, what, by, "exponent", p, sqrt(s / det), yy - c * t - p * tl, points - 2, out)
}
