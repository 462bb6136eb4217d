# SPDX-License-Identifier: MIT
$(addprefix $(BUILD)/tests/unit/net/,batch store): TEST_LIBS = $(FAILING_MALLOC)
