/* Moves bytes between dd-enter's own streams and those of the command, never holding more than one buffer a direction.
 */
#ifndef DD_PUMP_H
#define DD_PUMP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { PUMP_BUFFER_BYTES = 65536 };

/* One direction. When the buffer is full nothing is read: the writer at the far end waits, not our memory. */
struct lane {
  int from;      /* -1: nothing more will come */
  int to;        /* -1: nobody takes it any more */
  bool close_to; /* whether the end of `from` must be seen at `to` */
  size_t start, end;
  char buffer[PUMP_BUFFER_BYTES];
};

/* Fills `wanted` with the two descriptors to wait for. */
void lane_wants(const struct lane *lane, struct pollfd wanted[2]);

/* Reads and writes what poll has said is possible. */
void lane_move(struct lane *lane, const struct pollfd ready[2]);

/* Ends `from`: what is in the buffer still goes out. */
void lane_end(struct lane *lane);

/* Whether bytes wait for `to`. */
bool lane_holds(const struct lane *lane);

#endif
