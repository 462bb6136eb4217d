# SPDX-License-Identifier: MIT
# make fuzz-regex: 200,000 pairs of pattern and subject against PCRE2 (PAIRS=, SEED= for others).
REGEX_ROOMS := regex $(BELOW_regex)
REGEX_ORACLE := $(BUILD)/tests/fuzz/regex_oracle
$(REGEX_ORACLE): $(REGEX_ORACLE).o $(BUILD)/tests/fuzz/regex_pattern.o $(call room_libs,$(REGEX_ROOMS))
	$(call link,$(REGEX_ROOMS)) -lpcre2-8
CHECK_PROGRAMS += $(REGEX_ORACLE)

PAIRS ?= 200000
.PHONY: fuzz-regex
fuzz-regex: $(REGEX_ORACLE)
	$(REGEX_ORACLE) $(PAIRS) $(SEED)
-include $(REGEX_ORACLE).d $(BUILD)/tests/fuzz/regex_pattern.d
