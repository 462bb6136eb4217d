# SPDX-License-Identifier: MIT
# The torture messages through the compiler's and the proxy's own libraries.
TORTURE := $(BUILD)/tests/torture/torture
TORTURE_ROOMS := compiler $(BELOW_compiler)
$(TORTURE): $(TORTURE).o $(call room_libs,$(TORTURE_ROOMS))
	$(call link,$(TORTURE_ROOMS))
CHECK_PROGRAMS += $(TORTURE)
-include $(TORTURE).d
