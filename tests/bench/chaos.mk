# SPDX-License-Identifier: MIT
# Calls over every transport while their targets die, and a hundred thousand of them while nobody does.
CHAOS := $(BUILD)/tests/bench/callers $(BUILD)/tests/bench/target
$(CHAOS): CPPFLAGS += -D_GNU_SOURCE
$(CHAOS): %: %.o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $<
CHECK_PROGRAMS += $(CHAOS)
check-live: $(CHAOS)
-include $(CHAOS:%=%.d)

.PHONY: bench-chaos soak
BENCHES += bench-chaos
bench-chaos: all $(CHAOS)
	@BUILD=$(BUILD) tests/bench/chaos.sh
soak: all $(CHAOS)
	@BUILD=$(BUILD) tests/bench/soak.sh
