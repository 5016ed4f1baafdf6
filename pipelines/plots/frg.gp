# gnuplot -e "dir='OUT'; term='svg'" frg.gp: the figures of the study from its tables; term='png' too.
load 'plots/style.gp'
table(name) = sprintf('%s/%s.csv', dir, name)
# Rows and columns as rows.awk takes them; `number` is that of the first of the rows.
where(name, conditions, columns) = sprintf("< awk -v where='%s' -v of='%s' -f rows.awk %s/%s.csv", conditions, columns, dir, name)
number(name, conditions, what) = real(system(sprintf("awk -v where='%s' -v of=%s -f rows.awk %s/%s.csv | sed -n 2p", conditions, what, dir, name)))
x(c) = column(c)

# 1. Passive flows of exact couplings, over those in the infrared.
array N[5] = [100, 1000, 10000, 100000, 1000000]
exactly(d, N) = sprintf('d=%d N=%d sigma_w=1 sigma_b=1 estimator=0 replica=0', d, N)
eval begin('passive', 1000, 620)
set multiplot layout 2,3
set logscale x
set format x '10^{%L}'
unset mxtics
set xrange [0.03:100]
do for [n = 4:6:2] {
	U = sprintf('U%d', n)
	if (n == 4) { set yrange [-1.3:2.3] } else { set yrange [-2.1:0.2] }
	do for [d = 1:3] {
		set title sprintf('U_%d / |U_%d(0)|, d = %d', n, n, d)
		set xlabel 'k / m_0'
		if (n == 4 && d == 3) { set key top left title 'N' left } else { unset key }
		plot 0 with lines linestyle 10 notitle, \
			for [i = 1:5] first = abs(number('passive', exactly(d, N[i]), U)) where('passive', exactly(d, N[i]), 'k '.U) using "k":(x(U) / first) \
				with lines linestyle i linewidth 2 title sprintf('10^%d', i + 1)
	}
}
unset multiplot
reset
load 'plots/style.gp'

# 2. Passive flows of sampled networks.
array set[2] = ['N=1000 sigma_b=1', 'N=10 sigma_b=0.25']
array said[2] = ['N = 1000, σ_b = 1', 'N = 10, σ_b = 0.25']
array low[4] = [-3, -1.3, -150, -2]
array high[4] = [5, 0.4, 40, 12]
eval begin('errors', 900, 620)
set multiplot layout 2,2
set logscale x
set xrange [0.03:4]
set xlabel 'k / m_0'
set style fill solid 0.2 noborder
do for [n = 4:6:2] {
	U = sprintf('U%d', n)
	do for [s = 1:2] {
		set title sprintf('U_%d / m_0^{%d}, %s', n, n == 4 ? 3 : 4, said[s])
		set yrange [low[n - 4 + s]:high[n - 4 + s]]
		if (n == 4) { set key top left } else { unset key }
		e = s == 1 ? 3 : 2
		plot 0 with lines linestyle 10 notitle, \
			where('band', set[s].' estimator=1', 'k '.U.' '.U.'_err') using "k":(x(U) - x(U.'_err')):(x(U) + x(U.'_err')) \
				with filledcurves linestyle 2 title 'plain, one error', \
			'' using "k":U with lines linestyle 2 notitle, \
			where('band', set[s].' estimator='.e, 'k '.U.' '.U.'_err') using "k":(x(U) - x(U.'_err')):(x(U) + x(U.'_err')) \
				with filledcurves linestyle 4 title (s == 1 ? 'moments of units' : 'last layer averaged'), \
			'' using "k":U with lines linestyle 4 notitle, \
			where('passive', 'd=1 sigma_w=1 estimator=0 replica=0 '.set[s], 'k '.U) using "k":U with lines linestyle 1 dashtype 2 title 'exact'
	}
}
unset multiplot
reset
load 'plots/style.gp'

# 3. Active flow. Lines: the scaling equations, from the exact couplings at sigma_W = 1.
array suffix[3] = ['', '-2', '-3']
eval begin('active', 1000, 400)
set multiplot layout 1,3
set logscale x
set xrange [0.9:23]
set xtics (1, 2, 5, 10, 20)
set xlabel 'σ_W'
set logscale y
set format y '10^{%L}'
do for [n = 4:6:2] {
	u = sprintf('u%d', n)
	set title sprintf('-u_%d, canonical field, N = 100', n)
	if (n == 4) { set key bottom right; set yrange [5:1e6] } else { set key top left; set yrange [1e4:1e11] }
	plot \
		for [d = 1:3] table('scaling'.suffix[d]) using "k":(-x(u)) with lines linestyle d + 1 title sprintf('σ_W^{%d}', n == 4 ? 4 - d : 6 - 2 * d), \
		for [d = 1:3] where('active-canonical'.suffix[d], sprintf('n=%d', n), 'sigma_w '.u.'_moments') using "sigma_w":(-x(u.'_moments')) \
			with points linestyle d + 1 title sprintf('d = %d', d)
}
unset logscale y
set format y '%g'
set title 'moments / scaling equation - 1, %'
set yrange [-0.2:4.4]
set key top left maxrows 3
# The coupling of n legs that the equation has at sigma_W = s.
array first[18]
do for [n = 4:6:2] { do for [d = 1:3] { first[n + 6 * (d - 1)] = number('active-canonical'.suffix[d], sprintf('n=%d sigma_w=1', n), sprintf('u%d_exact', n)) } }
flowed(n, d, s) = first[n + 6 * (d - 1)] * s**(n == 4 ? 4 - d : 6 - 2 * d)
plot for [n = 4:6:2] for [d = 1:3] u = sprintf('u%d_moments', n) where('active-canonical'.suffix[d], sprintf('n=%d', n), 'sigma_w '.u) \
	using "sigma_w":(100 * (x(u) / flowed(n, d, x('sigma_w')) - 1)) \
	with linespoints linestyle d + 1 dashtype n / 2 - 1 title sprintf('u_%d, d = %d', n, d)
unset multiplot
reset
load 'plots/style.gp'

# 4. The plane of u2 and u4. Trajectories of one phase as one curve with gaps; arrows where t is -0.32 and -1.2, all of one length.
phase(symmetric) = sprintf("< awk -F, 'NR == 1 { print; next } $1 != id { out() } { id = $1; line[++n] = $0; last = $4 } END { out() } \
	function out(  i) { if (n && (last > 0) == %d) { for (i = 1; i <= n; i++) print line[i]; print \"\" } n = 0 }' %s/portrait.csv", symmetric, dir)
arrows = sprintf("< awk -F, 'NR == 1 { print \"u2,u4,d2,d4\"; next } \
	$1 == id && at && y > 2 { a = $4 - x; b = $5 - y; l = sqrt((a / 0.8)^2 + (b / 25)^2) / 0.02; print x \",\" y \",\" a / l \",\" b / l } \
	{ id = $1; x = $4; y = $5; at = ($3 < -0.3 && $3 > -0.34) || ($3 < -1.18 && $3 > -1.22) }' %s/portrait.csv", dir)
# Critical trajectories up to where they are nearest to the fixed point.
fixed2 = number('fixed-zero', 'M=3 branch=1', 'u2')
fixed4 = number('fixed-zero', 'M=3 branch=1', 'u4')
critical = sprintf("< awk -F, 'NR == 1 { print; next } $1 != id { print \"\"; near = 0 } { id = $1; d = ($5 - %g)^2 / 1e4 + ($4 - %g)^2; if (d < 1e-5) near = 1; else if (near) next; print }' %s/critical-flow.csv", \
	fixed4, fixed2, dir)
eval begin('portrait', 1000, 480)
set multiplot
set size 0.64,1
set origin 0,0
set xlabel 'ū_2'
set ylabel 'ū_4' offset 1
set xrange [-0.45:0.35]
set yrange [-0.5:25]
set title 'd = 3, M = 3, starts with u_6 = 0'
set key at graph 0.99,0.7 right opaque
plot phase(1) using "u2":"u4" with lines linecolor rgb colour[6] linewidth 0.8 title 'to the symmetric phase', \
	phase(0) using "u2":"u4" with lines linecolor rgb '#e69f00' linewidth 0.8 title 'to the broken phase', \
	arrows using "u2":"u4":"d2":"d4" with vectors head filled size screen 0.009,25 linecolor rgb grey notitle, \
	critical using "u2":"u4" with lines linestyle 2 linewidth 1.2 title 'at the transition', \
	table('line') using "u2":"u4" with linespoints linestyle 1 dashtype 3 pointtype 6 title 'critical u_2(u_4)', \
	'+' using (0):(0) every ::0::0 with points linestyle 1 pointtype 7 pointsize 0.9 notitle, \
	'+' using (fixed2):(fixed4) every ::0::0 with points linestyle 4 pointtype 7 pointsize 1.1 title 'Wilson–Fisher'
unset key
set size 0.36,1
set origin 0.64,0
set title 'critical u_2: M less full potential'
set xlabel 'M'
unset ylabel
set xrange [2.5:10.5]
set xtics 3,1,10
set logscale y
set format y '10^{%L}'
set yrange [1e-8:1e-2]
set key at graph 0.98,0.97
array u4[2] = [5, 15]
array full[2]
do for [i = 1:2] { full[i] = number('critical', sprintf('M=inf u4=%d', u4[i]), 'u2') }
plot for [i = 1:2] where('critical', sprintf('u4=%d', u4[i]), 'M u2') \
	using "M":(abs(x('u2') - full[i])) with linespoints linestyle 2 * i title sprintf('u_4 = %d', u4[i])
unset multiplot
reset
load 'plots/style.gp'

# 5. Exponents.
nu = number('fixed-litim', 'N=1', 'nu')
omega = number('fixed-litim', 'N=1', 'omega')
eval begin('exponents', 1000, 400)
set multiplot layout 1,3
set xlabel 'M'
set xrange [1.5:20.5]
set title 'ν, d = 3'
set yrange [0.49:0.76]
set key top right
plot nu with lines linecolor rgb grey title 'full potential', \
	where('fixed-zero', 'branch=1', 'M nu') using "M":"nu" with linespoints linestyle 2 title 'about zero', \
	table('fixed-minimum') using "M":"nu" with linespoints linestyle 4 title 'about the minimum', \
	table('fixed-eta') using "M":"nu" with linespoints linestyle 3 title 'the same with η'
set logscale y
set format y '10^{%L}'
do for [e in 'nu omega'] {
	set title e eq 'nu' ? '|ν - ν of the full potential|' : '|ω - ω of the full potential|'
	set yrange [1e-9:1]
	if (e eq 'nu') { unset key } else { set key top right }
	exact = e eq 'nu' ? nu : omega
	plot where('fixed-zero', 'branch=1', 'M '.e) using "M":(abs(x(e) - exact)) with linespoints linestyle 2 title 'about zero', \
		table('fixed-minimum') using "M":(abs(x(e) - exact)) with linespoints linestyle 4 title 'about the minimum'
}
unset multiplot
reset
load 'plots/style.gp'

# 6. The potential, dimensionful: Phi = phi k^(1/2), U = u k^3.
array said[3] = ['symmetric', 'at the transition', 'broken']
eval begin('potential', 1000, 400)
set multiplot layout 1,3
set xlabel 'Φ / k_0^{1/2}'
do for [i = 1:3] {
	set title said[i].': 10^4 U / k_0^3'
	set xrange [-0.3:0.3]
	set yrange [-3.5:4]
	if (i == 3) { set key top center title 'ln(k/k_0)' left maxrows 3 } else { unset key }
	plot for [j = 0:4] for [sign = -1:1:2] where('potential', sprintf('id=%d t=%d', i - 1, -j), 'k phi u') \
		using (sign * x('phi') * sqrt(x('k'))):(1e4 * x('u') * x('k')**3) with lines linestyle j + 1 title (sign < 0 ? sprintf('%d', -j) : '')
}
unset multiplot
reset
load 'plots/style.gp'

# 7. Scaling. Between neighbours, slopes of logarithms.
slopes(side) = sprintf("< awk -F, 'NR == 1 { print \"delta,slope\"; next } NR > 2 { print sqrt($1 * d) \",\" log($2 / v) / log($1 / d) } { d = $1; v = $2 }' %s/masses-%s.csv", dir, side)
eval begin('scaling', 900, 400)
set multiplot layout 1,2
set title 'd = 3, k -> 0'
set logscale xy
set format '10^{%L}'
set xrange [7e-5:1.5e-1]
set xlabel '|u_2 - u_{2c}|'
set yrange [1.5e-3:0.6]
set key top left
mass = number('masses-symmetric', 'delta=0.001', 'value')
least = number('masses-broken', 'delta=0.001', 'value')
plot mass * (x / 1e-3)**nu with lines linecolor rgb grey title 'powers ν and ν/2', \
	least * (x / 1e-3)**(nu / 2) with lines linecolor rgb grey notitle, \
	table('masses-symmetric') using "delta":"value" with points linestyle 2 title 'mass m / k_0', \
	table('masses-broken') using "delta":"value" with points linestyle 4 title 'minimum Φ_0 / k_0^{1/2}'
unset logscale y
set format y '%g'
set title 'slopes between neighbours, over ν and ν/2'
set yrange [0.975:1.012]
set key bottom center
plot 1 with lines linecolor rgb grey title 'fixed point', \
	slopes('symmetric') using "delta":(x('slope') / nu) with linespoints linestyle 2 title 'mass', \
	slopes('broken') using "delta":(2 * x('slope') / nu) with linespoints linestyle 4 title 'minimum'
unset multiplot
