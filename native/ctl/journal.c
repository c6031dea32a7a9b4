/* Reads and prints the logs of a node's services. */
#include "journal.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static void add_file(struct journal *journal, const char *path) {
  FILE *file = fopen(path, "re");
  if (!file) return;
  char *line = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getline(&line, &size, file)) > 0;) {
    line[strcspn(line, "\n")] = '\0';
    /* A zero byte in it ends it for us. */
    if (strlen(line) <= JOURNAL_STAMP_LENGTH || line[10] != 'T') continue;
    if ((journal->count & (journal->count - 1)) == 0) {
      size_t room = journal->count == 0 ? 1 : journal->count * 2;
      struct journal_line *lines = realloc(journal->lines, room * sizeof *lines);
      if (!lines) break;
      journal->lines = lines;
    }
    char *copy = strdup(line);
    if (!copy) break;
    journal->lines[journal->count++].text = copy;
  }
  free(line);
  fclose(file);
}

static void add_service(struct journal *journal, const char *service) {
  char path[512];
  snprintf(path, sizeof path, LOG_DIRECTORY "/%s.log.1", service);
  add_file(journal, path);
  snprintf(path, sizeof path, LOG_DIRECTORY "/%s.log", service);
  add_file(journal, path);
}

static int by_time(const void *left, const void *right) {
  const struct journal_line *a = left, *b = right;
  return strncmp(a->text, b->text, JOURNAL_STAMP_LENGTH);
}

/* glibc's qsort sorts by merging, so that lines of the same microsecond keep their order. */
void journal_read(struct journal *journal, const char *const *services, size_t count) {
  *journal = (struct journal){0};
  for (size_t i = 0; i < count; i++) add_service(journal, services[i]);
  DIR *directory = count == 0 ? opendir(LOG_DIRECTORY) : NULL;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char *dot = strrchr(entry->d_name, '.');
    if (!dot || strcmp(dot, ".log") != 0) continue;
    *dot = '\0';
    add_service(journal, entry->d_name);
  }
  if (directory) closedir(directory);
  if (count != 1 && journal->count > 1) qsort(journal->lines, journal->count, sizeof *journal->lines, by_time);
}

void journal_free(struct journal *journal) {
  for (size_t i = 0; i < journal->count; i++) free((char *)journal->lines[i].text);
  free(journal->lines);
  *journal = (struct journal){0};
}

void journal_print(const char *text, enum journal_format format) {
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const char *message = strstr(text + JOURNAL_STAMP_LENGTH, ": ");
  int month = atoi(text + 5);
  if (format == JOURNAL_CAT && message) puts(message + 2);
  else if (format == JOURNAL_ISO || month < 1 || month > 12) printf("%.19s%s\n", text, text + 26);
  else printf("%s %.2s %.8s%s\n", months[month - 1], text + 8, text + 11, text + JOURNAL_STAMP_LENGTH);
}
