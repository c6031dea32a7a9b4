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
  int sizes; /* a descriptor from which new sizes come, a line COLSxROWS each; -1: the outer terminal tells */
  /* "NAME=value", the login environment first, the caller's after it; NULL at the end */
  char *environment[MAX_ENVIRONMENT + 1];
  char **command;
};

/* Parses COLSxROWS with numbers from 1 to what a struct winsize holds; false, with `size` as it was, for anything else.
 */
bool parse_size(const char *text, struct winsize *size);

/* Parses the command line; every mistake ends the process with its own sentence. */
struct options parse_options(int argc, char **argv);

#endif
