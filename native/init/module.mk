# PID 1 of a node; static, so that it depends on nothing a learner may break.
$(eval $(call program,drydock-init,init,$(wildcard init/*.c init/*/*.c),,$(STATIC)))
TESTS += init/tests/service-life.test.sh
