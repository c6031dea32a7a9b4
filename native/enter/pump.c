/* The lanes. All descriptors are non-blocking. */
#include "pump.h"

#include <errno.h>
#include <unistd.h>

static void close_end(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

bool lane_holds(const struct lane *lane) { return lane->to >= 0 && lane->start < lane->end; }

void lane_end(struct lane *lane) {
  close_end(&lane->from);
  if (lane->close_to && !lane_holds(lane)) close_end(&lane->to);
}

/* Nobody takes the bytes: the command must see that, as a broken pipe. */
static void lane_break(struct lane *lane) {
  close_end(&lane->from);
  if (lane->close_to) close_end(&lane->to);
  lane->to = -1;
  lane->start = lane->end = 0;
}

void lane_wants(const struct lane *lane, struct pollfd wanted[2]) {
  bool full = lane->start < lane->end;

  /* A negative descriptor is ignored by poll. `to` is asked even with nothing to write: its reader may leave. */
  wanted[0] = (struct pollfd){.fd = full ? -1 : lane->from, .events = POLLIN};
  wanted[1] = (struct pollfd){.fd = lane->to, .events = full ? POLLOUT : 0};
}

static void lane_read(struct lane *lane) {
  ssize_t length = read(lane->from, lane->buffer, sizeof(lane->buffer));

  if (length > 0) {
    lane->start = 0;
    lane->end = (size_t)length;
  } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
    lane_end(lane);
  }
}

static void lane_write(struct lane *lane) {
  ssize_t length = write(lane->to, lane->buffer + lane->start, lane->end - lane->start);

  if (length > 0) lane->start += (size_t)length;
  else if (length < 0 && errno != EAGAIN && errno != EINTR) lane_break(lane);
  if (lane->start == lane->end && lane->from < 0) lane_end(lane);
}

void lane_move(struct lane *lane, const struct pollfd ready[2]) {
  if (ready[0].revents != 0 && lane->from >= 0) lane_read(lane);
  if (lane_holds(lane)) /* tried at once after a read: an idle terminal then needs one poll a key, not two */
    lane_write(lane);
  else if (lane->to >= 0 && (ready[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) lane_break(lane);
}
