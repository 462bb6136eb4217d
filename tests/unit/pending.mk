# SPDX-License-Identifier: MIT
$(BUILD)/tests/unit/proxy/pending: TEST_LIBS = $(FAILING_MALLOC),--wrap=free
