/* The event loop of init. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "log.h"

static int epoll_fd = -1;

void loop_open(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) {
    log_error("epoll_create1");
    exit(1);
  }
}

void loop_add(struct watch *watch) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0) log_error("epoll_ctl");
}

void loop_remove(struct watch *watch) { epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL); }

void loop_turn(int timeout_ms) {
  /* One event a turn: a callback may free another watch, whose event must then never be delivered. */
  struct epoll_event event;
  int count = epoll_wait(epoll_fd, &event, 1, timeout_ms);
  if (count < 0 && errno != EINTR) log_error("epoll_wait");
  if (count == 1) {
    struct watch *watch = event.data.ptr;
    watch->on_readable(watch);
  }
}
