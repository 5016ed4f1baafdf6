# gnuplot -e "dir='OUT'; term='svg'" thesis-1d.gp: the figures of the study from its tables; term='png' too.
load 'plots/thesis.gp'
array start[6] = ['0', '1', '1.5', '2', '4', '6']

curves = "plot for [i = 1:6] from(run, mode, 1, start[i], step, 'p p_err') using (class(column('k'))):'p' with lines linestyle 20 + i notitle, \
	for [i = 1:6] from(run, mode, 1, start[i], step, 'p p_err') using (class(column('k'))):'p':'p_err' with yerrorbars linestyle 20 + i title 'T = '.start[i]"
set xlabel "T'"
set ylabel "P(T')"
set xrange [-0.1:6.1]
set yrange [0:0.19]
set key top right title 'start' left
mode = 'sample'

# 4.1 Thermal curves.
eval begin('4.1', 620, 400)
set title 'Thermal configurations of rings of 8 spins'
run = 'all'; step = '0'
eval curves

# 4.2 All T: start and end.
eval begin('4.2', 900, 400)
set multiplot layout 1,2
set title 'start of the flow'
eval curves
set title 'end: RBM trained on all T'
step = 'last'
eval curves
unset multiplot

# 4.3 One temperature.
eval begin('4.3', 900, 400)
set multiplot layout 1,2
set title 'end: RBM trained on T = 0'
run = 'cold'
eval curves
set title 'end: RBM trained on T = 6'
run = 'hot'
eval curves
unset multiplot
reset
load 'plots/thesis.gp'

# 4.4 Flows as maps.
decimated(T, k) = 1 / atanh(tanh(1 / T) ** (2 ** k))
eval begin('4.4', 900, 700)
set multiplot layout 2,2
set xlabel 'T'
set ylabel 'T after the steps'
set xrange [0:6.2]
set yrange [0:6.4]
set samples 300
set key bottom right
set title 'RG flow: every second, every fourth spin'
plot x with lines linecolor rgb grey notitle, \
	for [k = 1:2] dir.sprintf('/rg-%d.csv', k) using "T":"T_est":"T_est_err" with yerrorbars linestyle k + 1 title times(k), \
	for [k = 1:2] [0.05:6.2] decimated(x, k) with lines linestyle k + 1 title (k == 2 ? 'exact' : '')
array name[3] = ['cold', 'hottest', 'all']
array called[3] = ['T = 0', 'T = 10^4', 'all T']
set key at graph 0.98, graph 0.8 right
do for [j = 1:3] {
	set title 'RBM flow, trained on '.called[j]
	plot x with lines linecolor rgb grey notitle, \
		for [k = 1:3] flow(name[j], 'sample', 1, sprintf('step=%d', k == 3 ? 10 : k), 'T T_est T_est_err', '') \
			using "T":"T_est":"T_est_err" with yerrorbars linestyle k + 1 title (k == 1 ? '1 step' : k == 2 ? '2 steps' : '10 steps')
}
unset multiplot
reset
load 'plots/thesis.gp'

# T -> T' -> T'' ...
steps = "set xlabel 'step of the flow'; set ylabel 'T that the thermometer reads'; set xrange [-0.5:20.5]; set yrange [-0.1:6.3]; \
	set key top right title 'start' left"
temperatures = "plot for [i = 1:6] flow(run, 'sample', 1, 'T='.start[i], 'step T_est T_est_err', '') using 'step':'T_est' with lines linestyle i notitle, \
	for [i = 1:6] flow(run, 'sample', 1, 'T='.start[i], 'step T_est T_est_err', '') using 'step':'T_est':'T_est_err' with yerrorbars linestyle i title 'T = '.start[i]"
array name[4] = ['all', 'cold', 'hot', 'hottest']
array called[4] = ['all T', 'T = 0', 'T = 6', 'T = 10^4']
eval begin('flow', 900, 700)
set multiplot layout 2,2
eval steps
do for [j = 1:4] {
	run = name[j]
	set title 'RBM trained on '.called[j]
	eval temperatures
}
unset multiplot

# The three losses.
eval begin('losses', 1000, 700)
set multiplot layout 2,3
array loss[3] = ['kl', 'reverse-kl', 'js']
array called[3] = ['KL(q || p)', 'KL(p || q)', 'Jensen-Shannon']
eval steps
do for [j = 1:3] {
	run = 'exact-'.loss[j]
	set title 'all T, '.called[j]
	eval temperatures
}
array start[6] = ['0', '1', '2', '4', '6', 'inf']
set xrange [-1.05:1.05]
set xlabel 'm'
set ylabel 'P(m) at the end'
set yrange [0:*]
set key at 0.9, graph 0.98 right
step = 'last'
do for [j = 1:3] {
	run = 'sparse-'.loss[j]
	set title 'T = 0 and m = 0, '.called[j]
	plot for [i = 1:6] from(run, 'sample', 1, start[i], 'last', 'P_m P_m_err') using (bin(column('k')) + 0.01 * (i - 3.5)):'P_m':'P_m_err' with yerrorbars linestyle i \
		title (i == 6 ? 'm = 0' : 'T = '.start[i])
}
unset multiplot
reset
load 'plots/thesis.gp'

# The two-point function.
eval begin('twopoint', 620, 400)
set title 'End of the flow from T = 2, and the ring at the T that is read (lines)'
set xlabel 'distance r'
set ylabel 'G(r)'
set xrange [0.8:4.2]
set xtics 1
set yrange [-0.05:1.05]
set key at graph 0.98, graph 0.9 right title 'trained on' left
array called[4] = ['all T', 'T = 0', 'T = 6', 'T = 10^4']
plot for [i = 1:4] from(name[i], 'sample', 1, '2', 'last', 'G G_err G_th') using "k":"G":"G_err" with yerrorbars linestyle i + 1 title called[i], \
	for [i = 1:4] from(name[i], 'sample', 1, '2', 'last', 'G G_err G_th') using "k":"G_th" with lines linestyle i + 1 dashtype 2 notitle
