# awk -f runs.awk ends.csv: a row a run and mode, its flows' mean over the seeds of the training; the error is that of the
# mean, from their scatter (of a single one, its own). Columns as in ends.csv, seeds in place of seed; spread is that of the worst seed.
BEGIN { FS = OFS = "," }
NR == 1 {
	line = "run,mode,seeds,step,starts,spread,spread_err"
	for (i = 8; i <= NF; i++) {
		title[i] = $i
		if ($i !~ /_err$/)
			line = line "," $i "," $i "_err"
	}
	print line
	width = NF
	next
}
{
	key = $1 OFS $2
	if (!(key in n))
		order[++runs] = key
	n[key]++
	step[key] = $4
	starts[key] = $5
	if (n[key] == 1 || $6 > spread[key] + 0)
		spread[key] = $6 OFS $7
	for (i = 8; i <= NF; i++) {
		sum[key, i] += $i
		own[key, i] = $(i + 1)
		square[key, i] += $i^2
	}
}
END {
	for (r = 1; r <= runs; r++) {
		key = order[r]
		line = key OFS n[key] OFS step[key] OFS starts[key] OFS spread[key]
		for (i = 8; i <= width; i++)
			if (title[i] !~ /_err$/) {
				mean = sum[key, i] / n[key]
				variance = square[key, i] / n[key] - mean^2
				line = line OFS mean OFS (n[key] > 1 ? sqrt((variance > 0 ? variance : 0) / (n[key] - 1)) : title[i + 1] ~ /_err$/ ? own[key, i] : "nan")
			}
		print line
	}
}
