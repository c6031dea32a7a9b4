/* Everything of the plan that can be opened or checked while still wholly on the host. */
#ifndef DD_VERIFY_H
#define DD_VERIFY_H

#include <linux/filter.h>

#include "plan.h"

struct checked {
  const struct plan *plan;
  int pidfd;                /* of the node's PID 1, known to be the process that the plan means */
  int cgroups[MAX_CGROUPS]; /* each cgroup.procs, open for writing */
  struct sock_fprog filter;
};

/* Opens and checks; every failure ends the process with its own sentence. All descriptors are close-on-exec. */
struct checked verify_plan(const struct plan *plan);

#endif
