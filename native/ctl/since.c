/* Parses the times of --since and --until. */
#include "since.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* False for a year that log lines have no room for. */
static bool format(time_t when, char stamp[SINCE_LENGTH + 1]) {
  struct tm parts;
  if (!gmtime_r(&when, &parts) || parts.tm_year < 0 || parts.tm_year > 9999 - 1900) return false;
  return strftime(stamp, SINCE_LENGTH + 1, "%Y-%m-%dT%H:%M:%S", &parts) == SINCE_LENGTH;
}

static bool relative(const char *text, time_t now, time_t *when) {
  static const struct {
    const char *unit;
    long seconds;
  } units[] = {{"sec", 1}, {"min", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800}};
  long amount;
  char unit[16] = "", ago[8] = "";
  bool minus = *text == '-';
  if (sscanf(text + minus, "%ld %15[a-z] %7[a-z]", &amount, unit, ago) < 2) return false;
  if (!minus && strcmp(ago, "ago") != 0) return false;
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    bool is_letter = unit[1] == '\0' && unit[0] == units[i].unit[0];
    if (!is_letter && strncmp(unit, units[i].unit, strlen(units[i].unit)) != 0) continue;
    time_t back;
    return !__builtin_mul_overflow(amount, units[i].seconds, &back) && !__builtin_sub_overflow(now, back, when);
  }
  return false;
}

bool since_parse(const char *text, char stamp[SINCE_LENGTH + 1]) {
  time_t now = time(NULL), midnight = now - now % 86400, when;
  if (strcmp(text, "now") == 0) return format(now, stamp);
  if (strcmp(text, "today") == 0) return format(midnight, stamp);
  if (strcmp(text, "yesterday") == 0) return format(midnight - 86400, stamp);
  if (relative(text, now, &when)) return format(when, stamp);
  struct tm parts = {0};
  static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    memset(&parts, 0, sizeof parts);
    const char *end = strptime(text, forms[i], &parts);
    if (end && *end == '\0') return format(timegm(&parts), stamp);
  }
  int hour, minute, second = 0;
  if (sscanf(text, "%d:%d:%d", &hour, &minute, &second) >= 2 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60) {
    return format(midnight + hour * 3600 + minute * 60 + second, stamp);
  }
  return false;
}
