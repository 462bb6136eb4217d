# SPDX-License-Identifier: MIT
$(BUILD)/tests/unit/compiler/compile: TEST_LIBS = $(FAILING_MALLOC)
