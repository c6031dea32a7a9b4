/* Starts the process of a service. */
#ifndef DRYDOCK_SPAWN_H
#define DRYDOCK_SPAWN_H

#include "service.h"

/* Returns the pid, or -1 with a log line. A program that cannot be executed exits with 203, as under systemd. */
pid_t spawn_service(struct service *service);

#endif
