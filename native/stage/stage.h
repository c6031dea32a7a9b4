/* What a node's root is made of. */
#ifndef DD_STAGE_H
#define DD_STAGE_H

#include <stdint.h>

struct stage {
  const char *image; /* the read-only node image; its ids are 0, 1, 2... */
  uint32_t base;     /* the node's first host id */
  uint32_t count;    /* how many ids it has */
  const char *upper; /* the node's own changes, and overlayfs's scratch directory; both on the node's disk */
  const char *work;
  const char *data;  /* becomes <at>/data: the directory that the node gets as /var/lib/docker */
  const char *at;    /* an empty directory; <at>/root is the node's root */
};

/* Prints "dd-stage: ..." with errno's sentence and exits 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A user namespace whose only purpose is its id map, as idmapped mounts want it; an open descriptor. */
int open_id_map(uint32_t base, uint32_t count);

/* Leaves the caller in a mount namespace of its own, in which the stage is set. */
void set_stage(const struct stage *stage);

#endif
