/* The sd_notify socket: a daemon says READY=1 when it serves. */
#ifndef DRYDOCK_NOTIFY_H
#define DRYDOCK_NOTIFY_H

#define NOTIFY_SOCKET_PATH "/run/drydock/notify"

/* Opens the socket and adds it to the loop; exits the program on failure. */
void notify_open(void);

#endif
