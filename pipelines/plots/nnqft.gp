# gnuplot -e "dir='OUT'; term='svg'" nnqft.gp: the figures of the study from its tables; term='png' too.
load 'plots/style.gp'
of(n, x) = column('n') == n ? x : 1/0
table(name) = sprintf('%s/%s.csv', dir, name)
where(name, conditions, columns) = sprintf("< awk -v where='%s' -v of='%s' -f rows.awk %s/%s.csv", conditions, columns, dir, name)
array legs[3] = [2, 4, 6]
array N[6] = [2, 5, 10, 50, 100, 1000]
estimator = 'plain rb moments'
called = '"plain" "last layer averaged" "moments of units"'

# 1. Each combination of points is a count in a bin of a twentieth of a decade.
eval begin('histograms', 900, 620)
set multiplot layout 3,1
bin(x) = 10**((floor(20 * log10(abs(x))) + 0.5) / 20)
set logscale x
set format x '10^{%L}'
set ylabel 'combinations'
set style fill solid 0.7 noborder
set boxwidth 0.8 relative
set yrange [0:*]
set key outside right title 'N' left
array low[3] = [1e-5, 1e-3, 1e-3]
array high[3] = [1e-1, 1e2, 1e5]
do for [i = 1:3] {
	set xrange [low[i]:high[i]]
	set xlabel sprintf('|m_%d|', legs[i]) offset 0, 0.6
	plot for [k = 1:6] where('deviations', sprintf('n=%d N=%d', legs[i], N[k]), 'm_plain') using (bin(column('m_plain'))):(1) \
		smooth frequency with boxes linestyle k title sprintf('%d', N[k]), \
		for [k = 1:6] where('means', sprintf('n=%d N=%d', legs[i], N[k]), 'absm_exact') using (i > 1 ? column('absm_exact') : 1/0):(0):(0):(1e4) with vectors nohead linestyle k dashtype 2 notitle
}
unset multiplot
reset
load 'plots/style.gp'

# 2. What the talk compares, and what it would have to.
G0(n) = n == 2 ? column('Gc_exact') : column('dG_exact') / column('absm_exact')
eval begin('deviations', 1000, 380)
set multiplot layout 1,3
set logscale xy
set xlabel 'N'
set xrange [1.6:1300]
set format y '10^{%L}'
array bottom[3] = [3e-5, 3e-3, 3e-3]
array top[3] = [3e-1, 1e3, 1e13]
do for [i = 1:3] {
	n = legs[i]
	set title sprintf('⟨|m_%d|⟩', n)
	set yrange [bottom[i]:top[i]]
	set key top right
	plot table('means') using "N":(of(n, column('absm_plain'))):(column('absm_plain_err')) with yerrorbars linestyle 2 title 'plain', \
		'' using "N":(of(n, column('background'))) with lines linestyle 2 linewidth 1 dashtype 2 title 'its background (σ of bags)', \
		'' using "N":(of(n, column('err_plain') / G0(n))) with lines linestyle 3 title 'its error, by bags', \
		'' using "N":(of(n, column('se_plain') / G0(n))) with lines linestyle 4 title 'its error, in truth', \
		'' using "N":(of(n, column('absm_exact'))) with lines linestyle 1 title (n == 2 ? '' : 'exact')
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
do for [n = 4:6:2] {
	set title sprintf('ΔG_%d / exact', n)
	set yrange [-0.4:2.8]
	if (n == 4) { set key top left maxrows 2 } else { unset key }
	set style fill solid 0.15 noborder
	r(e) = of(n, column('dG_'.e) / column('dG_exact'))
	dr(e) = column('dG_'.e.'_err') / abs(column('dG_exact'))
	plot table('means') using "N":(of(n, 1 - column('se_plain') / column('dG_exact'))):(1 + column('se_plain') / column('dG_exact')) \
			with filledcurves linestyle 4 title 'true error of plain', \
		1 with lines linecolor rgb grey title 'exact', \
		for [k = 1:3] '' using (column('N') * (1 + 0.07 * (k - 2))):(r(word(estimator, k))):(dr(word(estimator, k))) \
			with yerrorbars linestyle k + 1 + (k == 3) title word(called, k)
}
set logscale y
set format y '10^{%L}'
do for [n = 4:6:2] {
	set title sprintf('error of ΔG_%d / exact ΔG_%d', n, n)
	set yrange [(n == 4 ? 1e-8 : 1e-8):(n == 4 ? 1e3 : 1e9)]
	if (n == 4) { set key at graph 0.98, graph 0.62 right center maxrows 5 } else { unset key }
	plot table('means') using "N":(of(n, column('se_plain') / column('dG_exact'))) with linespoints linestyle 4 title 'plain, in truth', \
		for [k = 1:3] '' using "N":(of(n, dr(word(estimator, k)))) with linespoints linestyle k + 1 + (k == 3) title word(called, k).(k == 1 ? ', by bags' : '')
}
unset multiplot
reset
load 'plots/style.gp'

# 4. Couplings.
eval begin('couplings', 900, 680)
set multiplot layout 2,2
set title 'u_4 of each combination of points, times N'
set xlabel 'combination'
set xrange [0:127]
set yrange [-165:0]
set key bottom left title 'N' left maxrows 2
set arrow 1 from 0, -128.296 to 127, -128.296 nohead linestyle 10
set label 1 'exact' at 126, -128.3 right offset 0, -0.6 textcolor rgb grey
plot for [k = 3:6] where('couplings', sprintf('N=%d', N[k]), 'u4_plain u4_plain_err') using 0:(N[k] * column('u4_plain')):(N[k] * column('u4_plain_err')) \
	with yerrorbars linestyle k - 1 pointsize 0.3 title sprintf('%d', N[k])
unset arrow 1
unset label 1
set title 'u_4 over its mean, N = 100'
set yrange [*:*]
set format y '%.4f'
set key bottom left notitle maxrows 2
mean(e) = real(system(sprintf("awk -v where=N=100 -v of=u4_%s -f rows.awk %s/couplings.csv | awk 'NR > 1 { s += $1; n++ } END { printf \"%%.12g\", s / n }'", e, dir)))
mean_plain = mean('plain')
mean_exact = mean('exact')
plot where('couplings', 'N=100', 'u4_plain') using 0:(column('u4_plain') / mean_plain) with points linestyle 2 title 'plain', \
	where('couplings', 'N=100', 'u4_exact') using 0:(column('u4_exact') / mean_exact) with points linestyle 1 title 'exact'
set logscale xy
set format y '10^{%L}'
set xlabel 'N'
set xrange [1.6:1300]
set key top right
do for [n = 4:6:2] {
	u = sprintf('u%d', n)
	set title sprintf('-u_%d', n)
	plot table('means') using "N":(of(n, -column(u.'_exact'))) with lines linecolor rgb grey title 'exact', \
		for [k = 2:3] '' using (column('N') * (1 + 0.07 * (k - 2))):(of(n, -column(u.'_'.word(estimator, k)))):(column(u.'_'.word(estimator, k).'_err')) \
			with yerrorbars linestyle k + 1 + (k == 3) title word(called, k), \
		table('u4') using (column('N') * 0.93):(of(n, -column(u.'_plain'))):(column(u.'_plain_err')) with yerrorbars linestyle 2 title 'plain, 30 bags'
}
unset multiplot
reset
load 'plots/style.gp'

# 5. Along sigma_W. Lines are powers through the exact values at sigma_W = 1.
eval begin('active', 900, 420)
set multiplot layout 1,2
set logscale xy
set format y '10^{%L}'
set xlabel 'σ_W'
set xrange [0.9:23]
set xtics (1, 2, 5, 10, 20)
at_one(name, n) = real(system(sprintf("awk -v where='n=%d sigma_w=1' -v of=u%d_exact -f rows.awk %s/%s.csv | tail -n 1", n, n, dir, name)))
array name[2] = ['active-raw', 'active-canonical']
array said[2] = ['The field as it is', 'With a canonical kinetic term']
array p4[2] = [-3, 3]
array p6[2] = [-5, 4]
do for [i = 1:2] {
	set title said[i]
	if (i == 1) { set key top right } else { set key bottom right }
	u4 = at_one(name[i], 4)
	u6 = at_one(name[i], 6)
	plot -u4 * x**p4[i] with lines linecolor rgb grey title sprintf('σ_W^{%d}, σ_W^{%d}', p4[i], p6[i]), -u6 * x**p6[i] with lines linecolor rgb grey notitle, \
		table(name[i]) using "sigma_w":(of(4, -column('u4_moments'))) with points linestyle 4 title '-u_4, moments', \
		'' using (column('sigma_w') * 1.02):(of(4, -column('u4_plain'))):"u4_plain_err" with yerrorbars linestyle 2 title '-u_4, plain', \
		'' using "sigma_w":(of(6, -column('u6_moments'))) with points linestyle 5 title '-u_6, moments', \
		'' using (column('sigma_w') * 1.02):(of(6, -column('u6_plain'))):"u6_plain_err" with yerrorbars linestyle 3 title '-u_6, plain'
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
	set title sprintf('%s: G_2 / exact', g)
	set yrange [0.985:1.015]
	set key bottom right maxrows 2
	plot 1 with lines linecolor rgb grey notitle, \
		for [k = 1:2] table(g) using (column('N') * (1 + 0.05 * (k - 1.5))):(of(2, column('Gc_'.word(estimator, k)) / column('Gc_exact'))):(column('Gc_'.word(estimator, k).'_err') / column('Gc_exact')) \
			with yerrorbars linestyle k + 1 title word(called, k)
}
set logscale y
set key top right
do for [g in 'relu erf'] {
	set title sprintf('%s: ΔG_4', g)
	if (g eq 'relu') { set yrange [0.03:10] } else { set yrange [0.001:1] }
	plot table(g) using "N":(of(4, column('dG_exact'))) with lines linecolor rgb grey title 'exact', \
		for [k = 1:3] '' using (column('N') * (1 + 0.05 * (k - 2))):(of(4, column('dG_'.word(estimator, k)))):(column('dG_'.word(estimator, k).'_err')) \
			with yerrorbars linestyle k + 1 + (k == 3) title word(called, k)
}
unset multiplot
reset
load 'plots/style.gp'

# 7. d_in = 2 sigma_W^2 / m2. An open point: the other sign.
d(x) = 2 * column('sigma_w')**2 / column('m2')
eval begin('din', 900, 400)
set multiplot layout 1,2
set title 'Couplings against the number of inputs, N = 100'
set xlabel 'd_{in}'
set xrange [-2:104]
set logscale y
set format y '10^{%L}'
set key bottom left
plot table('din') using (d(0)):(of(4, abs(column('u4_exact')))) with lines linestyle 2 title '|u_4|, exact', \
	'' using (d(0)):(of(4, column('u4_moments') < 0 ? -column('u4_moments') : 1/0)) with points linestyle 2 title '-u_4, moments', \
	'' using (d(0)):(of(6, abs(column('u6_exact')))) with lines linestyle 4 title '|u_6|, exact', \
	'' using (d(0)):(of(6, column('u6_moments') < 0 ? -column('u6_moments') : 1/0)) with points linestyle 4 title '-u_6, moments', \
	'' using (d(0)):(of(6, column('u6_moments') > 0 ? column('u6_moments') : 1/0)) with points linestyle 4 pointtype 12 title '+u_6, moments'
unset logscale y
set format y '%.3f'
set title 'moments / exact'
set yrange [0.98:1.02]
set key bottom left
plot 1 with lines linecolor rgb grey notitle, \
	table('din') using (d(0)):(of(4, column('u4_moments') / column('u4_exact'))):(column('u4_moments_err') / abs(column('u4_exact'))) with yerrorbars linestyle 2 title 'u_4', \
	'' using (d(0) + 0.7):(of(6, column('u6_moments') / column('u6_exact'))):(column('u6_moments_err') / abs(column('u6_exact'))) with yerrorbars linestyle 4 title 'u_6'
unset multiplot
reset
load 'plots/style.gp'

# 8. Training. Step 0 has a place of its own on the logarithmic axis.
place(s) = s == 0 ? 0.4 : s
array at[6] = [-1, -0.6, -0.2, 0.2, 0.6, 1]
eval begin('training', 900, 900)
set multiplot layout 3,2
set logscale x
set xrange [0.3:1400]
set xtics ('0' 0.4, '1' 1, '10' 10, '100' 100, '1000' 1000)
set xlabel 'step' offset 0, 0.5
both = 'last all'
array width[3] = [10, 100, 1000]
do for [l in both] {
	layers = l eq 'last' ? 1 : 2
	set title (layers == 1 ? 'The last layer learns: ⟨f(x)⟩' : 'Both layers learn: ⟨f(x)⟩')
	set yrange [-0.1:1.6]
	set key top left
	plot for [a = 4:6] where('limit', sprintf('layers=%d n=1 legs[0]=%d', layers, a), 'step G') using (place(column('step'))):"G" with lines linestyle a - 2 title sprintf('x = %.1f, N = ∞', at[a]), \
		for [k = 1:4 - layers] for [a = 4:6] where('train-'.l.'-points', sprintf('N=%d n=1 legs[0]=%d', width[k], a), 'step G_plain G_plain_err') \
			using (place(column('step'))):"G_plain":"G_plain_err" with yerrorbars linestyle a - 2 pointtype shape[k] title (a == 4 ? sprintf('N = %d', width[k]) : '')
}
do for [l in both] {
	layers = l eq 'last' ? 1 : 2
	set title 'Variance of f(1)'
	set yrange [0:1.2]
	set key top right
	plot where('limit', sprintf('layers=%d n=2 legs[0]=6 legs[1]=6', layers), 'step Gc') using (place(column('step'))):"Gc" with lines linestyle 1 title 'N = ∞', \
		for [k = 1:4 - layers] where('train-'.l.'-points', sprintf('N=%d n=2 legs[0]=6 legs[1]=6', width[k]), 'step Gc_plain Gc_plain_err') \
			using (place(column('step'))):"Gc_plain":"Gc_plain_err" with yerrorbars linestyle k + 1 title sprintf('N = %d', width[k])
}
set logscale y
set format y '10^{%L}'
do for [l in both] {
	layers = l eq 'last' ? 1 : 2
	set title '|u_4| (open: u_4 > 0)'
	set yrange [1e-6:10]
	set key top right
	plot for [k = 1:4 - layers] where('train-'.l, sprintf('N=%d', width[k]), 'step u4_plain u4_plain_err') \
			using (place(column('step')) * (1 + 0.06 * (k - 2))):(column('u4_plain') < 0 ? -column('u4_plain') : 1/0):"u4_plain_err" with yerrorbars linestyle k + 1 title sprintf('N = %d', width[k]), \
		for [k = 1:4 - layers] where('train-'.l, sprintf('N=%d', width[k]), 'step u4_plain u4_plain_err') \
			using (place(column('step')) * (1 + 0.06 * (k - 2))):(column('u4_plain') > 0 ? column('u4_plain') : 1/0):"u4_plain_err" with yerrorbars linestyle k + 1 pointtype 6 notitle
}
unset multiplot
