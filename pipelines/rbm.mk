# What the studies of RBM flows share: $(eval $(call rbm/study,NAME)) makes the rules of a study from its variables.
#
#	NAME/sets       streams; NAME/set-S writes set S to standard output. Among them `thermal`,
#	                on which the thermometer is calibrated, and train-D, test-D for the data D of the runs
#	NAME/mlp        options of mlp-train; it learns from train-all and test-all
#	NAME/runs       machines and their flows. Of run R:
#	NAME/data-R     D, the data it learns from (all)
#	NAME/rbm-R      options of rbm-train
#	NAME/model-R    instead of training: the model of seed $1, a file
#	NAME/starts-R   the set its flow starts from (final)
#	NAME/steps-R    steps that are recorded (NAME/steps)
#	NAME/modes-R    sample, mean or both (sample)
#	NAME/seeds      each machine is trained once from each of these
#	NAME/size       options of ends.awk: the number of sites and of bonds a site
#	NAME/more       further jobs, lines of $(call job,...), to run with the training, and in
#	NAME/more-files what they write
#
# out/NAME then has S.rns; mlp.rns, mlp.csv (learning curves); calibration.csv; rbm-R-SEED.rns and .csv;
# flow-R-MODE-SEED.csv, a row a start and step; ends.csv, a row a flow; runs.csv, a row a run, over its seeds.
# Machines of HOSTS must share the directory: a flow reads what other jobs have written.

comma := ,
rbm/of = $(if $($1/$2-$3),$($1/$2-$3),$4)
rbm/trained = $(foreach r,$($1/runs),$(if $(value $1/model-$r),,$r))

rbm/models = $(foreach r,$(call rbm/trained,$1),$(foreach s,$($1/seeds),$2/$1/rbm-$r-$s.rns))
rbm/flows  = $(foreach r,$($1/runs),$(foreach m,$(call rbm/of,$1,modes,$r,sample),$(foreach s,$($1/seeds),$2/$1/flow-$r-$m-$s.csv)))
rbm/model  = $(if $(value $1/model-$2),$(call $1/model-$2,$3),out/$1/rbm-$2-$3.rns)

rbm/set-job = $(call job,out/$1/$2.rns,{ $($1/set-$2); } > out/$1/$2.part && mv out/$1/$2.part out/$1/$2.rns)
rbm/mlp-job = $(call job,out/$1/mlp.rns,mlp-train $($1/mlp) --label T --test out/$1/test-all.rns --log out/$1/mlp.csv out/$1/train-all.rns -o out/$1/mlp.rns)
rbm/net-job = $(call job,out/$1/rbm-$2-$3.rns,rbm-train $($1/rbm-$2) --seed $3 --test out/$1/test-$4.rns --log out/$1/rbm-$2-$3.csv out/$1/train-$4.rns -o out/$1/rbm-$2-$3.rns)
rbm/flow-job = $(call job,out/$1/flow-$2-$3-$4.csv,rbm-flow --model $(call rbm/model,$1,$2,$4) --mode $3 --steps $(call rbm/of,$1,steps,$2,$($1/steps)) --seed $4 --level 0 out/$1/$(call rbm/of,$1,starts,$2,final).rns | mlp-classify --model out/$1/mlp.rns --calibration out/$1/calibration.csv --independent --collect T$(comma)step -o out/$1/flow-$2-$3-$4.csv)

define rbm/study
../out/$1/plan: FORCE
	$$(call plan,$1,$$(foreach s,$$($1/sets),$$(call rbm/set-job,$1,$$s)))
$($1/sets:%=../out/$1/%.rns) &: ../out/$1/plan $$(call stage,ising-gen rns-sel rns-cat)
	$$(call sweep,$1)

../out/$1/nets/plan: FORCE
	$$(call plan,$1/nets,$$(call rbm/mlp-job,$1)$$($1/more)$$(foreach r,$$(call rbm/trained,$1),$$(foreach s,$$($1/seeds),$$(call rbm/net-job,$1,$$r,$$s,$$(call rbm/of,$1,data,$$r,all)))))
../out/$1/mlp.rns $(call rbm/models,$1,../out) $($1/more-files) &: ../out/$1/nets/plan $($1/sets:%=../out/$1/%.rns) $$(call stage,mlp-train rbm-train rns-sel)
	$$(call sweep,$1/nets)

../out/$1/calibration.csv: ../out/$1/mlp.rns ../out/$1/thermal.rns $$(call stage,mlp-classify)
	@echo "  CALIBRATE $$@"
	@mlp-classify --model ../out/$1/mlp.rns --independent --collect T ../out/$1/thermal.rns -o $$@

../out/$1/flows/plan: FORCE
	$$(call plan,$1/flows,$$(foreach r,$$($1/runs),$$(foreach m,$$(call rbm/of,$1,modes,$$r,sample),$$(foreach s,$$($1/seeds),$$(call rbm/flow-job,$1,$$r,$$m,$$s)))))
$(call rbm/flows,$1,../out) &: ../out/$1/flows/plan ../out/$1/calibration.csv $(call rbm/models,$1,../out) $$(call stage,rbm-flow mlp-classify rns-cat)
	$$(call sweep,$1/flows)
.PRECIOUS: $($1/sets:%=../out/$1/%.rns) ../out/$1/mlp.rns $(call rbm/models,$1,../out) $($1/more-files) $(call rbm/flows,$1,../out)

../out/$1/ends.csv: $(call rbm/flows,$1,../out) ends.awk
	@awk $($1/size) -f ends.awk $$(filter %.csv,$$^) > $$@
../out/$1/runs.csv: ../out/$1/ends.csv runs.awk
	@awk -f runs.awk $$< > $$@
endef
