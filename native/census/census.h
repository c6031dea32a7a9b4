/* What the network namespaces of some processes hold of the kernel's memory that no group counts. */
#ifndef DD_CENSUS_H
#define DD_CENSUS_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A node may have 512 (user.max_net_namespaces of the namespace above its own); what is beyond is not looked into. */
enum { MAX_NAMESPACES = 1024 };
/* Far beyond any bound (kernel-watch.ts); of the slots for them more than a few must stay free. */
enum { MAX_TERMINALS = 16384, TERMINAL_SLOTS = 32768 };

/* Of who has more the rest is not looked at: that would take longer than anybody waits for. */
enum { MAX_DESCRIPTORS = 400001 };

struct census {
  size_t descriptor_count; /* of all processes: one that several share is several */
  uint64_t neighbours;     /* of every protocol: entries, proxies, and what bridges and tunnels know */
  uint64_t connections;    /* that connection tracking holds */
  uint64_t socket_bytes; /* rings of packet sockets, and what waits in packet, raw and netlink sockets, before links and
                            in fragments */
  uint64_t transport_bytes; /* buffers of TCP and UDP */
  size_t namespace_count;
  ino_t namespaces[MAX_NAMESPACES];
  bool keeps;               /* namespaces are kept and not looked into */
  int kept[MAX_NAMESPACES]; /* descriptors of them, or -1 of one of the host's own */
  pid_t pid;                /* the process that is looked at */
  int thread;               /* a pidfd of that one of its threads whose descriptors are looked at, or -1 */
  size_t terminal_count;
  uint64_t terminals[TERMINAL_SLOTS]; /* which they are; 0 is none */
  size_t tree_count;                  /* mount namespaces whose mounts have been looked through */
  ino_t trees[MAX_NAMESPACES];
};

/*
 * Adds the namespaces that a process is in or keeps: those of its threads, of their descriptors, of sockets among
 * them, and of the mounts that it sees. Nothing of the process is trusted: a name in its tree is opened by O_PATH
 * within its root, and only a namespace is opened for more. A process that has gone adds nothing. The caller ends up in
 * one of the namespaces.
 */
void add_process(struct census *census, pid_t pid);

/* Adds what the namespace behind `fd` holds, once. */
void add_namespace(struct census *census, int fd);

/* Whether a namespace belongs to the caller's own user namespace. */
bool is_hosts(int namespace);

/*
 * Takes down every link of the namespaces that are kept, by which all that waits there is given back. A socket that has
 * something waiting keeps its namespace, which keeps the link, which keeps what waits: without processes, descriptors
 * or mounts nobody finds such a namespace any more, and its memory is lost until the host starts again.
 */
void drain_namespaces(const struct census *census);

/* Adds the terminal, once, that a descriptor of the thread that is looked at keeps; `descriptors` is its /proc folder.
 */
void add_terminal(struct census *census, int descriptors, const char *number);

/* A copy of a descriptor of the thread that is looked at; -1 of one that has gone. */
int copy_descriptor(const struct census *census, const char *number);

/* Bytes of sockets in the namespace that the caller is in. */
uint64_t count_socket_bytes(void);

/* What waits before links, and fragments that wait for the rest, alike. */
uint64_t count_waiting_bytes(void);

/* Of `transport_bytes`, alike. */
uint64_t count_transport_bytes(void);

/*
 * Sends a request for a list to a family of netlink and adds up what `count` makes of each message of the answer: 0 of
 * what the kernel does not list. Ends at some millions of them.
 */
uint64_t sum_dump(int protocol, const void *request, size_t size, uint64_t (*count)(const struct nlmsghdr *message));

#endif
