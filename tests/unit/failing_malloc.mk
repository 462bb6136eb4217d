# SPDX-License-Identifier: MIT
# Tests that run out of memory on purpose (tests/unit/sip/failing_malloc.h).
FAILING_MALLOC := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
$(addprefix $(BUILD)/tests/unit/sip/,timers lookup reply stream transaction transaction_attempt transaction_client \
	transaction_server transaction_stream) $(addprefix $(BUILD)/tests/unit/state/,block health location names session): TEST_LIBS := $(FAILING_MALLOC)
