/* Doing something inside another network namespace. The program is one thread, so it goes there and comes back. */
#pragma once
#include <stdbool.h>

/* Remembers the namespace that the program runs in. Call first; false when /proc is not there. */
bool netns_init(void);

/* The namespace that the program runs in: "the node" everywhere here. */
int netns_node(void);

/* Makes the namespace behind `fd` current. Pair every success with netns_return, which cannot fail but by a broken
 * kernel: it exits then. */
bool netns_enter(int fd);
void netns_return(void);

/* A netlink socket of the given family that lives in the namespace `fd`, or -1. It keeps the namespace alive until it
 * is closed. */
int netns_netlink(int fd, int family);

/* Writes a sysctl below /proc/sys/net of the namespace `fd`, e.g. "ipv4/ip_forward". Leaves it alone if it has that
 * value already. */
bool netns_sysctl(int fd, const char *name, const char *value);

/* In a child process that goes to another namespace for good: makes netns_init take that one as the node's. */
void netns_forget(void);
