# awk -f mcrg.awk L=64 A.csv L=128 B.csv: tables of mcrg as a summary, y_t first, a row for each lattice, step and number
# of operators.
BEGIN {
	FS = OFS = ","
	print "quantity,ours,error,published,exact,source"
}
/^#/ { next }
FILENAME != file {
	file = FILENAME
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
function row(y, exact, source,   l, k) {
	l = $at["level"]
	k = $at["operators"]
	return sprintf("%s: %d to %d of L = %d; %d operator%s,%.5f,%.5f,,%s,%s", y, L / 2 ^ (l - 1), L / 2 ^ l, L, k, \
		k > 1 ? "s" : "", $at[y], $at[y "_err"], exact, source)
}
{ y_t[++n] = row("y_t", "1", "Onsager 1944") }
$at["y_h"] != "nan" { y_h[++m] = row("y_h", "1.875", "Yang 1952") }
END {
	for (i = 1; i <= n; i++)
		print y_t[i]
	for (i = 1; i <= m; i++)
		print y_h[i]
}
