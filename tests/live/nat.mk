# SPDX-License-Identifier: MIT
# The NAT that one of the live stories' phones is behind.
NAT := $(BUILD)/tests/live/nat
$(NAT): $(NAT).o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $<
CHECK_PROGRAMS += $(NAT)
-include $(NAT).d
