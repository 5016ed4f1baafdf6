# gnuplot -e "dir='OUT'; term='svg'" rbm-flow.gp: the figure of the study from its tables; term='png' too.
load 'plots/style.gp'
array start[6] = [0, 1.5, 2.25, 2.5, 3.5, 6]
array far[3] = [0, 2.5, 6]
flow(T) = sprintf("< awk -v where='T=%g' -v of='step T_est T_est_err' -f rows.awk %s/flow-all-sample-1.csv", T, dir)
two_point(T) = sprintf("< awk -v where='T=%g step=last' -v arrays='G G_err G_th' -f rows.awk %s/flow-all-sample-1.csv", T, dir)

eval begin('flow', 900, 400)
set multiplot layout 1,2
set title 'The flow of the temperature'
set xlabel 'step of the flow'
set ylabel 'T that the thermometer reads'
set xrange [-0.5:20.5]
set yrange [-0.1:6.3]
set key top right title 'start' left
set arrow 1 from graph 0, first Tc to graph 1, first Tc nohead linestyle 10
set label 1 'T_c' at graph 0.95, first Tc offset 0,0.6 textcolor rgb grey
plot for [i = 1:6] flow(start[i]) using "step":"T_est" with lines linestyle i notitle, \
	for [i = 1:6] flow(start[i]) using "step":"T_est":"T_est_err" with yerrorbars linestyle i title sprintf('T = %g', start[i])

unset arrow 1
unset label 1
set title 'Where it ends: no correlation but that of the whole'
set xlabel 'distance r'
set ylabel 'G(r)'
set xrange [-0.2:5.2]
set yrange [0.5:1.02]
set key top right notitle
plot two_point(2.25) using "k":"G_th" with linespoints linestyle 1 title 'Ising at the T that is read', \
	for [i = 1:3] two_point(far[i]) using (column('k') + 0.06 * (i - 2)):"G":"G_err" with yerrorbars linestyle i + 1 \
		title sprintf('20 steps from T = %g', far[i])
unset multiplot
