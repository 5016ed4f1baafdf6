# inverse-rg: the inverse renormalization group of lattice phi^4 theory; every figure and both tables of Bachtis' talk on
# Phys. Rev. Lett. 128, 081603, what they depend on, and what such lattices are worth.
#
#	phi4-gen | blockspin | invrg-train, then phi4-gen | invrg-apply | rg-exponents or observe
#
# Two critical points, those of the talk: A, lambda = 0.7, mu2 = -0.9515, and B, lambda = 1, mu2 = -1.2723; kappa = 1.
# A block becomes the mean of its sites with the sign of their sum. The inverse is a transposed convolution with a kernel
# of K x K entries, by least squares, and Gaussian noise with the covariance within a block of what that misses.
#
# fig-forward    |m| and <m^2> of blocked and of direct lattices cross at the critical coupling
# fig-exponents  Tables I and II: ours with statistical and systematic errors, beside published and exact values
# fig-lattices   one lattice of 32 x 32 sites on its way to 512 x 512, and simulated ones
# fig-flow       the correlation length from step to step; the coupling that a generated lattice seems to have
# fig-quality    two-point function, structure factor, moments and Binder cumulant, generated beside simulated
# fig-kernels    beta/nu against the size of the kernel, for all training sets
# fig-family     a line of blocking rules: where do successive steps agree, and do the kernels then
# fig-variants   nets drift from column to column; linear maps and tables do not
# fig-ising      tables that invert the majority rule of the Ising model: energies and exponents
#
# tables.csv has Tables I and II with all errors, summary.csv a row for each number and statement.

inverse-rg := ../out/inverse-rg
inverse-rg/A := --lambda 0.7 --mu2=-0.9515
inverse-rg/B := --lambda 1 --mu2=-1.2723
inverse-rg/n = $(if $(QUICK),$1,$2)
inverse-rg/sample = phi4-gen $(inverse-rg/$1) -L $2 -n $3
# What is enlarged has not been learnt from: samples from this number on.
inverse-rg/other := --first-id 1600000
inverse-rg/table := -q --no-comments

# Streams: pairs to learn from, SET-L; lattices to block many times.
inverse-rg/pairs  := A-64 A-32 A-16 B-32 B-16 B-8
inverse-rg/n-A-64 := $(call inverse-rg/n,400,3000)
inverse-rg/n-A-32 := $(call inverse-rg/n,3000,8000)
inverse-rg/n-A-16 := $(call inverse-rg/n,3000,20000)
inverse-rg/n-B-32 := $(call inverse-rg/n,1000,8000)
inverse-rg/n-B-16 := $(call inverse-rg/n,3000,20000)
inverse-rg/n-B-8  := $(call inverse-rg/n,8000,40000)
$(foreach s,A B,$(foreach L,$(patsubst $s-%,%,$(filter $s-%,$(inverse-rg/pairs))),\
	$(eval inverse-rg/do-$s-$L = $$(call inverse-rg/sample,$s,$L,$(inverse-rg/n-$s-$L)) | blockspin --levels 1)))
inverse-rg/do-ladder = $(call inverse-rg/sample,A,128,$(call inverse-rg/n,160,3200))
inverse-rg/do-ising = ising-gen -L 32 -T Tc -n $(call inverse-rg/n,4000,20000) --algorithm swendsen-wang | blockspin --levels 1
inverse-rg/streams := ladder $(inverse-rg/pairs) ising

# Models. tc-SET-L-K: kernels. soft-W-STEP-K: of the rule where the sites of the other sign have the weight W, from levels
# STEP - 1 and STEP. net-NAME: nonlinear ones. tables-CONTEXT: of spins.
inverse-rg/K := 2 3 4 6 8 10
inverse-rg/W := $(call inverse-rg/n,0 0.1 0.4,0 0.03 0.06 0.1 0.2 0.4 0.7)
inverse-rg/soft-K := 6 8 10
inverse-rg/soft-steps := $(call inverse-rg/n,1,1 2 3)
inverse-rg/nets := tanh-1 tanh-3 relu-1
inverse-rg/contexts := two-colour centre+8 centre+4
inverse-rg/soft = blockspin --rule soft --minority $1 --levels $2 --level 0 out/inverse-rg/ladder.rns
$(foreach p,$(inverse-rg/pairs),$(foreach K,$(inverse-rg/K),\
	$(eval inverse-rg/do-tc-$p-$K = invrg-train -q -K $K out/inverse-rg/$p.rns)))
$(foreach W,$(inverse-rg/W),$(foreach s,$(inverse-rg/soft-steps),$(foreach K,$(inverse-rg/soft-K),\
	$(eval inverse-rg/do-soft-$W-$s-$K = $$(call inverse-rg/soft,$W,$s) | invrg-train -q -K $K --step $s))))
$(foreach f,tanh relu,$(foreach m,1 3,\
	$(eval inverse-rg/do-net-$f-$m = rns-cat --head $$(call inverse-rg/n,1000,4000) out/inverse-rg/A-32.rns \
		| invrg-train -q --maps 8 --activation $f --mix $m --epochs $$(call inverse-rg/n,10,20))))
$(foreach c,$(inverse-rg/contexts),$(eval inverse-rg/do-tables-$c = invrg-train -q --context $c out/inverse-rg/ising.rns))
# On 4 x 4 sites a kernel of 8 has the whole lattice, and there is none of 10.
inverse-rg/fields := $(filter-out tc-B-8-10,$(foreach p,$(inverse-rg/pairs),$(inverse-rg/K:%=tc-$p-%))) \
	$(foreach W,$(inverse-rg/W),$(foreach s,$(inverse-rg/soft-steps),$(inverse-rg/soft-K:%=soft-$W-$s-%)))
inverse-rg/models := $(inverse-rg/nets:%=net-%) $(inverse-rg/fields) $(inverse-rg/contexts:%=tables-%)

# Tables. forward-SET-L: lattices and their blocks, along mu2 about the critical point; flow: inverse steps from there.
inverse-rg/lambda-A := --lambda 0.7
inverse-rg/lambda-B := --lambda 1
inverse-rg/mu2-A := -1.0115,-0.9915:-0.9615:0.01,-0.9565:-0.9465:0.005,-0.9415:-0.9115:0.01,-0.8915,-0.8715,-0.8515
inverse-rg/mu2-B := -1.3123:-1.2323:0.01
inverse-rg/along = phi4-gen -L $2 $(inverse-rg/lambda-$1) --mu2=$(inverse-rg/mu2-$1) -n $3
inverse-rg/observe := observe $(inverse-rg/table)
inverse-rg/forward := $(call inverse-rg/n,A-64-300 A-32-1000,A-128-1200 A-64-4000 B-64-4000 A-32-12000 B-32-12000 A-16-12000 A-8-12000)
inverse-rg/blocks-16  := 1
inverse-rg/blocks-32  := 2
inverse-rg/blocks-64  := 3
inverse-rg/blocks-128 := 3
define inverse-rg/forward-one
inverse-rg/do-forward-$1-$2 = $(call inverse-rg/along,$1,$2,$3) $(if $(filter-out 8,$2),| blockspin --levels $(inverse-rg/blocks-$2)) | $(inverse-rg/observe)
inverse-rg/forwards += forward-$1-$2
endef
$(foreach f,$(inverse-rg/forward),$(eval $(call inverse-rg/forward-one,$(word 1,$(subst -, ,$f)),$(word 2,$(subst -, ,$f)),$(word 3,$(subst -, ,$f)))))
inverse-rg/do-flow = $(call inverse-rg/along,A,32,$(call inverse-rg/n,200,2000) $(inverse-rg/other)) \
	| $(call inverse-rg/apply,tc-A-32-6) --levels 4 | $(inverse-rg/observe)

# exponents-X, moments-X, G-X, S-X of generated lattices; X is SET-noise, SET-linear (no noise), net-NAME, net-NAME-noise or a context.
inverse-rg/apply = invrg-apply --level 0 --model out/inverse-rg/$1.rns
inverse-rg/n-starts := $(call inverse-rg/n,300,4000)
inverse-rg/start-A = $(call inverse-rg/sample,A,32,$1) $(inverse-rg/other)
inverse-rg/start-B = $(call inverse-rg/sample,B,8,$1) $(inverse-rg/other)
inverse-rg/start-ising = ising-gen -L 32 -T Tc -n $1 $(inverse-rg/other) --algorithm swendsen-wang
inverse-rg/make-A-noise  = $(call inverse-rg/start-A,$(inverse-rg/n-starts)) | $(call inverse-rg/apply,tc-A-32-6)
inverse-rg/make-A-linear = $(inverse-rg/make-A-noise) --noise none
inverse-rg/make-B-noise  = $(call inverse-rg/start-B,$(inverse-rg/n-starts)) | $(call inverse-rg/apply,tc-B-8-6)
inverse-rg/make-B-linear = $(inverse-rg/make-B-noise) --noise none
inverse-rg/n-nets := $(call inverse-rg/n,100,500)
$(foreach m,$(inverse-rg/nets),\
	$(eval inverse-rg/make-net-$m-noise = $$(call inverse-rg/start-A,$(inverse-rg/n-nets)) | $$(call inverse-rg/apply,net-$m))\
	$(eval inverse-rg/make-net-$m = $$(inverse-rg/make-net-$m-noise) --noise none))
$(foreach c,$(inverse-rg/contexts),\
	$(eval inverse-rg/make-$c = $$(call inverse-rg/start-ising,$(call inverse-rg/n,1000,8000)) | $$(call inverse-rg/apply,tables-$c)))
inverse-rg/levels-A := 4
inverse-rg/levels-B := 6
inverse-rg/levels-net := $(call inverse-rg/n,3,4)
inverse-rg/level = $(or $(inverse-rg/levels-$(firstword $(subst -, ,$1))),3)
inverse-rg/made := A-noise A-linear B-noise B-linear $(foreach m,$(inverse-rg/nets),net-$m net-$m-noise) $(inverse-rg/contexts)
inverse-rg/looked := A-noise A-linear
$(foreach x,$(inverse-rg/made),\
	$(eval inverse-rg/do-exponents-$x = $$(inverse-rg/make-$x) --levels $(call inverse-rg/level,$x) | rg-exponents $(inverse-rg/table)))
$(foreach x,A-noise A-linear B-noise $(inverse-rg/contexts),\
	$(eval inverse-rg/do-moments-$x = $$(inverse-rg/make-$x) --levels $(call inverse-rg/level,$x) | $(inverse-rg/observe)))
$(foreach x,$(inverse-rg/looked),\
	$(eval inverse-rg/do-G-$x = $$(inverse-rg/make-$x) --levels 2 | $(inverse-rg/observe) --correlation)\
	$(eval inverse-rg/do-S-$x = $$(inverse-rg/make-$x) --levels 2 | $(inverse-rg/observe) --structure))
# Simulated ones: level 0 of what was sampled to learn from.
inverse-rg/direct := A-64 ladder
$(foreach x,$(inverse-rg/direct),\
	$(eval inverse-rg/do-moments-$x = $(inverse-rg/observe) out/inverse-rg/$x.rns)\
	$(eval inverse-rg/do-G-$x = $(inverse-rg/observe) --correlation out/inverse-rg/$x.rns)\
	$(eval inverse-rg/do-S-$x = $(inverse-rg/observe) --structure out/inverse-rg/$x.rns))
inverse-rg/do-moments-256 = $(call inverse-rg/sample,A,256,400) | $(inverse-rg/observe)
# What the tables make of blocks, beside what these have come from.
$(foreach c,$(inverse-rg/contexts),$(eval inverse-rg/do-back-$c = \
	ising-gen -L 32 -T Tc -n $(call inverse-rg/n,1000,8000) $(inverse-rg/other) --algorithm swendsen-wang | blockspin \
	| $$(call inverse-rg/apply,tables-$c) | $(inverse-rg/observe)))
$(foreach W,$(inverse-rg/W),$(eval inverse-rg/do-ladder-$W = $$(call inverse-rg/soft,$W,$(call inverse-rg/n,3,4)) | rg-exponents $(inverse-rg/table)))
inverse-rg/do-energies = ising-exact -L 32,64,128,256 -T Tc $(inverse-rg/table)

# One lattice, to be looked at, and what simulations have at its sizes.
inverse-rg/do-picture-noise  = $(call inverse-rg/start-A,1) | $(call inverse-rg/apply,tc-A-32-6) --levels 4
inverse-rg/do-picture-linear = $(inverse-rg/do-picture-noise) --noise none
inverse-rg/picture-sizes := $(call inverse-rg/n,64 128,64 128 256)
$(foreach L,$(inverse-rg/picture-sizes),$(eval inverse-rg/do-picture-$L = phi4-gen $(inverse-rg/A) -L $L))
inverse-rg/pictures := picture-noise picture-linear $(inverse-rg/picture-sizes:%=picture-%)

# Long jobs first.
inverse-rg/csv := $(inverse-rg/forwards) flow $(foreach x,$(inverse-rg/made),exponents-$x) \
	$(if $(QUICK),,moments-256) $(foreach x,A-noise A-linear B-noise $(inverse-rg/contexts) $(inverse-rg/direct),moments-$x) \
	$(foreach x,$(inverse-rg/looked) $(inverse-rg/direct),G-$x S-$x) $(inverse-rg/W:%=ladder-%) $(inverse-rg/contexts:%=back-%) energies
inverse-rg/job = $(call job,out/inverse-rg/$1,$(inverse-rg/do-$(basename $1)) -o out/inverse-rg/$1)
inverse-rg/files = $(addprefix $(inverse-rg)/,$1)

# NAME, FILES, what they are made of, the stages that make them.
define inverse-rg/sweep
$(inverse-rg)$1/plan: FORCE
	$$(call plan,inverse-rg$1,$$(foreach f,$2,$$(call inverse-rg/job,$$f)))
$(call inverse-rg/files,$2) &: $(inverse-rg)$1/plan $(call inverse-rg/files,$3) $(call stage,$4)
	$$(call sweep,inverse-rg$1)
.PRECIOUS: $(call inverse-rg/files,$2)
endef
inverse-rg/of-streams := $(inverse-rg/streams:=.rns)
inverse-rg/of-models  := $(inverse-rg/models:=.rns)
inverse-rg/of-tables  := $(inverse-rg/csv:=.csv) $(inverse-rg/pictures:=.rns)
$(eval $(call inverse-rg/sweep,,$(inverse-rg/of-streams),,phi4-gen ising-gen blockspin))
$(eval $(call inverse-rg/sweep,/models,$(inverse-rg/of-models),$(inverse-rg/of-streams),blockspin invrg-train rns-cat))
$(eval $(call inverse-rg/sweep,/tables,$(inverse-rg/of-tables),$(inverse-rg/of-streams) $(inverse-rg/of-models),phi4-gen ising-gen blockspin invrg-apply observe rg-exponents ising-exact))

# What training says of each linear map.
inverse-rg/fit := gain gain_err beta_nu beta_nu_err gain_limit gain_limit_err mse mse_err
$(inverse-rg)/fits.csv: $(call inverse-rg/files,$(inverse-rg/fields:=.rns)) $(call stage,rns-sel rns-cat)
	@for m in $(inverse-rg/fields); do rns-sel --columns $(subst $() ,$(comma),$(inverse-rg/fit)) $(inverse-rg)/$$m.rns \
		| rns-cat --to=csv --no-comments | sed "s/^/$$m,/"; done | awk -f fits.awk > $@

# Blocked once more or half as large: MATCH is SET-L-K (plots/inverse-rg-fit.gp).
inverse-rg/matches := $(call inverse-rg/n,A-64-3,A-128-3 A-64-3 A-32-2 A-16-1 B-64-3)
inverse-rg/half-128 := 64
inverse-rg/half-64  := 32
inverse-rg/half-32  := 16
inverse-rg/half-16  := 8
define inverse-rg/match
inverse-rg/matched += $(inverse-rg)/match-$1-$2.csv
$(inverse-rg)/match-$1-$2.csv: $(inverse-rg)/forward-$1-$2.csv $(inverse-rg)/forward-$1-$3.csv match.awk
	@awk -v shift=1 -v by=mu2 -v of='absm m2' -f match.awk $$(filter %.csv,$$^) > $$@
endef
$(foreach m,$(inverse-rg/matches),$(eval $(call inverse-rg/match,$(word 1,$(subst -, ,$m)),$(word 2,$(subst -, ,$m)),$(inverse-rg/half-$(word 2,$(subst -, ,$m))))))
$(inverse-rg)/crossings.csv: $(inverse-rg/matched) plots/inverse-rg-fit.gp plots/style.gp
	$(call draw,dir='$(inverse-rg)'; matches='$(inverse-rg/matches)',plots/inverse-rg-fit.gp)

$(inverse-rg)/effective.csv: $(inverse-rg)/flow.csv $(patsubst %,$(inverse-rg)/%.csv,$(filter forward-A-64 forward-A-128,$(inverse-rg/forwards))) effective.awk
	@awk -f effective.awk $(filter %.csv,$^) > $@

inverse-rg/laddered := $(inverse-rg)/fits.csv $(inverse-rg/W:%=$(inverse-rg)/ladder-%.csv)
$(inverse-rg)/family.csv: $(inverse-rg/laddered) family.awk
	@awk -f family.awk $(inverse-rg/laddered) > $@

inverse-rg/tabled := published/inverse-rg.csv $(inverse-rg)/fits.csv $(foreach s,A B,$(foreach n,noise linear,$(inverse-rg)/exponents-$s-$n.csv))
$(inverse-rg)/tables.csv: $(inverse-rg/tabled) tables.awk
	@awk -f tables.awk $(inverse-rg/tabled) > $@

inverse-rg/summed := $(foreach t,crossings fits tables effective \
	$(filter moments-A% moments-B%,$(inverse-rg/csv)) $(filter-out moments-A% moments-B%,$(filter moments-% exponents-% S-% G-% ladder-% back-% energies,$(inverse-rg/csv))),$(inverse-rg)/$t.csv)
$(inverse-rg)/summary.csv: published/inverse-rg.csv $(inverse-rg/summed) verdict.awk inverse-rg.awk
	@awk -f verdict.awk -f inverse-rg.awk published/inverse-rg.csv $(inverse-rg/summed) > $@

inverse-rg/figures := $(foreach f,forward exponents lattices flow quality kernels family variants ising,$(inverse-rg)/fig-$f)
define inverse-rg/draw
$(inverse-rg/figures:=.$1) &: $(inverse-rg)/summary.csv $(inverse-rg)/family.csv $(call inverse-rg/files,$(inverse-rg/pictures:=.rns)) $(call stage,rns-cat) plots/inverse-rg.gp plots/style.gp
	$$(call draw,dir='$(inverse-rg)'; quick=$(if $(QUICK),1,0); term='$1',plots/inverse-rg.gp)
endef
$(foreach t,svg png,$(eval $(call inverse-rg/draw,$t)))

inverse-rg: $(inverse-rg/figures:=.svg) $(inverse-rg/figures:=.png) $(inverse-rg)/summary.csv
	@cut -d, -f1-5,8 $(inverse-rg)/summary.csv | grep -e ^quantity -e '^mu2_c.* L = 64 blocked 1x' -e ^quoted -e 'drift' -e 'L = 64: [a-zU]' -e '^the W' \
		-e '^tuned rule: step 2' -e '^Ising.*of 256' | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(inverse-rg/figures:=.svg) $(inverse-rg)/tables.csv $(inverse-rg)/summary.csv)
