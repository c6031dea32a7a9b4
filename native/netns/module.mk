# Loaded by the agent into Node.js, so it is a shared object; the headers come with npm's node-api-headers. A sanitizer's runtime would
# have to be loaded before node itself, so the sanitizer build leaves it out.
ifeq ($(SANITIZE),)
$(eval $(call program,netns.node,netns,netns/addon.c netns/sockets.c netns/link-state.c netns/netlink.c netns/jobs.c,-fPIC -fvisibility=hidden -I../node_modules/node-api-headers/include,-shared))
endif
