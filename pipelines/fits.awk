# awk -f fits.awk: lines "MODEL,numbers" of inverse-rg.mk as a table; of: the pairs (tc) or the weight W (soft).
BEGIN {
	FS = OFS = ","
	print "kind,of,step,K,gain,gain_err,beta_nu,beta_nu_err,limit,limit_err,mse,mse_err"
}
$2 ~ /^[0-9]/ {
	n = split($1, name, "-")
	$1 = name[1] == "tc" ? "tc," name[2] "-" name[3] ",1," name[4] : "soft," name[2] "," name[3] "," name[4]
	$7 = $6 > 0 ? $7 / $6 / log(2) : "nan"	# as beta/nu, and its error
	$6 = $6 > 0 ? -log($6) / log(2) : "nan"
	print
}
