# What every study shares. A study NAME.mk has three parts:
#
#	a plan    $(call plan,NAME,LINES) writes out/NAME/plan, one job a line: "FILE<tab>PIPELINE", where the
#	          pipeline writes FILE with -o. $(call job,FILE,PIPELINE) makes such a line.
#	a sweep   $(FILES) &: out/NAME/plan; $(call sweep,NAME) runs the jobs that have not been done.
#	the rest  ordinary rules, from streams to tables to figures.
#
# Paths in plans are seen from the top of the project, where jobs run; in rules, from pipelines/.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a directory with a blank in its name: $(CURDIR))
endif
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# The stages: those of this tree, brought up to date, unless BIN says which.
ifeq ($(origin BIN),undefined)
BIN := $(abspath ../bin)
$(BIN)/%: stages ;
stages:
	@$(MAKE) --no-print-directory -C .. all
.PHONY: stages
endif
export PATH := $(BIN):$(PATH)
stage = $(addprefix $(BIN)/,$1)

define newline :=


endef
tab := $(shell printf '\t')

job = $1$(tab)$2$(newline)

# Rewritten only when it has changed: then what had been done by the old plan counts no longer.
define plan
$(shell mkdir -p ../out/$1)
$(file >../out/$1/plan.new,$(subst $(newline) ,$(newline),$2))
@if cmp -s ../out/$1/plan.new ../out/$1/plan; then rm ../out/$1/plan.new; \
else rm -f ../out/$1/jobs; mv ../out/$1/plan.new ../out/$1/plan; fi
endef

# The file HOSTS, seen from here or from the top. Lines that end in ':' are this machine, which needs no ssh.
ifneq ($(HOSTS),)
hosts := $(abspath $(firstword $(wildcard $(HOSTS) ../$(HOSTS))))
ifeq ($(hosts),)
$(error HOSTS=$(HOSTS): there is no such file, in pipelines/ or above it)
endif
ifneq ($(shell grep -v -e ':$$' -e '^[^[:alnum:]]' -e '^$$' $(hosts)),)
$(foreach p,rsync ssh,$(if $(shell command -v $p),,$(error HOSTS=$(HOSTS) needs $p, which is not here: apt-get install rsync openssh-client)))
endif
endif

# One rule for all sweeps. An interrupted or failed one goes on where it stopped: out/NAME/jobs is GNU Parallel's
# log of it, jobs.done that of the last whole one. It starts over if a stage of the rule was built anew since. A job is a pipeline that fails when any of its stages does.
# Machines in HOSTS have the stages on the same path and this directory's files come back by rsync if they are not shared.
define sweep
@echo '  SWEEP out/$1/plan'
@for program in $(filter $(BIN)/%,$^); do if [ $$program -nt ../out/$1/jobs ]; then rm -f ../out/$1/jobs; fi; done
@cd .. && parallel --will-cite --colsep '\t' -a out/$1/plan --joblog out/$1/jobs --resume-failed --halt now,fail=1 \
	$(if $(HOSTS),--sshloginfile $(hosts) --workdir $(abspath ..) --env PATH --return '{1}') \
	$(if $(JOBS),--jobs $(JOBS)) \
	mkdir -p '{1//}' '&&' exec bash -o pipefail -c '{2}'
@mv ../out/$1/jobs ../out/$1/jobs.done
endef

# $(call draw,VARIABLES,SCRIPT): gnuplot goes on after a file it cannot read, so what it says there makes it fail.
draw = @echo "  DRAW $1"; said=$$(gnuplot -e "$1" $2 2>&1 > /dev/null) || true; \
	if [ "$$said" ]; then echo "$$said" >&2; exit 1; fi
