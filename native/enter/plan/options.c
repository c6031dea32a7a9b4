/* The command line: parsed whole, checked whole, before anything is done. */
#include "options.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/fail.h"
#include "../exit-status.h"

static const char *const LOGIN_ENVIRONMENT[] = {
    "HOME=/root",
    "USER=root",
    "LOGNAME=root",
    "SHELL=/bin/bash",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG=C.UTF-8",
};

/* Adds one variable; a name that is there already is replaced, as in a shell. */
static void set_variable(struct options *options, char *assignment) {
  size_t name = strcspn(assignment, "=");
  size_t i;

  if (name == 0 || assignment[name] != '=') fail(0, "--env takes NAME=VALUE, not \"%s\"", assignment);
  for (i = 0; options->environment[i] != NULL; i++)
    if (strncmp(options->environment[i], assignment, name + 1) == 0) break;
  if (i == MAX_ENVIRONMENT) fail(0, "at most %d variables", MAX_ENVIRONMENT);
  options->environment[i] = assignment;
}

/* One positive number up to the largest a struct winsize holds. */
static unsigned short parse_side(const char **text) {
  unsigned long value = 0;

  while (**text >= '0' && **text <= '9' && value <= 65535) value = value * 10 + (unsigned long)(*(*text)++ - '0');
  return value <= 65535 ? (unsigned short)value : 0;
}

bool parse_size(const char *text, struct winsize *size) {
  struct winsize parsed = {.ws_col = parse_side(&text)};

  if (*text == 'x') text++;
  parsed.ws_row = parse_side(&text);
  if (*text != '\0' || parsed.ws_col == 0 || parsed.ws_row == 0) return false;
  *size = parsed;
  return true;
}

/* A descriptor that the caller opened for us, other than its own three streams. */
static int parse_descriptor(const char *argument) {
  char *end;
  long fd = strtol(argument, &end, 10);

  if (*end != '\0' || fd <= STDERR_FILENO || fd > INT_MAX || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
    fail(0, "--sizes takes an open descriptor, not \"%s\"", argument);
  return (int)fd;
}

struct options parse_options(int argc, char **argv) {
  enum { NODE_DIR = 256, TTY, SIZES, CWD, ENV, USER };
  static const struct option LONG[] = {
      {"node-dir", required_argument, NULL, NODE_DIR},
      {"tty", required_argument, NULL, TTY},
      {"sizes", required_argument, NULL, SIZES},
      {"cwd", required_argument, NULL, CWD},
      {"env", required_argument, NULL, ENV},
      {"user", required_argument, NULL, USER},
      {NULL, 0, NULL, 0},
  };
  struct options options = {.sizes = -1};
  size_t i;
  int letter;

  for (i = 0; i < sizeof(LOGIN_ENVIRONMENT) / sizeof(LOGIN_ENVIRONMENT[0]); i++)
    options.environment[i] = (char *)LOGIN_ENVIRONMENT[i];

  while ((letter = getopt_long(argc, argv, "+", LONG, NULL)) != -1) {
    switch (letter) {
      case NODE_DIR: options.node_dir = optarg; break;
      case TTY:
        options.tty = true;
        if (!parse_size(optarg, &options.size)) fail(0, "--tty takes COLSxROWS, not \"%s\"", optarg);
        break;
      case SIZES: options.sizes = parse_descriptor(optarg); break;
      case CWD: options.cwd = optarg; break;
      case ENV: set_variable(&options, optarg); break;
      case USER:
        if (strcmp(optarg, "root") != 0) fail(0, "--user can only be root; use su in the node for others");
        break;
      default: exit(EXIT_SETUP); /* getopt has said what is wrong */
    }
  }
  if (options.node_dir == NULL || options.node_dir[0] != '/') fail(0, "--node-dir must be given, as an absolute path");
  if (options.cwd != NULL && options.cwd[0] != '/') fail(0, "--cwd must be an absolute path of the node");
  if (options.sizes >= 0 && !options.tty) fail(0, "--sizes needs --tty");
  if (optind >= argc) fail(0, "no command given");
  options.command = argv + optind;
  if (options.tty) {
    bool term = false;
    for (i = 0; options.environment[i] != NULL; i++) term = term || strncmp(options.environment[i], "TERM=", 5) == 0;
    if (!term) set_variable(&options, (char *)"TERM=xterm-256color");
  }
  return options;
}
