/* Files of the host laid over files of a node. */
#ifndef DD_GRAFT_H
#define DD_GRAFT_H

#include <stddef.h>

enum { MAX_GRAFTS = 32 };

struct graft {
  const char *source; /* on the host; NULL: nothing comes in its place */
  const char *target; /* in the node */
  int tree;           /* the source's own mount while it is on its way, else -1 */
};

/* Lays all of them over the files of the process that has `pid` and started at that tick. Exits when one cannot be. */
void graft_all(int pid, unsigned long long started, struct graft *grafts, size_t count);

#endif
