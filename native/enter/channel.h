/*
 * How the two short-lived children speak to dd-enter: descriptors and a pid over a socket pair that only the first
 * child holds, and why something failed over a pipe that ends with the start of the command.
 *
 * They are two because of one moment: while the kernel executes the command, and before it closes what is
 * close-on-exec, the process has its new memory and the node's root may open its descriptors. All that is open then is
 * the failure pipe, and the worst that can be said through it is that the command failed.
 */
#ifndef DD_CHANNEL_H
#define DD_CHANNEL_H

enum { MAX_STREAMS = 3 };

/* What the first child has made: the outer ends of the streams, in stream order, and the command's pid on the host. */
struct report {
  int pid;
  int stream_count;
  int streams[MAX_STREAMS];
};

struct channel {
  int reports[2];  /* socket pair: dd-enter's end, the first child's */
  int failures[2]; /* pipe: dd-enter's end, the children's */
};

void open_channel(struct channel *channel);

/* Sends the report with its descriptors. A lost receiver ends the process: nobody waits for the command. */
void send_report(int fd, const struct report *report);

/* Tells why there will be no command, and ends the process. `status` is for dd-enter's caller. */
_Noreturn void send_failure(int fd, int status, int error, const char *what);

/*
 * Waits until the command runs, at most `timeout_ms` for each step: a learner may stop a child with a signal in its
 * first moments. Every other outcome ends the process with its own sentence.
 */
struct report await_start(const struct channel *channel, int timeout_ms);

#endif
