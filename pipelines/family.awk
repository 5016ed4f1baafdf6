# awk -f family.awk fits.csv ladder-W.csv...: a row for each rule and blocking step, W rising.
#
# s: log2 of <|m|> after over before. next: the next step's s over this one's. K6, K8, K10, L: beta/nu of the inverse of this step
# with a kernel of so many rows, and of one as large as the lattice. The lattices are the same in all of them, so that
# errors of differences are smaller than those of both; nan is what was not made.
BEGIN {
	FS = OFS = ","
	print "W,step,s,s_err,next,next_err,K6,K6_err,K8,K8_err,K10,K10_err,L,L_err"
}
FNR == 1 {
	file++
	W = FILENAME
	sub(/.*ladder-/, "", W)
	sub(/\.csv$/, "", W)
	if (file > 1)
		rule[++rules] = W
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
file == 1 && $at["kind"] == "soft" {
	kernel[$at["of"], $at["step"], $at["K"]] = $at["beta_nu"] OFS $at["beta_nu_err"]
	kernel[$at["of"], $at["step"], "L"] = $at["limit"] OFS $at["limit_err"]
}
file > 1 && $at["to"] == $at["from"] + 1 {
	s[W, $at["to"]] = $at["beta_nu_value"]
	ds[W, $at["to"]] = $at["beta_nu_value_err"]
	steps = $at["to"]
}
function of_kernel(W, k, K) { return (W, k, K) in kernel ? kernel[W, k, K] : "nan" OFS "nan" }
END {
	for (i = 1; i <= rules; i++) {
		W = rule[i]
		for (k = 1; k <= steps; k++) {
			next_step = next_err = "nan"
			if (k < steps) {
				next_step = s[W, k + 1] / s[W, k]
				next_err = next_step * sqrt((ds[W, k] / s[W, k]) ^ 2 + (ds[W, k + 1] / s[W, k + 1]) ^ 2)
			}
			print W, k, s[W, k], ds[W, k], next_step, next_err, of_kernel(W, k, 6), of_kernel(W, k, 8), of_kernel(W, k, 10), of_kernel(W, k, "L")
		}
	}
}
