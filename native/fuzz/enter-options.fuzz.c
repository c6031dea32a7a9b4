/* dd-enter's command line: words that end with a zero byte. */
#include "fuzz.h"

#define exit fuzz_exit
#include "../enter/plan/options.c"
#undef exit

static void check(struct options options) {
  if (options.command == NULL || options.node_dir[0] != '/' || (options.tty && options.size.ws_col == 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { MAX_WORDS = 300 };
  char *words[MAX_WORDS + 2] = {(char *)"dd-enter"};
  char *text = fuzz_text(data, size);
  int count = 1;
  for (char *at = text; at < text + size && count <= MAX_WORDS; at += strlen(at) + 1) words[count++] = at;
  optind = 0; /* getopt begins again */
  opterr = 0;
  FUZZ_RUN(check(parse_options(count, words)));
  free(text);
  return 0;
}
