/* dd-stage: sets a node's root in a private mount namespace, then becomes the command given (runc). */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stage.h"

void fail(const char *format, ...)
{
  va_list arguments;
  int error = errno;

  fputs("dd-stage: ", stderr);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", strerror(error));
  exit(1);
}

static _Noreturn void usage(const char *reason)
{
  fprintf(stderr,
          "dd-stage: %s\nusage: dd-stage --image DIR --ids BASE:COUNT --upper DIR --work DIR --data DIR --at DIR -- "
          "COMMAND...\n",
          reason);
  exit(2);
}

/* overlayfs separates its options by commas and layers by colons; a path with one would mean something else. */
static const char *parse_path(const char *text)
{
  if (text[0] != '/' || strpbrk(text, ",:\\") != NULL)
    usage("paths must be absolute, without commas, colons and backslashes");
  return text;
}

static void parse_ids(struct stage *stage, const char *text)
{
  char *end;
  unsigned long base, count = 0;

  errno = 0;
  base = strtoul(text, &end, 10);
  if (end != text && *end == ':')
    count = strtoul(end + 1, &end, 10);
  /* Below 65536 live the host's own users; 4294967295 means "no id". */
  if (errno != 0 || *end != '\0' || base < 65536 || count == 0 || count > 4294967295UL - base)
    usage("--ids takes BASE:COUNT with BASE of at least 65536");
  stage->base = (uint32_t)base;
  stage->count = (uint32_t)count;
}

int main(int argc, char **argv)
{
  static const struct option LONG[] = {
    {"image", required_argument, NULL, 'i'}, {"ids", required_argument, NULL, 'm'},  {"upper", required_argument, NULL, 'u'},
    {"work", required_argument, NULL, 'w'},  {"data", required_argument, NULL, 'd'}, {"at", required_argument, NULL, 'a'},
    {NULL, 0, NULL, 0},
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
    default: return 2;
    }
  }
  if (!stage.image || !stage.upper || !stage.work || !stage.data || !stage.at || stage.count == 0)
    usage("every option is needed");
  if (optind >= argc)
    usage("no command given");
  set_stage(&stage);
  execvp(argv[optind], argv + optind);
  fail("cannot execute %s", argv[optind]);
}
