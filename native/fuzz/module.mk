# A target a parser: NAME.fuzz.c. `make fuzz` builds them with libFuzzer (clang) into build/fuzz/; `make fuzz-replay` with the sanitizers
# of the C compiler and a main that runs each once on the inputs in corpus/NAME, which the ordinary tests do.
FUZZ_TARGETS := $(patsubst fuzz/%.fuzz.c,%,$(sort $(wildcard fuzz/*.fuzz.c)))
FUZZ_EXTRA_enter-options := fuzz/exit-point.c
FUZZ_EXTRA_enter-plan := fuzz/exit-point.c
FUZZ_EXTRA_init-control := init/services/catalogue.c init/services/quiet.c
FUZZ_LIBS_mesh-json := -ljansson
FUZZ_LIBS_mesh-ruleset := -ljansson
FUZZ_CC ?= clang
# What a target includes and does not call is no mistake there.
FUZZ_FLAGS := -std=gnu11 -O1 -g -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fno-omit-frame-pointer -Wall -Wextra -Wno-unused-function \
              -fno-sanitize-recover=undefined -Iinit -Ictl

fuzz: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
fuzz-replay: $(FUZZ_TARGETS:%=$(BUILD)/fuzz-replay/%)

FUZZ_SANITIZE := -fsanitize=address,undefined
$(BUILD)/fuzz/%.o: fuzz/%.fuzz.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -MMD -MP $(FUZZ_SANITIZE),fuzzer -c $< -o $@
$(BUILD)/fuzz-replay/%.o: fuzz/%.fuzz.c
	@mkdir -p $(@D)
	$(CC) $(FUZZ_FLAGS) -MMD -MP $(FUZZ_SANITIZE) -c $< -o $@
$(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o
	$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_SANITIZE),fuzzer $< $(FUZZ_EXTRA_$*) $(FUZZ_LIBS_$*) -o $@
$(BUILD)/fuzz-replay/%: $(BUILD)/fuzz-replay/%.o fuzz/replay.c
	$(CC) $(FUZZ_FLAGS) $(FUZZ_SANITIZE) $^ $(FUZZ_EXTRA_$*) $(FUZZ_LIBS_$*) -o $@
.SECONDARY: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%.o) $(FUZZ_TARGETS:%=$(BUILD)/fuzz-replay/%.o)
-include $(wildcard $(BUILD)/fuzz/*.d $(BUILD)/fuzz-replay/*.d)

TESTS += fuzz/kept-inputs.test.sh
.PHONY: fuzz fuzz-replay
