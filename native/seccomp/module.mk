# The filter of every node, in two forms made from one list: runc's (JSON) and dd-enter's (BPF). Besides the filters of the host's services.
$(eval $(call program,dd-seccomp,seccomp,seccomp/main.c seccomp/rules.c seccomp/write-bpf.c seccomp/write-oci.c seccomp/run.c,,$(STATIC) -lseccomp))
ifeq ($(SANITIZE),)
PROGRAMS += $(BUILD)/node.bpf $(BUILD)/service.bpf $(BUILD)/host.bpf $(BUILD)/node.seccomp.json
$(BUILD)/%.bpf: seccomp/%.rules $(BUILD)/dd-seccomp
	$(BUILD)/dd-seccomp bpf < $< > $@.part && mv $@.part $@
$(BUILD)/node.seccomp.json: seccomp/node.rules $(BUILD)/dd-seccomp
	$(BUILD)/dd-seccomp oci < $< > $@.part && mv $@.part $@
endif
TESTS += seccomp/seccomp-test.sh
