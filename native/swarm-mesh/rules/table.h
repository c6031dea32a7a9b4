/* One namespace's table and the flows through it: brings it from what it is to what it should be, and keeps to it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "../net/conntrack.h"
#include "ruleset.h"

struct table {
  const char *label;           /* for people: the sandbox's name, or "node" */
  int netns, netfilter, route; /* of the namespace; owned by whoever owns the table */
  bool known;                  /* `base` and `program` are what the kernel has */
  struct ruleset_base base;
  struct program program;
  uint32_t generation; /* of the kernel's rules when the table was last seen to be right; 0: not looked at since our own
                          change */
  uint64_t fingerprint;     /* of the table's listing at that time */
  struct flow_match *stale; /* flows to forget at `forget_at` */
  size_t stale_count;
  long long forget_at;
};

/*
 * Makes the kernel have `base` and `program`, whose ownership it takes. What is the same already is not touched, not
 * even after a restart of this program. Logs a line for every destination that changed. Returns false when the kernel
 * did not take it.
 */
bool table_converge(struct table *table, const struct ruleset_base *base, struct program *program, long long now_ms);

/* Looks whether somebody else changed the table, and if so forgets what it knew of it: the next converge writes it
 * whole. */
bool table_intact(struct table *table);

/* Forgets the flows whose time has come. */
void table_forget_flows(struct table *table, long long now_ms);

/* Removes the table from the kernel. */
void table_remove(struct table *table);
/* Frees what it knows. The kernel keeps the table. */
void table_free(struct table *table);
