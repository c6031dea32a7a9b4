/* dd-enter's own exit statuses, as a shell's are. */
#ifndef DD_EXIT_STATUS_H
#define DD_EXIT_STATUS_H

enum {
  EXIT_SETUP = 125,          /* dd-enter could not bring the command to its start */
  EXIT_NOT_EXECUTABLE = 126, /* the command exists but cannot be executed */
  EXIT_NOT_FOUND = 127,      /* the node has no such command */
};

#endif
