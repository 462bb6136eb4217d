# SPDX-License-Identifier: MIT
# Tests that run out of memory on purpose (tests/unit/sip/failing_malloc.h).
FAILING_MALLOC := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
$(addprefix $(BUILD)/tests/unit/,compiler/compile net/batch net/store plan/verify proxy/memory proxy/registrar \
	sip/lookup sip/reply sip/stream sip/timers sip/transaction sip/transaction_attempt sip/transaction_client \
	sip/transaction_server sip/transaction_stream state/block state/health state/location state/names \
	state/session): TEST_LIBS := $(FAILING_MALLOC)
$(BUILD)/tests/unit/proxy/pending: TEST_LIBS := $(FAILING_MALLOC),--wrap=free
