$(eval $(call program,dd-watch,watch,watch/main.c common/lines.c watch/node.c watch/diag.c watch/events.c watch/owners.c,,$(STATIC)))
TESTS += watch/watch-test.sh
