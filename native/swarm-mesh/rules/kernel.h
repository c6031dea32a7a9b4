/* Our table in one namespace, as the kernel has it: writing it, reading it back, seeing that somebody changed it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "ruleset.h"

/* Runs an nftables transaction. Returns false, and logs nft's own words, when the kernel did not take it. */
bool kernel_apply(int netns, const struct buffer *transaction);

/*
 * Reads back what is programmed. Returns false when there is no table of ours. `base_id` becomes 0 when the table is
 * not whole. `program` may hold frontends even then.
 */
bool kernel_read(int netns, uint64_t *base_id, struct program *program);

/* The number that the kernel raises at every change of any rule in the namespace; 0 when it cannot be had. `netfilter`:
 * a socket there. */
uint32_t kernel_generation(int netfilter);
