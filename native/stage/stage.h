/* What a node's root is made of. */
#ifndef DD_STAGE_H
#define DD_STAGE_H

#include <stddef.h>
#include <stdint.h>

/* A file of /proc/sys/user and what it is to say in the namespace above the node's. */
struct bound {
  const char *name;
  const char *value;
};

enum { MAX_BOUNDS = 16 }; /* more than the kernel has such files */

struct stage {
  const char *image; /* the read-only node image; its ids are 0, 1, 2... */
  uint32_t base;     /* the node's first host id */
  uint32_t count;    /* how many ids it has */
  const char *upper; /* the node's own changes, and overlayfs's scratch directory; both on the node's disk */
  const char *work;
  const char *data; /* becomes <at>/data: the directory that the node gets as /var/lib/docker */
  const char *at;   /* an empty directory; <at>/root is the node's root */
  struct bound bounds[MAX_BOUNDS];
  size_t bound_count;
};

/* The user namespace that the node is to live in, with its ids and within its bounds; an open descriptor. */
int make_user_namespace(const struct stage *stage);

/* Leaves the caller in a mount namespace of its own, in which the stage is set. */
void set_stage(const struct stage *stage);

#endif
