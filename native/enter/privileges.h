/* Makes the calling process's rights those of the node's PID 1. */
#ifndef DD_PRIVILEGES_H
#define DD_PRIVILEGES_H

#include <linux/filter.h>
#include <stdint.h>

/* Cuts bounding, permitted and effective set to `capabilities`; inheritable and ambient become empty. 0, or -1 with
 * errno. */
int limit_capabilities(uint64_t capabilities);

/* Loads the filter for good. It needs CAP_SYS_ADMIN in the process's user namespace, so that set-uid programs keep
 * working. */
int load_filter(const struct sock_fprog *filter);

#endif
