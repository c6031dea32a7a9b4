/* Follows growing log files by inotify, over their rotation. */
#include "follow.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define FILES_MAX 16

struct followed {
  char name[64];
  FILE *file;
  ino_t inode;
};

static struct followed files[FILES_MAX];
static size_t file_count;

static FILE *open_log(const char *name, ino_t *inode) {
  char path[512];
  struct stat status;
  snprintf(path, sizeof path, LOG_DIRECTORY "/%s.log", name);
  FILE *file = fopen(path, "re");
  *inode = file && fstat(fileno(file), &status) == 0 ? status.st_ino : 0;
  return file;
}

static void drain(struct followed *followed, enum journal_format format) {
  static char *line;
  static size_t size;
  if (!followed->file) return;
  clearerr(followed->file);
  for (ssize_t length; (length = getline(&line, &size, followed->file)) > 0;) {
    if (line[length - 1] != '\n') {
      /* PID 1 writes whole lines; half a one means that it is being written. */
      fseek(followed->file, -length, SEEK_CUR);
      break;
    }
    line[length - 1] = '\0';
    /* A zero byte in it ends it for us. */
    if (strlen(line) > JOURNAL_STAMP_LENGTH) journal_print(line, format);
  }
}

static void refresh(struct followed *followed, enum journal_format format) {
  ino_t inode;
  drain(followed, format);
  FILE *file = open_log(followed->name, &inode);
  if (!file || inode == followed->inode) {
    if (file) fclose(file);
    return;
  }
  if (followed->file) fclose(followed->file);
  followed->file = file;
  followed->inode = inode;
  drain(followed, format);
}

static void follow(const char *name) {
  if (file_count == FILES_MAX) return;
  struct followed *followed = &files[file_count++];
  snprintf(followed->name, sizeof followed->name, "%s", name);
  followed->file = open_log(name, &followed->inode);
  if (followed->file) fseek(followed->file, 0, SEEK_END);
}

int follow_logs(const char *const *services, size_t count, enum journal_format format) {
  int inotify_fd = inotify_init1(IN_CLOEXEC);
  if (inotify_fd < 0 || inotify_add_watch(inotify_fd, LOG_DIRECTORY, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
    perror("journalctl: " LOG_DIRECTORY);
    return 1;
  }
  for (size_t i = 0; i < count; i++) follow(services[i]);
  DIR *directory = count == 0 ? opendir(LOG_DIRECTORY) : NULL;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char *dot = strrchr(entry->d_name, '.');
    if (!dot || strcmp(dot, ".log") != 0) continue;
    *dot = '\0';
    follow(entry->d_name);
  }
  if (directory) closedir(directory);

  char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
      __attribute__((aligned(__alignof__(struct inotify_event))));
  while (read(inotify_fd, events, sizeof events) > 0) {
    for (size_t i = 0; i < file_count; i++) refresh(&files[i], format);
    if (fflush(stdout) != 0) return 0;
  }
  return 0;
}
