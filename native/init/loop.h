/* The event loop: one epoll instance whose entries call back. */
#ifndef DRYDOCK_LOOP_H
#define DRYDOCK_LOOP_H

#include <stdint.h>

struct watch {
  int fd;
  void (*on_readable)(struct watch *watch);
};

/* Opens the loop; exits the program when the kernel has no epoll. */
void loop_open(void);
/* Calls watch->on_readable whenever its descriptor has something to read. The watch must outlive its entry. */
void loop_add(struct watch *watch);
void loop_remove(struct watch *watch);
/* Waits for events, at most `timeout_ms` (-1: for ever), and calls back. */
void loop_turn(int timeout_ms);

#endif
