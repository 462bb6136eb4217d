# SPDX-License-Identifier: MIT
# make fuzz-plan: the plan door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
PLAN_FUZZ := $(BUILD)/tests/fuzz/plan
$(PLAN_FUZZ): $(PLAN_FUZZ).o $(PLAN_FUZZ)_main.o $(call room_libs,$(FOVC_ROOMS))
	$(call link,$(FOVC_ROOMS))
$(PLAN_FUZZ)-libfuzzer: $(PLAN_FUZZ).o $(call room_libs,$(FOVC_ROOMS))
	$(call link,$(FOVC_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(PLAN_FUZZ)

SECONDS ?= 60
.PHONY: fuzz-plan
fuzz-plan:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/plan-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/plans
	cp tests/golden/*.plan plans/*.txt $(BUILD)/libfuzzer/plans
	$(BUILD)/libfuzzer/tests/fuzz/plan-libfuzzer -max_total_time=$(SECONDS) -max_len=8000 -timeout=10 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/plans $(wildcard tests/fuzz/plan-inputs)
-include $(PLAN_FUZZ).d $(PLAN_FUZZ)_main.d
