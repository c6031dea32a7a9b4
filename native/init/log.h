/* The bounded log of one service: its output, line by line, with time and process as journalctl shows them. */
#ifndef DRYDOCK_LOG_H
#define DRYDOCK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "loop.h"

#define LOG_DIRECTORY "/var/log/drydock"
/* One file grows to this and is then kept once as NAME.log.1: at most 4 MiB a service. */
#define LOG_FILE_BYTES (2 * 1024 * 1024)
#define LOG_LINE_BYTES 4096

struct service_log {
  struct watch watch; /* first: the loop hands it back */
  int write_fd;       /* for the daemon's stdout and stderr; stays open over restarts */
  int file_fd;
  off_t file_bytes;
  const char *name;                                  /* of the file, without .log */
  const char *ident;                                 /* of the lines */
  const pid_t *pid;                                  /* the process that writes now */
  bool (*is_quiet)(const char *line, size_t length); /* what is left out; NULL: nothing */
  bool in_quiet_line;                                /* the beginning of a long line was left out: so is its rest */
  unsigned long lost_lines; /* that a full disk swallowed since the last one that was written */
  size_t used;
  char line[LOG_LINE_BYTES];
};

/* Opens the file and the pipe and adds the pipe to the loop. `name`, `ident` and `pid` must live as long as the log. */
void log_open(struct service_log *log, const char *name, const char *ident, const pid_t *pid);
/* Adds a line to init's own log, init.log, with what errno says: init's stdout and stderr lead nowhere. Keeps errno. */
void log_error(const char *what);
/* Adds a line of init's own. */
__attribute__((format(printf, 2, 3))) void log_note(struct service_log *log, const char *format, ...);

#endif
