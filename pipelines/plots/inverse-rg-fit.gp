# gnuplot -e "dir='OUT'; matches='A-64-3 ...'" inverse-rg-fit.gp: reads OUT/match-SET-L.csv, writes OUT/crossings.csv.
#
# SET-L-K: lattices of L sites blocked k times against those of L/2 blocked k - 1 times, k = 1 to K. Differences are smooth
# functions of (mu2 - mu2_c) L on a finite lattice: a polynomial of degree five, with the weights of the data, through points
# within 0.04 of the coupling of the talk at L = 64, and farther or less far as L is smaller or larger, gives where they
# vanish. Errors are those of the fit, not rescaled by its chi-square.
load 'plots/style.gp'
set fit quiet logfile '/dev/null' errorvariables noerrorscaling
near(set) = set eq 'A' ? -0.9515 : -1.2723
at(m, i) = word(system("echo '".m."' | tr - ' '"), i)
D(u) = (u - u0) * (b1 + b2 * u + b3 * u**2 + b4 * u**3 + b5 * u**4)

set print dir.'/crossings.csv'
print 'set,L,step,observable,mu2,mu2_err,chi2,dof'
do for [m in matches] {
	c = near(at(m, 1))
	reach = 0.041 * 64 / at(m, 2)
	do for [o in 'absm m2'] {
		do for [k = 1:int(at(m, 3))] {
			u0 = 0.01; b1 = -0.1; b2 = b3 = b4 = b5 = 0.01
			fit [-1:1] D(x) sprintf('%s/match-%s-%s.csv', dir, at(m, 1), at(m, 2)) \
				using ((column('mu2') - c) / reach):(column('step') == k ? column('d'.o) : NaN):(column('d'.o.'_err')) yerrors via u0, b1, b2, b3, b4, b5
			print sprintf('%s,%s,%d,%s,%.7f,%.7f,%.2f,%d', at(m, 1), at(m, 2), k, o, c + u0 * reach, u0_err * reach, FIT_WSSR, FIT_NDF)
		}
	}
}
set print
