/* Letting ingress traffic through the node's FORWARD chain, which docker closes, with iptables, whose chain it is. */
#pragma once
#include <net/if.h>
#include <stdbool.h>

#include "../base/ipv4.h"

#define FORWARD_CHAIN "SWARM-MESH"

/* Accepts redirected connections to `inside` behind `bridge`, and their answers. Idempotent and atomic. False, and
 * logged, when it fails. */
bool forward_allow(int netns, ipv4 inside, const char *bridge);
/* Whether the rules and the jump to them are there. */
bool forward_allowed(int netns, ipv4 inside, const char *bridge);
void forward_remove(int netns);
