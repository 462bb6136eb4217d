# SPDX-License-Identifier: MIT
# make fuzz-regex         200,000 pairs of pattern and subject against PCRE2 (PAIRS=, SEED= for others)
# make fuzz-regex-bytes   libFuzzer on patterns and subjects of any bytes (SECONDS=; clang); what breaks goes to
#                         tests/fuzz/regex-inputs, which make check replays
REGEX_ROOMS := regex $(BELOW_regex)
REGEX_ORACLE := $(BUILD)/tests/fuzz/regex_oracle
REGEX_REPLAY := $(BUILD)/tests/fuzz/regex
REGEX_FUZZER := $(BUILD)/tests/fuzz/regex-libfuzzer
$(REGEX_ORACLE): $(REGEX_ORACLE).o $(BUILD)/tests/fuzz/regex_pattern.o $(call room_libs,$(REGEX_ROOMS))
	$(call link,$(REGEX_ROOMS)) -lpcre2-8
$(REGEX_REPLAY): $(REGEX_REPLAY).o $(call room_libs,$(REGEX_ROOMS))
	$(call link,$(REGEX_ROOMS))
CHECK_PROGRAMS += $(REGEX_ORACLE) $(REGEX_REPLAY)

PAIRS ?= 200000
SECONDS ?= 60
.PHONY: fuzz-regex fuzz-regex-bytes
fuzz-regex: $(REGEX_ORACLE)
	$(REGEX_ORACLE) $(PAIRS) $(SEED)
REGEX_FUZZED := tests/fuzz/regex.c $(wildcard runtime/regex/*.c) $(addprefix grammar/,arena.c codes.c hash.c slice.c)
$(REGEX_FUZZER): $(REGEX_FUZZED)
	@mkdir -p $(@D)
	clang $(LANGUAGE) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -fsanitize=fuzzer,address,undefined -DFOV_LIBFUZZER \
		-o $@ $(REGEX_FUZZED) $(call system_libs,$(REGEX_ROOMS))
fuzz-regex-bytes: $(REGEX_FUZZER)
	@mkdir -p $(BUILD)/tests/fuzz/regex-corpus
	$(REGEX_FUZZER) -max_total_time=$(SECONDS) -max_len=6000 -timeout=5 -artifact_prefix=tests/fuzz/regex-inputs/ \
		$(BUILD)/tests/fuzz/regex-corpus tests/fuzz/regex-inputs
-include $(REGEX_ORACLE).d $(REGEX_REPLAY).d $(BUILD)/tests/fuzz/regex_pattern.d
