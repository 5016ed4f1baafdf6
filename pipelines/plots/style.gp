# What all figures share. Set before: term ('svg', 'png' or 'text'), dir (of the data, where the figures go too).
#
# Colours are of Okabe and Ito's set, told apart by every kind of colour vision; each goes with its own point shape.
Tc = 2 / log(1 + sqrt(2))

set datafile separator ','
set datafile commentschars '#'
set datafile columnheaders
set datafile missing 'nan'

# The rows of a table with level n.
at_level(file, n) = sprintf("< awk -F, '/^#/ { next } !c { for (i = 1; i <= NF; i++) if ($i == \"level\") c = i; print; next } $c == %d' %s/%s", n, dir, file)

array colour = ['#000000', '#0072b2', '#009e73', '#d55e00', '#cc79a7', '#56b4e9']
array shape = [7, 5, 9, 13, 11, 15]
grey = '#888888'

do for [i = 1:6] {
	set style line i linecolor rgb colour[i] linewidth 1.5 pointtype shape[i] pointsize 0.55
}
set pointintervalbox 0.01	# points without a white ring that hides the next one
set style line 10 linecolor rgb grey linewidth 1 dashtype 2	# T_c and other landmarks
set style line 11 linecolor rgb '#dddddd' linewidth 0.7

set errorbars small
set border 3 linecolor rgb '#444444'
set tics nomirror textcolor rgb '#222222'
set grid linestyle 11
set key samplen 1.5 spacing 1.15

# How often something was blocked.
times(k) = k == 1 ? 'once' : sprintf('%d times', k)

# begin(NAME, WIDTH, HEIGHT): eval it; the figure goes to dir/fig-NAME.svg or .png.
begin(name, w, h) = term eq 'svg' ? \
	sprintf("set terminal svg enhanced size %d,%d font 'DejaVu Sans,12' background rgb 'white'; set output '%s/fig-%s.svg'", w, h, dir, name) : \
	sprintf("set terminal pngcairo enhanced size %d,%d fontscale 2 linewidth 2 pointscale 2 font 'DejaVu Sans,10' background rgb 'white'; set output '%s/fig-%s.png'", 2*w, 2*h, dir, name)
