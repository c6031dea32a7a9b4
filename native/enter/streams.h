/* The command's stdin, stdout and stderr: made by a process of the node, so that no descriptor of the host gets into
 * it. */
#ifndef DD_STREAMS_H
#define DD_STREAMS_H

#include <stdbool.h>

struct streams {
  /*
   * Kept by dd-enter: [stdin to write, stdout to read, stderr to read], or [master, slave]; the slave only so that the
   * master does not report a hang-up each time that the command closes its own.
   */
  int outer[3];
  int outer_count;
  int inner[3]; /* the command's descriptors 0, 1 and 2 */
};

/* Opens a PTY of the node's own devpts. NULL, or what failed (errno says why). */
const char *open_pty(struct streams *streams);

/* Opens three pipes owned by the node's root, so that /dev/stdout can be reopened there. NULL, or what failed. */
const char *open_pipes(struct streams *streams);

#endif
