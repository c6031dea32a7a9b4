/* Runs a command of root's under a filter: what bubblewrap does for services that have a view of their own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules.h"

/* Most instructions that the kernel takes (BPF_MAXINSNS). */
static struct sock_filter instructions[4096];

static int fail(const char *what) {
  fprintf(stderr, "dd-seccomp: %s: %s\n", what, strerror(errno));
  return -1;
}

int run_filtered(const char *file, char **command) {
  int descriptor = open(file, O_RDONLY | O_CLOEXEC);
  ssize_t length = descriptor < 0 ? -1 : read(descriptor, instructions, sizeof(instructions));
  struct sock_fprog filter = {.filter = instructions};

  if (length <= 0) return fail(file);
  filter.len = (unsigned short)((size_t)length / sizeof(instructions[0]));
  /* Root needs no no_new_privs for this, and nodes must be able to get an AppArmor profile. */
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return fail("the filter");
  execvp(command[0], command);
  return fail(command[0]);
}
