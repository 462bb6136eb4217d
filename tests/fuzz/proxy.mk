# SPDX-License-Identifier: MIT
# make fuzz-proxy: the whole core under libFuzzer with ASan and UBSan (needs clang), SECONDS= long. What broke a promise
# once stands in tests/fuzz/proxy-corpus, which make check replays.
PROXY_FUZZ_ROOMS := compiler $(BELOW_compiler)
PROXY_FUZZ := $(BUILD)/tests/fuzz/proxy
PROXY_FUZZ_PARTS := $(addprefix $(PROXY_FUZZ),.o _net.o _judge.o _write.o _mutate.o _plans.o _memory.o _names.o)
PROXY_FUZZ_WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
$(PROXY_FUZZ): $(PROXY_FUZZ)_main.o $(PROXY_FUZZ_PARTS) $(call room_libs,$(PROXY_FUZZ_ROOMS))
	$(call link,$(PROXY_FUZZ_ROOMS)) $(PROXY_FUZZ_WRAP)
$(PROXY_FUZZ)-libfuzzer: $(PROXY_FUZZ_PARTS) $(call room_libs,$(PROXY_FUZZ_ROOMS))
	$(call link,$(PROXY_FUZZ_ROOMS)) $(PROXY_FUZZ_WRAP) -fsanitize=fuzzer
CHECK_PROGRAMS += $(PROXY_FUZZ)

.PHONY: fuzz-proxy
fuzz-proxy:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/proxy-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/proxy
	$(BUILD)/libfuzzer/tests/fuzz/proxy-libfuzzer -max_total_time=$(SECONDS) -max_len=1000 -timeout=10 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/proxy tests/fuzz/proxy-corpus
-include $(PROXY_FUZZ_PARTS:.o=.d) $(PROXY_FUZZ)_main.d
