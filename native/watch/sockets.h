/* The listening sockets of one network namespace, as a sorted set. */
#ifndef DD_WATCH_SOCKETS_H
#define DD_WATCH_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sockets of one node that are looked at; a node that opens more is shown these. */
enum { MAX_SOCKETS = 2048, PROGRAM_SIZE = 16 };

/* Where a socket listens; the smaller one counts when a port has several. */
enum reach { REACH_ANY, REACH_ADDRESS, REACH_LOOPBACK };

struct listener {
  uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP */
  uint8_t reach;
  uint16_t port;
  uint32_t inode;
  char program[PROGRAM_SIZE]; /* printable ASCII, empty when nobody is known to hold it */
};

struct listeners {
  struct listener items[MAX_SOCKETS];
  size_t count;
};

/* Adds those of a protocol to `found` through a sock_diag socket of the namespace; false with errno when the kernel
 * does not answer. */
bool list_listeners(int diag, uint8_t protocol, struct listeners *found);

/* Names the programs of `wanted` that have none, from the processes in the namespace with that inode. */
void name_programs(uint64_t netns_inode, struct listeners *wanted);

#endif
