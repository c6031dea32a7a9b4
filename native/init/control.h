/* The control socket: one request line, one answer, as service, systemctl and identify use it. */
#ifndef DRYDOCK_CONTROL_H
#define DRYDOCK_CONTROL_H

#define CONTROL_SOCKET_PATH "/run/drydock/init.sock"
#define CONTROL_REQUEST_BYTES 128
#define CONTROL_CLIENTS_MAX 32

/*
 * Request:  VERB SERVICE\n        VERB is start, stop, restart, reload, wait or status; `list` takes no service.
 * Answer:   start, stop, restart: `ok\n` when the daemon is ready (or down), `failed\n` when it ended instead.
 *           wait: `ok\n` when the daemon is ready, however often it crashes before; the client sets the time limit.
 *           status, list: KEY=VALUE lines; list puts an empty line between services.
 *           `unknown\n` for a service or verb that does not exist, `denied\n` when not root asks for a change.
 */

/* Opens the socket and adds it to the loop; exits the program on failure. */
void control_open(void);
/* Answers those whose request has come true or failed; to be called after every turn of the loop. */
void control_settle(void);

#endif
