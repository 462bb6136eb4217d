# SPDX-License-Identifier: MIT
# make fuzz-websocket: the WebSocket door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
WEBSOCKET_FUZZ := $(BUILD)/tests/fuzz/websocket
WEBSOCKET_ROOMS := net $(BELOW_net)
$(WEBSOCKET_FUZZ): $(WEBSOCKET_FUZZ).o $(MESSAGE_FUZZ)_main.o $(call room_libs,$(WEBSOCKET_ROOMS))
	$(call link,$(WEBSOCKET_ROOMS))
$(WEBSOCKET_FUZZ)-libfuzzer: $(WEBSOCKET_FUZZ).o $(call room_libs,$(WEBSOCKET_ROOMS))
	$(call link,$(WEBSOCKET_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(WEBSOCKET_FUZZ)

.PHONY: fuzz-websocket
fuzz-websocket:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/websocket-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/websocket-corpus
	$(BUILD)/libfuzzer/tests/fuzz/websocket-libfuzzer -max_total_time=$(SECONDS) -max_len=6000 -timeout=5 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/websocket-corpus \
		tests/fuzz/websocket-corpus
-include $(WEBSOCKET_FUZZ).d
