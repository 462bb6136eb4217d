# SPDX-License-Identifier: MIT
$(addprefix $(BUILD)/tests/unit/proxy/,memory registrar): TEST_LIBS = $(FAILING_MALLOC)
