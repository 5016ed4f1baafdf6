# mcrg: exponents of the 2D Ising model from the Monte Carlo renormalization group.
#
#	ising-gen at T_c, L = 64 and 128 | blockspin --levels | mcrg
#
# fig-exponents  y_t and y_h against the number of operators kept, a line for each blocking step; exact are 1 and 15/8
#
# summary.csv has all of them. Its errors are statistical. Beside them stands what the method leaves: few operators, which one
# sees by going from one to all; couplings that are not yet at the fixed point, at the first step; lattices of few sites, for
# which the same extents from 128 and from 64 stand side by side.

mcrg := ../out/mcrg
mcrg/sizes := 64 128

# To lattices of 4 x 4. Two jobs a size, of chains that know nothing of each other.
mcrg/parts      := 0 1
mcrg/levels-64  := 4
mcrg/levels-128 := 5
mcrg/n-64       := $(if $(QUICK),5000,100000)
mcrg/n-128      := $(if $(QUICK),800,30000)
mcrg/first       = $(if $(filter 0,$2),0,$(mcrg/n-$1))

# Clusters, two autocorrelation times from one to the next: 75 us a configuration at L = 64, 0.35 ms at L = 128.
mcrg/sample = ising-gen -L $1 -T Tc -n $(mcrg/n-$1) --first-id $(mcrg/first) --algorithm swendsen-wang

mcrg/job = $(call job,out/mcrg/L$1-$2.rns,$(mcrg/sample) | blockspin --levels $(mcrg/levels-$1) -o out/mcrg/L$1-$2.rns)

$(mcrg)/plan: FORCE
	$(call plan,mcrg,$(foreach L,128 64,$(foreach p,$(mcrg/parts),$(call mcrg/job,$L,$p))))

mcrg/streams = $(mcrg/parts:%=$(mcrg)/L$1-%.rns)
mcrg/all := $(foreach L,$(mcrg/sizes),$(call mcrg/streams,$L))
$(mcrg/all) &: $(mcrg)/plan $(call stage,ising-gen blockspin)
	$(call sweep,mcrg)
.PRECIOUS: $(mcrg/all)	# an interrupted sweep keeps what it has

define mcrg/table
$(mcrg)/L$1.csv: $(call mcrg/streams,$1) $(call stage,mcrg)
	@echo "  MCRG $$@"
	@mcrg -o $$@ $$(filter %.rns,$$^)
endef
$(foreach L,$(mcrg/sizes),$(eval $(call mcrg/table,$L)))

$(mcrg)/summary.csv: $(mcrg/sizes:%=$(mcrg)/L%.csv) mcrg.awk
	@awk -f mcrg.awk $(foreach L,$(mcrg/sizes),L=$L $(mcrg)/L$L.csv) > $@

define mcrg/draw
$(mcrg)/fig-exponents.$1: $(mcrg/sizes:%=$(mcrg)/L%.csv) plots/mcrg.gp plots/style.gp
	$$(call draw,dir='$(mcrg)'; term='$1',plots/mcrg.gp)
endef
$(foreach t,svg png,$(eval $(call mcrg/draw,$t)))

mcrg: $(mcrg)/fig-exponents.svg $(mcrg)/fig-exponents.png $(mcrg)/summary.csv
	@grep -e ^quantity -e '^y_t.* 7 operators' -e '^y_h.* 3 operators' $(mcrg)/summary.csv | column -s, -t
	@printf '%s\n' out/mcrg/fig-exponents.svg out/mcrg/summary.csv
