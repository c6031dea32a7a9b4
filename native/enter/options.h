/* What the caller asked for. */
#ifndef DD_OPTIONS_H
#define DD_OPTIONS_H

#include <stdbool.h>
#include <sys/ioctl.h>

enum { MAX_ENVIRONMENT = 64 };

struct options {
  const char *node_dir;
  const char *cwd; /* NULL: root's home, or / when there is none */
  bool tty;
  struct winsize size;
  /* "NAME=value", the login environment first, the caller's after it; NULL at the end */
  char *environment[MAX_ENVIRONMENT + 1];
  char **command;
};

/* Parses the command line; every mistake ends the process with its own sentence. */
struct options parse_options(int argc, char **argv);

#endif
