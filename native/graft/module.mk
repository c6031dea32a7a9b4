# Lays files that the host serves over files of a living node.
$(eval $(call program,dd-graft,graft,graft/main.c graft/graft.c common/fail.c common/parse.c,,$(STATIC)))
TESTS += graft/graft-test.sh
