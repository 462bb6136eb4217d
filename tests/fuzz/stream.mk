# SPDX-License-Identifier: MIT
# make fuzz-stream: the stream door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
STREAM_FUZZ := $(BUILD)/tests/fuzz/stream
$(STREAM_FUZZ): $(STREAM_FUZZ).o $(MESSAGE_FUZZ)_main.o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS))
$(STREAM_FUZZ)-libfuzzer: $(STREAM_FUZZ).o $(call room_libs,$(MESSAGE_ROOMS))
	$(call link,$(MESSAGE_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(STREAM_FUZZ)

.PHONY: fuzz-stream
fuzz-stream:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/stream-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/stream-corpus
	$(BUILD)/libfuzzer/tests/fuzz/stream-libfuzzer -max_total_time=$(SECONDS) -max_len=6000 -timeout=5 \
		$(MESSAGE_WORDS:%=-dict=%) -artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/stream-corpus \
		tests/fuzz/stream-corpus $(MESSAGE_SEEDS)
-include $(STREAM_FUZZ).d
