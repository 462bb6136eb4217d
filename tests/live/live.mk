# SPDX-License-Identifier: MIT
# make check-live [STORIES="valgrind drain"]: the stories on real sockets, all or some.
.PHONY: check-live
check-live: all
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/live/% $(BUILD)/tests/bench/%,$(CHECK_PROGRAMS))
	@BUILD=$(BUILD) SAN=$(SAN) tests/live/run.sh $(STORIES)

# The name server of the stories that need one.
LIVE_DNS := $(BUILD)/tests/live/dns
$(LIVE_DNS): $(LIVE_DNS).o
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $<
CHECK_PROGRAMS += $(LIVE_DNS)
-include $(LIVE_DNS).d
