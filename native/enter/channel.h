/* What the two short-lived children tell dd-enter over a socket pair: descriptors, a pid, or why they failed. */
#ifndef DD_CHANNEL_H
#define DD_CHANNEL_H

#include <sys/types.h>

enum report_kind {
  REPORT_STREAMS = 1, /* the descriptors of the command's streams, in stream order */
  REPORT_PID,         /* `value`: the command's pid as the host numbers it */
  REPORT_FAILED,      /* `value`: errno, `what`: what was tried, `status`: exit status for the caller */
};

enum { MAX_STREAMS = 3 };

struct report {
  int kind;
  int value;
  int status;
  int stream_count;
  int streams[MAX_STREAMS];
  char what[96];
};

/* A socket pair that keeps messages whole; both ends close on exec, which is how a started command shows. */
void open_channel(int ends[2]);

/* Sends one report; descriptors in `streams` go along. A lost receiver ends the process: nobody waits for the command. */
void send_report(int fd, const struct report *report);

/* Sends REPORT_FAILED and ends the process. */
_Noreturn void send_failure(int fd, int status, int error, const char *what);

/*
 * Waits for the next report, at most `timeout_ms`: a learner may stop a child with a signal in its first moments.
 * Returns 1, or 0 when the other side has closed (the command has started). Fails on a time-out.
 */
int receive_report(int fd, struct report *report, int timeout_ms);

#endif
