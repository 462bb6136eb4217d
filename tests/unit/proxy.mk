# SPDX-License-Identifier: MIT
$(BUILD)/tests/unit/proxy/memory: TEST_LIBS = $(FAILING_MALLOC)
