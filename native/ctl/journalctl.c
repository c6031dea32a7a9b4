/* The journalctl of a node: shows and follows the logs of its services. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "follow.h"
#include "journal.h"
#include "log.h"
#include "since.h"
#include "unit.h"

#define UNITS_MAX 8

struct request {
  const char *services[UNITS_MAX];
  size_t count;
  long lines; /* -1: all */
  bool follow, reverse, no_pager;
  enum journal_format format;
  char since[SINCE_LENGTH + 1], until[SINCE_LENGTH + 1]; /* empty: no bound */
};

static int add_unit(struct request *request, const char *unit) {
  if (request->count == UNITS_MAX) return 0;
  const char *service = unit_service(unit);
  /* As the real one: a unit that never logged has no entries. */
  request->services[request->count++] = strdup(service ? service : unit);
  return 0;
}

static int parse(struct request *request, int argc, char **argv) {
  enum { OPTION_NO_PAGER = 256, OPTION_IGNORED, OPTION_SYSTEM };
  static const struct option long_options[] = {{"unit", required_argument, NULL, 'u'},
                                               {"follow", no_argument, NULL, 'f'},
                                               {"lines", optional_argument, NULL, 'n'},
                                               {"pager-end", no_argument, NULL, 'e'},
                                               {"catalog", no_argument, NULL, 'x'},
                                               {"boot", optional_argument, NULL, 'b'},
                                               {"reverse", no_argument, NULL, 'r'},
                                               {"quiet", no_argument, NULL, 'q'},
                                               {"output", required_argument, NULL, 'o'},
                                               {"since", required_argument, NULL, 'S'},
                                               {"until", required_argument, NULL, 'U'},
                                               {"all", no_argument, NULL, 'a'},
                                               {"no-pager", no_argument, NULL, OPTION_NO_PAGER},
                                               {"no-hostname", no_argument, NULL, OPTION_IGNORED},
                                               {"system", no_argument, NULL, OPTION_SYSTEM},
                                               {NULL, 0, NULL, 0}};
  int option;
  bool end = false;
  while ((option = getopt_long(argc, argv, "u:fn::exb::rqo:S:U:a", long_options, NULL)) != -1) {
    switch (option) {
      case 'u': add_unit(request, optarg); break;
      case 'f': request->follow = true; break;
      case 'n':
        /* getopt gives an optional value only when it is glued on; people write `-n 20`. */
        if (!optarg && optind < argc &&
            (strspn(argv[optind], "0123456789") == strlen(argv[optind]) || strcmp(argv[optind], "all") == 0)) {
          optarg = argv[optind++];
        }
        request->lines = !optarg ? 10 : strcmp(optarg, "all") == 0 ? -1 : atol(optarg);
        break;
      case 'e': end = true; break;
      case 'r': request->reverse = true; break;
      case 'o':
        if (strcmp(optarg, "cat") == 0) request->format = JOURNAL_CAT;
        else if (strncmp(optarg, "short-iso", 9) == 0) request->format = JOURNAL_ISO;
        else if (strcmp(optarg, "short") != 0) {
          fprintf(stderr,
                  "journalctl: output %s is not available in a Drydock node; there are short, short-iso and cat.\n",
                  optarg);
          return 1;
        }
        break;
      case 'S':
      case 'U':
        if (!since_parse(optarg, option == 'S' ? request->since : request->until)) {
          fprintf(stderr, "Failed to parse timestamp: %s\n", optarg);
          return 1;
        }
        break;
      case OPTION_NO_PAGER: request->no_pager = true; break;
      case 'x':
      case 'b':
      case 'q':
      case 'a':
      case OPTION_IGNORED:
      case OPTION_SYSTEM: break;
      default:
        fprintf(
            stderr,
            "A Drydock node keeps its services' logs without systemd; journalctl knows -u -f -n -e -r -o -S -U here.\n");
        return 1;
    }
  }
  if (end && request->lines == -2) request->lines = 1000;
  return 0;
}

static bool within(const struct request *request, const char *text) {
  if (request->since[0] && strncmp(text, request->since, SINCE_LENGTH) < 0) return false;
  return !request->until[0] || strncmp(text, request->until, SINCE_LENGTH) <= 0;
}

static void print(const struct request *request, const struct journal *journal) {
  size_t matching = 0, skip = 0, seen = 0;
  for (size_t i = 0; i < journal->count; i++) matching += within(request, journal->lines[i].text);
  if (request->lines >= 0 && matching > (size_t)request->lines) skip = matching - (size_t)request->lines;
  if (matching == 0 && !request->follow) puts("-- No entries --");
  for (size_t i = 0; i < journal->count; i++) {
    size_t at = request->reverse ? journal->count - 1 - i : i;
    if (!within(request, journal->lines[at].text)) continue;
    seen++;
    if (request->reverse ? seen <= matching - skip : seen > skip)
      journal_print(journal->lines[at].text, request->format);
  }
}

int journalctl_main(int argc, char **argv) {
  struct request request = {.lines = -2};
  if (parse(&request, argc, argv) != 0) return 1;
  if (request.lines == -2) request.lines = request.follow ? 10 : -1;

  FILE *pager = NULL;
  if (!request.follow && !request.no_pager && isatty(STDOUT_FILENO)) {
    fflush(stdout);
    pager = popen("exec less -FRSXMK", "we");
    if (pager) dup2(fileno(pager), STDOUT_FILENO);
  }
  struct journal journal;
  journal_read(&journal, request.services, request.count);
  print(&request, &journal);
  journal_free(&journal);
  fflush(stdout);
  if (pager) {
    close(STDOUT_FILENO);
    pclose(pager);
  }
  return request.follow ? follow_logs(request.services, request.count, request.format) : 0;
}
