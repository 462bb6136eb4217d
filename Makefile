# SPDX-License-Identifier: MIT
# One non-recursive Makefile. Everything made goes under $(BUILD).
#   make            the programs                    make check         bootstrap, then every test
#   make demo       a real call failing over        make bench         the benchmarks of tests/bench
#   make demo-tls   the same over TLS               make soak          100,000 calls, and what grows
#   SAN=1           ASan and UBSan                  CC=clang           another compiler
#   WERROR=1        warnings are errors

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
BUILD ?= build$(if $(SAN),/san)$(if $(filter clang%,$(CC)),/clang)
VERSION := 0.1.0

CPPFLAGS += -I. -I$(BUILD)/gen -D_POSIX_C_SOURCE=200809L -DFOV_VERSION='"$(VERSION)"'
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wvla -Wformat=2 -Wcast-qual
LANGUAGE := -std=c11 -fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=.
ifdef WERROR
WARNINGS += -Werror
BISONFLAGS += -Werror
endif
ifdef SAN
LANGUAGE += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
endif
COMPILE = $(CC) $(LANGUAGE) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$(<D)) -MMD -MP -c $< -o $@
CFLAGS_runtime/net := -D_GNU_SOURCE
CFLAGS_runtime/control := -D_GNU_SOURCE

# --- the rooms, lowest floor first; each is a static library -----------------------------------------------------
ROOMS := grammar regex plan sip state proxy net control sim compiler
DIR_grammar := grammar
DIR_compiler := compiler
$(foreach r,regex plan sip state proxy net control sim,$(eval DIR_$r := runtime/$r))
MAIN_compiler := compiler/fovc.c
GENERATED_compiler := plan.lex.c plan.tab.c

# What a room may use: the rooms below it.
BELOW_grammar :=
BELOW_regex := grammar
BELOW_plan := regex grammar
BELOW_sip := plan regex grammar
BELOW_state := sip plan regex grammar
BELOW_proxy := state sip plan regex grammar
BELOW_net := proxy state sip plan regex grammar
BELOW_control := net proxy state sip plan regex grammar
BELOW_sim := proxy state sip plan regex grammar
BELOW_compiler := sim proxy state sip plan regex grammar

LIBS_grammar := -lsodium
LIBS_sip := -losipparser2 -lmd
LIBS_net := -lev -lcares -lsqlite3 -lssl -lcrypto -lwslay -pthread
room_libs = $(foreach r,$1,$(BUILD)/lib$r.a)
system_libs = $(foreach r,$1,$(LIBS_$r)) -lm

define room
SOURCES_$1 := $$(filter-out $$(MAIN_$1),$$(wildcard $$(DIR_$1)/*.c))
OBJECTS_$1 := $$(SOURCES_$1:%.c=$(BUILD)/%.o) $$(GENERATED_$1:%.c=$(BUILD)/gen/grammar/%.o)
$(BUILD)/lib$1.a: $$(OBJECTS_$1)
	@rm -f $$@
	$(AR) rcsD $$@ $$(OBJECTS_$1)
ALL_OBJECTS += $$(OBJECTS_$1)
endef
$(foreach r,$(ROOMS),$(eval $(call room,$r)))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE)

# --- the front end: flex and bison -------------------------------------------------------------------------------
GEN := $(BUILD)/gen/grammar
$(GEN)/plan.tab.c: grammar/plan.y
	@mkdir -p $(@D)
	bison -Wall $(BISONFLAGS) --defines=$(GEN)/plan.tab.h -o $@ $<
$(GEN)/plan.tab.h: $(GEN)/plan.tab.c ;
$(GEN)/plan.lex.c: grammar/plan.l $(GEN)/plan.tab.h
	flex --header-file=$(GEN)/plan.lex.h -o $@ $<
$(GEN)/plan.lex.h: $(GEN)/plan.lex.c ;
$(GEN)/%.o: $(GEN)/%.c
	$(CC) $(LANGUAGE) -Wall $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(OBJECTS_compiler): | $(GEN)/plan.tab.h $(GEN)/plan.lex.h

# --- programs ----------------------------------------------------------------------------------------------------
link = $(CC) $(LDFLAGS) $(CFLAGS) -o $@ $(filter %.o,$^) $(call room_libs,$1) $(call system_libs,$1)

FOVC_ROOMS := compiler $(BELOW_compiler)
FOVRUN_ROOMS := net $(BELOW_net)
FOVCTL_ROOMS := control $(BELOW_control)
$(BUILD)/fovc: $(BUILD)/compiler/fovc.o $(call room_libs,$(FOVC_ROOMS))
	$(call link,$(FOVC_ROOMS))
$(BUILD)/fovrun: $(BUILD)/runtime/fovrun.o $(call room_libs,$(FOVRUN_ROOMS))
	$(call link,$(FOVRUN_ROOMS))
$(BUILD)/fovctl: $(BUILD)/runtime/fovctl.o $(call room_libs,$(FOVCTL_ROOMS))
	$(call link,$(FOVCTL_ROOMS))

.PHONY: all fovc fovrun fovctl
all: $(BUILD)/fovc $(BUILD)/fovrun $(BUILD)/fovctl
fovc: $(BUILD)/fovc
fovrun: $(BUILD)/fovrun
fovctl: $(BUILD)/fovctl

# --- unit tests: tests/unit/ROOM/MODULE.c is one Criterion program, linked with its room and those below -----------
UNIT_SOURCES := $(wildcard tests/unit/*/*.c)
UNITS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
define unit
$(BUILD)/tests/unit/$1/%: $(BUILD)/tests/unit/$1/%.o $$(call room_libs,$1 $(BELOW_$1))
	$$(CC) $$(LDFLAGS) $$(CFLAGS) -no-pie -o $$@ $$< $$(call room_libs,$1 $(BELOW_$1)) $$(call system_libs,$1 $(BELOW_$1)) -lcriterion $$(TEST_LIBS)
endef
$(foreach r,$(ROOMS),$(eval $(call unit,$r)))
$(BUILD)/tests/unit/regex/%: TEST_LIBS := -lpcre2-8
.PHONY: units
units: $(UNITS)

# --- other test programs and tools bring their rules with them ----------------------------------------------------
include $(wildcard tests/*/*.mk tools/*.mk)

# One after the other, whatever -j says: they would measure each other. The long one is `make soak`.
.PHONY: bench
bench:
	@for bench in $(BENCHES); do $(MAKE) --no-print-directory $$bench || exit 1; done

# All cores, unless the caller said how many.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
.PHONY: clean bootstrap check
clean:
	rm -rf build
bootstrap:
	@tools/bootstrap.sh
check: bootstrap
	@$(MAKE) --no-print-directory $(JOBS) WERROR=1 check-built
.PHONY: check-built
check-built: all units $(CHECK_PROGRAMS)
	@BUILD=$(BUILD) CC=$(CC) SAN=$(SAN) tests/run.sh

.PHONY: install
install: all install-manuals
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin
	install -m 755 $(BUILD)/fovc $(DESTDIR)$(PREFIX)/bin/fovc
	install -m 755 $(BUILD)/fovctl $(DESTDIR)$(PREFIX)/bin/fovctl
	install -m 755 $(BUILD)/fovrun $(DESTDIR)$(PREFIX)/sbin/fovrun

-include $(patsubst %.o,%.d,$(ALL_OBJECTS)) $(UNIT_SOURCES:%.c=$(BUILD)/%.d) $(BUILD)/compiler/fovc.d $(BUILD)/runtime/fovrun.d $(BUILD)/runtime/fovctl.d
