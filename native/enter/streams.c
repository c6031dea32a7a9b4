/* A PTY or three pipes that belong to the node. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Linux's TTYAUX_MAJOR and the minor of ptmx (Documentation/admin-guide/devices.txt). */
enum { PTMX_MAJOR = 5, PTMX_MINOR = 2 };

/*
 * /dev/ptmx belongs to the learner and may have become anything: the open must not wait, and what it opened must be a
 * multiplexer. The slave is asked of the master, not looked up by a name.
 */
const char *open_pty(struct streams *streams) {
  struct stat status;
  int unlock = 0;
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

  if (master < 0) return "cannot open /dev/ptmx in the node";
  if (fstat(master, &status) != 0 || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(PTMX_MAJOR, PTMX_MINOR)) {
    errno = ENOTTY;
    return "/dev/ptmx in the node is not a terminal multiplexer";
  }
  if (ioctl(master, TIOCSPTLCK, &unlock) != 0) return "cannot unlock the terminal";
  streams->inner[0] = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (streams->inner[0] < 0) return "cannot open the terminal in the node";
  streams->inner[1] = streams->inner[2] = streams->inner[0];
  streams->outer[0] = master;
  streams->outer[1] = streams->inner[0];
  streams->outer_count = 2;
  return NULL;
}

const char *open_pipes(struct streams *streams) {
  int i;

  for (i = 0; i < 3; i++) {
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) return "cannot make pipes";
    streams->inner[i] = ends[i == 0 ? 0 : 1];
    streams->outer[i] = ends[i == 0 ? 1 : 0];
  }
  streams->outer_count = 3;
  return NULL;
}
