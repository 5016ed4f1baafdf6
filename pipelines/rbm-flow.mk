# rbm-flow: a restricted Boltzmann machine learns the 2D Ising model at all temperatures. Where does its flow end?
#
#	ising-gen at L = 10 | mlp-train, rbm-train;  ising-gen | rbm-flow | mlp-classify
#
# fig-flow    the temperature of configurations of 25 temperatures after each step of the flow; and the two-point
#             function where it ends, beside that of the Ising model at the temperature that is read there

rbm-flow := ../out/rbm-flow

# Every configuration is the last of a chain of its own, 310 sweeps long: 30 autocorrelation times of m^2 at T_c.
rbm-flow/n := 1000
rbm-flow/sample = ising-gen -L 10 -T 0:6:0.25 -n $2 --replicas $2 --therm 300 --seed $1
rbm-flow/sets := train-all test-all final thermal
rbm-flow/set-train-all = $(call rbm-flow/sample,1,$(rbm-flow/n))
rbm-flow/set-test-all  = $(call rbm-flow/sample,2,$(rbm-flow/n))
rbm-flow/set-final     = $(call rbm-flow/sample,3,$(rbm-flow/n))
rbm-flow/set-thermal   = $(call rbm-flow/sample,4,$(rbm-flow/n))

rbm-flow/size  := -v sites=100 -v bonds=2
rbm-flow/mlp   := --layers 64:tanh,softmax
rbm-flow/runs  := all
rbm-flow/seeds := 1
rbm-flow/steps := 20
$(eval $(call rbm/study,rbm-flow))

$(rbm-flow)/summary.csv: $(rbm-flow)/runs.csv published/thesis.csv summary.awk
	@awk -v study=rbm-flow -f summary.awk published/thesis.csv $< > $@

rbm-flow/figures := $(rbm-flow)/fig-flow
define rbm-flow/draw
$(rbm-flow/figures:=.$1) &: $(rbm-flow)/flow-all-sample-1.csv $(rbm-flow)/calibration.csv plots/rbm-flow.gp plots/style.gp
	$$(call draw,dir='$(rbm-flow)'; term='$1',plots/rbm-flow.gp)
endef
$(foreach t,svg png,$(eval $(call rbm-flow/draw,$t)))

rbm-flow: $(rbm-flow/figures:=.svg) $(rbm-flow/figures:=.png) $(rbm-flow)/summary.csv
	@mode=mono; if [ -t 1 ] && [ -z "$${NO_COLOR-}" ]; then mode=ansi256; fi; \
	gnuplot -e "dir='$(rbm-flow)'; mode='$$mode'" plots/rbm-flow-text.gp
	@cut -d, -f1-5,8 $(rbm-flow)/summary.csv | column -s, -t
	@printf '%s\n' $(patsubst ../%,%,$(rbm-flow/figures:=.svg) $(rbm-flow)/summary.csv)
