/* Configures links: sends ready-made rtnetlink requests, and makes namespaces to send them to. */
#ifndef DRYDOCK_NETNS_NETLINK_H
#define DRYDOCK_NETNS_NETLINK_H

#include <stddef.h>

struct dd_requests {
  const void *bytes; /* whole messages, one behind the other, each with NLM_F_ACK */
  size_t length;
};

/* `argument` is a struct dd_requests. Sends each when the one before has succeeded; 0, or -errno of the first that
 * failed. */
int dd_send_requests(const void *argument);

/* `name` is a link's name (const char *). Returns its index in the current namespace, or -errno. */
int dd_link_index(const void *name);

/* Makes a network namespace that lives as long as the returned descriptor; or returns -errno. */
int dd_make_netns(void);

/* Gives the namespace behind `fd` a name: an empty file at `path` becomes its mount point. 0 or -errno. */
int dd_name_netns(int fd, const char *path);

#endif
