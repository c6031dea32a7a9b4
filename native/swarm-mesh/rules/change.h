/* Turning one program into another in the kernel, without the detour over the nft program: some tens of microseconds.
 */
#pragma once
#include "program.h"

/*
 * In one transaction over the namespace's NETLINK_NETFILTER socket, on the table that ruleset.h describes; touches
 * nothing that both programs have. Returns 0 or an errno; then nothing is changed.
 */
int change_apply(int netfilter, const struct program *old, const struct program *new);
