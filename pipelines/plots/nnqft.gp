# gnuplot -e "dir='OUT'; term='svg'" nnqft.gp: the figures of the study from its tables; term='png' too.
load 'plots/style.gp'
table(name) = sprintf('%s/%s.csv', dir, name)
# Rows of n legs; rows and columns as rows.awk takes them.
legs(name, n) = sprintf("< awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"n\") c = i; print; next } $c == %d' %s/%s.csv", n, dir, name)
where(name, conditions, columns) = sprintf("< awk -v where='%s' -v of='%s' -f rows.awk %s/%s.csv", conditions, columns, dir, name)
number(name, conditions, what) = real(system(sprintf("awk -v where='%s' -v of=%s -f rows.awk %s/%s.csv | tail -n 1", conditions, what, dir, name)))
array order[3] = [2, 4, 6]
estimator = 'plain rb moments'
called = '"plain" "last layer averaged" "moments of units"'
array style[3] = [2, 3, 5]
x(e) = column(e)
dx(e) = column(e.'_err')

# 1. Each combination of points is a count in a bin of a fiftieth of a decade.
array N[6] = [2, 5, 10, 50, 100, 1000]
array combinations[3] = [21, 126, 462]
array low[3] = [1e-5, 3e-3, 1e-2]
array high[3] = [1e-1, 3e1, 2e4]
eval begin('histograms', 900, 620)
set multiplot layout 3,1 margins 0.09,0.88,0.08,0.98 spacing 0.1,0.12
bin(x) = 10**((floor(50 * log10(abs(x))) + 0.5) / 50)
set logscale x
set format x '10^{%L}'
set ylabel 'combinations' offset 1
set key outside right title 'N' left spacing 1
do for [i = 1:3] {
	n = order[i]
	set xrange [low[i]:high[i]]
	set yrange [0:1.1 * combinations[i]]
	set xlabel sprintf('|m_%d|', n) offset 0, 0.8
	plot for [k = 1:6] where('deviations', sprintf('n=%d N=%d', n, N[k]), 'm_plain') using (bin(x('m_plain'))):(1) \
			smooth frequency with impulses linestyle k linewidth 4 title sprintf('%d', N[k]), \
		for [k = 1:6] where('means', sprintf('n=%d N=%d', n, N[k]), 'absm_exact') using (n == 2 ? 1/0 : x('absm_exact')):(0):(0):(1.1 * combinations[i]) \
			with vectors nohead linestyle k dashtype 2 notitle, \
		NaN with lines linecolor rgb grey dashtype 2 title (n == 2 ? '' : 'exact')
}
unset multiplot
reset
load 'plots/style.gp'

# 2. What the talk compares, and what it would have to.
array bottom[3] = [3e-5, 3e-3, 1e-2]
array top[3] = [1e1, 1e2, 1e12]
eval begin('deviations', 1000, 400)
set multiplot layout 1,3
set logscale xy
set xlabel 'N'
set xrange [1.6:1300]
set format y '10^{%L}'
do for [i = 1:3] {
	n = order[i]
	G0(x) = n == 2 ? column('Gc_exact') : column('dG_exact') / column('absm_exact')
	set title sprintf('⟨|m_%d|⟩', n)
	set yrange [bottom[i]:top[i]]
	if (n == 2) { set key top right } else { unset key }
	plot legs('means', n) using "N":(n == 2 ? 1/0 : x('absm_exact')) with lines linestyle 1 linewidth 1 title 'exact', \
		'' using "N":(x('se_plain') / G0(0)) with linespoints linestyle 4 title 'error of plain, in truth', \
		'' using "N":(x('err_plain') / G0(0)) with linespoints linestyle 3 title 'error of plain, by bags', \
		'' using "N":"background" with lines linecolor rgb grey dashtype 2 title 'background: σ of bags', \
		'' using "N":"absm_plain":"absm_plain_err" with yerrorbars linestyle 2 title 'plain'
}
unset multiplot
reset
load 'plots/style.gp'

# 3. The estimators, over what is exact.
eval begin('errors', 900, 680)
set multiplot layout 2,2
set logscale x
set xlabel 'N'
set xrange [1.6:1300]
set style fill solid 0.15 noborder
band(x) = column('se_plain') / column('dG_exact') < 9 ? column('se_plain') / column('dG_exact') : 9
do for [n = 4:6:2] {
	set title sprintf('ΔG_%d / exact', n)
	set yrange [-0.4:3.4]
	if (n == 6) { set key top right opaque } else { unset key }
	plot legs('means', n) using "N":(1 - band(0)):(1 + band(0)) with filledcurves linestyle 4 title 'true error of plain', \
		1 with lines linecolor rgb grey title 'exact', \
		for [k = 1:3] e = 'dG_'.word(estimator, k) '' using (x('N') * (1 + 0.07 * (k - 2))):(x(e) / x('dG_exact')):(dx(e) / x('dG_exact')) \
			with yerrorbars linestyle style[k] title word(called, k)
}
set logscale y
set format y '10^{%L}'
set yrange [1e-8:1e7]
do for [n = 4:6:2] {
	set title sprintf('error of ΔG_%d / exact ΔG_%d', n, n)
	if (n == 4) { set key top right maxrows 5 } else { unset key }
	plot legs('means', n) using "N":(x('se_plain') / x('dG_exact')) with linespoints linestyle 4 title 'plain, in truth', \
		for [k = 1:3] '' using "N":(dx('dG_'.word(estimator, k)) / x('dG_exact')) with linespoints linestyle style[k] title word(called, k).(k < 3 ? ', by bags' : '')
}
unset multiplot
reset
load 'plots/style.gp'

# 4. Couplings. All combinations share one error, nearly: it is drawn once, on the right.
array N[4] = [10, 50, 100, 1000]
eval begin('couplings', 900, 680)
set multiplot layout 2,2
set title 'N u_4 of each combination of points, plain'
set xlabel 'combination'
set xrange [0:150]
set xtics 0,25,125
set yrange [-230:0]
set key bottom left title 'N' left maxrows 2
exact = 100 * number('means', 'n=4 N=100', 'u4_exact')
set arrow 1 from 0, exact to 150, exact nohead linestyle 10
set label 1 'exact' at 1, exact left offset 0, -0.7 textcolor rgb grey
plot for [k = 1:4] where('couplings', sprintf('N=%d', N[k]), 'u4_plain') using 0:(N[k] * x('u4_plain')) with lines linestyle k + 1 linewidth 2.5 notitle, \
	for [k = 1:4] where('u4', sprintf('n=4 N=%d', N[k]), 'u4_plain u4_plain_err') using (126 + 5 * k):(N[k] * x('u4_plain')):(N[k] * dx('u4_plain')) \
		with yerrorbars linestyle k + 1 title sprintf('%d', N[k])
unset arrow 1
unset label 1
set title 'u_4 over its mean, N = 100'
set xrange [0:126]
set yrange [*:*]
set format y '%.3f'
set key top right notitle maxrows 2
mean(e) = number('u4', 'n=4 N=100', 'u4_'.e)
mean_plain = mean('plain')
mean_exact = mean('exact')
plot where('couplings', 'N=100', 'u4_plain') using 0:(x('u4_plain') / mean_plain) with points linestyle 2 title 'plain', \
	where('couplings', 'N=100', 'u4_exact') using 0:(x('u4_exact') / mean_exact) with points linestyle 1 title 'exact'
set logscale xy
set format y '10^{%L}'
set xlabel 'N'
set xrange [1.6:1300]
set xtics auto
set key top right maxrows 4
do for [n = 4:6:2] {
	u = sprintf('u%d', n)
	set title sprintf('-u_%d', n)
	plot legs('means', n) using "N":(-x(u.'_exact')) with lines linecolor rgb grey title 'exact', \
		for [k = 2:3] e = u.'_'.word(estimator, k) '' using (x('N') * (1 + 0.07 * (k - 2))):(-x(e)):(dx(e)) with yerrorbars linestyle style[k] title word(called, k), \
		legs('u4', n) using (x('N') * 0.93):(-x(u.'_plain')):(dx(u.'_plain')) with yerrorbars linestyle 2 title 'plain'
}
unset multiplot
reset
load 'plots/style.gp'

# 5. Along sigma_W. Lines are powers through the exact values at sigma_W = 1.
array name[2] = ['active-raw', 'active-canonical']
array said[2] = ['The field as it is', 'With a canonical kinetic term']
array p4[2] = [-3, 3]
array p6[2] = [-5, 4]
eval begin('active', 900, 420)
set multiplot layout 1,2
set logscale xy
set format y '10^{%L}'
set xlabel 'σ_W'
set xrange [0.9:23]
set xtics (1, 2, 5, 10, 20)
do for [i = 1:2] {
	set title said[i]
	if (i == 1) { set key top right } else { set key bottom right }
	u4 = number(name[i], 'n=4 sigma_w=1', 'u4_exact')
	u6 = number(name[i], 'n=6 sigma_w=1', 'u6_exact')
	plot -u4 * x**p4[i] with lines linecolor rgb grey title sprintf('σ_W^{%d}, σ_W^{%d}', p4[i], p6[i]), -u6 * x**p6[i] with lines linecolor rgb grey notitle, \
		legs(name[i], 4) using "sigma_w":(-x('u4_moments')) with points linestyle 4 title '-u_4, moments', \
		'' using (x('sigma_w') * 1.02):(-x('u4_plain')):"u4_plain_err" with yerrorbars linestyle 2 title '-u_4, plain', \
		legs(name[i], 6) using "sigma_w":(-x('u6_moments')) with points linestyle 5 title '-u_6, moments', \
		'' using (x('sigma_w') * 1.02):(-x('u6_plain')):"u6_plain_err" with yerrorbars linestyle 3 title '-u_6, plain'
}
unset multiplot
reset
load 'plots/style.gp'

# 6. Relu and erf.
eval begin('others', 900, 620)
set multiplot layout 2,2
set logscale x
set xlabel 'N'
set xrange [1.6:130]
do for [g in 'relu erf'] {
	set title g.': G_2 / exact'
	set yrange [0.985:1.015]
	set key bottom right maxrows 2
	plot 1 with lines linecolor rgb grey notitle, \
		for [k = 1:2] e = 'Gc_'.word(estimator, k) legs(g, 2) using (x('N') * (1 + 0.05 * (k - 1.5))):(x(e) / x('Gc_exact')):(dx(e) / x('Gc_exact')) \
			with yerrorbars linestyle style[k] title word(called, k)
}
set logscale y
set key top right
do for [g in 'relu erf'] {
	set title g.': ΔG_4'
	if (g eq 'relu') { set yrange [0.03:20] } else { set yrange [0.001:2] }
	plot legs(g, 4) using "N":"dG_exact" with lines linecolor rgb grey title 'exact', \
		for [k = 1:3] e = 'dG_'.word(estimator, k) '' using (x('N') * (1 + 0.05 * (k - 2))):(x(e)):(dx(e)) with yerrorbars linestyle style[k] title word(called, k)
}
unset multiplot
reset
load 'plots/style.gp'

# 7. d_in = 2 sigma_W^2 / m2. An open point: the other sign.
d(x) = 2 * column('sigma_w')**2 / column('m2')
eval begin('din', 900, 400)
set multiplot layout 1,2
set title 'Couplings against the number of inputs'
set xlabel 'd_{in}'
set xrange [-2:104]
set logscale y
set format y '10^{%L}'
set yrange [1e-115:1e10]
set ytics 1e-100,1e20
set key bottom left
plot legs('din', 4) using (d(0)):(abs(x('u4_exact'))) with lines linestyle 2 title '|u_4|, exact', \
	'' using (d(0)):(-x('u4_moments')) with points linestyle 2 title '-u_4, moments', \
	legs('din', 6) using (d(0)):(abs(x('u6_exact'))) with lines linestyle 4 title '|u_6|, exact', \
	'' using (d(0)):(-x('u6_moments')) with points linestyle 4 title '-u_6, moments', \
	'' using (d(0)):"u6_moments" with points linestyle 4 pointtype 12 pointsize 0.8 title '+u_6, moments'
unset logscale y
set format y '%.3f'
set title 'moments / exact'
set yrange [0.985:1.025]
set ytics auto
set key top left
plot 1 with lines linecolor rgb grey notitle, \
	legs('din', 4) using (d(0)):(x('u4_moments') / x('u4_exact')):(dx('u4_moments') / abs(x('u4_exact'))) with yerrorbars linestyle 2 title 'u_4', \
	legs('din', 6) using (d(0) + 0.7):(x('u6_moments') / x('u6_exact')):(dx('u6_moments') / abs(x('u6_exact'))) with yerrorbars linestyle 4 title 'u_6'
unset multiplot
reset
load 'plots/style.gp'

# 8. Training. Step 0 has a place of its own on the logarithmic axis.
step(x) = column('step') == 0 ? 0.4 : column('step')
apart(k) = 1 + 0.06 * (k - 2)
array at[6] = [-1, -0.6, -0.2, 0.2, 0.6, 1]
array width[3] = [10, 100, 1000]
array layers[2] = ['last', 'all']
array title[2] = ['The last layer learns', 'Both layers learn']
eval begin('training', 900, 900)
set multiplot layout 3,2
set logscale x
set xrange [0.3:1400]
set xtics ('0' 0.4, '1' 1, '10' 10, '100' 100, '1000' 1000)
set xlabel 'step' offset 0, 0.5
do for [l = 1:2] {
	set title title[l].': ⟨f(x)⟩'
	set yrange [-0.1:1.7]
	set key top left
	plot for [a = 4:6] where('limit', sprintf('layers=%d n=1 legs[0]=%d', l, a), 'step G') using (step(0)):"G" with lines linestyle a - 2 title sprintf('x = %.1f, N = ∞', at[a]), \
		for [k = 1:4 - l] for [a = 4:6] where('train-'.layers[l].'-points', sprintf('N=%d n=1 legs[0]=%d', width[k], a), 'step G_plain G_plain_err') \
			using (step(0) * apart(k)):"G_plain":"G_plain_err" with yerrorbars linestyle a - 2 pointtype shape[k] notitle, \
		for [k = 1:4 - l] NaN with points linecolor rgb grey pointtype shape[k] pointsize 0.55 title sprintf('N = %d', width[k])
}
do for [l = 1:2] {
	set title 'Variance of f(1)'
	set yrange [0:1.2]
	set key top right
	plot where('limit', sprintf('layers=%d n=2 legs[0]=6 legs[1]=6', l), 'step Gc') using (step(0)):"Gc" with lines linestyle 1 title 'N = ∞', \
		for [k = 1:4 - l] where('train-'.layers[l].'-points', sprintf('N=%d n=2 legs[0]=6 legs[1]=6', width[k]), 'step Gc_plain Gc_plain_err') \
			using (step(0) * apart(k)):"Gc_plain":"Gc_plain_err" with yerrorbars linestyle k + 1 title sprintf('N = %d', width[k])
}
set logscale y
set format y '10^{%L}'
do for [l = 1:2] {
	set title '|u_4| (open: u_4 > 0)'
	set yrange [1e-6:1e1]
	plot for [k = 1:4 - l] where('train-'.layers[l], sprintf('N=%d', width[k]), 'step u4_plain u4_plain_err') \
			using (step(0) * apart(k)):(x('u4_plain') < 0 ? -x('u4_plain') : 1/0):"u4_plain_err" with yerrorbars linestyle k + 1 title sprintf('N = %d', width[k]), \
		for [k = 1:4 - l] where('train-'.layers[l], sprintf('N=%d', width[k]), 'step u4_plain u4_plain_err') \
			using (step(0) * apart(k)):(x('u4_plain') > 0 ? x('u4_plain') : 1/0):"u4_plain_err" with yerrorbars linestyle k + 1 pointtype 6 notitle
}
unset multiplot
