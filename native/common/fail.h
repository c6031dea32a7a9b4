/* How a program on the host gives up: one line on stderr, one exit status. */
#ifndef DD_FAIL_H
#define DD_FAIL_H

/* Each program that links fail.c defines its own. */
extern const struct failing {
  const char *program; /* its name, before each line */
  int status;          /* of fail() */
} failing;

/* Prints "PROGRAM: <what>[: <strerror(error)>]" (error 0 leaves the reason out) and exits with `status`. */
_Noreturn void fail_with(int status, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with the program's own status. */
_Noreturn void fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
