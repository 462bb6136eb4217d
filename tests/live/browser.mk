# SPDX-License-Identifier: MIT
# The browser that one of the live stories' phones runs in.
BROWSER := $(BUILD)/tests/live/browser
$(BROWSER): $(BROWSER).o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< -lwslay -lssl -lcrypto
CHECK_PROGRAMS += $(BROWSER)
-include $(BROWSER).d
