/* Forgetting single tracked flows whose destination is no longer right; every other flow of the namespace is left
 * alone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addresses.h"
#include "../base/ipv4.h"

/* What a flow has to look like to be forgotten. Zero fields match anything. */
struct flow_match {
  ipv4 destination; /* where the client sent it */
  uint8_t protocol;
  uint16_t port; /* where the client sent it */
  ipv4 backend;  /* where it was redirected to; 0: flows to an address of the namespace itself that were not redirected
                    at all */
};

/*
 * Forgets the flows that match any of `matches` and would go on for ever or in vain: all of UDP, which has no
 * connections, so that the client's next datagram is balanced anew; and of other protocols those that never got an
 * answer. Established connections stay. `netfilter` is a NETLINK_NETFILTER socket in the namespace, `local` are its
 * addresses. Returns how many were forgotten, or -1.
 */
int conntrack_forget(int netfilter, const struct flow_match *matches, size_t count, const struct address_list *local);
