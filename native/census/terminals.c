/* Terminals (PTYs) that descriptors of a process keep: each holds some 40 KB of the kernel's, which no group is charged
 * for. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../common/cleanup.h"
#include "census.h"

/* /dev/ptmx, and what it makes (Documentation/admin-guide/devices.txt). */
enum { MASTER_MAJOR = 5, MASTER_MINOR = 2, FIRST_SLAVE = 136, LAST_SLAVE = 143 };

/* Whether it was not there yet: a descriptor that was passed on, and both ends, are one terminal. */
static bool is_new_terminal(struct census *census, uint64_t terminal) {
  size_t i = (size_t)((terminal * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % TERMINAL_SLOTS;

  for (; census->terminals[i] != 0; i = (i + 1) % TERMINAL_SLOTS)
    if (census->terminals[i] == terminal) return false;
  census->terminals[i] = terminal;
  return true;
}

void add_terminal(struct census *census, int descriptors, const char *number) {
  struct statx found;
  unsigned index;

  if (census->terminal_count == MAX_TERMINALS) return;
  /* Nobody who serves a file system is asked anything. */
  if (statx(descriptors, number, AT_STATX_DONT_SYNC, STATX_TYPE, &found) != 0 || !S_ISCHR(found.stx_mode)) return;
  if (found.stx_rdev_major >= FIRST_SLAVE && found.stx_rdev_major <= LAST_SLAVE) {
    index = (found.stx_rdev_major - FIRST_SLAVE) * 256 + found.stx_rdev_minor;
  } else if (found.stx_rdev_major == MASTER_MAJOR && found.stx_rdev_minor == MASTER_MINOR) {
    int master CLOSED_AT_END = copy_descriptor(census, number);

    if (master < 0 || ioctl(master, TIOCGPTN, &index) != 0) return;
  } else {
    return;
  }
  /* Each file system of terminals numbers its own from 0; its device number is never 0. */
  if (is_new_terminal(census, (uint64_t)makedev(found.stx_dev_major, found.stx_dev_minor) << 32 | index))
    census->terminal_count++;
}
