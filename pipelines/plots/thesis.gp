# What the figures of thesis-1d and thesis-2d share: set dir, term before; loads style.gp.
load 'plots/style.gp'

table(run, mode, seed) = sprintf('%s/flow-%s-%s-%d.csv', dir, run, mode, seed)
# Rows of a flow: where 'T=2 step=last'; columns; arrays ('' for none), as rows.awk has them.
flow(run, mode, seed, where, of, arrays) = sprintf("< awk -v where='%s' -v of='%s' -v arrays='%s' -f rows.awk %s", where, of, arrays, table(run, mode, seed))
from(run, mode, seed, T, step, arrays) = flow(run, mode, seed, sprintf('T=%s step=%s', T, step), '', arrays)
# Runs whose names begin with `prefix`, and the number that follows it, of runs.csv.
scan(prefix) = sprintf("< awk -F, -v prefix='%s' 'NR == 1 { print \"x,\" $0; next } index($1, prefix) == 1 && $2 == \"sample\" { x = substr($1, length(prefix) + 1); if (x + 0 == x) print x \",\" $0 }' %s/runs.csv | sort -t, -k1,1g", prefix, dir)
one(run, mode) = sprintf("< awk -F, 'NR == 1 || $1 == \"%s\" && $2 == \"%s\"' %s/runs.csv", run, mode, dir)

# Curves P(T'): the classes are T' = 0, 0.25, ... 6. Magnetisations: bins of 0.1.
class(k) = 0.25 * k
bin(k) = 0.1 * k - 1

do for [i = 1:6] {
	set style line 20 + i linecolor rgb colour[i] linewidth 1.2 pointtype shape[i] pointsize 0.35
}
