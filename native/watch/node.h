/* One watched node: its namespace's diagnostic socket and what was last told of it. */
#ifndef DD_WATCH_NODE_H
#define DD_WATCH_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "sockets.h"

enum { ID_SIZE = 80 };

struct node {
  char id[ID_SIZE];
  int diag;
  uint64_t netns_inode;
  bool told;
  struct listeners last;
};

/*
 * Opens the node whose process `pid` must be in the namespace with that inode. NULL with errno when it is not, or is
 * gone. The node's namespace lives until node_close.
 */
struct node *node_open(const char *id, int pid, uint64_t netns_inode);
void node_close(struct node *node);

enum look { LOOK_ALL, LOOK_UDP };

/* Looks, and prints one line when the set of listening sockets has changed. False when the node cannot be looked at any
 * more. */
bool node_look(struct node *node, enum look what);

#endif
