# SPDX-License-Identifier: MIT
# Manual pages: templates in tools/man, their lists expanded from the tables of grammar/ by tools/manual.c.
MANUALS := $(patsubst tools/man/%.in,$(BUILD)/man/%,$(wildcard tools/man/*.in))

$(BUILD)/tools/manual: $(BUILD)/tools/manual.o $(call room_libs,grammar)
	$(CC) $(LDFLAGS) $(CFLAGS) -o $@ $< $(call room_libs,grammar) $(call system_libs,grammar)
$(BUILD)/man/%: tools/man/%.in $(BUILD)/tools/manual
	@mkdir -p $(@D)
	$(BUILD)/tools/manual $< >$@
-include $(BUILD)/tools/manual.d

.PHONY: manuals install-manuals
all manuals: $(MANUALS)
install-manuals: $(MANUALS)
	for page in $(MANUALS); do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; \
	done
CHECK_PROGRAMS += $(MANUALS)
