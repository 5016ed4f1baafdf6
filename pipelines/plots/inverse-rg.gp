# gnuplot -e "dir='OUT'; quick=0; term='svg'" inverse-rg.gp: the figures of the study from its tables; term='png' too. quick:
# there are no simulations but of A at L = 64 and 32, and no inverse of a second step.
load 'plots/style.gp'
# The rows of a table where each NAME=VALUE holds.
pick(table, conditions) = sprintf("< awk -F, -v of='%s' 'BEGIN { n = split(of, c, \" \") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next } { for (i = 1; i <= n; i++) { split(c[i], p, \"=\"); if ($at[p[1]] != p[2]) next } print }' %s/%s.csv", conditions, dir, table)
x(c) = column(c)
dx(c) = column(c.'_err')
A = -0.9515
B = -1.2723

# 1. Forward.
eval begin('forward', 900, 640)
set multiplot layout 2,2
array observable[2] = ['absm', 'm2']
array label[2] = ['⟨|m|⟩', '⟨m^2⟩']
blocked_twice = quick ? '' : ", pick('forward-A-128', 'level=2') using 'mu2':(x(observable[i])):(dx(observable[i])) with yerrorlines linestyle 4 title '128, blocked twice'"
set arrow 1 from A, graph 0 to A, graph 1 nohead linestyle 10
set xlabel 'μ^2'
set xrange [-1.005:-0.865]
set xtics 0.04
do for [i = 1:2] {
	set title label[i].' on 32 x 32 sites'
	set label 1 'talk' at A, graph 0.05 offset 0.5 textcolor rgb grey
	plot pick('forward-A-32', 'level=0') using "mu2":(x(observable[i])):(dx(observable[i])) with yerrorlines linestyle 1 title '32, simulated', \
		pick('forward-A-64', 'level=1') using "mu2":(x(observable[i])):(dx(observable[i])) with yerrorlines linestyle 2 title '64, blocked once' @blocked_twice
}
set title 'Difference in ⟨|m|⟩, blocked - simulated'
set xrange [-0.985:-0.918]
set xtics 0.02
set key bottom left title "64, k times\n- 32, k - 1 times" left
set label 1 at A, graph 0.95
set arrow 2 from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb grey
set yrange [-0.16:0.08]
plot for [k = 1:3] pick('match-A-64', 'step='.k) using (x('mu2') + 0.0007 * (k - 2)):"dabsm":"dabsm_err" with yerrorbars linestyle k + 1 title sprintf('k = %d', k), \
	for [k = 1:3] pick('crossings', 'set=A L=64 observable=absm step='.k) using "mu2":(0):"mu2_err" with xerrorbars linestyle k + 1 linewidth 4 pointtype -1 notitle
unset arrow
unset label
set key top right notitle
set title 'Where L blocked once crosses L/2'
set xlabel 'L'
set xrange [11:180]
set logscale x 2
set xtics (16, 32, 64, 128)
set yrange [-0.015:0.025]
set ylabel 'μ^2 - that of the talk'
of_B = quick ? '' : ", for [i = 1:2] pick('crossings', 'set=B step=1 observable='.observable[i]) using (x('L') * (1.12 + 0.06 * (i - 1.5))):(x('mu2') - B):'mu2_err' with yerrorbars linestyle i + 3 title 'B, '.label[i]"
plot 0 with lines linestyle 10 notitle, for [i = 1:2] pick('crossings', 'set=A step=1 observable='.observable[i]) \
		using (x('L') * (1 + 0.06 * (i - 1.5))):(x('mu2') - A):"mu2_err" with yerrorbars linestyle i + 1 title 'A, '.label[i] @of_B
unset multiplot
reset
load 'plots/style.gp'

# 2. Tables I and II.
array set_name[2] = ['A', 'B']
array table_name[2] = ['Table I', 'Table II']
array quantity[2] = ['beta/nu', 'gamma/nu']
array quantity_name[2] = ['β/ν', 'γ/ν']
array exact[2] = [0.125, 1.75]
eval begin('exponents', 1000, 680)
set multiplot layout 2,2
set xtics rotate by -60 font ',9'
set offsets 0.6, 0.6, 0, 0
do for [q = 1:2] {
	do for [t = 1:2] {
		set title table_name[t].': '.quantity_name[q]
		rows = sprintf('set=%s quantity=%s', set_name[t], quantity[q])
		if (q == 1) { set yrange [0.11:0.17]; set key top right } else { set yrange [1.655:1.775]; set key bottom right }
		plot pick('tables', rows) using 0:"ours":"systematic":xtic(stringcolumn('pair')) with yerrorbars pointtype -1 linecolor rgb '#bcd9ea' linewidth 7 title 'ours, systematic error (common to all)', \
			exact[q] with lines linestyle 10 title 'Ising', \
			'' using ($0 - 0.17):"published":"published_err" with yerrorbars linestyle 1 pointtype 6 title 'published', \
			'' using 0:"ours":"error" with yerrorbars linestyle 2 title 'ours, with noise', \
			'' using ($0 + 0.17):"linear" with points linestyle 4 title 'ours, no noise'
	}
}
unset multiplot
reset
load 'plots/style.gp'

# 3. Lattices.
eval begin('lattices', 900, 590)
set multiplot layout 3,5 margins 0.04,0.99,0.01,0.95 spacing 0.012,0.02
unset key; unset border; unset tics; unset colorbox; unset grid
set size ratio -1
set palette defined (0 '#10345c', 0.5 '#f3efe2', 1 '#8c2d04')
set cbrange [0:255]
picture(file, k) = sprintf("< rns-cat --to=pgm --column %s --grid 1x1 --border 0 --range=-2:2 %s/picture-%s.rns", k ? sprintf('phi.%d', k) : 'phi', dir, file)
array row[3] = ['noise', 'linear', '']
array row_name[3] = ['inverse, with noise', 'inverse, no noise', 'simulated']
do for [r = 1:3] {
	do for [k = 0:(r < 3 ? 4 : quick ? 2 : 3)] {
		n = 32 * 2**k
		file = r < 3 ? row[r] : k == 0 ? 'noise' : sprintf('%d', n)
		level = r < 3 ? k : 0
		set xrange [-0.5:n - 0.5]
		set yrange [-0.5:n - 0.5]
		if (r == 1) { set title sprintf('%d x %d', n, n) } else { unset title }
		if (k == 0) { set ylabel row_name[r] } else { unset ylabel }
		plot picture(file, level) binary array=(n, n) skip=strlen(sprintf("P5\n%d %d\n255\n", n, n)) format='%uchar' with image
	}
}
unset multiplot
unset output
if (term eq 'svg') {
	system(sprintf("sed -i \"s/<image /<image style='image-rendering:optimizeSpeed;image-rendering:pixelated' /\" %s/fig-lattices.svg", dir))
}
reset
load 'plots/style.gp'

# 4. The flow.
eval begin('flow', 900, 430)
set multiplot layout 1,2
array start[5] = ['-0.8515', '-0.9115', '-0.9315', '-0.9515', '-0.9915']
set title 'The correlation length in each step'
set xlabel 'L_j / L_i'
set ylabel 'ξ_j / ξ_i'
set xrange [0.8:20]
set yrange [0.8:20]
set logscale xy 2
set xtics (1, 2, 4, 8, 16)
set ytics (1, 2, 4, 8, 16)
set key top left title 'μ^2 of the start' left
plot x with lines linecolor rgb grey title 'b^{j-i}', \
	for [i = 1:5] pick('effective', 'mu2='.start[i]) using (2**x('level') * (1 + 0.05 * (i - 3))):"ratio" with points linestyle i pointsize 0.8 title start[i]
unset logscale
set title 'The coupling a lattice seems to have'
set xlabel 'μ^2 of the 32 x 32 start, less that of the talk'
set ylabel 'that of simulated lattices with the same ξ/L'
set xrange [-0.05:0.11]
set yrange [-0.03:0.11]
set xtics auto
set ytics auto
set key top left notitle
once_more = quick ? '' : ", pick('effective', 'level=2') using (x('mu2') - A):(x('mu2_eff') - A):'mu2_eff_err' with yerrorbars linestyle 4 title '128 x 128'"
plot x with lines linecolor rgb grey dashtype 3 title 'the same', x / 2 with lines linestyle 2 title '1/2', x / 4 with lines linestyle 4 title '1/4', \
	pick('effective', 'level=1') using (x('mu2') - A):(x('mu2_eff') - A):"mu2_eff_err" with yerrorbars linestyle 2 title '64 x 64' @once_more
unset multiplot
reset
load 'plots/style.gp'

# 5. Generated beside simulated. A row of both tables by r or mode: "r,x,x_err,direct,direct_err".
both(t, key, name, how, direct, level) = sprintf("< awk -F, 'FNR == 1 { f++; split(\"\", at); for (i = 1; i <= NF; i++) at[$i] = i; if (f == 1) print \"r,x,x_err,y,y_err\"; next } f == 1 && (!(\"level\" in at) || $at[\"level\"] == 0) { y[$at[\"%s\"]] = $at[\"%s\"]; dy[$at[\"%s\"]] = $at[\"%s_err\"] } f == 2 && $at[\"level\"] == %d { r = $at[\"%s\"]; print r \",\" $at[\"%s\"] \",\" $at[\"%s_err\"] \",\" y[r] \",\" dy[r] }' %s/%s-%s.csv %s/%s-A-%s.csv", \
	key, name, key, name, level, key, name, name, dir, t, direct, dir, t, how)
array how[2] = ['noise', 'linear']
array how_name[2] = ['with noise', 'no noise']
eval begin('quality', 1000, 640)
set multiplot layout 2,3
set title 'Two-point function, 64 x 64'
set xlabel 'r'
set ylabel 'G(r)'
set xrange [-1:33]
set yrange [0.2:0.85]
set key top right
plot both('G', 'r', 'G', 'noise', 'A-64', 1) using "r":"y":"y_err" with yerrorlines linestyle 1 title 'simulated', \
	for [i = 1:2] both('G', 'r', 'G', how[i], 'A-64', 1) using "r":"x":"x_err" with yerrorbars linestyle 2 * i title how_name[i]
set title 'Structure factor, 64 x 64'
set xlabel 'k L / 2π'
set ylabel 'S(k)'
set xrange [0.9:36]
set yrange [0.02:60]
set logscale xy
set format y '10^{%L}'
set xtics (1, 2, 4, 8, 16, 32)
set key bottom left
plot both('S', 'mode', 'S', 'noise', 'A-64', 1) using "r":(x('r') > 0 ? x('y') : 1/0):"y_err" with yerrorlines linestyle 1 title 'simulated', \
	for [i = 1:2] both('S', 'mode', 'S', how[i], 'A-64', 1) using "r":(x('r') > 0 ? x('x') : 1/0):"x_err" with yerrorbars linestyle 2 * i title how_name[i]
unset logscale y
set format y '%g'
set title 'S(k), generated / simulated'
set ylabel ''
set xrange [0.9:72]
set xtics (1, 2, 4, 8, 16, 32, 64)
set yrange [0:1.4]
array direct[2] = ['A-64', 'ladder']
plot 1 with lines linestyle 10 notitle, for [i = 1:2] for [l = 1:2] both('S', 'mode', 'S', how[i], direct[l], l) \
	using "r":(x('r') > 0 ? x('x') / x('y') : 1/0):(x('x') / x('y') * sqrt((dx('x') / x('x'))**2 + (dx('y') / x('y'))**2)) with yerrorbars linestyle 2 * i pointtype l == 1 ? shape[2 * i] : 6 \
	title sprintf('%d, %s', 32 * 2**l, how_name[i])
unset logscale
set title 'Generated / simulated, 64 x 64'
set xlabel ''
set xrange [0.4:7.6]
set xtics ('⟨|m|⟩' 1, 'U_4' 2, 'ξ' 3, 'nn' 4, 'φ^2' 5, 'φ^4' 6, 'S/N' 7)
set yrange [-0.3:1.6]
set key bottom left
names = 'absm U4 xi nn phi2 phi4 action'
plot 1 with lines linestyle 10 notitle, for [i = 1:2] for [n = 1:7] both('moments', 'lambda', word(names, n), how[i], 'A-64', 1) \
	using (n + 0.2 * (i - 1.5)):(x('x') / x('y')):(abs(x('x') / x('y')) * sqrt((dx('x') / x('x'))**2 + (dx('y') / x('y'))**2)) with yerrorbars linestyle 2 * i title (n == 1 ? how_name[i] : '')
L(x) = sqrt(column('chi0') / column('m2'))
set xlabel 'L'
set xrange [6:700]
set logscale x 2
set xtics (8, 16, 32, 64, 128, 256, 512)
do for [o in 'U4 phi2'] {
	set title o eq 'U4' ? 'U_4: as the start has it' : '⟨φ^2⟩'
	if (o eq 'U4') { set yrange [0.53:0.63]; unset key } else { set yrange [0.3:1.2]; set key top left }
	plot for [d in (quick ? 'A-64' : 'A-64 ladder 256')] pick('moments-'.d, d eq 'A-64' ? 'level=0' : '') using (L(0)):(x(o)):(dx(o)) with yerrorbars linestyle 1 title (d eq 'A-64' ? 'A, simulated' : ''), \
		dir.'/moments-A-noise.csv' using (L(0) * 1.06):(x(o)):(dx(o)) with yerrorbars linestyle 2 title 'A, from 32, with noise', \
		dir.'/moments-A-linear.csv' using (L(0) * 1.12):(x(o)):(dx(o)) with yerrorbars linestyle 4 title 'A, no noise', \
		dir.'/moments-B-noise.csv' using (L(0)):(x(o)):(dx(o)) with yerrorbars linestyle 3 title 'B, from 8, with noise'
}
unset multiplot
reset
load 'plots/style.gp'

# 6. Kernels.
array pairs[6] = ['A-16', 'A-32', 'A-64', 'B-8', 'B-16', 'B-32']
eval begin('kernels', 900, 420)
set multiplot layout 1,2
set title 'β/ν of the kernel'
set xlabel 'rows of the kernel'
set xrange [1:13]
set xtics (2, 3, 4, 6, 8, 10, 'L' 12)
set yrange [0.08:0.22]
set key top right title 'pairs'
set arrow 1 from graph 0, first 0.125 to graph 1, first 0.125 nohead linestyle 10
set label 1 'Ising' at graph 0.01, first 0.125 offset 0, 0.5 textcolor rgb grey
at_pair(i) = (i - 3.5) * 0.09
plot for [i = 1:6] pick('fits', 'kind=tc of='.pairs[i]) using (x('K') + at_pair(i)):"beta_nu":"beta_nu_err" with yerrorlines linestyle i title pairs[i], \
	for [i = 1:6] pick('fits', 'kind=tc K=6 of='.pairs[i]) using (12 + at_pair(i)):"limit":"limit_err" with yerrorbars linestyle i notitle
unset arrow
unset label
set title 'Mean square missed, over that of K = 6'
set xrange [1:11]
set xtics (2, 3, 4, 6, 8, 10)
set yrange [0.99:1.1]
mse(i) = sprintf("< awk -F, '$1 == \"tc\" && $2 == \"%s\" { K[++n] = $4; m[$4] = $11 } END { print \"K,mse\"; for (i = 1; i <= n; i++) print K[i] \",\" m[K[i]] / m[6] }' %s/fits.csv", pairs[i], dir)
plot for [i = 1:6] mse(i) using (x('K') + at_pair(i)):"mse" with linespoints linestyle i title pairs[i]
unset multiplot
reset
load 'plots/style.gp'

# 7. A line of rules.
steps = quick ? 3 : 4
eval begin('family', 900, 640)
set multiplot layout 2,2
set xlabel 'weight W of the sites of the other sign'
set xrange [-0.03:0.75]
shift(i) = x('W') + 0.004 * i
set title 'Step k: log_2 ⟨|m|⟩ after / before'
set key top right title 'step'
plot for [k = 1:steps] pick('family', 'step='.k) using (shift(k - 2)):"s":"s_err" with yerrorlines linestyle k title sprintf('%d', k)
set title 'Step k + 1 / step k'
set key bottom left title 'steps'
set yrange [0.65:1.1]
plot 1 with lines linestyle 10 notitle, for [k = 1:steps - 1] pick('family', 'step='.k) using (shift(k - 2)):"next":"next_err" \
	with yerrorlines linestyle k + 1 title sprintf('%d / %d', k + 1, k)
set key bottom right title 'rows'
set yrange [-0.02:0.008]
do for [k = 1:(quick ? 1 : 2)] {
	set title sprintf('β/ν of the inverse of step %d, less step %d itself', k, k)
	plot 0 with lines linestyle 10 notitle, for [i = 1:4] K = word('K6 K8 K10 L', i) pick('family', 'step='.k) \
		using (shift(i - 2)):(x(K) - x('s')):(dx(K)) with yerrorlines linestyle 1 + i % 4 title word('6 8 10 L', i)
}
unset multiplot
reset
load 'plots/style.gp'

# 8. Other maps, column by column.
array map[8] = ['A-linear', 'A-noise', 'net-tanh-1', 'net-tanh-1-noise', 'net-tanh-3', 'net-tanh-3-noise', 'net-relu-1', 'net-relu-1-noise']
array map_name[8] = ['linear', 'linear, noise', 'tanh', 'tanh, noise', 'tanh, 3 x 3', 'tanh, 3 x 3, noise', 'ReLU', 'ReLU, noise']
style(i) = (i + 1) / 2 == 1 ? 1 : 2 * ((i + 1) / 2 - 1)
next(file) = sprintf("< awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print } $at[\"to\"] == $at[\"from\"] + 1' %s/exponents-%s.csv", dir, file)
eval begin('variants', 900, 430)
set multiplot layout 1,2
set xrange [-0.4:3.4]
set xtics ('32/64' 0, '64/128' 1, '128/256' 2, '256/512' 3)
do for [q = 1:2] {
	e = q == 1 ? 'beta_nu' : 'gamma_nu'
	set title quantity_name[q].' from one lattice to the next'
	if (q == 1) { set yrange [-0.05:0.4]; set key top right maxrows 4 } else { set yrange [1.4:2.1]; unset key }
	plot exact[q] with lines linestyle 10 notitle, for [i = 1:8] next(map[i]) using ($0 + 0.05 * (i - 4.5)):(x(e)):(dx(e)) \
		with yerrorlines linestyle style(i) pointtype (i % 2 ? shape[style(i)] : 6) dashtype 1 + 2 * ((i + 1) % 2) title map_name[i]
}
unset multiplot
reset
load 'plots/style.gp'

# 9. The Ising model.
array context[3] = ['two-colour', 'centre+8', 'centre+4']
N(x) = sqrt(column('chi0') / column('m2'))
eval begin('ising', 900, 430)
set multiplot layout 1,2
set title 'Energy of generated lattices / exact'
set xlabel 'L'
set xrange [28:300]
set logscale x 2
set xtics (32, 64, 128, 256)
set yrange [0.91:1.02]
set key bottom left
energies = system(sprintf("awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { printf \"%%s \", $at[\"e\"] }' %s/energies.csv", dir))
exact_e(level) = word(energies, int(level) + 1) + 0
plot 1 with lines linestyle 10 notitle, for [i = 1:3] dir.'/moments-'.context[i].'.csv' \
	using (N(0) * (1 + 0.03 * (i - 2))):(x('e') / exact_e(x('level'))):(dx('e') / -exact_e(x('level'))) with yerrorlines linestyle i + 1 title context[i]
unset logscale
set title 'β/ν from one lattice to the next'
set xlabel ''
set xrange [-0.4:2.4]
set xtics ('32/64' 0, '64/128' 1, '128/256' 2)
set yrange [0.11:0.15]
set key top right
plot 0.125 with lines linestyle 10 notitle, for [i = 1:3] next(context[i]) using ($0 + 0.05 * (i - 2)):"beta_nu":"beta_nu_err" with yerrorlines linestyle i + 1 title context[i], \
	for [i = 1:3] next(context[i]) using ($0 + 0.05 * (i - 2) + 0.02):(1 - x('gamma_nu_value') / 2):(dx('gamma_nu_value') / 2) with yerrorbars linestyle i + 1 pointtype 6 title (i == 3 ? 'open: 1 - γ/2ν of values' : '')
unset multiplot
