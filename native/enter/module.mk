$(eval $(call program,dd-enter,enter,enter/main.c enter/plan/options.c enter/plan/plan.c enter/plan/verify.c enter/channel.c \
  enter/join.c enter/inside.c enter/privileges.c enter/streams.c enter/pump.c enter/supervise.c common/fail.c common/lines.c common/parse.c,,$(STATIC)))
TESTS += enter/enter-test.sh
