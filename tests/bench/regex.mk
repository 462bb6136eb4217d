# SPDX-License-Identifier: MIT
# make bench-regex: patterns of dial plans against PCRE2 with and without its JIT.
REGEX_BENCH := $(BUILD)/tests/bench/regex
$(REGEX_BENCH): $(REGEX_BENCH).o $(call room_libs,regex $(BELOW_regex))
	$(call link,regex $(BELOW_regex)) -lpcre2-8
CHECK_PROGRAMS += $(REGEX_BENCH)
.PHONY: bench-regex
BENCHES += bench-regex
bench-regex: $(REGEX_BENCH)
	$(REGEX_BENCH)
-include $(REGEX_BENCH).d
