# SPDX-License-Identifier: MIT
# make bench-registered: what a call costs that asks who is registered, with 10 and with 100,000 registrations.
REGISTERED := $(BUILD)/tests/bench/registered
REGISTERED_ROOMS := compiler $(BELOW_compiler)
$(REGISTERED): $(REGISTERED).o $(call room_libs,$(REGISTERED_ROOMS))
	$(call link,$(REGISTERED_ROOMS))
CHECK_PROGRAMS += $(REGISTERED)
.PHONY: bench-registered
BENCHES += bench-registered
bench-registered: $(REGISTERED)
	$(REGISTERED)
-include $(REGISTERED).d
