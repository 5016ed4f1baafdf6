# gnuplot -e "dir='OUT'" rg-flow-fit.gp: reads OUT/match.csv, writes OUT/summary.csv and OUT/crossings.csv.
#
# Near T_c each observable is a smooth function of T on a finite lattice, of (T - T_c) L. A polynomial of degree five
# follows it over T_c +- 0.075; a cubic does not, and would move the results by more than their errors. The errors are
# those of the fit with the weights of the data, not rescaled by its chi-square; that stands in crossings.csv.
load 'plots/style.gp'
set fit quiet logfile '/dev/null' errorvariables noerrorscaling
set print dir.'/summary.csv'
print 'quantity,ours,error,published,exact,source'

lo = Tc - 0.075
hi = Tc + 0.075
array label[3] = ['|m|', 'e', 'U4']
array observable[3] = ['absm', 'e', 'U4']
crossings = 'observable,step,T,T_err,chi2,dof'
row(q, x, dx, exact, source) = sprintf('%s,%.6g,%.2g,,%s,%s', q, x, dx, exact, source)

# Where blocking once more leaves an observable as it is: O(64 blocked k times) = O(32 blocked k - 1 times).
D(T) = (T - x0) * (b1 + b2 * (T - x0) + b3 * (T - x0)**2 + b4 * (T - x0)**3 + b5 * (T - x0)**4)
do for [i = 1:2] {
	do for [k = 1:3] {
		b1 = (i == 1 ? -2.5 : 2.5) ; b2 = b3 = b4 = b5 = 0.1 ; x0 = Tc
		d = 'd'.observable[i]
		fit [lo:hi] D(x) dir.'/match.csv' using "T":(column("step") == k ? column(d) : NaN):(column(d.'_err')) yerrors via x0, b1, b2, b3, b4, b5
		# The first step makes couplings that move the crossing of e; they die out with the next two.
		shifted = i == 2 && k <= 2
		print row(sprintf('T_c: %s of L=64 blocked %dx crosses L=32 blocked %dx', label[i], k, k - 1), x0, x0_err, \
			shifted ? '' : sprintf('%.6f', Tc), shifted ? 'shifted by irrelevant couplings that further steps remove' : 'Onsager 1944')
		crossings = crossings.sprintf("\n%s,%d,%.6f,%.6f,%.2f,%d", observable[i], k, x0, x0_err, \
			FIT_WSSR, FIT_NDF)
	}
}

# Binder cumulants of the two sizes as they are.
b1 = -5; b2 = b3 = b4 = b5 = 0.1; x0 = Tc
fit [lo:hi] D(x) dir.'/binder.csv' using "T":(column("step") == 0 ? column("dU4") : NaN):(column("dU4_err")) yerrors via x0, b1, b2, b3, b4, b5
print row('T_c: U4 of L=64 crosses L=32', x0, x0_err, sprintf('%.6f', Tc), 'Onsager 1944')

# The thermal exponent: how much steeper the blocked curve is, dT'/dT = 2^y_t.
F(T) = c0 + c1 * (T - Tc) + c2 * (T - Tc)**2 + c3 * (T - Tc)**3 + c4 * (T - Tc)**4 + c5 * (T - Tc)**5
do for [i = 1:3] {
	do for [k = 1:3] {
		o = observable[i]
		c0 = (i == 2 ? -1.4 : 0.6) ; c1 = (i == 2 ? 3 : -3) ; c2 = c3 = c4 = c5 = 0.1
		fit [lo:hi] F(x) dir.'/match.csv' using "T":(column("step") == k ? column(o) : NaN):(column(o.'_err')) yerrors via c0, c1, c2, c3, c4, c5
		s = c1 ; ds = c1_err
		fit [lo:hi] F(x) dir.'/match.csv' using "T":(column("step") == k ? column(o.'0') : NaN):(column(o.'0_err')) yerrors via c0, c1, c2, c3, c4, c5
		print row(sprintf('y_t: slope of %s at T_c; L=64 blocked %dx over L=32 blocked %dx', label[i], k, k - 1), \
			log(s / c1) / log(2), sqrt((ds / s)**2 + (c1_err / c1)**2) / log(2), '1', 'Onsager 1944')
	}
}
set print dir.'/crossings.csv'
print crossings
set print
