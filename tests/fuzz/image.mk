# SPDX-License-Identifier: MIT
# make fuzz-image: the image door under libFuzzer with ASan and UBSan (needs clang), SECONDS= long.
IMAGE_ROOMS := plan $(BELOW_plan)
IMAGE_FUZZ := $(BUILD)/tests/fuzz/image
IMAGE_PLANS := $(wildcard tests/fuzz/image-plans/*.txt)
$(IMAGE_FUZZ)_sweep: $(IMAGE_FUZZ)_sweep.o $(IMAGE_FUZZ).o $(call room_libs,$(FOVC_ROOMS))
	$(call link,$(FOVC_ROOMS))
$(IMAGE_FUZZ)-libfuzzer: $(IMAGE_FUZZ).o $(call room_libs,$(IMAGE_ROOMS))
	$(call link,$(IMAGE_ROOMS)) -fsanitize=fuzzer
CHECK_PROGRAMS += $(IMAGE_FUZZ)_sweep

.PHONY: fuzz-image
fuzz-image: $(BUILD)/fovc
	$(MAKE) CC=clang SAN=1 BUILD=$(BUILD)/libfuzzer CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		$(BUILD)/libfuzzer/tests/fuzz/image-libfuzzer
	@mkdir -p $(BUILD)/libfuzzer/images
	for plan in $(IMAGE_PLANS) plans/*.txt; do \
		$(BUILD)/fovc compile -o $(BUILD)/libfuzzer/images/$$(basename $$plan .txt).bin $$plan 2>/dev/null; done
	$(BUILD)/libfuzzer/tests/fuzz/image-libfuzzer -max_total_time=$(SECONDS) -max_len=20000 -timeout=10 \
		-artifact_prefix=$(BUILD)/libfuzzer/ $(BUILD)/libfuzzer/images
-include $(IMAGE_FUZZ).d $(IMAGE_FUZZ)_sweep.d
