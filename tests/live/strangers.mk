# SPDX-License-Identifier: MIT
# Who abuses streams in the live stories, and those who call meanwhile.
STRANGERS := $(BUILD)/tests/live/abuser $(BUILD)/tests/live/newcomers
$(STRANGERS): CPPFLAGS += -D_GNU_SOURCE
$(STRANGERS): %: %.o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< -lssl -lcrypto
CHECK_PROGRAMS += $(STRANGERS)
check-live: $(STRANGERS)
-include $(STRANGERS:%=%.d)
