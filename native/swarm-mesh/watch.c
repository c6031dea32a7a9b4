/* What wakes the mesh: the sandboxes coming, going and being used by docker, and docker itself. No polling. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/log.h"

/* Opens our own namespace file with a watch on it: does the kernel tell? */
static bool opens_are_told(void) {
  int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  bool told = false;
  if (inotify >= 0 && inotify_add_watch(inotify, "/proc/self/ns/net", IN_OPEN) >= 0) {
    int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    char event[512];
    told = fd >= 0 && read(inotify, event, sizeof event) > 0;
    if (fd >= 0) close(fd);
  }
  if (inotify >= 0) close(inotify);
  return told;
}

bool watch_open(struct watch *watch, const char *pidfile) {
  watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  watch->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  watch->pidfile = -1;
  if (watch->inotify < 0 || watch->mounts < 0) return false;
  if (pidfile) {
    char path[4096];
    snprintf(path, sizeof path, "%s", pidfile);
    watch->pidfile = inotify_add_watch(watch->inotify, dirname(path), IN_CLOSE_WRITE | IN_MOVED_TO);
  }
  watch->opens_seen = opens_are_told();
  if (!watch->opens_seen)
    log_line("this kernel does not tell of opened namespace files: looking for changes twice a second");
  return true;
}

void watch_close(struct watch *watch) {
  if (watch->inotify >= 0) close(watch->inotify);
  if (watch->mounts >= 0) close(watch->mounts);
}

int watch_add(struct watch *watch, const char *directory, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  int id = inotify_add_watch(watch->inotify, path, IN_OPEN);
  if (id < 0) log_line("%s: cannot watch it: %s", name, strerror(errno));
  return id;
}

void watch_remove(struct watch *watch, int id) {
  if (id >= 0) inotify_rm_watch(watch->inotify, id);
}

bool watch_read(struct watch *watch, void (*opened)(int id, void *context), void *context) {
  _Alignas(struct inotify_event) char events[8192];
  bool pidfile = false;
  for (;;) {
    ssize_t got = read(watch->inotify, events, sizeof events);
    if (got <= 0) return pidfile;
    for (char *at = events; at < events + got;) {
      const struct inotify_event *event = (const struct inotify_event *)at;
      if (event->mask & IN_Q_OVERFLOW) opened(-1, context);
      else if (event->wd == watch->pidfile) pidfile = true;
      else if (event->mask & IN_OPEN) opened(event->wd, context);
      at += sizeof *event + event->len;
    }
  }
}
