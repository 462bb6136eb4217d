# SPDX-License-Identifier: MIT
# What callers wait while somebody has the server do handshakes as fast as he can.
.PHONY: bench-handshakes
BENCHES += bench-handshakes
bench-handshakes: all $(addprefix $(BUILD)/tests/,live/abuser live/newcomers bench/target)
	@BUILD=$(BUILD) tests/bench/handshakes.sh
