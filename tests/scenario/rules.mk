# SPDX-License-Identifier: MIT
# The runner of stories: compiles their plans with the compiler's own library, so that it links every room but net/.
SCENARIO_ROOMS := compiler $(BELOW_compiler)
$(BUILD)/tests/scenario/run: $(BUILD)/tests/scenario/run.o $(call room_libs,$(SCENARIO_ROOMS))
	$(call link,$(SCENARIO_ROOMS))
CHECK_PROGRAMS += $(BUILD)/tests/scenario/run
-include $(BUILD)/tests/scenario/run.d
