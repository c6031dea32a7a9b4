/* What wakes the mesh: the sandboxes coming, going and being used by docker, and docker itself. No polling. */
#pragma once
#include <stdbool.h>

/*
 * libnetwork opens a sandbox's namespace file at every change of a load balancer in it, before it tries IPVS:
 * `addLBBackend` and `rmLBBackend` in service_linux.go. That is so for changes on other nodes too, when the gossip
 * brings them. So an inotify watch on the namespace file itself tells at once that there is something new to read.
 * Where the kernel has no such events for namespace files, `opens_seen` is false and the mesh has to look by itself.
 */
struct watch {
  int inotify;
  int mounts;  /* /proc/self/mountinfo: polls as an error once the mount table, so also a namespace file, has changed */
  int pidfile; /* the watch on the directory of docker's pidfile */
  bool opens_seen;
};

bool watch_open(struct watch *watch, const char *pidfile);
void watch_close(struct watch *watch);

/* Watches the namespace file `name` in `directory`; -1 when it cannot be. */
int watch_add(struct watch *watch, const char *directory, const char *name);
void watch_remove(struct watch *watch, int id);

/* Calls `opened` with the id of each watch that had an event; with -1 when events were lost. Returns whether docker's
 * pidfile changed. */
bool watch_read(struct watch *watch, void (*opened)(int id, void *context), void *context);
