# thesis-1d: RBM flows of the Ising ring; every experiment of section 4.2 of the thesis, and a question of its chapter 5.
#
# 8 spins, T = 0, 0.25, ... 6, 1600 configurations each for training, for tests and for the flow, all of them exact and
# independent; 4 hidden units; a network of 8-40-25 for the thermometer. Each machine is trained from four seeds.
#
# fig-4.1 to fig-4.4   the figures of the thesis, from our machines
# fig-flow      T -> T' -> T'' ... with errors
# fig-losses    the flow of machines trained with the exact gradient of KL(q||p), of KL(p||q) and of the Jensen-Shannon
#               divergence, q the data and p the machine: does it stop, as chapter 5 expects of the last two?
# fig-twopoint  the two-point function at the end beside that of the ring

thesis-1d := ../out/thesis-1d

thesis-1d/n := $(if $(QUICK),400,1600)
thesis-1d/ring = ising-gen -d 1 -L 8 -T $1 -n $3 --seed $2
thesis-1d/T-all     := 0:6:0.25
thesis-1d/T-cold    := 0
thesis-1d/T-hot     := 6
thesis-1d/T-hottest := 1e4
thesis-1d/T-some    := 0:6:0.25
thesis-1d/n-some    := 400

# m = 0 has a probability of 70/256 at T = inf.
thesis-1d/empty = $(call thesis-1d/ring,inf,$1,$$((4 * $(thesis-1d/n)))) | rns-sel --where m=0 --sample=$$(($(thesis-1d/n) / 2))

thesis-1d/data := all cold hot hottest some
thesis-1d/sets := $(foreach d,$(thesis-1d/data) sparse,train-$d test-$d) final final-sparse thermal rg-1 rg-2
$(foreach d,$(thesis-1d/data),\
	$(eval thesis-1d/set-train-$d = $$(call thesis-1d/ring,$$(thesis-1d/T-$d),1,$$(call rbm/of,thesis-1d,n,$d,$$(thesis-1d/n))))\
	$(eval thesis-1d/set-test-$d  = $$(call thesis-1d/ring,$$(thesis-1d/T-$d),2,$$(call rbm/of,thesis-1d,n,$d,$$(thesis-1d/n)))))
thesis-1d/set-train-sparse = $(call thesis-1d/ring,0,1,$(thesis-1d/n)) && $(call thesis-1d/empty,1)
thesis-1d/set-test-sparse  = $(call thesis-1d/ring,0,2,$(thesis-1d/n)) && $(call thesis-1d/empty,2)
thesis-1d/set-final        = $(call thesis-1d/ring,$(thesis-1d/T-all),3,$(thesis-1d/n))
thesis-1d/set-final-sparse = $(thesis-1d/set-final) && $(call thesis-1d/empty,3)
thesis-1d/set-thermal      = $(call thesis-1d/ring,$(thesis-1d/T-all),4,$$((4 * $(thesis-1d/n))))

# Every second and every fourth spin of longer rings: tanh(1/T') = tanh(1/T)^2, exactly.
thesis-1d/decimate = ising-gen -d 1 -L $1 -T 0.5:6:0.25 -n $(thesis-1d/n) --seed $2 | blockspin --rule decimate --levels $3 --last
thesis-1d/set-rg-1 = $(call thesis-1d/decimate,16,5,1)
thesis-1d/set-rg-2 = $(call thesis-1d/decimate,32,6,2)

thesis-1d/mlp   := --layers 40:tanh,softmax
thesis-1d/seeds := $(if $(QUICK),1 2,1 2 3 4)
thesis-1d/steps := 0,1,2,3,4,5,7,10,15,20,50,100
thesis-1d/size  := -v sites=8 -v bonds=1
thesis-1d/main  := all cold hot hottest
$(foreach d,$(thesis-1d/main),$(eval thesis-1d/data-$d := $d)$(eval thesis-1d/modes-$d := sample mean))
$(foreach d,$(thesis-1d/main),$(eval thesis-1d/rbm-$d := --hidden 4))
thesis-1d/rbm-cold    := --hidden 4 --optimiser momentum --rate 0.05 --tau 5000
thesis-1d/rbm-hot     := --hidden 4 --tau 250
thesis-1d/rbm-hottest := --hidden 4 --tau 250

# The exact gradients. Where the data leave states out, the reverse divergence is infinite: the sparse data are smoothed, by
# the same little for all three.
thesis-1d/exact := --hidden 4 --exact --optimiser momentum --rate 0.2 --tau 1000
thesis-1d/losses := kl reverse-kl js
$(foreach l,$(thesis-1d/losses),\
	$(eval thesis-1d/rbm-exact-$l := $(thesis-1d/exact) --loss $l)\
	$(eval thesis-1d/data-exact-$l := some)\
	$(eval thesis-1d/rbm-sparse-$l := $(thesis-1d/exact) --loss $l --smooth 0.01)\
	$(eval thesis-1d/data-sparse-$l := sparse)$(eval thesis-1d/starts-sparse-$l := final-sparse))
thesis-1d/runs := $(thesis-1d/main) $(thesis-1d/losses:%=exact-%) $(thesis-1d/losses:%=sparse-%)
$(eval $(call rbm/study,thesis-1d))

$(thesis-1d)/rg-%.csv: $(thesis-1d)/rg-%.rns $(thesis-1d)/calibration.csv $(call stage,mlp-classify)
	@mlp-classify --independent --model $(thesis-1d)/mlp.rns --calibration $(thesis-1d)/calibration.csv --collect T $< -o $@

$(thesis-1d)/summary.csv: $(thesis-1d)/runs.csv published/thesis.csv summary.awk
	@awk -v study=thesis-1d -f summary.awk published/thesis.csv $(thesis-1d)/runs.csv > $@

thesis-1d/figures := $(foreach f,4.1 4.2 4.3 4.4 flow losses twopoint,$(thesis-1d)/fig-$f)
define thesis-1d/draw
$(thesis-1d/figures:=.$1) &: $(thesis-1d)/runs.csv $(thesis-1d)/rg-1.csv $(thesis-1d)/rg-2.csv plots/thesis-1d.gp plots/thesis.gp plots/style.gp rows.awk
	$$(call draw,dir='$(thesis-1d)'; term='$1',plots/thesis-1d.gp)
endef
$(foreach t,svg png,$(eval $(call thesis-1d/draw,$t)))

thesis-1d: $(thesis-1d/figures:=.svg) $(thesis-1d/figures:=.png) $(thesis-1d)/summary.csv
	@cut -d, -f1-4,8 $(thesis-1d)/summary.csv | grep -e ',[a-z]*$$' | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(thesis-1d/figures:=.svg) $(thesis-1d)/summary.csv)
