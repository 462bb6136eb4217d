# SPDX-License-Identifier: MIT
# make check-live [STORIES="valgrind drain"]: the stories on real sockets, all or some.
.PHONY: check-live
check-live: all
	@BUILD=$(BUILD) SAN=$(SAN) tests/live/run.sh $(STORIES)
