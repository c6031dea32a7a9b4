/* One load-balancing sandbox of docker: `ingress_sbox`, or the `lb_*` namespace of an overlay network. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "docker/docker.h"
#include "rules/table.h"

struct sandbox {
  char name[64];
  ino_t inode; /* of the namespace: docker uses names again */
  struct network network;
  bool resolved; /* `network` is known */
  bool ingress;
  struct table table;
  /* Where it is on the overlay; 0 until docker has set it up. */
  ipv4 source;
  int interface;
  /* ingress: its own address on the bridge towards the node, and the node's. 0 until docker has set it up. */
  ipv4 inside, outside;
  /* When to read docker's facts again, in milliseconds of the monotonic clock; 0: not planned. */
  long long read_at, confirm_at, last_read;
  long long since; /* when it was first seen */
  int failures;    /* in a row */
  int watch;       /* inotify's */
};

/* Opens the namespace at `path`. Returns false when it is none (yet). */
bool sandbox_open(struct sandbox *sandbox, const char *directory, const char *name);

/* Lets go of the namespace, without a change to it: docker has removed it, or the program ends. */
void sandbox_close(struct sandbox *sandbox);

/*
 * Makes the sandbox balance exactly what `records` say: its table, its virtual addresses, its sysctls. Returns
 * false when docker has not set the sandbox up yet or the kernel refused; try again a little later.
 */
bool sandbox_converge(struct sandbox *sandbox, const struct record_list *records, long long now_ms);

/* Removes everything of ours from the sandbox, virtual addresses too. */
void sandbox_clear(struct sandbox *sandbox);
