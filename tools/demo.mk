# SPDX-License-Identifier: MIT
# A first call, from a bare machine to the ladder on the screen.
.PHONY: demo demo-tls
demo demo-tls:
	@tools/bootstrap.sh demo
	@echo "building ..."
	@$(MAKE) --no-print-directory -s -j"$$(nproc)" all
	@BUILD=$(BUILD) tools/$@.sh
