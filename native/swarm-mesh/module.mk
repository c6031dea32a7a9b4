# Runs inside nodes that carry another release of the distribution, so it is linked statically where it can be.
$(eval $(call program,swarm-mesh,swarm-mesh,$(wildcard swarm-mesh/*.c swarm-mesh/*/*.c),,$(STATIC) -ljansson))
TESTS += $(sort $(wildcard swarm-mesh/tests/*.test.mjs))
