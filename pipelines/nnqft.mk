# nnqft: ensembles of neural networks as quantum fields; every figure and statement of Erbin's talk on 2108.01403, beside what
# is exact, and what it leaves open.
#
#	gaussnet-sample | green-fn
#
# One hidden layer, one input and output, sigma_W = sigma_b = 1 and the six points of the talk, where nothing else is said.
#
# fig-histograms  m2, m4 and m6 over all combinations of points
# fig-deviations  their means against N, with the background, the errors that bags show and the true ones, and exact values
# fig-errors      dG4 and dG6 by each estimator, over the exact ones; their errors
# fig-couplings   u4 of all combinations of points; u4 and u6 against N
# fig-active      u4 and u6 along sigma_W, of the field as it is and with a canonical kinetic term
# fig-others      relu and erf nets: G2, dG4; u4 in boxes
# fig-din         u4 and u6 against the number of inputs
# fig-training    the flow in theory space under gradient descent: G1, G2, dG4, u4 against step
#
# fits.csv has the fits of powers of N and sigma_W, limit.csv what training does at N = infinity.

nnqft := ../out/nnqft

nnqft/N    := 2,3,4,5,10,20,50,100,500,1000
nnqft/bags := $(if $(QUICK),10,20)
nnqft/more := $(if $(QUICK),10,30)
nnqft/nets := $(if $(QUICK),1000,30000)
nnqft/legs := 2,4,6
nnqft/sample = gaussnet-sample --level 0 --bags $1 --nets $(nnqft/nets)
nnqft/units  = --neurons <(gaussnet-sample --neurons --level 0 --bags 20 --nets $1 $2)
nnqft/few   := $(if $(QUICK),100,1000)
nnqft/green  = green-fn --quiet --no-comments

# The table NAME.csv is written by nnqft/do-NAME. Each width has units of its own: fits along N want independent errors.
nnqft/widths := $(subst $(comma), ,$(nnqft/N))
$(foreach N,$(nnqft/widths),$(eval nnqft/do-means-$N = $$(call nnqft/sample,$(nnqft/bags)) --width $N --hidden-cov \
	| $(nnqft/green) --summary --orders 2,4,6 $$(call nnqft/units,$(nnqft/few),--seed $N --tilt $$(nnqft/legs))))
nnqft/do-deviations = $(call nnqft/sample,$(nnqft/bags)) --width $(nnqft/N) | $(nnqft/green) --orders 2,4,6
nnqft/do-couplings  = $(call nnqft/sample,$(nnqft/more)) --width $(nnqft/N) | $(nnqft/green) --orders 4
nnqft/do-u4         = $(call nnqft/sample,$(nnqft/more)) --width $(nnqft/N) | $(nnqft/green) --orders 4,6 --summary

# The talk does not say at which N it goes along sigma_W.
nnqft/sigma-w := 1:10:$(if $(QUICK),3,0.5),20
$(foreach n,raw canonical,$(eval nnqft/do-active-$n = $$(call nnqft/sample,$(nnqft/more)) --width 100 --sigma-w $(nnqft/sigma-w) \
	| $(nnqft/green) --summary --orders 4,6 --normalise $n $$(call nnqft/units,$(nnqft/few),--sigma-w $$(nnqft/sigma-w) --tilt $$(nnqft/legs))))

# Relu and erf: units need no tilt, but many of them. Couplings exist in a box only.
nnqft/points := "0.2 0.4 0.6 0.8 1.0 1.2"
nnqft/boxes  := 2 4 8
define nnqft/other
nnqft/do-$1 = $(call nnqft/sample,$(nnqft/bags)) --activation $1 --points $(nnqft/points) --width $(nnqft/N:%,500,1000=%) --hidden-cov \
	| $(nnqft/green) --summary $(call nnqft/units,$(nnqft/nets),--activation $1 --points $(nnqft/points))
$(foreach L,$(nnqft/boxes),$(eval nnqft/do-box-$1-$L = \
	$(nnqft/green) --theory --activation $1 --points $(nnqft/points) --width 10 --box $L --summary --orders 4))
endef
$(foreach g,relu erf,$(eval $(call nnqft/other,$g)))

nnqft/d := $(if $(QUICK),1 10 100,1 2 3 4 6 8 10 15 20 30 40 60 80 100)
$(foreach d,$(nnqft/d),$(eval nnqft/do-din-$d = \
	gaussnet-sample --neurons --tilt $(nnqft/legs) --bags 20 --nets $(nnqft/few) --points "$$$$(awk -v d=$d -f pipelines/points.awk)" \
	| $(nnqft/green) --summary --orders 4,6 --width 100))

# Four data, and two points where there are none. At sigma_b = 0.25 plain averages converge.
nnqft/sigma-b := 0.25
nnqft/data    := -0.6,-1 -0.2,0 0.2,1 0.6,1
nnqft/seen    := -1 -0.6 -0.2 0.2 0.6 1
nnqft/lr      := 0.1
nnqft/train    = gaussnet-sample --level 0 --bags 20 --sigma-b $(nnqft/sigma-b) --points "$(nnqft/seen)" --train "$(nnqft/data)" --lr $(nnqft/lr)
nnqft/train-last := --layers last --nets $(if $(QUICK),300,5000) --width 10,100,1000 --steps 0,1,2,5,10,20,50,100,200,500,1000
nnqft/train-all  := --layers all --nets $(if $(QUICK),20,500) --width 10,100 --steps 0,1,2,5,10,20,50,100$(if $(QUICK),,$(comma)200)
$(foreach l,last all,\
	$(eval nnqft/do-train-$l-points = $(nnqft/train) $(nnqft/train-$l) | $(nnqft/green) --orders 1,2)\
	$(eval nnqft/do-train-$l = $(nnqft/train) $(nnqft/train-$l) | $(nnqft/green) --summary --orders 4))

nnqft/box := $(foreach g,relu erf,$(nnqft/boxes:%=box-$g-%))

# Long jobs first.
nnqft/jobs := train-all train-all-points active-raw active-canonical u4 couplings deviations train-last train-last-points erf relu \
	$(nnqft/widths:%=means-%) $(nnqft/box) $(nnqft/d:%=din-%)
nnqft/tables := $(nnqft/jobs:%=$(nnqft)/%.csv)
nnqft/file = out/nnqft/$1.csv

$(nnqft)/plan: points.awk FORCE
	$(call plan,nnqft,$(foreach j,$(nnqft/jobs),$(call job,$(call nnqft/file,$j),$(nnqft/do-$j) -o $(call nnqft/file,$j))))
$(nnqft/tables) &: $(nnqft)/plan $(call stage,gaussnet-sample green-fn)
	$(call sweep,nnqft)
.PRECIOUS: $(nnqft/tables)	# an interrupted sweep keeps what it has

# Tables of one kind as one.
define nnqft/join
$(nnqft)/$1.csv: $(2:%=$(nnqft)/%.csv)
	@awk 'NR == 1 || FNR > 1' $$^ > $$@
endef
$(eval $(call nnqft/join,means,$(nnqft/widths:%=means-%)))
$(eval $(call nnqft/join,din,$(nnqft/d:%=din-%)))

# Made anew whenever the networks are: its numbers are theirs.
$(nnqft)/limit.csv: $(nnqft)/train-last-points.csv $(nnqft)/train-all-points.csv limit.awk
	@awk -v points="$(nnqft/seen)" -v data="$(nnqft/data)" -v lr=$(nnqft/lr) -v sigma_b=$(nnqft/sigma-b) -f limit.awk > $@

nnqft/fitted := $(foreach t,means relu erf active-raw active-canonical,$(nnqft)/$t.csv)
$(nnqft)/fits.csv: $(nnqft/fitted) powers.awk
	@awk -f powers.awk $(nnqft/fitted) > $@

nnqft/summed := $(foreach t,fits means u4 active-raw active-canonical relu erf $(nnqft/box) din \
	limit train-last-points train-all-points train-last train-all,$(nnqft)/$t.csv)
$(nnqft)/summary.csv: published/nnqft.csv $(nnqft/summed) verdict.awk nnqft.awk
	@awk -f verdict.awk -f nnqft.awk published/nnqft.csv $(nnqft/summed) > $@

nnqft/figures := $(foreach f,histograms deviations errors couplings active others din training,$(nnqft)/fig-$f)
define nnqft/draw
$(nnqft/figures:=.$1) &: $(nnqft)/deviations.csv $(nnqft)/couplings.csv $(nnqft/summed) plots/nnqft.gp plots/style.gp rows.awk
	$$(call draw,dir='$(nnqft)'; term='$1',plots/nnqft.gp)
endef
$(foreach t,svg png,$(eval $(call nnqft/draw,$t)))

nnqft: $(nnqft/figures:=.svg) $(nnqft/figures:=.png) $(nnqft)/summary.csv
	@cut -d, -f1-4,8 $(nnqft)/summary.csv | grep -e ^quantity -e ',[a-z][a-z]*$$' | grep -v -e 'N = [0-9]0\{0,2\}:' | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(nnqft/figures:=.svg) $(nnqft)/summary.csv)
