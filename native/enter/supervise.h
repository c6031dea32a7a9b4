/* dd-enter after the command has started: pumps, passes the window's size on, and ends as the command ended. */
#ifndef DD_SUPERVISE_H
#define DD_SUPERVISE_H

#include <sys/types.h>

#include "plan/options.h"

struct command {
  pid_t pid;
  const int *streams; /* the outer ends: see streams.h */
};

/* Blocks the signals that `supervise` handles and returns their descriptor. */
int watch_signals(void);

/* Runs until the command has ended or the caller has gone; the exit status for dd-enter (128 + signal for signals). */
int supervise(const struct options *options, const struct command *command, int signals);

#endif
