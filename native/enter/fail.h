/* How dd-enter gives up: one line on stderr, one exit status per kind of failure. */
#ifndef DD_FAIL_H
#define DD_FAIL_H

enum {
  EXIT_SETUP = 125,          /* dd-enter could not bring the command to its start */
  EXIT_NOT_EXECUTABLE = 126, /* the command exists but cannot be executed */
  EXIT_NOT_FOUND = 127,      /* the node has no such command */
};

/* Prints "dd-enter: <what>[: <strerror(error)>]" (error 0 leaves the reason out) and exits with `status`. */
_Noreturn void fail_with(int status, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with EXIT_SETUP. */
_Noreturn void fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
