# SPDX-License-Identifier: MIT
# The unit for systemd, with the place of the program in it, and the configuration to start from.
.PHONY: install-service
install: install-service
install-service:
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/share/fov
	install -m 644 plans/fovrun.conf $(DESTDIR)$(PREFIX)/share/fov/fovrun.conf
	sed 's|@prefix@|$(PREFIX)|' tools/fovrun.service.in >$(DESTDIR)$(PREFIX)/lib/systemd/system/fovrun.service
