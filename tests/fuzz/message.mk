# SPDX-License-Identifier: MIT
# make fuzz-message: the message door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
MESSAGE_ROOMS := sip $(BELOW_sip)
MESSAGE_FUZZ := $(BUILD)/tests/fuzz/message
$(MESSAGE_FUZZ): $(MESSAGE_FUZZ).o $(MESSAGE_FUZZ)_main.o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS))
$(MESSAGE_FUZZ)-libfuzzer: $(MESSAGE_FUZZ).o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(MESSAGE_FUZZ)

SECONDS ?= 60
MESSAGE_SEEDS := $(wildcard ../shared/fuzz-seeds/messages)
MESSAGE_WORDS := $(wildcard ../shared/fuzz-seeds/sip.dict)
.PHONY: fuzz-message
fuzz-message:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/message-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/corpus
	$(BUILD)/libfuzzer/tests/fuzz/message-libfuzzer -max_total_time=$(SECONDS) -max_len=6000 -timeout=5 \
		$(MESSAGE_WORDS:%=-dict=%) -artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/corpus \
		tests/fuzz/message-corpus $(MESSAGE_SEEDS)
-include $(MESSAGE_FUZZ).d $(MESSAGE_FUZZ)_main.d
