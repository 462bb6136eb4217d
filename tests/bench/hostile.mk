# SPDX-License-Identifier: MIT
# make bench-hostile: what hostile datagrams cost, against the bars.
HOSTILE := $(BUILD)/tests/bench/hostile
HOSTILE_ROOMS := compiler $(BELOW_compiler)
$(HOSTILE): $(HOSTILE).o $(call room_libs,$(HOSTILE_ROOMS))
	$(call link,$(HOSTILE_ROOMS))
CHECK_PROGRAMS += $(HOSTILE)
.PHONY: bench-hostile
BENCHES += bench-hostile
bench-hostile: $(HOSTILE)
	$(HOSTILE)
-include $(HOSTILE).d
