# rg-flow: the 2D Ising model flows away from its critical point under block-spin transformations.
#
#	ising-gen at L = 64 | blockspin --levels 3 | observe, and smaller lattices to compare with.
#
# fig-flow    effective temperature (the exact energy of the finite torus, inverted) after each blocking step
# fig-match   |m| and e of 64 blocked to 32 against direct 32: they cross where the couplings do not move
# fig-binder  Binder cumulants of L = 8 ... 64
# fig-xi      the correlation length, halved by each step
# fig-blocks  configurations of 256 x 256 sites below, at and above T_c, and their block spins

rg-flow := ../out/rg-flow

rg-flow/T := 1.5 1.6 1.7 1.8 1.9 2.0 2.1 2.15 2.2 2.22 2.23 2.24 2.25 2.26 Tc 2.28 2.29 2.3 2.31 2.32 2.34 \
	2.36 2.4 2.45 2.5 2.6 2.7 2.8 2.9 3.0 3.1 3.2 3.3 3.4 3.5
rg-flow/near := 2.2 2.22 2.23 2.24 2.25 2.26 Tc 2.28 2.29 2.3 2.31 2.32 2.34

# By lattice: blocking steps; sweeps before the first configuration. At T_c and L = 64 a chain remembers some 500
# sweeps, far from it some 10: that decides how many there are from one configuration to the next.
rg-flow/sizes    := 64 32 16 8
rg-flow/levels-64 := 3
rg-flow/levels-32 := 2
rg-flow/levels-16 := 1
rg-flow/therm-64 := 4000
rg-flow/therm-32 := 1000
rg-flow/therm-16 := 500
rg-flow/therm-8  := 500
rg-flow/n     := $(if $(QUICK),5000,20000)
rg-flow/every  = $(if $(filter $1,$(rg-flow/near)),$(if $(QUICK),60,200),10)

rg-flow/streams = $(foreach T,$(rg-flow/T),$(rg-flow)/L$1-$T.rns)
rg-flow/sample = ising-gen -L $1 -T $2 -n $(rg-flow/n) --therm $(rg-flow/therm-$1) --every $(call rg-flow/every,$2)
rg-flow/block  = $(if $(rg-flow/levels-$1), | blockspin --levels $(rg-flow/levels-$1))
rg-flow/job    = $(call job,out/rg-flow/L$1-$2.rns,$(rg-flow/sample)$(rg-flow/block) -o out/rg-flow/L$1-$2.rns)

$(rg-flow)/plan: FORCE
	$(call plan,rg-flow,$(foreach L,$(rg-flow/sizes),$(foreach T,$(rg-flow/T),$(call rg-flow/job,$L,$T))))

rg-flow/all := $(foreach L,$(rg-flow/sizes),$(call rg-flow/streams,$L))
$(rg-flow/all) &: $(rg-flow)/plan $(call stage,ising-gen blockspin)
	$(call sweep,rg-flow)
.PRECIOUS: $(rg-flow/all)	# an interrupted sweep keeps what it has

define rg-flow/table
$(rg-flow)/L$1.csv: $(call rg-flow/streams,$1) $(call stage,observe)
	@echo "  OBSERVE $$@"
	@observe -o $$@ $$(filter %.rns,$$^)
endef
$(foreach L,$(rg-flow/sizes),$(eval $(call rg-flow/table,$L)))

$(rg-flow)/blocks.rns: $(call stage,ising-gen blockspin)
	@mkdir -p $(@D)
	ising-gen -L 256 -T 2.1,Tc,2.5 --therm 8000 --every 10 | blockspin --levels 3 -o $@

$(rg-flow)/match.csv: $(rg-flow)/L64.csv $(rg-flow)/L32.csv match.awk
	@awk -v shift=1 -f match.awk $(filter %.csv,$^) > $@
$(rg-flow)/binder.csv: $(rg-flow)/L64.csv $(rg-flow)/L32.csv match.awk
	@awk -v shift=0 -f match.awk $(filter %.csv,$^) > $@

$(rg-flow)/summary.csv $(rg-flow)/crossings.csv &: $(rg-flow)/match.csv $(rg-flow)/binder.csv plots/rg-flow-fit.gp plots/style.gp
	$(call draw,dir='$(rg-flow)',plots/rg-flow-fit.gp)

rg-flow/figures := $(foreach f,flow match binder xi blocks,$(rg-flow)/fig-$f)
define rg-flow/draw
$(rg-flow/figures:=.$1) &: $(rg-flow/sizes:%=$(rg-flow)/L%.csv) $(rg-flow)/crossings.csv $(rg-flow)/blocks.rns $(call stage,rns-cat) plots/rg-flow.gp plots/style.gp
	$$(call draw,dir='$(rg-flow)'; term='$1',plots/rg-flow.gp)
endef
$(foreach t,svg png,$(eval $(call rg-flow/draw,$t)))

rg-flow: $(rg-flow/figures:=.svg) $(rg-flow/figures:=.png) $(rg-flow)/summary.csv
	@mode=mono; if [ -t 1 ] && [ -z "$${NO_COLOR-}" ]; then mode=ansi256; fi; \
	gnuplot -e "dir='$(rg-flow)'; mode='$$mode'" plots/rg-flow-text.gp
	@column -s, -t < $(rg-flow)/summary.csv
	@printf '%s\n' $(patsubst ../%,%,$(rg-flow/figures:=.svg) $(rg-flow)/summary.csv)
