# SPDX-License-Identifier: MIT
# make bench-hostile: what hostile datagrams cost, against the bars.
HOSTILE_ROOMS := sip $(BELOW_sip)
$(BUILD)/tests/bench/hostile: $(BUILD)/tests/bench/hostile.o $(call room_libs,$(HOSTILE_ROOMS))
	$(call link,$(HOSTILE_ROOMS))
.PHONY: bench-hostile
bench-hostile: $(BUILD)/tests/bench/hostile
	$<
