# renorm: Unix filters for the renormalization group.
#
#   make                  librenorm and every stage: src/NAME/*.c becomes bin/NAME
#   make check            all tests; T='blockspin unit' runs those files alone
#   make demo             the smallest study end to end, with its figures
#   make bench            timings, side by side with what one would use instead
#   make lint             compilers, analysers, formatters and manual pages, all silent
#   make fuzz             random bytes through the reader for FUZZ_SECONDS (clang)
#   make format           rewrites the C sources as .clang-format says
#   make install          bin and man into $(DESTDIR)$(PREFIX); uninstall takes them out
#   make deps             installs what is missing (Debian, Ubuntu)
#   make dist             renorm-VERSION.tar.gz of the committed files
#   make clean            takes away what was built; distclean what studies and benches left in out/ too
#
#   CC=clang              another compiler
#   V=1                   the whole command lines
#   SAN=address,undefined a second tree with sanitizers: make check SAN=address,undefined
#
# A new stage is a new directory in src/ with a main.c; there is no list to edit.

.DELETE_ON_ERROR:
.SUFFIXES:
ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a directory with a blank in its name: $(CURDIR))
endif
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VERSION := $(shell sed -n 's/^\#define RN_VERSION "\(.*\)"/\1/p' lib/renorm/schema.h)
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man

comma := ,
ifdef SAN
B   := build/$(subst $(comma),-,$(SAN))
BIN := $B/bin
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
else
B   := build
BIN := bin
endif

CFLAGS = -O2 -g
WARN   = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Wimplicit-fallthrough
# Vectors are handed to functions that are inlined, never across files: how that would be done is no matter.
WARN  += -Wno-psabi
# The same digits on every machine.
FP     = -fno-fast-math -ffp-contract=off
STD    = -std=gnu17 -D_GNU_SOURCE -Ilib
ALL    = $(STD) $(WARN) $(FP) $(CFLAGS) $(SANFLAGS)
# No -march: kernels carry target attributes and choose at run time (renorm/cpu.h).
# Flags for one file: $B/lib/name.o: FILE_FLAGS = -O3

# zstd     compression of streams
# xxhash   the checksum in the end mark
# csv      the text form of streams (RFC 4180)
# sleef    exp, tanh and log of whole vectors, the same bits at every width
# openblas matrix products, within a few percent of the machine's peak; lapacke: singular values
# sundials_cvode and its parts: time steps of partial differential equations
# m        elementary functions
# pthread  --threads
# A stage is linked with what it uses alone: OpenBLAS takes longer to load than a filter to start.
LIBS = -Wl,--as-needed -lzstd -lxxhash -lcsv -lsleef -llapacke -lopenblas -lsundials_cvode -lsundials_nvecserial \
	-lsundials_sunmatrixband -lsundials_sunlinsolband -lm -lpthread

Q := $(if $V,,@)
objects = $(patsubst %.c,$B/%.o,$(wildcard $1))

STAGES := $(patsubst src/%/main.c,%,$(wildcard src/*/main.c))
UNITS  := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
LIB    := $B/librenorm.a
LIBOBJ := $(call objects,lib/*.c)
OBJ    := $(LIBOBJ) $(call objects,src/*/*.c tests/unit/*.c)

STAGE_PROGRAMS := $(STAGES:%=$(BIN)/%)
UNIT_PROGRAMS  := $(UNITS:%=$B/tests/unit/%)

all: $(LIB) $(STAGE_PROGRAMS)
units: $(UNIT_PROGRAMS)

# One program a directory of src/, from all its sources. The unit test of that
# name, or of that name and "-anything", is linked with them too, main.c apart.
stage_objects = $(call objects,src/$1/*.c)
unit_stage    = $(firstword $(filter $1 $(firstword $(subst -, ,$1)),$(STAGES)) \
	$(foreach s,$(STAGES),$(if $(filter $s-%,$1),$s)))
unit_objects  = $(filter-out %/main.o,$(if $(call unit_stage,$1),$(call stage_objects,$(call unit_stage,$1))))
$(foreach s,$(STAGES),$(eval $(BIN)/$s: $(call stage_objects,$s)))
$(foreach u,$(UNITS),$(eval $B/tests/unit/$u: $B/tests/unit/$u.o $(call unit_objects,$u)))

$(STAGE_PROGRAMS) $(UNIT_PROGRAMS): $(LIB) $B/flags
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

# Loops over the units of a layer, which -O2 of GCC 12 leaves scalar: an epoch of mlp-train is a tenth shorter.
$B/lib/mlp.o $B/src/mlp-train/backprop.o: FILE_FLAGS = -O3

# The same, over networks side by side: a tenth of the time of small ones.
$B/src/gaussnet-sample/sweep.o $B/src/gaussnet-sample/block_f64.o: FILE_FLAGS = -O3

# Sums over taps held in registers: loops of constant length that -O2 does not unroll; half of the time.
$B/lib/invrg_tc.o: FILE_FLAGS = -O3

$(LIB): $(LIBOBJ)
	@echo "  AR   $@"
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL) $(FILE_FLAGS) -MMD -MP -c -o $@ $<

# Rewritten only when the compiler or its flags have changed, so that everything is built anew then.
$B/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(CC) $(ALL) $(LDFLAGS) $(LIBS)' | cmp -s - $@ || printf '%s\n' '$(CC) $(ALL) $(LDFLAGS) $(LIBS)' > $@

-include $(OBJ:.o=.d)

check: all units
	@BIN=$(abspath $(BIN)) UNIT=$(abspath $B/tests/unit) SAN='$(SAN)' tests/run $(T)

bench: all
	@BIN=$(abspath $(BIN)) tests/bench/run $(T)

demo: all
	@BIN=$(abspath $(BIN)) $(MAKE) --no-print-directory -C pipelines demo

lint:
	@tests/lint

# libFuzzer, on the library built again with its instrumentation; starts from what ising-gen writes.
FUZZ_SECONDS ?= 60
fuzz: $(BIN)/ising-gen
	@mkdir -p build/fuzz/corpus
	clang $(STD) -O1 -g -fsanitize=fuzzer,address,undefined -o build/fuzz/stream tests/fuzz/stream.c lib/*.c $(LIBS)
	for form in '--level=1' '--level=0' '--format=csv'; do \
		$(BIN)/ising-gen -L 3 -T 1,2 -n 3 $$form -o build/fuzz/corpus/$${form#--*=}; done
	cd build/fuzz && ./stream -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 corpus

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

deps:
	sh bin/bootstrap --install-only

# In quotes, for the blanks, the shell leaves a ~ as it is.
bindir = "$(DESTDIR)$(patsubst ~/%,$(HOME)/%,$(BINDIR))"
mandir = "$(DESTDIR)$(patsubst ~/%,$(HOME)/%,$(MANDIR))"

install: all
	install -d $(bindir) $(mandir)/man{1,5,7}
	install -m 755 $(STAGE_PROGRAMS) $(bindir)
	for page in man/*.[157]; do install -m 644 $$page $(mandir)/man$${page##*.}; done

uninstall:
	for stage in $(STAGES); do rm -f $(bindir)/$$stage; done
	for page in man/*.[157]; do rm -f $(mandir)/man$${page##*.}/$${page##*/}; done

dist:
	git archive --prefix=renorm-$(VERSION)/ -o renorm-$(VERSION).tar.gz HEAD

clean:
	rm -rf build $(STAGE_PROGRAMS)

distclean: clean
	rm -rf out

FORCE:
.PHONY: all units check bench demo lint fuzz format deps install uninstall dist clean distclean FORCE
