/* A netlink transaction of nf_tables messages: the kernel takes all of them or none. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buffer.h"

struct batch {
  struct buffer bytes;
  size_t message; /* where the message under construction begins */
  uint32_t sequence;
};

void batch_begin(struct batch *batch);
/* Starts a message of table family ip, e.g. NFT_MSG_NEWRULE. */
void batch_message(struct batch *batch, uint16_t type, uint16_t flags);

void batch_put(struct batch *batch, uint16_t type, const void *data, size_t length);
void batch_text(struct batch *batch, uint16_t type, const char *text);
/* In network order, as all numbers of nf_tables are. */
void batch_number(struct batch *batch, uint16_t type, uint32_t number);
/* Opens a nested attribute; give what it returns to batch_nest_end. */
size_t batch_nest(struct batch *batch, uint16_t type);
void batch_nest_end(struct batch *batch, size_t nest);

/* Sends it over a NETLINK_NETFILTER socket and frees it. Returns 0, or the first errno that the kernel gave. */
int batch_commit(struct batch *batch, int netfilter);
