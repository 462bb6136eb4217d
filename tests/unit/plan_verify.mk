# SPDX-License-Identifier: MIT
# The verifier's test runs out of memory on purpose.
$(BUILD)/tests/unit/plan/verify: TEST_LIBS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
