/* Prints the block of `systemctl status`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "commands.h"
#include "journal.h"
#include "unit.h"

#define STATUS_LOG_LINES 10

static void read_file(const char *path, char *text, size_t size) {
  text[0] = '\0';
  FILE *file = fopen(path, "re");
  if (!file) return;
  size_t count = fread(text, 1, size - 1, file);
  text[count] = '\0';
  fclose(file);
}

static long proc_number(const char *text, const char *key) {
  const char *at = strstr(text, key);
  return at ? atol(at + strlen(key)) : 0;
}

static void print_process(const struct service_status *status) {
  char path[64], text[4096], command[1024];
  snprintf(path, sizeof path, "/proc/%d/status", status->pid);
  read_file(path, text, sizeof text);
  snprintf(path, sizeof path, "/proc/%d/cmdline", status->pid);
  FILE *file = fopen(path, "re");
  size_t count = file ? fread(command, 1, sizeof command - 1, file) : 0;
  if (file) fclose(file);
  for (size_t i = 0; i + 1 < count; i++) {
    if (command[i] == '\0') command[i] = ' ';
  }
  command[count] = '\0';
  const char *program = strrchr(status->program, '/');
  printf("   Main PID: %d (%s)\n", status->pid, program ? program + 1 : status->program);
  printf("      Tasks: %ld\n", proc_number(text, "Threads:"));
  printf("     Memory: %.1fM\n", (double)proc_number(text, "VmRSS:") / 1024);
  printf("    Process: %s\n", command);
}

static void print_since(long long since_us) {
  char stamp[64];
  time_t since = (time_t)(since_us / 1000000);
  long ago = (long)(time(NULL) - since);
  struct tm parts;
  gmtime_r(&since, &parts);
  strftime(stamp, sizeof stamp, "%a %Y-%m-%d %H:%M:%S UTC", &parts);
  printf(" since %s; ", stamp);
  if (ago >= 3600) printf("%ldh %ldmin ago\n", ago / 3600, ago / 60 % 60);
  else if (ago >= 60) printf("%ldmin %lds ago\n", ago / 60, ago % 60);
  else printf("%lds ago\n", ago < 0 ? 0 : ago);
}

int print_status(const char *service) {
  struct service_status status;
  if (!ask_status(service, &status)) return 4;
  int color = isatty(STDOUT_FILENO);
  int running = strcmp(status.state, "running") == 0;
  int failed = strcmp(status.state, "failed") == 0;
  const char *paint = !color ? "" : running ? "\033[1;32m" : failed ? "\033[1;31m" : "\033[0m";
  const char *plain = color ? "\033[0m" : "";
  const char *file = unit_file(service);
  printf("%s%s%s %s.service - %s\n", paint, running ? "●" : failed ? "×" : "○", plain, service, status.description);
  printf("     Loaded: loaded (%s; %s)\n", file ? file : status.program,
         unit_enabled(service) ? "enabled" : "disabled");

  char why[64] = "";
  if (strcmp(status.result, "success") != 0) snprintf(why, sizeof why, " (Result: %s)", status.result);
  const char *word = running                                 ? "active (running)"
                     : strcmp(status.state, "starting") == 0 ? "activating (start)"
                     : strcmp(status.state, "waiting") == 0  ? "activating (start-pre)"
                     : strcmp(status.state, "backoff") == 0  ? "activating (auto-restart)"
                     : strcmp(status.state, "stopping") == 0 ? "deactivating (stop-sigterm)"
                     : failed                                ? "failed"
                                                             : "inactive (dead)";
  printf("     Active: %s%s%s%s", paint, word, plain, running ? "" : why);
  print_since(status.since_us);
  if (status.documentation[0]) printf("       Docs: %s\n", status.documentation);
  if (status.pid > 0) print_process(&status);
  else if (why[0]) printf("       Last: %s, status=%d\n", status.result, status.exit);

  struct journal journal;
  journal_read(&journal, (const char *const[]){service}, 1);
  if (journal.count > 0) putchar('\n');
  size_t from = journal.count > STATUS_LOG_LINES ? journal.count - STATUS_LOG_LINES : 0;
  for (size_t i = from; i < journal.count; i++) journal_print(journal.lines[i].text, JOURNAL_SHORT);
  journal_free(&journal);
  return running ? 0 : 3;
}
