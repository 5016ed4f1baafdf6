# thesis-2d: RBM flows of the 2D Ising model; every experiment of sections 4.3 and 4.5 of the thesis, and what it leaves open.
#
# 10 x 10 sites, T = 0, 0.25, ... 6, 1000 configurations each for training, for tests and for the flow; 25 hidden units
# on 100 visible ones; a network of 100-64-25 for the thermometer. Each machine is trained from four seeds.
#
# fig-2.1, fig-2.2                    activations; learning curves
# fig-4.5 to fig-4.9, 4.16 to 4.18    the figures of the thesis, from our machines
# fig-flow       T -> T' -> T'' ... with errors: the flow in steps, and its first step as a map
# fig-both       the RG flow and the RBM flow, read by one thermometer
# fig-tau        the temperature at the end against the length of training, tau = learning rate x updates
# fig-hidden     ... against the number of hidden units, the kind of training, and regularisers
# fig-twopoint   the two-point function at the end beside that of the Ising model

thesis-2d := ../out/thesis-2d

# Every configuration is the last of a chain of its own, 310 sweeps long: chains.csv tells how long a chain remembers.
thesis-2d/n := $(if $(QUICK),400,1000)
thesis-2d/ising = ising-gen -L 10 -T $1 -n $3 --replicas $3 --therm 300 --seed $2
thesis-2d/T-all  := 0:6:0.25
thesis-2d/T-low  := 0:2.25:0.25
thesis-2d/T-high := 2.25:6:0.25
thesis-2d/T-gap  := 0:1.5:0.25,3:6:0.25
thesis-2d/T-few  := 0,1,2,2.25,2.5,3,4,6

# n configurations at T = 0 of each sign; n at T = inf with m = 0, of which there is one in 12.6.
thesis-2d/half  = ising-gen -L 10 -T 0 -n $$((3 * $(thesis-2d/n))) --seed $1 | rns-sel --where "m=$2" --sample=$(thesis-2d/n)
thesis-2d/cold  = $(call thesis-2d/half,$1,1) && $(call thesis-2d/half,$1,-1)
thesis-2d/empty = ising-gen -L 10 -T inf -n $$((15 * $(thesis-2d/n))) --seed $1 | rns-sel --where m=0 --sample=$(thesis-2d/n)

thesis-2d/data := all low high gap
thesis-2d/sets := $(foreach d,$(thesis-2d/data) cold sparse,train-$d test-$d) final final-few final-sparse thermal rg-1 rg-2
$(foreach d,$(thesis-2d/data),\
	$(eval thesis-2d/set-train-$d = $$(call thesis-2d/ising,$$(thesis-2d/T-$d),1,$$(thesis-2d/n)))\
	$(eval thesis-2d/set-test-$d  = $$(call thesis-2d/ising,$$(thesis-2d/T-$d),2,$$(thesis-2d/n))))
thesis-2d/set-train-cold   = $(call thesis-2d/cold,1)
thesis-2d/set-test-cold    = $(call thesis-2d/cold,2)
thesis-2d/set-train-sparse = $(call thesis-2d/cold,1) && $(call thesis-2d/empty,1)
thesis-2d/set-test-sparse  = $(call thesis-2d/cold,2) && $(call thesis-2d/empty,2)
thesis-2d/set-final        = $(call thesis-2d/ising,$(thesis-2d/T-all),3,$(thesis-2d/n))
thesis-2d/set-final-few    = $(call thesis-2d/ising,$(thesis-2d/T-few),3,$(thesis-2d/n))
thesis-2d/set-final-sparse = $(thesis-2d/set-final) && $(call thesis-2d/empty,3)
thesis-2d/set-thermal      = $(call thesis-2d/ising,$(thesis-2d/T-all),4,$$((3 * $(thesis-2d/n))))

# Lattices of 20 x 20 and 40 x 40 sites, blocked to 10 x 10 once and twice; again a chain for each configuration.
thesis-2d/block = ising-gen -L $1 -T 0.5:6:0.25 -n $2 --replicas $2 --therm $3 --seed $4 | blockspin --levels $5 --last
thesis-2d/set-rg-1 = $(call thesis-2d/block,20,$$(($(thesis-2d/n) / 2)),500,5,1)
thesis-2d/set-rg-2 = $(call thesis-2d/block,40,$$(($(thesis-2d/n) / 5)),1000,6,2)

# What a machine is trained on and how, where that is not the default (rbm-train(1)): tau = 125 by CD-1.
thesis-2d/mlp   := --layers 64:tanh,softmax
thesis-2d/seeds := $(if $(QUICK),1 2,1 2 3 4)
thesis-2d/steps := 0,1,2,3,4,5,7,10,15,20,50,100
thesis-2d/size  := -v sites=100 -v bonds=2
thesis-2d/main  := all low high gap cold sparse
$(foreach d,$(thesis-2d/main),$(eval thesis-2d/data-$d := $d)$(eval thesis-2d/modes-$d := sample mean))
thesis-2d/rbm-cold      := --optimiser momentum --rate 0.05 --tau 2000
thesis-2d/rbm-sparse    := --optimiser momentum --rate 0.05 --tau 4500
thesis-2d/starts-sparse := final-sparse

# One long training, stopped on its way; a slow one for its beginning; other learning rates; stopped as in section 4.5.
thesis-2d/rbm-tau-4000 := --tau 4000 --every 1
thesis-2d/rbm-tau-20   := --tau 20 --rate 0.002 --every 1
thesis-2d/rbm-rate-0.2  := --rate 0.2
thesis-2d/rbm-rate-0.01 := --rate 0.01
thesis-2d/rbm-stop      := --tau 1000 --patience 5
# $1: tau, reached after 100 tau / (25 n rate) epochs; $2: of which training; $3: 4 / rate of that.
thesis-2d/on-the-way = $(eval thesis-2d/model-tau-$1 = <(rns-cat --head $$$$(($3 * $1 / $(thesis-2d/n))) out/thesis-2d/rbm-tau-$2-$$1.rns))
$(foreach t,1 2 5 10,$(call thesis-2d/on-the-way,$t,20,2000))
$(foreach t,25 50 125 250 500 1000 2000,$(call thesis-2d/on-the-way,$t,4000,80))
thesis-2d/tau := $(if $(QUICK),5 20 25 125 1000 4000,1 2 5 10 20 25 50 125 250 500 1000 2000 4000)

# Other machines and other ways to train them.
thesis-2d/hidden := $(if $(QUICK),5 25 100,5 10 25 50 100)
$(foreach h,$(thesis-2d/hidden),$(eval thesis-2d/rbm-hidden-$h := --hidden $h))
thesis-2d/rbm-cd-10 := --cd 10 --rate 0.01
thesis-2d/rbm-pcd   := --pcd 1 --rate 0.001 --tau 15
thesis-2d/l := $(if $(QUICK),0.01,0.001 0.003 0.01 0.03 0.1)
$(foreach l,$(thesis-2d/l),$(eval thesis-2d/rbm-l1-$l := --l1-w $l)$(eval thesis-2d/rbm-l2-$l := --l2-w $l))

thesis-2d/scans := $(thesis-2d/tau:%=tau-%) rate-0.2 rate-0.01 stop $(thesis-2d/hidden:%=hidden-%) cd-10 pcd \
	$(thesis-2d/l:%=l1-%) $(thesis-2d/l:%=l2-%)
$(foreach r,$(thesis-2d/scans),$(eval thesis-2d/starts-$r := final-few)$(eval thesis-2d/steps-$r := 0,20,100))
thesis-2d/runs := $(thesis-2d/main) $(thesis-2d/scans)

# A thermometer that learns too few samples by heart, for its learning curves.
thesis-2d/more := $(call job,out/thesis-2d/learning.csv,rns-sel --sample=2500 out/thesis-2d/train-all.rns | mlp-train --layers 64:tanh$(comma)softmax --epochs 60 --patience 0 --test out/thesis-2d/test-all.rns --log out/thesis-2d/learning.csv -o out/thesis-2d/learned.rns)
thesis-2d/more-files := $(thesis-2d)/learning.csv
$(eval $(call rbm/study,thesis-2d))

$(thesis-2d)/rg-%.csv: $(thesis-2d)/rg-%.rns $(thesis-2d)/calibration.csv $(call stage,mlp-classify)
	@mlp-classify --independent --model $(thesis-2d)/mlp.rns --calibration $(thesis-2d)/calibration.csv --collect T $< -o $@

$(thesis-2d)/chains.csv: $(call stage,ising-gen observe)
	@mkdir -p $(@D)
	@ising-gen -L 10 -T 1.5:3.5:0.25 -n 20000 --replicas 20 --therm 300 --every 1 | observe -o $@

$(thesis-2d)/summary.csv: $(thesis-2d)/runs.csv $(thesis-2d)/chains.csv published/thesis.csv summary.awk
	@awk -v study=thesis-2d -f summary.awk published/thesis.csv $(thesis-2d)/runs.csv > $@
	@awk -v of=tau_m2 -v says='longest memory of m^2 in sweeps (of 310)' -f longest.awk $(thesis-2d)/chains.csv >> $@

thesis-2d/figures := $(foreach f,2.1 2.2 4.5 4.6 4.7 4.8 4.9 4.16 4.17 4.18 flow both tau hidden twopoint,$(thesis-2d)/fig-$f)
define thesis-2d/draw
$(thesis-2d/figures:=.$1) &: $(thesis-2d)/runs.csv $(thesis-2d)/rg-1.csv $(thesis-2d)/rg-2.csv $(thesis-2d)/learning.csv plots/thesis-2d.gp plots/thesis.gp plots/style.gp rows.awk
	$$(call draw,dir='$(thesis-2d)'; term='$1',plots/thesis-2d.gp)
endef
$(foreach t,svg png,$(eval $(call thesis-2d/draw,$t)))

thesis-2d: $(thesis-2d/figures:=.svg) $(thesis-2d/figures:=.png) $(thesis-2d)/summary.csv
	@cut -d, -f1-4,8 $(thesis-2d)/summary.csv | grep -e ',[a-z]*$$' | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(thesis-2d/figures:=.svg) $(thesis-2d)/summary.csv)
