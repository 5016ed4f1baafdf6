# awk -v sites=N -v bonds=2 -f ends.awk flow-RUN-MODE-SEED.csv...: where flows have ended, a row a flow, from tables of
# mlp-classify --collect T,step.
#
# At the last step, means over the starts of the readings T_mlp (probability curves), T_e (exact energy), T_m (exact |m|),
# of the misfit kl, of e, |m|, m^2, G(1), G(L/2), and of
#
#	contrast  G(1) - G(L/2); thermal_contrast: that of the Ising model at T_mlp
#	plateau   e + bonds (N <m^2> - 1) / (N - 1): 0 where spins know of each other through m alone
#
# with the errors that their scatter over the starts, which are independent, gives. spread is the largest T_mlp of
# a start less the smallest, and spread_err half of what that would be of equal ones,
# four standard errors of one; kl_start the misfit before the first step, of thermal sets of the same size. up is the part of
# m > 0.95 among the records with |m| > 0.95; stays, of the hottest start, the part of its records with |m| < 0.15 that
# are still there; critical, the contrast at T = 2.25 before the first step.
BEGIN {
	FS = OFS = ","
	q = split("T_mlp T_e T_m kl e absm m2 G1 GL contrast thermal_contrast plateau", name, " ")
	line = "run,mode,seed,step,starts,spread,spread_err,kl_start,up,stays,critical"
	for (i = 1; i <= q; i++)
		line = line "," name[i] "," name[i] "_err"
	print line
}
function value(column) { return $at[column] + 0 }
function finish(   i, mean, line) {
	if (run == "")
		return
	line = run OFS mode OFS seed OFS last OFS starts OFS hi - lo OFS 2 * sqrt(noise / starts) OFS (starts0 ? kl0 / starts0 : "nan") OFS \
		(ups + downs > 0 ? ups / (ups + downs) : "nan") OFS (middle0 > 0 ? middle / middle0 : "nan") OFS critical
	for (i = 1; i <= q; i++) {
		mean = sum[i] / starts
		line = line OFS mean OFS (starts > 1 ? sqrt((square[i] / starts - mean^2 > 0 ? square[i] / starts - mean^2 : 0) / (starts - 1)) : "nan")
	}
	print line
}
function begin_step(   i) {
	starts = ups = downs = noise = 0
	lo = 1e9
	hi = hottest = -1e9
	for (i = 1; i <= q; i++)
		sum[i] = square[i] = 0
}
FNR == 1 {
	finish()
	n = split(FILENAME, part, "/")
	file = substr(part[n], 6, length(part[n]) - 9)	# without "flow-" and ".csv"
	n = split(file, part, "-")
	seed = part[n]
	mode = part[n - 1]
	run = substr(file, 1, length(file) - length(mode) - length(seed) - 2)
	last = -1
	critical = "nan"
	kl0 = starts0 = 0
	header = 1
}
/^#/ { next }
header {
	split("", at)
	far = 0
	for (i = 1; i <= NF; i++) {
		at[$i] = i
		if ($i ~ /^G\[/)
			far++
	}
	header = 0
	next
}
{
	T = $at["T"] == "inf" ? 1e9 : value("T")
	m0 = value("P_m[9]") + value("P_m[10]") + value("P_m[11]")
	if (value("step") == 0) {
		if (!starts0 || T > hottest0) {
			hottest0 = T
			middle0 = m0
		}
		if (T == 2.25)
			critical = value("G[1]") - value("G[" far - 1 "]")
		kl0 += value("kl")
		starts0++
	}
	if (value("step") < last)
		next
	if (value("step") > last) {
		last = value("step")
		begin_step()
	}
	x[1] = value("T_est")
	x[2] = value("T_eff")
	x[3] = value("T_absm")
	x[4] = value("kl")
	x[5] = value("e")
	x[6] = value("absm")
	x[7] = value("m2")
	x[8] = value("G[1]")
	x[9] = value("G[" far - 1 "]")
	x[10] = x[8] - x[9]
	x[11] = value("G_th[1]") - value("G_th[" far - 1 "]")
	x[12] = x[5] + bonds * (sites * x[7] - 1) / (sites - 1)
	if (T > hottest) {
		hottest = T
		middle = m0
	}
	ups += value("P_m[20]")
	downs += value("P_m[0]")
	noise += value("T_est_err")^2
	starts++
	for (i = 1; i <= q; i++) {
		sum[i] += x[i]
		square[i] += x[i]^2
	}
	lo = x[1] < lo ? x[1] : lo
	hi = x[1] > hi ? x[1] : hi
}
END { finish() }
