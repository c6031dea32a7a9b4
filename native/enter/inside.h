/* The second child: a process of the node that becomes the command. */
#ifndef DD_INSIDE_H
#define DD_INSIDE_H

#include "plan/options.h"
#include "streams.h"
#include "plan/verify.h"

/* Never returns: executes the command, or sends why it cannot to `failures`. */
_Noreturn void run_command(const struct options *options, const struct checked *checked, const struct streams *streams,
                           int failures);

#endif
