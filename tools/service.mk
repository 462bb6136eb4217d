# SPDX-License-Identifier: MIT
# The unit for systemd, with the place of the program in it.
.PHONY: install-service
install: install-service
install-service:
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@prefix@|$(PREFIX)|' tools/fovrun.service.in >$(DESTDIR)$(PREFIX)/lib/systemd/system/fovrun.service
