/* Asks PID 1 over its control socket (../init/control.h says the protocol). */
#ifndef DRYDOCK_CLIENT_H
#define DRYDOCK_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#define ANSWER_BYTES 8192

/* What `status` answers, parsed. */
struct service_status {
  char name[64], description[128], documentation[128], program[128], state[16], result[16];
  int pid, exit, restarts;
  long long since_us;
};

/*
 * Sends `verb name` and reads the whole answer into text (ended by a zero byte).
 * Returns false with one line on stderr when PID 1 cannot be asked, or not within timeout_seconds (0: no limit).
 */
bool ask(const char *verb, const char *name, int timeout_seconds, char text[ANSWER_BYTES]);
/* Asks for the status; false when the service is unknown or PID 1 cannot be asked. */
bool ask_status(const char *name, struct service_status *status);
/* Parses one service's lines, up to an empty line; returns what follows it, or NULL at the end. */
const char *parse_status(const char *text, struct service_status *status);

#endif
