# awk [-v where='T=2 step=last'] -v of='step T_est' [-v arrays='p p_err'] -f rows.awk TABLE: some rows and columns of a table.
#
# Of the rows where each column of `where` has that value (`last`: the largest in the table), the columns `of`. With
# arrays, each row becomes one line an element: the columns `of`, k = 0, 1, ..., and x[k] of each array x; a blank
# line behind them, as gnuplot wants it between curves.
BEGIN {
	FS = ","
	conditions = split(where, condition, " ")
	kept = split(of, keep, " ")
	na = split(arrays, array, " ")
	for (i = 1; i <= conditions; i++) {
		split(condition[i], part, "=")
		name[i] = part[1]
		value[i] = part[2]
		if (value[i] == "last" && ARGC == 2)
			ARGV[ARGC++] = ARGV[1]	# the first time round finds it
	}
	header = of (na ? " k " arrays : "")
	gsub(/ +/, ",", header)
	sub(/^,/, "", header)
}
/^#/ { next }
!($1 ~ /^[-+.0-9]|^inf|^nan/) {
	if (++pass == 1) {
		for (i = 1; i <= NF; i++)
			column[$i] = i
		print header
	}
	next
}
pass < ARGC - 1 {
	for (i = 1; i <= conditions; i++)
		if (value[i] == "last" && $column[name[i]] + 0 > largest[i] + 0)
			largest[i] = $column[name[i]]
	next
}
{
	for (i = 1; i <= conditions; i++)
		if ($column[name[i]] != (value[i] == "last" ? largest[i] : value[i]))
			next
	head = ""
	for (i = 1; i <= kept; i++)
		head = head (i > 1 ? "," : "") $column[keep[i]]
	if (!na)
		print head
	for (k = 0; na && (array[1] "[" k "]") in column; k++) {
		line = head (kept ? "," : "") k
		for (i = 1; i <= na; i++)
			line = line "," $column[array[i] "[" k "]"]
		print line
	}
	if (na)
		print ""
}
