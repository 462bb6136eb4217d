# SPDX-License-Identifier: MIT
# make fuzz-stun: the STUN door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
STUN_FUZZ := $(BUILD)/tests/fuzz/stun
$(STUN_FUZZ): $(STUN_FUZZ).o $(MESSAGE_FUZZ)_main.o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS))
$(STUN_FUZZ)-libfuzzer: $(STUN_FUZZ).o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(STUN_FUZZ)

.PHONY: fuzz-stun
fuzz-stun:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/stun-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/stun-corpus
	$(BUILD)/libfuzzer/tests/fuzz/stun-libfuzzer -max_total_time=$(SECONDS) -max_len=1400 -timeout=5 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/stun-corpus \
		tests/fuzz/stun-corpus
-include $(STUN_FUZZ).d
