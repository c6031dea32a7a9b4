# Builds a node's root where only that node sees it.
$(eval $(call program,dd-stage,stage,stage/main.c stage/userns.c stage/stage.c common/fail.c,,$(STATIC)))
TESTS += stage/stage-test.sh
