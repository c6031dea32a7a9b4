/* The first child: becomes root of the node, makes the streams, and starts the command as dd-enter's own child. */
#ifndef DD_JOIN_H
#define DD_JOIN_H

#include "options.h"
#include "verify.h"

/* Never returns. Reports REPORT_STREAMS and REPORT_PID, or REPORT_FAILED, on `channel`. */
_Noreturn void join_node(const struct options *options, const struct checked *checked, int channel);

#endif
