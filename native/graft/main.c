/* dd-graft: lays files of the host over files of a living node, or takes away what it laid there before. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/fail.h"
#include "../common/parse.h"
#include "graft.h"

const struct failing failing = {.program = "dd-graft", .status = 1};

static _Noreturn void usage(const char *reason) {
  fprintf(stderr,
          "dd-graft: %s\nusage: dd-graft --pid PID --started TICKS [SOURCE=]TARGET...\n"
          "  TARGET alone: what this program laid there before is taken away, and nothing comes in its place\n",
          reason);
  exit(2);
}

static unsigned long long parse_number(const char *text) {
  unsigned long long number;

  if (!parse_whole(text, 10, &number) || number == 0) usage("--pid and --started take numbers");
  return number;
}

static void parse_graft(struct graft *graft, char *text) {
  char *equals = strchr(text, '=');

  graft->source = equals ? text : NULL;
  graft->target = equals ? equals + 1 : text;
  graft->tree = -1;
  if (equals) *equals = '\0';
  if (graft->target[0] != '/' || (graft->source && graft->source[0] != '/')) usage("paths must be absolute");
}

int main(int argc, char **argv) {
  static const struct option LONG[] = {
      {"pid", required_argument, NULL, 'p'}, {"started", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
  struct graft grafts[MAX_GRAFTS];
  unsigned long long pid = 0, started = 0;
  size_t count = 0;
  int letter;

  while ((letter = getopt_long(argc, argv, "+", LONG, NULL)) != -1) {
    switch (letter) {
      case 'p': pid = parse_number(optarg); break;
      case 's': started = parse_number(optarg); break;
      default: return 2;
    }
  }
  if (pid == 0 || pid > 4194304 || started == 0) usage("--pid and --started are needed");
  if (optind >= argc || argc - optind > MAX_GRAFTS) usage("between 1 and 32 targets");
  for (int i = optind; i < argc; i++) parse_graft(&grafts[count++], argv[i]);
  graft_all((int)pid, started, grafts, count);
  return 0;
}
