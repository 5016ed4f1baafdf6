# awk -v u4='5 20' [-v u6=0] -v low=-0.6 -v high=0.1 -v to=1e-10 [-v full=1] [-v digits=10] -v options='-M 3' -v file=FILE -f bisect.awk:
# the critical u2 for each u4, in d = 3, by halving. A row for each u4: u4, u6, u2.
#
# All u4 are done at once, one run of wetterich a step, which reads FILE. Above the critical u2 the mass grows as k falls, below
# it goes to -1. Polynomials are let flow until that is decided. The full potential is not: it is costly in the broken phase,
# and its grid is too coarse for the last scales. There the mass at zero field is compared with that of the fixed point,
# -0.18606425, at t = -6.5 at the latest. What is left of other perturbations by then, exp(-6.5 omega) of what they were, is
# taken for a distance from the transition, which has grown by exp(6.5 / nu): the critical u2 is off by less than 1e-6 of them.
BEGIN {
	n = split(u4, at_u4, " ")
	for (i = 1; i <= n; i++) {
		below[i] = low
		above[i] = high
	}
	for (width = high - low; width > to; width /= 2) {
		t = -25
		if (full) {
			t = -1 + log(width / 0.25) / 0.8
			t = t > -2 ? -2 : t < -6.5 ? -6.5 : t
		}
		print "u2,u4,u6" > file
		for (i = 1; i <= n; i++)
			printf("%.17g,%s,%.17g\n", (below[i] + above[i]) / 2, at_u4[i], u6) > file
		close(file)
		step()
	}
	print "u4,u6,u2"
	for (i = 1; i <= n; i++)
		printf("%s,%.17g,%.*g\n", at_u4[i], u6, digits ? digits : 10, (below[i] + above[i]) / 2)
}
# Status 1 is to be expected: trajectories of the broken phase become singular.
function step(   command, first, f, k, i, decided) {
	command = "wetterich -q --no-comments -d 3 " options " --t=" t " " file " 2> " file ".log || [ $? -eq 1 ]"
	first = 1
	while ((command | getline) > 0) {
		k = split($0, f, ",")
		if (first) {
			for (i = 1; i <= k; i++)
				column[f[i]] = i
			first = 0
		} else if (!full || f[column["phi"]] == 0) {
			i = f[column["id"]] + 1
			if (f[column[full ? "d2u" : "u2"]] > (full ? -0.18606425 : 0))
				above[i] = (below[i] + above[i]) / 2
			else
				below[i] = (below[i] + above[i]) / 2
			decided++
		}
	}
	if (close(command) != 0 || decided != n) {
		system("cat " file ".log >&2")
		exit 1
	}
}
