# gnuplot -e "dir='OUT'; mode='mono'" rbm-flow-text.gp: the flow of the temperature, in the terminal.
term = 'text'
load 'plots/style.gp'
array start[6] = [0, 1.5, 2.25, 2.5, 3.5, 6]
flow(T) = sprintf("< awk -v where='T=%g' -v of='step T_est' -f rows.awk %s/flow-all-sample-1.csv", T, dir)
set terminal dumb size 96,30 enhanced @mode
set title 'T read after each step of the RBM flow, from T = 0 (a), 1.5, 2.25, 2.5, 3.5, 6 (f)'
set xlabel 'step'
set xrange [-0.5:20.5]
set yrange [-0.2:6.2]
unset grid
set arrow 1 from graph 0, first Tc to graph 1, first Tc nohead
set label 1 'T_c = 2.269' at 17, Tc + 0.5
array mark[6] = ['a', 'b', 'c', 'd', 'e', 'f']
plot for [i = 1:6] flow(start[i]) using "step":"T_est":(mark[i]) with labels textcolor ls i notitle
