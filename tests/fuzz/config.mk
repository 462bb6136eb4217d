# SPDX-License-Identifier: MIT
# make fuzz-config: the door of configurations under libFuzzer with ASan and UBSan (needs clang), SECONDS= long. The
# short run makes texts of other texts' lines as that of plans does, with plan_main.c.
CONFIG_FUZZ := $(BUILD)/tests/fuzz/config
$(CONFIG_FUZZ): $(CONFIG_FUZZ).o $(BUILD)/tests/fuzz/plan_main.o $(call room_libs,$(FOVRUN_ROOMS))
	$(call link,$(FOVRUN_ROOMS))
$(CONFIG_FUZZ)-libfuzzer: $(CONFIG_FUZZ).o $(call room_libs,$(FOVRUN_ROOMS))
	$(call link,$(FOVRUN_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(CONFIG_FUZZ)

.PHONY: fuzz-config
fuzz-config:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/config-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/configs
	cp tests/golden/*.conf plans/*.conf $(BUILD)/libfuzzer/configs
	$(BUILD)/libfuzzer/tests/fuzz/config-libfuzzer -max_total_time=$(SECONDS) -max_len=4000 -timeout=10 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/configs
-include $(CONFIG_FUZZ).d
