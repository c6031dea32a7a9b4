# Tells when the kernel kills in a node for want of memory.
$(eval $(call program,dd-oom,oom,oom/main.c common/lines.c oom/group.c,,$(STATIC)))
TESTS += oom/oom-test.sh
