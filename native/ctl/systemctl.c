/* The systemctl of a node: what learners type, with the answers that they know. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "commands.h"
#include "unit.h"

#define UNITS_MAX 16

struct options {
  bool now, quiet, value;
  const char *property;
};

static int not_found(const char *verb, const char *unit) {
  bool suffix = strchr(unit, '.') != NULL;
  fprintf(stderr, "Failed to %s %s%s: Unit %s%s not found.\n", verb, unit, suffix ? "" : ".service", unit,
          suffix ? "" : ".service");
  return 5;
}

static const char *active_state(const char *state) {
  if (strcmp(state, "running") == 0) return "active";
  if (strcmp(state, "starting") == 0 || strcmp(state, "waiting") == 0 || strcmp(state, "backoff") == 0)
    return "activating";
  if (strcmp(state, "stopping") == 0) return "deactivating";
  return strcmp(state, "failed") == 0 ? "failed" : "inactive";
}

static const char *sub_state(const char *state) {
  if (strcmp(state, "running") == 0) return "running";
  if (strcmp(state, "starting") == 0) return "start";
  if (strcmp(state, "waiting") == 0) return "start-pre";
  if (strcmp(state, "backoff") == 0) return "auto-restart";
  if (strcmp(state, "stopping") == 0) return "stop-sigterm";
  return strcmp(state, "failed") == 0 ? "failed" : "dead";
}

static int show(const char *service, const struct options *options) {
  struct service_status status;
  if (!ask_status(service, &status)) return 1;
  char pid[16], restarts[16];
  snprintf(pid, sizeof pid, "%d", status.pid);
  snprintf(restarts, sizeof restarts, "%d", status.restarts);
  const char *const fields[][2] = {
      {"Id", service},
      {"Description", status.description},
      {"LoadState", "loaded"},
      {"ActiveState", active_state(status.state)},
      {"SubState", sub_state(status.state)},
      {"Result", status.result},
      {"MainPID", pid},
      {"NRestarts", restarts},
      {"UnitFileState", unit_enabled(service) ? "enabled" : "disabled"},
  };
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    if (options->property && strcmp(options->property, fields[i][0]) != 0) continue;
    const char *suffix = i == 0 ? ".service" : "";
    if (options->value) printf("%s%s\n", fields[i][1], suffix);
    else printf("%s=%s%s\n", fields[i][0], fields[i][1], suffix);
  }
  return 0;
}

static int cat_unit(const char *service) {
  const char *path = unit_file(service);
  FILE *file = path ? fopen(path, "re") : NULL;
  if (!file) {
    fprintf(stderr, "No files found for %s.service.\n", service);
    return 1;
  }
  printf("# %s\n", path);
  char buffer[4096];
  for (size_t count; (count = fread(buffer, 1, sizeof buffer, file)) > 0;) fwrite(buffer, 1, count, stdout);
  fclose(file);
  return 0;
}

static int one_unit(const char *verb, const char *unit, const struct options *options) {
  struct service_status status;
  if (unit_is_socket(unit)) return 0;
  const char *service = unit_service(unit);
  bool is_query = strncmp(verb, "is-", 3) == 0;
  if (!service) {
    if (unit_has_init_script(unit) && !is_query) return run_init_script(unit, verb);
    if (is_query) {
      if (!options->quiet) puts(strcmp(verb, "is-enabled") == 0 ? "not-found" : "inactive");
      return strcmp(verb, "is-active") == 0 ? 3 : 4;
    }
    if (strcmp(verb, "status") == 0) {
      fprintf(stderr, "Unit %s%s could not be found.\n", unit, strchr(unit, '.') ? "" : ".service");
      return 4;
    }
    return not_found(verb, unit);
  }
  if (strcmp(verb, "status") == 0) return print_status(service);
  if (strcmp(verb, "show") == 0) return show(service, options);
  if (strcmp(verb, "cat") == 0) return cat_unit(service);
  if (strcmp(verb, "is-enabled") == 0) {
    bool enabled = unit_enabled(service);
    if (!options->quiet) puts(enabled ? "enabled" : "disabled");
    return enabled ? 0 : 1;
  }
  if (is_query) {
    if (!ask_status(service, &status)) return 1;
    const char *state = active_state(status.state);
    if (!options->quiet) puts(state);
    return strcmp(state, strcmp(verb, "is-failed") == 0 ? "failed" : "active") == 0 ? 0
           : strcmp(verb, "is-failed") == 0                                         ? 1
                                                                                    : 3;
  }
  if (strcmp(verb, "enable") == 0) {
    int result = unit_enable(service);
    return result == 0 && options->now ? change_service("start", service) : result;
  }
  if (strcmp(verb, "disable") == 0) {
    int result = unit_disable(service);
    return result == 0 && options->now ? change_service("stop", service) : result;
  }
  if (strcmp(verb, "try-restart") == 0 || strcmp(verb, "condrestart") == 0) {
    if (!ask_status(service, &status) || strcmp(status.state, "running") != 0) return 0;
    return change_service("restart", service);
  }
  if (strcmp(verb, "reload-or-restart") == 0) return change_service("restart", service);
  return change_service(verb, service);
}

static int list_units(void) {
  char text[ANSWER_BYTES];
  if (!ask("list", "", 5, text)) return 1;
  printf("  %-28s %-6s %-12s %-12s %s\n", "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION");
  int count = 0;
  for (const char *at = text; at && *at; count++) {
    struct service_status status;
    char unit[80];
    at = parse_status(at, &status);
    snprintf(unit, sizeof unit, "%s.service", status.name);
    printf("  %-28s %-6s %-12s %-12s %s\n", unit, "loaded", active_state(status.state), sub_state(status.state),
           status.description);
  }
  printf("\n%d loaded units listed.\n", count);
  return 0;
}

static bool is_known(const char *verb) {
  static const char *const verbs[] = {"start",  "stop",    "restart",     "reload",      "status",
                                      "enable", "disable", "is-active",   "is-enabled",  "is-failed",
                                      "show",   "cat",     "try-restart", "condrestart", "reload-or-restart"};
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    if (strcmp(verbs[i], verb) == 0) return true;
  }
  return false;
}

/* Options that change nothing here are accepted as they are; returns false for one that would be silently wrong. */
static bool parse_option(const char *option, struct options *options) {
  static const char *const harmless[] = {
      "--no-pager",  "--no-block", "--system",          "-l", "--full", "-a", "--all", "--type=service",
      "--no-legend", "--plain",    "--no-ask-password", "-f", "--force"};
  if (strcmp(option, "--now") == 0) options->now = true;
  else if (strcmp(option, "-q") == 0 || strcmp(option, "--quiet") == 0) options->quiet = true;
  else if (strcmp(option, "--value") == 0) options->value = true;
  else if (strncmp(option, "--property=", 11) == 0) options->property = option + 11;
  else {
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
      if (strcmp(option, harmless[i]) == 0) return true;
    }
    fprintf(stderr, "systemctl: option %s is not available: a Drydock node runs its services without systemd.\n",
            option);
    return false;
  }
  return true;
}

int systemctl_main(int argc, char **argv) {
  struct options options = {0};
  const char *words[UNITS_MAX + 1];
  int count = 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--version") == 0) {
      puts("systemctl of a Drydock node: its services are run by Drydock's own init, not by systemd.");
      return 0;
    }
    if ((strcmp(argv[i], "-p") == 0 || strcmp(argv[i], "-t") == 0) && i + 1 < argc) {
      if (argv[i][1] == 'p') options.property = argv[i + 1];
      i++;
    } else if (argv[i][0] == '-') {
      if (!parse_option(argv[i], &options)) return 1;
    } else if (count <= UNITS_MAX) {
      words[count++] = argv[i];
    }
  }
  if (count == 0 || strcmp(words[0], "list-units") == 0) return list_units();
  if (strcmp(words[0], "daemon-reload") == 0 || strcmp(words[0], "reset-failed") == 0) return 0;
  if (strcmp(words[0], "is-system-running") == 0) return puts("running") == EOF;
  if (!is_known(words[0])) {
    fprintf(stderr, "Unknown command verb '%s'.\n", words[0]);
    return 1;
  }
  if (count == 1) {
    if (strcmp(words[0], "status") == 0) return list_units();
    fprintf(stderr, "Too few arguments.\n");
    return 1;
  }
  int result = 0;
  for (int i = 1; i < count; i++) {
    int status = one_unit(words[0], words[i], &options);
    if (status != 0) result = status;
  }
  return result;
}
