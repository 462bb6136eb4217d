# SPDX-License-Identifier: MIT
# How long a failover takes, seen from outside.
$(BUILD)/tests/bench/failover: $(BUILD)/tests/bench/failover.o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $<

.PHONY: bench-failover
BENCHES += bench-failover
bench-failover: all $(BUILD)/tests/bench/failover $(BUILD)/tests/live/dns
	@BUILD=$(BUILD) tests/bench/failover.sh
