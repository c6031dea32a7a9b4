/* The first child: becomes root of the node, makes the streams, and starts the command as dd-enter's own child. */
#ifndef DD_JOIN_H
#define DD_JOIN_H

#include "channel.h"
#include "plan/options.h"
#include "plan/verify.h"

/* Never returns. Sends a report, or why it failed. */
_Noreturn void join_node(const struct options *options, const struct checked *checked, const struct channel *channel);

#endif
