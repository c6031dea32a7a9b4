/* Writes the services' logs; a line is `2026-11-23T23:46:01.123456+00:00 node1 dockerd[42]: text`. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

static void open_file(struct service_log *log) {
  char path[128];
  snprintf(path, sizeof path, LOG_DIRECTORY "/%s.log", log->name);
  log->file_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  log->file_bytes = log->file_fd < 0 ? 0 : lseek(log->file_fd, 0, SEEK_END);
}

static void rotate(struct service_log *log) {
  char path[128], old[130];
  snprintf(path, sizeof path, LOG_DIRECTORY "/%s.log", log->name);
  snprintf(old, sizeof old, "%s.1", path);
  close(log->file_fd);
  rename(path, old);
  open_file(log);
}

static void write_line(struct service_log *log, const char *ident, pid_t pid, const char *text, size_t length) {
  char host[65] = "", stamp[32], record[LOG_LINE_BYTES + 256];
  int64_t now = clock_wall_us();
  time_t seconds = (time_t)(now / 1000000);
  struct tm parts;
  gmtime_r(&seconds, &parts);
  strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
  gethostname(host, sizeof host - 1);
  int head =
      snprintf(record, sizeof record, "%s.%06d+00:00 %s %s[%d]: ", stamp, (int)(now % 1000000), host, ident, pid);
  memcpy(record + head, text, length);
  record[head + length] = '\n';
  size_t total = (size_t)head + length + 1;

  if (log->file_fd < 0 || log->file_bytes + (off_t)total > LOG_FILE_BYTES) {
    if (log->file_fd < 0) open_file(log);
    else rotate(log);
  }
  if (write(log->file_fd, record, total) == (ssize_t)total) {
    log->file_bytes += (off_t)total;
    if (log->lost_lines > 0) {
      unsigned long lost = log->lost_lines;
      log->lost_lines = 0;
      log_note(log, "%lu earlier lines were lost: the disk was full", lost);
    }
  } else {
    log->lost_lines++;
  }
}

/* `ends`: the line is whole, or this is its last part. */
static void take_line(struct service_log *log, const char *text, size_t length, bool ends) {
  bool quiet = log->in_quiet_line || (log->is_quiet && log->is_quiet(text, length));
  log->in_quiet_line = quiet && !ends;
  if (!quiet) write_line(log, log->ident, *log->pid, text, length);
}

static void take_lines(struct service_log *log) {
  char *start = log->line;
  char *end = log->line + log->used;
  for (char *newline; (newline = memchr(start, '\n', (size_t)(end - start))); start = newline + 1) {
    take_line(log, start, (size_t)(newline - start), true);
  }
  log->used = (size_t)(end - start);
  memmove(log->line, start, log->used);
  if (log->used == sizeof log->line) {
    take_line(log, log->line, log->used, false);
    log->used = 0;
  }
}

static void on_output(struct watch *watch) {
  struct service_log *log = (struct service_log *)watch;
  ssize_t count = read(watch->fd, log->line + log->used, sizeof log->line - log->used);
  if (count <= 0) return;
  log->used += (size_t)count;
  take_lines(log);
}

void log_open(struct service_log *log, const char *name, const char *ident, const pid_t *pid) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    log_error("pipe2");
    exit(1);
  }
  /* Only our end: a daemon whose stdout suddenly refuses to block would lose output. */
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  *log = (struct service_log){.watch = {.fd = ends[0], .on_readable = on_output},
                              .write_fd = ends[1],
                              .name = name,
                              .ident = ident,
                              .pid = pid};
  open_file(log);
  loop_add(&log->watch);
}

void log_error(const char *what) {
  static struct service_log own = {.file_fd = -1, .name = "init"};
  int error = errno;
  /* The first line may come before the boot has made it. */
  mkdir(LOG_DIRECTORY, 0755);
  log_note(&own, "%s: %s", what, strerror(error));
  errno = error;
}

void log_note(struct service_log *log, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof text - 1) length = (int)sizeof text - 1;
  write_line(log, "init", getpid(), text, (size_t)length);
}
