# awk -v d=D -f points.awk: six points of d coordinates about 0, as an argument of --points; |x|^2/d is 0.045 or so at every d.
BEGIN {
	for (a = 1; a <= 6; a++)
		for (i = 1; i <= d; i++)
			printf("%s%.4f", i > 1 ? "," : a > 1 ? " " : "", 0.3 * cos(a * a + i * a))
}
