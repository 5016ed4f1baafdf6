# frg: the functional renormalization group from measured couplings, and of the scalar theory in three dimensions; the flows of
# Erbin's talk on 2108.01403, beside what is exact.
#
#	gaussnet-sample | green-fn | wetterich
#
# Networks as in the study nnqft. Couplings are of the canonical field, the deep infrared of a theory of mass m0 =
# sigma_W sqrt(2/d).
#
# fig-passive    U4 and U6 from k = m0 exp(-4.6) towards the ultraviolet, in 1, 2 and 3 dimensions, for several N
# fig-errors     the same from sampled networks, with the errors of what was measured
# fig-active     u4 and u6 along sigma_W against the two scaling equations
# fig-portrait   d = 3, in the plane of u2 and u4: flows, the critical line, the fixed point of Wilson and Fisher
# fig-exponents  nu and omega against the order of the truncation, and those of the full potential
# fig-potential  U(phi) through the phase transition
# fig-scaling    mass and order parameter against the distance from the transition

frg := ../out/frg

# Sigma_b = 1 makes couplings large: flows of N below some thousand end before the ultraviolet.
frg/d     := 1 2 3
frg/N     := 100,$(if $(QUICK),,300$(comma))1000,$(if $(QUICK),,3000$(comma))10000,$(if $(QUICK),,30000$(comma))100000,$(if $(QUICK),,300000$(comma))1000000
frg/n     := $(if $(QUICK),100,1000)
frg/bags  := $(if $(QUICK),10,20)
frg/zeros-2 := ,0
frg/zeros-3 := ,0,0
frg/points = "$(foreach x,-0.01 -0.006 -0.002 0.002 0.006 0.01,$x$(frg/zeros-$1))"
frg/units  = gaussnet-sample --neurons --level 0 --tilt 2,4,6 --bags $(frg/bags) --nets $(frg/n) --points $(call frg/points,$1)
frg/green := green-fn --quiet --no-comments --summary

# Passive: units in each dimension, and d = 1 once more with replicas; networks of the talk; and some with sigma_b = 0.25,
# of which plain averages converge.
$(foreach d,$(frg/d),$(eval frg/do-units-$d.csv = $$(call frg/units,$d) --sigma-w 1,5 \
	| $(frg/green) --orders 6 --normalise canonical --width $(frg/N)))
frg/nets := gaussnet-sample --level 0 --bags $(frg/bags) --nets $(if $(QUICK),1000,30000)
frg/do-talk.rns   := $(frg/nets) --width 1000
frg/do-narrow.rns := $(frg/nets) --width 10 --sigma-b 0.25 --hidden-cov
frg/do-units.rns   = $(call frg/units,1)

# Active: the sweeps of nnqft in one dimension; in two and three, units.
$(foreach n,raw canonical,$(eval frg/do-active-$n.csv = $$(nnqft/do-active-$n))\
	$(foreach d,2 3,$(eval frg/do-active-$n-$d.csv = $$(call frg/units,$d) --sigma-w $$(nnqft/sigma-w) \
	| $(frg/green) --orders 4,6 --normalise $n --width 100)))

frg/active := $(foreach n,raw canonical,active-$n.csv active-$n-2.csv active-$n-3.csv)
frg/jobs   := $(frg/active) talk.rns narrow.rns units.rns $(frg/d:%=units-%.csv)
$(frg)/plan: FORCE
	$(call plan,frg,$(foreach j,$(frg/jobs),$(call job,out/frg/$j,$(frg/do-$j) -o out/frg/$j)))
$(frg/jobs:%=$(frg)/%) &: $(frg)/plan $(call stage,gaussnet-sample green-fn)
	$(call sweep,frg)
.PRECIOUS: $(frg/jobs:%=$(frg)/%)	# an interrupted sweep keeps what it has

# Trajectories that end at a singularity are results: wetterich says so with status 1.
frg/flow = wetterich --quiet --no-comments $1 -o $@ 2> $@.log || [ $$? -eq 1 ] || { cat $@.log >&2; exit 1; }

# All of a sample, and all but one bag each time.
frg/replicas := $(foreach s,talk narrow units,$(frg)/jack-$s.csv)
frg/jack-units := --width 1000
$(frg/replicas): $(frg)/jack-%.csv: $(frg)/%.rns $(call stage,rns-sel green-fn)
	@echo "  JACKKNIFE $@"
	@for b in $$(seq 0 $(frg/bags)); do rns-sel --level 0 --where "bag!=$$((b - 1))" $< \
		| $(frg/green) --orders 6 --normalise canonical $(frg/jack-$*) | awk -v b=$$b 'NR > 1 || !b { print (NR > 1 ? b : "replica") "," $$0 }'; done > $@

$(frg)/starts.csv: $(frg/d:%=$(frg)/units-%.csv) $(frg/replicas) passive.awk
	@awk -f passive.awk $(filter %.csv,$^) > $@
# Eighty steps of ln k, the fortieth to m0.
frg/step := 0.115
frg/far  := 9.2
$(frg)/passive-flow.csv: $(frg)/starts.csv $(call stage,wetterich)
	@$(call frg/flow,--dimensionful=in --crossings --t 0:$(frg/far):$(frg/step) $<)
$(frg)/passive.csv: $(frg)/starts.csv $(frg)/passive-flow.csv flows.awk
	@awk -f flows.awk $(filter %.csv,$^) > $@
$(frg)/band.csv: $(frg)/passive.csv band.awk
	@awk -f band.awk $< > $@
# What got to m0 exp(4.6) goes back.
$(frg)/back.csv: $(frg)/starts.csv $(frg)/passive-flow.csv flows.awk $(call stage,wetterich)
	@awk -F, -v OFS=, 'FNR == 1 { file++; for (i = 1; i <= NF; i++) at[file, $$i] = i; if (file == 2) print "id,d,k,u2,u4,u6"; next } \
		file == 1 { d[FNR - 2] = $$1; next } \
		$$at[2, "event"] == 0 && $$at[2, "t"] > $(frg/far) - 1e-6 { i = $$at[2, "id"]; print i, d[i], $$at[2, "k"], $$at[2, "u2"], $$at[2, "u4"], $$at[2, "u6"] }' \
		$(frg)/starts.csv $(frg)/passive-flow.csv > $@.start
	@$(call frg/flow,--t=-$(frg/far) $@.start)

# From sigma_W = 1 by the scaling equations.
define frg/scaling
$(frg)/scaling$1.csv: $(frg)/active-canonical$1.csv rows.awk $(call stage,wetterich)
	@awk -v where='n=6 sigma_w=1' -v of='m2 u4_exact u6_exact' -f rows.awk $$< \
		| wetterich -q --no-comments -d $(or $(1:-%=%),1) --active --columns u2=m2,u4=u4_exact,u6=u6_exact --dimensionful --k 1:20:0.5 -o $$@
endef
$(foreach d,1 2 3,$(eval $(call frg/scaling,$(patsubst %,-%,$(filter-out 1,$d)))))
$(frg)/fits.csv: $(frg/active:%=$(frg)/%) powers.awk
	@awk -f powers.awk $(filter %.csv,$^) > $@

# The plane of u2 and u4 in three dimensions: starts with u6 = 0.
$(frg)/portrait.csv: $(call stage,wetterich)
	@mkdir -p $(@D)
	@awk 'BEGIN { print "u2,u4"; for (u2 = -0.4; u2 < 0.25; u2 += 0.08) print u2 ",24"; for (u4 = 6; u4 < 20; u4 += 5) print "-0.4," u4; \
		for (i = -4.5; i <= -2; i += 0.5) for (sign = -1; sign <= 1; sign += 2) print sign * 10^i - 0.00475 ",0.3" }' > $@.start
	@$(call frg/flow,-d 3 --t 0:-8:-0.04 $@.start)
# What starts at the critical u2, to the last digit, comes as near to the fixed point as doubles let it.
$(frg)/line.csv: bisect.awk $(call stage,wetterich)
	@mkdir -p $(@D)
	@awk -v u4='0.05 0.5 1 2 4 6 9 12 16 20 24 30' -v low=-0.6 -v high=0.1 -v to=1e-17 -v digits=17 -v options='-M 3' -v file=$@.start -f bisect.awk > $@
$(frg)/critical-flow.csv: $(frg)/line.csv $(call stage,wetterich)
	@$(call frg/flow,-d 3 --t 0:-24:-0.05 $<)

# The critical u2 as M grows, and of the full potential. Noise of the full potential's steps grows as exp(-t/nu): hence rtol.
# What is less fine with QUICK depends on the plan, which changes with it.
frg/M    := 3 4 6$(if $(QUICK),, 8 10)
frg/full := --expansion none --rtol $(if $(QUICK),1e-11 --points 201,1e-12 --points 401)
$(frg)/critical.csv: $(frg)/plan bisect.awk $(call stage,wetterich)
	@mkdir -p $(@D)
	@{ echo M,u4,u6,u2; for M in $(frg/M); do awk -v u4='5 15' -v low=-0.6 -v high=0.1 -v to=1e-9 -v options="-M $$M" -v file=$@.start -f bisect.awk \
		| awk -v M=$$M 'NR > 1 { print M "," $$0 }'; done; \
	awk -v u4='5 15' -v low=-0.6 -v high=0.1 -v to=1e-7 -v full=1 -v options='$(frg/full)' -v file=$@.start -f bisect.awk \
		| awk 'NR > 1 { print "inf," $$0 }'; } > $@

# Fixed points: about zero, about the minimum, with eta, of the full potential by regulator and N.
frg/fixed := wetterich -q --no-comments --fixed-point
frg/do-fixed-zero    := -d 3 -M 2:20:1
frg/do-fixed-minimum := -d 3 -M 2:20:1 --expansion minimum
frg/do-fixed-eta     := -d 3 -M 2:20:1 --expansion minimum --eta
frg/do-fixed-eta-n   := -d 3 -N 1:4:1 -M 12 --expansion minimum --eta
$(foreach r,litim exponential sharp,$(eval frg/do-fixed-$r := -d 3 -N 1:4:1,1000 --expansion none --regulator $r))
frg/points-of := $(foreach t,zero minimum eta eta-n litim exponential sharp,$(frg)/fixed-$t.csv)
$(frg/points-of): $(frg)/fixed-%.csv: $(call stage,wetterich)
	@mkdir -p $(@D)
	@$(frg/fixed) $(frg/do-fixed-$*) -o $@

# The full potential. u4 and u6 are near the fixed point's, where corrections to scaling are small.
frg/u4 := 14.6
frg/u6 := 1000
$(frg)/transition.csv: $(frg)/plan bisect.awk $(call stage,wetterich)
	@mkdir -p $(@D)
	@awk -v u4=$(frg/u4) -v u6=$(frg/u6) -v low=-0.3 -v high=-0.1 -v to=1e-9 -v full=1 -v options='$(frg/full)' -v file=$@.start -f bisect.awk > $@
frg/critical = $$(tail -n 1 $(frg)/transition.csv | cut -d, -f3)
frg/start    = awk -v critical=$(frg/critical) 'BEGIN { print "u2,u4,u6"; $1 }'
frg/side-symmetric := + 1 --t=-9.5,-10
frg/side-broken    := - 1 --t 0:-8:-0.25
frg/distances := 3
$(frg)/masses-%.csv: $(frg)/transition.csv orders.awk $(call stage,wetterich)
	@$(call frg/start,for (i = 4 * $(frg/distances); i >= $(frg/distances); i--) printf("%.12f$(comma)$(frg/u4)$(comma)$(frg/u6)\n"$(comma) critical $(word 1,$(frg/side-$*)) 10^(-i / $(frg/distances)))) > $@.start
	@{ wetterich -q --no-comments -d 3 $(frg/full) $(wordlist 3,9,$(frg/side-$*)) $@.start 2> $@.log || [ $$? -eq 1 ]; } \
		| awk -v side=$* -v critical=$(frg/critical) -f orders.awk $@.start - > $@
frg/masses := $(frg)/masses-symmetric.csv $(frg)/masses-broken.csv
$(frg)/scaling-exponents.csv: $(frg/masses) $(frg)/fixed-litim.csv exponent.awk rows.awk
	@awk -v correction=$$(awk -v where=N=1 -v of='nu omega' -f rows.awk $(frg)/fixed-litim.csv | awk -F, 'NR > 1 { print $$1 * $$2 }') \
		-v shift=1e-7 -v from=2e-4 -v to=4e-2 -f exponent.awk $(frg/masses) > $@
$(frg)/potential.csv: $(frg)/transition.csv $(call stage,wetterich)
	@$(call frg/start,for (i = 1; i >= -1; i--) printf("%.12f$(comma)$(frg/u4)$(comma)$(frg/u6)\n"$(comma) critical + 0.02 * i)) > $@.start
	@$(call frg/flow,-d 3 $(frg/full) --t 0:-4:-0.5 $@.start)

frg/summed := $(foreach t,fits starts passive band back fixed-litim fixed-exponential fixed-sharp fixed-zero fixed-minimum \
	fixed-eta fixed-eta-n critical-flow critical transition scaling-exponents,$(frg)/$t.csv)
$(frg)/summary.csv: published/frg.csv $(frg/summed) verdict.awk frg.awk
	@awk -f verdict.awk -f frg.awk published/frg.csv $(frg/summed) > $@

frg/figures := $(foreach f,passive errors active portrait exponents potential scaling,$(frg)/fig-$f)
define frg/draw
$(frg/figures:=.$1) &: $(frg/summed) $(frg)/portrait.csv $(frg)/line.csv $(frg)/potential.csv $(frg/masses) \
		$(frg)/scaling.csv $(frg)/scaling-2.csv $(frg)/scaling-3.csv plots/frg.gp plots/style.gp rows.awk
	$$(call draw,dir='$(frg)'; term='$1',plots/frg.gp)
endef
$(foreach t,svg png,$(eval $(call frg/draw,$t)))

frg: $(frg/figures:=.svg) $(frg/figures:=.png) $(frg)/summary.csv
	@cut -d, -f1-5,8 $(frg)/summary.csv | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(frg/figures:=.svg) $(frg)/summary.csv)
