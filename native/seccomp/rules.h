/* A list of system call rules, as read from a .rules file. */
#ifndef DD_RULES_H
#define DD_RULES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MAX_RULES = 1024, MAX_CONDITIONS = 3 };

enum comparison { EQUAL, NOT_EQUAL, MASKED_EQUAL };

struct condition {
  unsigned argument;
  enum comparison comparison;
  uint64_t mask; /* of MASKED_EQUAL: the bits of the argument that are looked at */
  uint64_t value;
};

enum action { ALLOW, ANSWER };

/* Conditions must all hold, each of another argument. */
struct rule {
  char name[48];
  enum action action;
  int error; /* of ANSWER: what the call gets without being made; 0 pretends that it was made */
  size_t condition_count;
  struct condition conditions[MAX_CONDITIONS];
};

struct rules {
  int has_default;
  enum action default_action;
  int default_error;
  size_t count;
  struct rule rules[MAX_RULES];
};

/* Reads the list; a mistake prints its line and ends the process. */
void read_rules(FILE *input, struct rules *rules);

/* Writes the kernel's form (an array of struct sock_filter) to stdout. 0, or -1 after printing what failed. */
int write_bpf(const struct rules *rules);

/* Writes the `linux.seccomp` object of an OCI runtime spec to stdout. */
int write_oci(const struct rules *rules);

/* Becomes `command` under the filter in `file`. Returns only when that fails: -1, after printing what did. */
int run_filtered(const char *file, char **command);

#endif
