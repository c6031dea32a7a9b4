/* The times of journalctl --since: what is understood is a time as log lines have it. */
#include "fuzz.h"

#include "../ctl/since.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char stamp[SINCE_LENGTH + 1];
  char *text = fuzz_text(data, size);
  if (since_parse(text, stamp) && (strlen(stamp) != SINCE_LENGTH || stamp[10] != 'T')) abort();
  free(text);
  return 0;
}
