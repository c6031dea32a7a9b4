/* Asks the kernel for a link's operational state. */
#ifndef DRYDOCK_NETNS_LINK_STATE_H
#define DRYDOCK_NETNS_LINK_STATE_H

/* `name` is the link's name (const char *). Returns its IFLA_OPERSTATE in the current namespace, or -errno. */
int dd_link_state(const void *name);

#endif
