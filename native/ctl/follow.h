/* journalctl -f. */
#ifndef DRYDOCK_FOLLOW_H
#define DRYDOCK_FOLLOW_H

#include <stddef.h>

#include "journal.h"

/* Prints what the services log from now on (all services when count is 0), until it is interrupted. */
int follow_logs(const char *const *services, size_t count, enum journal_format format);

#endif
