# gnuplot -e "dir='OUT'; term='svg'" thesis-2d.gp: the figures of the study from its tables; term='png' too.
load 'plots/thesis.gp'
array start[6] = ['0', '1.5', '2.25', '2.5', '3.5', '6']
starts = 6

# Probability curves, of one run and step; starts as told above.
curves = "plot for [i = 1:starts] from(run, mode, 1, start[i], step, 'p p_err') using (class(column('k'))):'p' with lines linestyle 20 + i notitle, \
	for [i = 1:starts] from(run, mode, 1, start[i], step, 'p p_err') using (class(column('k'))):'p':'p_err' with yerrorbars linestyle 20 + i title 'T = '.start[i]"
temperatures = "set xlabel \"T'\"; set ylabel \"P(T')\"; set xrange [-0.1:6.1]; set yrange [0:*]; set key top right title 'start' left; \
	set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10"
magnetisations = "plot for [i = 1:starts] from(run, mode, 1, start[i], step, 'P_m P_m_err') using (bin(column('k'))):'P_m' with lines linestyle 20 + i notitle, \
	for [i = 1:starts] from(run, mode, 1, start[i], step, 'P_m P_m_err') using (bin(column('k'))):'P_m':'P_m_err' with yerrorbars linestyle 20 + i title 'T = '.start[i]"

# 2.1 Activations, of the gaps that the leak and the exponential leave open at 0; the leak is 0.01, drawn as 0.1.
eval begin('2.1', 900, 500)
set multiplot layout 2,3
set xrange [-3.2:3.2]
set samples 400
unset key
set xlabel 'z'
array title[6] = ['linear', 'sigmoid', 'tanh', 'ReLU', 'leaky ReLU (leak drawn 10 times as large)', 'ELU']
do for [i = 1:6] {
	set title title[i]
	if (i == 2) { set yrange [-0.1:1.1] } else { if (i == 3) { set yrange [-1.1:1.1] } else { set yrange [(i == 1 ? -3.2 : -1.2):3.2] } }
	plot i == 1 ? x : i == 2 ? 1 / (1 + exp(-x)) : i == 3 ? tanh(x) : i == 4 ? (x > 0 ? x : 0) : i == 5 ? (x > 0 ? x : 0.1 * x) : (x > 0 ? x : exp(x) - 1) \
		with lines linestyle 2 linewidth 2
}
unset multiplot
reset
load 'plots/thesis.gp'

# 2.2 Learning curves.
eval begin('2.2', 900, 400)
set multiplot layout 1,2
set title 'Thermometer with a tenth of the samples: learnt by heart'
set xlabel 'epoch'
set ylabel 'cost / nats'
set key center right
plot dir.'/learning.csv' using "epoch":"train_cost" with linespoints linestyle 2 title 'training', \
	'' using "epoch":"test_cost" with linespoints linestyle 4 title 'test'
set title 'RBM, all T: reconstruction'
set key center right
set xlabel 'tau = learning rate x updates'
set ylabel '⟨Σ (v - v'')^2 / 2⟩'
set logscale x
set format x '10^{%T}'
plot dir.'/rbm-tau-20-1.csv' using "tau":"reconstruction" with linespoints linestyle 2 title 'training', \
	'' using "tau":"test_reconstruction" with linespoints linestyle 4 title 'test', \
	dir.'/rbm-tau-4000-1.csv' using "tau":"reconstruction" with linespoints linestyle 2 notitle, \
	'' using "tau":"test_reconstruction" with linespoints linestyle 4 notitle
unset multiplot
reset
load 'plots/thesis.gp'

# 4.5 Thermal curves.
mode = 'sample'
eval begin('4.5', 620, 400)
eval temperatures
set title 'Thermal configurations of 10 x 10 spins'
run = 'all'; step = '0'
eval curves

# 4.6 All T: start and end.
eval begin('4.6', 900, 400)
set multiplot layout 1,2
set title 'start of the flow'
eval curves
set title 'end: RBM trained on all T'
step = 'last'
eval curves
unset multiplot

# 4.7 Low and high.
eval begin('4.7', 900, 400)
set multiplot layout 1,2
set title 'end: RBM trained on T = 0 to 2.25'
run = 'low'
eval curves
set title 'end: RBM trained on T = 2.25 to 6'
run = 'high'
eval curves
unset multiplot

# 4.8 Gap.
eval begin('4.8', 620, 400)
set title 'end: RBM trained on all T but 1.75 to 2.75'
run = 'gap'
eval curves

# 4.9 The two flows as maps.
reset
load 'plots/thesis.gp'
eval begin('4.9', 900, 400)
set multiplot layout 1,2
set title 'RG flow: blocking k times'
set xlabel 'T'
set ylabel 'T after the steps'
set xrange [0:6.2]
set yrange [0:6.4]
set key bottom right
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
set label 1 'T_c' at Tc, graph 0.04 offset 0.5 textcolor rgb grey
plot x with lines linecolor rgb grey notitle, \
	for [k = 1:2] sprintf('%s/rg-%d.csv', dir, k) using "T":"T_est":"T_est_err" with yerrorlines linestyle k + 1 title times(k)
set title 'RBM flow: 5 steps of four machines'
array name[4] = ['all', 'low', 'high', 'gap']
set key top left
plot x with lines linecolor rgb grey notitle, \
	for [i = 1:4] flow(name[i], 'sample', 1, 'step=5', 'T T_est T_est_err', '') using "T":"T_est":"T_est_err" with yerrorlines linestyle i + 1 \
		title 'trained on '.name[i]
unset multiplot
reset
load 'plots/thesis.gp'

# 4.16 to 4.18 T = 0, and with m = 0.
mode = 'sample'; run = 'cold'
eval begin('4.16', 900, 400)
set multiplot layout 1,2
eval temperatures
set title 'start of the flow'
step = '0'
eval curves
set title 'end: RBM trained on T = 0'
step = 'last'
eval curves
unset multiplot
unset arrow 1
eval begin('4.17', 900, 400)
set multiplot layout 1,2
set xlabel 'm'
set ylabel 'P(m)'
set xrange [-1.05:1.05]
set key top center
set title 'start of the flow'
step = '0'
eval magnetisations
set title 'end: RBM trained on T = 0'
step = 'last'
eval magnetisations
unset multiplot
eval begin('4.18', 900, 700)
set multiplot layout 2,2
run = 'sparse'
array start[6] = ['0', '1.5', '2.25', '3.5', '6', 'inf']
do for [j = 1:2] {
	mode = j == 1 ? 'sample' : 'mean'
	eval temperatures
	set yrange [0:0.25]
	set title 'end, mode '.mode.': RBM trained on T = 0 and m = 0'
	eval curves
	unset arrow 1
	set xlabel 'm'
	set ylabel 'P(m)'
	set xrange [-1.05:1.05]
	set yrange [0:*]
	set key at 0.9, graph 0.98 right
	set title 'the same; inf: start from m = 0'
	eval magnetisations
}
unset multiplot
reset
load 'plots/thesis.gp'

# T -> T' -> T'' ...
array start[6] = ['0', '1.5', '2.25', '2.5', '3.5', '6']
array name[4] = ['all', 'low', 'high', 'gap']
eval begin('flow', 900, 700)
set multiplot layout 2,2
do for [j = 1:4] {
	set title 'RBM trained on '.name[j]
	set xlabel 'step of the flow'
	set ylabel 'T that the thermometer reads'
	set xrange [-0.5:20.5]
	set yrange [-0.1:6.3]
	set key top right title 'start' left
	set arrow 1 from graph 0, first Tc to graph 1, first Tc nohead linestyle 10
	plot for [i = 1:6] flow(name[j], 'sample', 1, 'T='.start[i], 'step T_est T_est_err', '') using "step":"T_est" with lines linestyle i notitle, \
		for [i = 1:6] flow(name[j], 'sample', 1, 'T='.start[i], 'step T_est T_est_err', '') using "step":"T_est":"T_est_err" \
			with yerrorbars linestyle i title 'T = '.start[i]
}
unset multiplot
reset
load 'plots/thesis.gp'

# Both flows in one picture.
eval begin('both', 620, 420)
set title 'One step of two flows, read by one thermometer'
set xlabel 'T before'
set ylabel "T after, less T before"
set xrange [0.4:4.1]
set yrange [-1.3:2.4]
set key at 2.9,2.35 right
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead linestyle 10
set arrow 2 from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb grey
set label 1 'T_c' at Tc, graph 0.04 offset 0.5 textcolor rgb grey
plot dir.'/rg-1.csv' using "T":(column('T_est') - column('T')):"T_est_err" with yerrorlines linestyle 2 title 'block spins, network', \
	'' using "T":(column('T_eff') - column('T')):"T_eff_err" with yerrorlines linestyle 6 title 'block spins, energy', \
	flow('all', 'sample', 1, 'step=1', 'T T_est T_est_err T_eff T_eff_err', '') using "T":(column('T_est') - column('T')):"T_est_err" \
		with yerrorlines linestyle 4 title 'RBM, network', \
	'' using "T":(column('T_eff') - column('T')):"T_eff_err" with yerrorlines linestyle 5 title 'RBM, energy'
reset
load 'plots/thesis.gp'

# What decides about the end.
array reading[3] = ['T_mlp', 'T_e', 'T_m']
array called[3] = ['network', 'energy', '|m|']
eval begin('tau', 620, 420)
set title 'The end of the flow after 100 steps: all T, CD-1'
set xlabel 'tau = learning rate x updates'
set ylabel 'T'
set logscale x
set format x '10^{%T}'
set key top right title 'T by' left
set yrange [1.5:3.2]
set arrow 1 from graph 0, first Tc to graph 1, first Tc nohead linestyle 10
set label 1 'T_c' at graph 0.92, first Tc offset 0,0.6 textcolor rgb grey
plot for [i = 1:3] scan('tau-') using "x":reading[i]:reading[i].'_err' with yerrorlines linestyle i + 1 title called[i], \
	scan('tau-') using "x":(column('T_mlp') - column('spread') / 2):(0):"spread" with vectors nohead linecolor rgb grey title 'starts differ by'
reset
load 'plots/thesis.gp'

eval begin('hidden', 1000, 380)
set multiplot layout 1,3
set ylabel 'T at the end'
set yrange [1.7:3.5]
set arrow 1 from graph 0, first Tc to graph 1, first Tc nohead linestyle 10
set label 1 'T_c' at graph 0.92, first Tc offset 0,0.6 textcolor rgb grey
set key top right title 'T by' left
set logscale x
set title 'Hidden units'
set xlabel 'hidden units'
set xrange [4:130]
set xtics (5, 10, 25, 50, 100)
plot for [i = 1:3] scan('hidden-') using "x":reading[i]:reading[i].'_err' with yerrorlines linestyle i + 1 title called[i]
unset logscale x
set title 'Ways to train'
set xlabel 'statistics of the machine by'
set xrange [0.5:3.5]
set xtics ('CD-1' 1, 'CD-10' 2, 'PCD' 3)
array way[3] = ['all', 'cd-10', 'pcd']
plot for [w = 1:3] for [i = 1:3] one(way[w], 'sample') using (w + 0.08 * (i - 2)):reading[i]:reading[i].'_err' with yerrorbars linestyle i + 1 \
	title (w == 1 ? called[i] : '')
set logscale x
set title 'Regularisers'
set xlabel 'λ'
set xrange [0.0005:0.2]
set xtics auto
set format x '10^{%T}'
set key top right title 'T by the network' left
plot for [l = 1:2] scan(sprintf('l%d-', l)) using "x":"T_mlp":"T_mlp_err" with yerrorlines linestyle 2 * l title (l == 1 ? 'λ Σ|w|' : 'λ Σw^2 / 2')
unset multiplot
reset
load 'plots/thesis.gp'

# What the end is made of.
array name[4] = ['all', 'low', 'high', 'gap']
array hollow[4] = [4, 8, 12, 10]
eval begin('twopoint', 900, 400)
set multiplot layout 1,2
do for [m = 1:2] {
	mode = m == 1 ? 'sample' : 'mean'
	set title 'mode '.mode.', end of the flow from T = 2.25'
	set xlabel 'distance r'
	set ylabel 'G(r)'
	set xrange [0.8:5.2]
	set yrange [0:1.05]
	set xtics 1
	set key bottom left horizontal maxrows 2 title 'trained on (dashed: Ising at the T that is read)' left
	plot for [i = 1:4] from(name[i], mode, 1, '2.25', 'last', 'G G_err G_th') using "k":"G":"G_err" with yerrorlines linestyle i + 1 title name[i], \
		for [i = 1:4] from(name[i], mode, 1, '2.25', 'last', 'G G_err G_th') using "k":"G_th" with linespoints linestyle i + 1 dashtype 2 pointtype hollow[i] notitle
}
unset multiplot
