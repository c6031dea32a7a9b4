/* The mesh of one node: its sandboxes and the node itself, kept in line with docker. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "docker/docker.h"
#include "lost.h"
#include "node/node.h"
#include "options.h"
#include "sandbox.h"
#include "watch.h"

/* One for each overlay of the node, and ingress. */
#define SANDBOX_LIMIT (NETWORK_LIMIT + 1)

/* All times are milliseconds of the monotonic clock; 0: not planned. */
struct mesh {
  struct docker docker;
  struct watch watch;
  struct node node;
  const char *netns_directory;
  struct sandbox sandboxes[SANDBOX_LIMIT];
  size_t count;
  struct lost lost;
  int told;   /* where others tell of lost machines; -1: nobody can */
  int events; /* docker's event stream; -1 while docker is away */
  int connect_tries;
  int resolve_tries;
  long long connect_at, rescan_at, resolve_at, node_at, lost_at, drift_at, sweep_at;
};

long long mesh_now(void);

/* `told` is the socket of single.h, which the mesh closes. */
bool mesh_open(struct mesh *mesh, const struct options *options, int told);
void mesh_close(struct mesh *mesh);

/* Does everything that is due. Returns when the next thing will be, for poll(2): milliseconds, never more than a few
 * seconds. */
int mesh_step(struct mesh *mesh);

/* Waits for one of the events of mesh_step, at most so long, and takes note of it. A signal that `mask` lets through
 * ends it too. */
void mesh_wait(struct mesh *mesh, int timeout_ms, const void *mask);

/* Whether docker has been read and everything is as it says, with nothing left to do. */
bool mesh_settled(const struct mesh *mesh);

/* Looks for sandboxes that docker made or removed. */
void mesh_rescan(struct mesh *mesh, long long now);
