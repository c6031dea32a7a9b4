/* DIR/enter.plan: how to become a process of one node, written by the agent and readable by root alone. */
#ifndef DD_PLAN_H
#define DD_PLAN_H

#include <linux/filter.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { MAX_CGROUPS = 32, MAX_RLIMITS = 16, MAX_PLAN_BYTES = 16384 };

struct plan_rlimit {
  int resource;
  struct rlimit limit;
};

struct plan {
  pid_t pid;                  /* the node's PID 1, as the host numbers it */
  unsigned long long started; /* its start time, field 22 of /proc/PID/stat: tells a reused pid */
  uint64_t capabilities;      /* bounding, permitted and effective set of every process of the node */
  char *seccomp;              /* path of the compiled filter: an array of struct sock_filter */
  char *apparmor;             /* profile, or NULL */
  char *cgroups[MAX_CGROUPS]; /* directories to join */
  size_t cgroup_count;
  struct plan_rlimit rlimits[MAX_RLIMITS];
  size_t rlimit_count;
};

/* Reads and checks DIR/enter.plan; every mistake ends the process with its own sentence. */
struct plan read_plan(const char *node_dir);

#endif
