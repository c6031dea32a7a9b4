$(eval $(call program,dd-enter,enter,enter/main.c enter/options.c enter/plan.c enter/verify.c enter/channel.c \
  enter/join.c enter/inside.c enter/privileges.c enter/streams.c enter/pump.c enter/supervise.c common/fail.c common/lines.c common/parse.c,,$(STATIC)))
TESTS += enter/enter-test.sh
