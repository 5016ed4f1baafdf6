# gnuplot -e "dir='OUT'" rg-flow-text.gp: the flow of the temperature, in the terminal.
term = 'text'
load 'plots/style.gp'
set terminal dumb size 96,30 enhanced @mode
set title 'T_{eff} of the 64 x 64 Ising model after 0 (o), 1, 2, 3 blocking steps'
set xlabel 'T'
set xrange [1.45:3.55]
set yrange [0.5:40]
set logscale y
set ytics (0.5, 1, 2, 5, 10, 20, 40)
unset grid
set arrow 1 from Tc, graph 0 to Tc, graph 1 nohead
set label 1 'T_c = 2.269' at Tc, graph 0.05 offset 3
array mark[4] = ['o', '1', '2', '3']
plot for [k = 0:3] at_level('L64.csv', k) using "T":"T_eff":(mark[k + 1]) with labels textcolor ls k + 1 notitle
