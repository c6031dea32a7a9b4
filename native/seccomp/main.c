/* dd-seccomp: turns a list of system call rules (stdin) into the kernel's filter or runc's JSON (stdout), or runs a
 * command under a filter. */
#include <string.h>

#include "rules.h"

static struct rules rules;

int main(int argc, char **argv) {
  if (argc > 3 && strcmp(argv[1], "run") == 0) return run_filtered(argv[2], &argv[3]) == 0 ? 0 : 1;
  if (argc != 2 || (strcmp(argv[1], "bpf") != 0 && strcmp(argv[1], "oci") != 0)) {
    fprintf(stderr, "usage: dd-seccomp bpf|oci < RULES\n       dd-seccomp run FILTER COMMAND [ARG]...\n");
    return 2;
  }
  read_rules(stdin, &rules);
  return (strcmp(argv[1], "bpf") == 0 ? write_bpf(&rules) : write_oci(&rules)) == 0 ? 0 : 1;
}
