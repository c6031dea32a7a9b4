/* dd-stage: sets a node's root in a private mount namespace, then becomes the command given (runc). */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/fail.h"
#include "stage.h"

const struct failing failing = {.program = "dd-stage", .status = 1};

static _Noreturn void usage(const char *reason) {
  fprintf(stderr,
          "dd-stage: %s\nusage: dd-stage --image DIR --ids BASE:COUNT --upper DIR --work DIR --data DIR --at DIR "
          "[--bound NAME=NUMBER]... -- COMMAND...\n",
          reason);
  exit(2);
}

/* overlayfs separates its options by commas and layers by colons; a path with one would mean something else. */
static const char *parse_path(const char *text) {
  if (text[0] != '/' || strpbrk(text, ",:\\") != NULL)
    usage("paths must be absolute, without commas, colons and backslashes");
  return text;
}

static void parse_ids(struct stage *stage, const char *text) {
  char *end;
  unsigned long base, count = 0;

  errno = 0;
  base = strtoul(text, &end, 10);
  if (end != text && *end == ':') count = strtoul(end + 1, &end, 10);
  /* Below 65536 live the host's own users; 4294967295 means "no id". */
  if (errno != 0 || *end != '\0' || base < 65536 || count == 0 || count > 4294967295UL - base)
    usage("--ids takes BASE:COUNT with BASE of at least 65536");
  stage->base = (uint32_t)base;
  stage->count = (uint32_t)count;
}

/* The name becomes part of a path, so it is of the letters that the kernel's own names are of. */
static void parse_bound(struct stage *stage, char *text) {
  size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_"), number = 0;

  if (name > 0 && name < 64 && text[name] == '=') number = strspn(text + name + 1, "0123456789");
  if (number == 0 || number > 9 || text[name + 1 + number] != '\0') usage("--bound takes NAME=NUMBER");
  if (stage->bound_count == MAX_BOUNDS) usage("too many bounds");
  text[name] = '\0';
  stage->bounds[stage->bound_count++] = (struct bound){.name = text, .value = text + name + 1};
}

int main(int argc, char **argv) {
  static const struct option LONG[] = {
      {"image", required_argument, NULL, 'i'}, {"ids", required_argument, NULL, 'm'},
      {"upper", required_argument, NULL, 'u'}, {"work", required_argument, NULL, 'w'},
      {"data", required_argument, NULL, 'd'},  {"at", required_argument, NULL, 'a'},
      {"bound", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0},
  };
  struct stage stage = {0};
  int letter;

  while ((letter = getopt_long(argc, argv, "+", LONG, NULL)) != -1) {
    switch (letter) {
      case 'i': stage.image = parse_path(optarg); break;
      case 'm': parse_ids(&stage, optarg); break;
      case 'u': stage.upper = parse_path(optarg); break;
      case 'w': stage.work = parse_path(optarg); break;
      case 'd': stage.data = parse_path(optarg); break;
      case 'a': stage.at = parse_path(optarg); break;
      case 'b': parse_bound(&stage, optarg); break;
      default: return 2;
    }
  }
  if (!stage.image || !stage.upper || !stage.work || !stage.data || !stage.at || stage.count == 0)
    usage("every option but --bound is needed");
  if (optind >= argc) usage("no command given");
  set_stage(&stage);
  execvp(argv[optind], argv + optind);
  fail(errno, "cannot execute %s", argv[optind]);
}
