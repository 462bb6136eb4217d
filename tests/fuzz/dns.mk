# SPDX-License-Identifier: MIT
# make fuzz-dns: the door of name servers under libFuzzer with ASan and UBSan (needs clang), SECONDS= long. The short
# run changes bytes as that of messages does, with message_main.c.
DNS_FUZZ := $(BUILD)/tests/fuzz/dns
$(DNS_FUZZ): $(DNS_FUZZ).o $(BUILD)/tests/fuzz/message_main.o $(call room_libs,$(FOVRUN_ROOMS))
	$(call link,$(FOVRUN_ROOMS))
$(DNS_FUZZ)-libfuzzer: $(DNS_FUZZ).o $(call room_libs,$(FOVRUN_ROOMS))
	$(call link,$(FOVRUN_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(DNS_FUZZ)

.PHONY: fuzz-dns
fuzz-dns:
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/dns-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/dns
	$(BUILD)/libfuzzer/tests/fuzz/dns-libfuzzer -max_total_time=$(SECONDS) -max_len=1500 -timeout=5 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/dns tests/fuzz/dns-corpus
-include $(DNS_FUZZ).d
