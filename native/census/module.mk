# Counts what the network namespaces of a node hold of the kernel's memory.
$(eval $(call program,dd-census,census,census/main.c census/namespaces.c census/counts.c census/sockets.c census/dump.c census/queues.c census/drain.c census/terminals.c,,$(STATIC)))
TESTS += census/census-test.sh
