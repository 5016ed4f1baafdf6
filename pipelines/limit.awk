# awk -v points='X X ...' -v data='X,Y X,Y ...' -v lr=ETA -v sigma_b=S -f limit.awk: gradient descent of Gauss nets with sigma_W = 1 at N = infinity.
#
# There f stays a Gaussian field, since a step is linear in it and the kernel T stands still:
#
#	f(x) <- f(x) - (2 lr/n) sum_j T(x, x_j) (f(x_j) - y_j)
#
# With A = 1 - (2 lr/n) T P, P on the data, its mean goes as m <- A m + (2 lr/n) T y, its covariance as C <- A C A'. T is
# K = sigma_b^2 + K_W where the last layer learns; where both do, the derivatives by the first one's parameters, in units
# of their standard deviations, add K_W (x x' + sigma_b^2). Rows are functions of one leg, which is the mean, and of two; legs
# are numbers of points; layers, how many learn.
BEGIN {
	OFS = ","
	OFMT = "%.9g"
	n = split(data, datum, " ")
	points = split(points, x, " ")
	for (j = 1; j <= n; j++) {
		split(datum[j], pair, ",")
		y[j] = pair[2]
		for (a = 1; a <= points; a++)
			if (x[a] == pair[1])
				at[j] = a
	}
	print "step,layers,n,legs[0],legs[1],G,Gc"
	run(1)
	run(2)
}
function run(layers,   a, b, step, K_W, written) {
	for (a = 1; a <= points; a++) {
		m[a] = 0
		for (b = 1; b <= points; b++) {
			K_W = exp(-(x[a] - x[b])^2 / 2)
			C[a, b] = sigma_b^2 + K_W
			T[a, b] = C[a, b] + (layers == 2 ? K_W * (x[a] * x[b] + sigma_b^2) : 0)
		}
	}
	for (step = 0; step <= 1000; step++) {
		if (step ~ /^(0|[125]0*)$/ || step >= 1.1 * written)
			write(written = step, layers)
		descend()
	}
}
function write(step, layers,   a, b) {
	for (a = 1; a <= points; a++) {
		print step, layers, 1, a, 0, m[a], m[a]
		for (b = a; b <= points; b++)
			print step, layers, 2, a, b, C[a, b] + m[a] * m[b], C[a, b]
	}
}
# Each of the columns of C, then each of its rows, is changed as m is with y = 0.
function descend(   a, b, j, r) {
	for (j = 1; j <= n; j++)
		r[j] = m[at[j]] - y[j]
	for (a = 1; a <= points; a++)
		for (j = 1; j <= n; j++)
			m[a] -= 2 * lr / n * T[a, at[j]] * r[j]
	for (b = 1; b <= points; b++) {
		for (j = 1; j <= n; j++)
			r[j] = C[at[j], b]
		for (a = 1; a <= points; a++)
			for (j = 1; j <= n; j++)
				C[a, b] -= 2 * lr / n * T[a, at[j]] * r[j]
	}
	for (a = 1; a <= points; a++) {
		for (j = 1; j <= n; j++)
			r[j] = C[a, at[j]]
		for (b = 1; b <= points; b++)
			for (j = 1; j <= n; j++)
				C[a, b] -= 2 * lr / n * T[b, at[j]] * r[j]
	}
}
