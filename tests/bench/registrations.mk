# SPDX-License-Identifier: MIT
# A storm of registrations, and what is left of it when the server is killed in the middle.
$(BUILD)/tests/bench/registrations: $(BUILD)/tests/bench/registrations.o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $<

.PHONY: bench-registrations
BENCHES += bench-registrations
bench-registrations: all $(BUILD)/tests/bench/registrations
	@BUILD=$(BUILD) tests/bench/registrations.sh
