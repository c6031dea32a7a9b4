/* One watched memory cgroup. */
#ifndef DD_OOM_GROUP_H
#define DD_OOM_GROUP_H

#include <stdbool.h>

enum { ID_SIZE = 80 };

struct group {
  char id[ID_SIZE];
  int told; /* becomes ready, for `events`, when the kernel has something to tell */
  short events;
  int control;              /* memory.oom_control of v1; -1 on v2 */
  unsigned long long kills; /* v2: as last read */
};

enum group_news { GROUP_QUIET, GROUP_OOM, GROUP_GONE };

/* False with errno when it is no memory cgroup. */
bool group_open(struct group *group, const char *id, const char *directory);
enum group_news group_read(struct group *group);
void group_close(struct group *group);

#endif
