# gnuplot -e "dir='OUT'; term='svg'" mcrg.gp: y_t and y_h by number of operators, a line a blocking step; term='png' too.
load 'plots/style.gp'
array size[2] = [64, 128]
array steps[2] = [4, 5]

# Of one level; y_h is not there for more than three operators.
at(L, level) = at_level(sprintf('L%d.csv', L), level)
name(L, level) = sprintf('%d to %d', L / 2**(level - 1), L / 2**level)

eval begin('exponents', 900, 620)
set multiplot layout 2,2
set xlabel 'operators'
do for [i = 1:2] {
	L = size[i]
	set title sprintf('y_t of L = %d', L)
	set xrange [0.6:7.4]
	set xtics 1
	set yrange [0.87:1.05]
	set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead linestyle 10
	set label 1 'exact' at graph 0.01, first 1 left offset 0, 0.5 textcolor rgb grey
	set key bottom right maxrows 3 title 'step' left
	plot for [l = 1:steps[i]] at(L, l) using (column('operators') + 0.06 * (l - 3)):"y_t":"y_t_err" with yerrorlines linestyle l title name(L, l)

	set title sprintf('y_h of L = %d', L)
	set xrange [0.6:3.4]
	set yrange [1.867:1.885]
	set arrow 1 from graph 0, first 1.875 to graph 1, first 1.875 nohead linestyle 10
	set label 1 at graph 0.01, first 1.875
	unset key
	plot for [l = 1:steps[i]] at(L, l) using (column('operators') + 0.03 * (l - 3)):(column('operators') <= 3 ? column('y_h') : 1/0):"y_h_err" with yerrorlines linestyle l
	set key
}
unset multiplot
