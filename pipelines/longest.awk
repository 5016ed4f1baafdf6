# awk -v of=tau_m2 -v says=TEXT -f longest.awk TABLE: the largest number in a column, as a row of a summary.
BEGIN { FS = OFS = "," }
/^#/ { next }
!head++ {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at[of] + 0 > most { most = $at[of] + 0; error = $at[of "_err"] }
END { print says, sprintf("%.3g", most), sprintf("%.2g", error), "", "", "", "", "" }
