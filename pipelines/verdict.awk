# awk -f verdict.awk -f STUDY.awk published/STUDY.csv TABLE...: what summaries share that hold statements against numbers.
#
# A row for each quantity and estimator, and for the statements in published/STUDY.csv whether they hold. What holds_if says
# of ours: a number, within that much of what is published; "errors", within two of its errors; "<0" and ">0". "undecided"
# where twice the error reaches over that border, and where `unsure` is set.
BEGIN {
	FS = OFS = ","
	digits = 5
	print "quantity,ours,error,published,exact,source,statement,holds"
}
function read_claim() {
	published[$1] = $2
	holds_if[$1] = $3
	source[$1] = $4
	statement[$1] = $5
}
function number(x) { return x == "" || x == "nan" ? "" : sprintf("%." digits "g", x) }
function error_of(x) { return x == "" || x == "nan" ? "" : sprintf("%.2g", x) }
function verdict(claim, x, dx,   d, reach) {
	if (unsure)
		return "undecided"
	reach = dx == "" || dx == "nan" ? 0 : 2 * dx
	if (holds_if[claim] ~ /^[<>]0/) {
		x = holds_if[claim] == "<0" ? x : -x
		return x + reach < 0 ? "yes" : x - reach >= 0 ? "no" : "undecided"
	}
	d = x > published[claim] ? x - published[claim] : published[claim] - x
	if (holds_if[claim] == "errors")
		return d <= reach ? "yes" : "no"
	return d + reach <= holds_if[claim] ? "yes" : d - reach > holds_if[claim] ? "no" : "undecided"
}
# A row; claim names the statement that it is held against, if any.
function row(what, x, dx, exact, claim) {
	if (x == "" || x == "nan")
		return
	if (claim == "")
		print what, number(x), error_of(dx), "", number(exact), "", "", ""
	else
		print what, number(x), error_of(dx), published[claim], number(exact), source[claim], statement[claim], verdict(claim, x, dx)
}
