/* Opens sockets, writes sysctls and looks at links in another network namespace than the caller's. */
#ifndef DRYDOCK_NETNS_SOCKETS_H
#define DRYDOCK_NETNS_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/* Where a namespace is, and which one it must be: `inode` 0 accepts any. A pid in `path` may have been reused: the
 * inode tells. */
struct dd_netns {
  const char *path;
  uint64_t inode;
};

/* What to make in the namespace. */
struct dd_socket {
  int family;       /* AF_INET, or AF_INET6 for an unbound socket */
  int type;         /* SOCK_STREAM or SOCK_DGRAM */
  const char *host; /* IPv4 address to bind to; NULL leaves the socket unbound */
  uint16_t port;
  int backlog; /* > 0: listen (streams only) */
};

/*
 * Returns a non-blocking, close-on-exec socket of that namespace, or -errno. ESTALE: another namespace is at the path
 * now. The calling thread is in its own namespace again on return; when that fails the process aborts.
 */
int dd_netns_socket(const struct dd_netns *netns, const struct dd_socket *wanted);

/* Writes `value` to /proc/sys/net/<name> as that namespace sees it; 0 or -errno. `name` must not contain "..". */
int dd_netns_sysctl(const struct dd_netns *netns, const char *name, const char *value);

/*
 * The operational state (RFC 2863; 6 is "up") of a link of that namespace, or -errno. A link whose flags say "up" drops
 * what it is given until this does too.
 */
int dd_netns_link_state(const struct dd_netns *netns, const char *link);

/* dd_send_requests and dd_link_index (netlink.h) in that namespace. */
int dd_netns_requests(const struct dd_netns *netns, const void *bytes, size_t length);
int dd_netns_link_index(const struct dd_netns *netns, const char *link);

/*
 * Connects to the unix stream socket at `path` as the process `pid` sees the file tree: no symbolic link leads out of
 * its root, whatever the process did to its files. `netns_inode` != 0: the process must be in that network namespace
 * (its pid may have been reused). Returns a non-blocking, close-on-exec socket or -errno.
 */
int dd_connect_unix(int pid, const char *path, uint64_t netns_inode);

#endif
