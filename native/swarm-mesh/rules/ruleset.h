/* A program as nftables input. Everything lives in one table of our own; nobody else's table is touched. */
#pragma once
#include <net/if.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "program.h"

#define RULESET_TABLE "swarm_mesh"

/* The parts of a table that do not depend on services. */
struct ruleset_base {
  bool node;                /* the node's own namespace, which hands published ports to the ingress sandbox */
  ipv4 source;              /* sandbox: its address on the overlay, where answers have to come back to */
  char bridge[IF_NAMESIZE]; /* node: the bridge towards the ingress sandbox */
  ipv4 bridge_network;      /* node: that bridge's network */
  unsigned bridge_prefix;
};

/* A hash of the base's rules, which the table carries as the name of an empty chain: tells an up-to-date table from
 * another. */
uint64_t ruleset_base_id(const struct ruleset_base *base);

/* Makes the table be exactly this, whatever it was, in one transaction: packets see the rules before or the rules
 * after. */
void ruleset_write_whole(struct buffer *out, const struct ruleset_base *base, const struct program *program);
/* Removes the table, whether it is there or not. */
void ruleset_write_removal(struct buffer *out);

/* Names of services come from the gossip: whether this one has only what a name of swarm may have, and so may stand in
 * a comment. */
bool ruleset_may_name(const char *service);
