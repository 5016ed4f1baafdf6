# gnuplot -e "dir='OUT'; term='svg'" rg-flow.gp: the figures of the study from its tables; term='png' too.
load 'plots/style.gp'
array size[4] = [64, 32, 16, 8]

# 1. The flow of the temperature. A T_eff of 0 has no place on a logarithmic axis: an open triangle at the border.
zero(T_eff) = T_eff == 0 ? 0.43 : 1/0
eval begin('flow', 900, 400)
set multiplot layout 1,2
set title 'The temperature after k blocking steps'
set xlabel 'T'
set ylabel 'T_{eff} of the blocked configurations'
set xrange [1.45:3.55]
set yrange [0.4:40]
set logscale y
set ytics (0.5, 1, 2, 5, 10, 20)
set key top left title 'L = 64, blocked' left
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
set label 1 'T_c' at Tc, graph 0.04 offset 0.5 textcolor rgb grey
plot for [k = 0:3] at_level('L64.csv', k) using "T":"T_eff" with lines linestyle k + 1 notitle, \
	for [k = 0:3] at_level('L64.csv', k) using "T":"T_eff":"T_eff_lo":"T_eff_hi" with yerrorbars linestyle k + 1 \
		title times(k), \
	for [k = 0:3] at_level('L64.csv', k) using "T":(zero(column('T_eff'))) with points linestyle k + 1 pointtype 10 pointsize 0.9 notitle, \
	NaN with points pointtype 10 pointsize 0.9 linecolor rgb grey title 'T_{eff} = 0'

set title 'One step of the flow'
set xlabel 'T_{eff} before'
set ylabel 'T_{eff} after'
set xrange [0.7:13]
set yrange [0.4:40]
set logscale xy
set xtics (1, 2, 5, 10)
set key top left title 'step'
set arrow 2 from graph 0, first Tc to graph 1, first Tc nohead linestyle 10
set label 1 at Tc, graph 0.04
step(k) = sprintf("< awk -F, '/^#/ { next } !n++ { for (i = 1; i <= NF; i++) c[$i] = i; print \"from,to\"; next } $c[\"level\"] == %d { t[$c[\"T\"]] = $c[\"T_eff\"] } $c[\"level\"] == %d { print t[$c[\"T\"]] \",\" $c[\"T_eff\"] }' %s/L64.csv", k, k + 1, dir)
plot x with lines linecolor rgb grey title 'fixed', \
	for [k = 0:2] step(k) using "from":"to" with points linestyle k + 2 title sprintf('%d to %d', k, k + 1), \
	for [k = 0:2] step(k) using "from":(zero(column('to'))) with points linestyle k + 2 pointtype 10 pointsize 0.9 notitle
unset multiplot
reset
load 'plots/style.gp'

# 2. Blocked 64 against direct 32: they agree where the couplings do not move.
eval begin('match', 900, 620)
set multiplot layout 2,2
array observable[2] = ['absm', 'e']
array label[2] = ['⟨|m|⟩', '⟨e⟩']
array tick[2] = [0.012, 0.024]
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
do for [i = 1:2] {
	o = observable[i]
	set title label[i].' on 32 x 32 sites'
	set xlabel 'T'
	set ylabel label[i]
	set xrange [1.45:3.55]
	set autoscale y
	set label 1 'T_c' at Tc, graph 0.05 offset 0.5 textcolor rgb grey
	if (i == 1) { set key top right } else { set key bottom right }
	plot dir.'/match.csv' using "T":(column('step') == 1 ? column(o.'0') : 1/0):(column(o.'0_err')) with yerrorbars linestyle 1 title '32 direct', \
		'' using "T":(column('step') == 1 ? column(o) : 1/0):(column(o.'_err')) with yerrorbars linestyle 2 title '64 blocked'
}
do for [i = 1:2] {
	o = 'd'.observable[i]
	set title 'Difference in '.label[i].', blocked - direct'
	set ylabel 'Δ'.label[i]
	set xrange [2.19:2.35]
	if (i == 1) { set yrange [-0.21:0.1]; set key bottom left } else { set yrange [-0.2:0.4]; set key top left }
	set key title "64, k times\n- 32, k - 1 times" left
	set label 1 at Tc, graph (i == 1 ? 0.95 : 0.05)
	set arrow 2 from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb grey dashtype 1
	plot for [k = 1:3] dir.'/match.csv' using (column('T') + 0.0015 * (k - 2)):(column('step') == k ? column(o) : 1/0):(column(o.'_err')) \
			with yerrorbars linestyle k + 1 title sprintf('k = %d', k), \
		for [k = 1:3] dir.'/crossings.csv' using (column('step') == k && strcol('observable') eq observable[i] ? \
			column('T') : 1/0):(-tick[i]):(0):(2 * tick[i]) with vectors nohead linestyle k + 1 linewidth 2.5 notitle, \
		for [k = 1:3] dir.'/crossings.csv' using (column('step') == k && strcol('observable') eq observable[i] ? \
			column('T') - column('T_err') : 1/0):(0):(2 * column('T_err')):(0) with vectors nohead linestyle k + 1 linewidth 5 notitle
}
unset multiplot
reset
load 'plots/style.gp'

# 3. Binder cumulants.
eval begin('binder', 900, 400)
set multiplot layout 1,2
set title 'Binder cumulant'
set xlabel 'T'
set ylabel 'U_4'
set xrange [1.45:3.55]
set yrange [-0.05:0.72]
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
set label 1 'T_c' at Tc, graph 0.05 offset 0.5 textcolor rgb grey
set key top right
plot for [i = 1:4] at_level(sprintf('L%d.csv', size[i]), 0) using "T":"U4" with lines linestyle i notitle, \
	for [i = 1:4] at_level(sprintf('L%d.csv', size[i]), 0) using "T":"U4":"U4_err" with yerrorbars linestyle i title sprintf('L = %d', size[i])
set title 'Near T_c'
set xrange [2.19:2.35]
set yrange [0.4:0.68]
set key bottom left
replot
unset multiplot
reset
load 'plots/style.gp'

# 4. The correlation length, in spacings of the lattice it lives on.
eval begin('xi', 900, 400)
set multiplot layout 1,2
set title 'Correlation length'
set xlabel 'T'
set ylabel 'ξ / lattice spacing'
set xrange [2.24:3.05]
set logscale y
set yrange [0.2:80]
set ytics (0.2, 0.5, 1, 2, 5, 10, 20, 50)
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
set label 1 'T_c' at Tc, graph 0.05 offset 0.5 textcolor rgb grey
set key top right title 'L = 64, blocked' left
xi(T) = 1 / (-log(tanh(1 / T)) - 2 / T)		# of the infinite lattice, T > T_c
set samples 400
plot for [k = 0:3] at_level('L64.csv', k) using "T":"xi":"xi_err" with yerrorbars linestyle k + 1 title times(k), \
	[2.272:] xi(x) with lines linecolor rgb grey title 'exact, L = ∞'
unset logscale y
set ytics auto
set title 'Each step halves it (bars: upper bounds)'
set ylabel 'ξ after / ξ before'
set xrange [2.24:2.72]
set yrange [0.3:0.7]
set arrow 2 from graph 0, first 0.5 to graph 1, first 0.5 nohead linecolor rgb grey dashtype 1
set key at graph 0.36, graph 0.99 top right title 'step'
ratio(k) = sprintf("< awk -F, '/^#/ { next } !n++ { for (i = 1; i <= NF; i++) c[$i] = i; print \"T,r,r_err\"; next } $c[\"level\"] == %d { x[$c[\"T\"]] = $c[\"xi\"]; d[$c[\"T\"]] = $c[\"xi_err\"] } $c[\"level\"] == %d && x[$c[\"T\"]] > 0 && $c[\"xi\"] > 0 { r = $c[\"xi\"] / x[$c[\"T\"]]; print $c[\"T\"] \",\" r \",\" r * sqrt((d[$c[\"T\"]] / x[$c[\"T\"]])^2 + ($c[\"xi_err\"] / $c[\"xi\"])^2) }' %s/L64.csv", k, k + 1, dir)
plot for [k = 0:2] ratio(k) using (column('T') + 0.003 * (k - 1)):"r":"r_err" with yerrorbars linestyle k + 2 title sprintf('%d to %d', k, k + 1)
unset multiplot
reset
load 'plots/style.gp'

# 5. Configurations of 256 x 256 sites and their block spins: the three temperatures side by side in one picture a level.
eval begin('blocks', 900, 720)
set multiplot layout 3,4 margins 0.06,0.99,0.01,0.94 spacing 0.01,0.015
array T[3] = ['T = 2.1', 'T = T_c', 'T = 2.5']
unset key; unset border; unset tics; unset colorbox; unset grid
set size ratio -1
set palette defined (0 '#10345c', 1 '#f3efe2')
level(k) = sprintf("< rns-cat --to=pgm --column %s --grid 3x1 --border 0 %s/blocks.rns", k ? sprintf('spins.%d', k) : 'spins', dir)
do for [t = 1:3] {
	do for [k = 0:3] {
		n = 256 / 2**k
		header = strlen(sprintf("P5\n%d %d\n255\n", 3 * n, n))
		set xrange [(t - 1) * n - 0.49:t * n - 0.51]	# an edge on the border would take in the neighbour
		set yrange [-0.5:n - 0.5]
		if (t == 1) { set title (k == 0 ? 'spins' : 'blocked '.times(k)) } else { unset title }
		if (k == 0) { set ylabel T[t] } else { unset ylabel }
		plot level(k) binary array=(3 * n, n) skip=header format='%uchar' with image
	}
}
unset multiplot
unset output
if (term eq 'svg') {
	system(sprintf("sed -i \"s/<image /<image style='image-rendering:optimizeSpeed;image-rendering:pixelated' /\" %s/fig-blocks.svg", dir))
}
