/* What init answers, as drydock-ctl reads it. */
#include "fuzz.h"

#include "../ctl/client.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct service_status status;
  char *text = fuzz_text(data, size);
  for (const char *at = text; at;) {
    const char *next = parse_status(at, &status);
    if (next && next <= at) abort();
    at = next;
  }
  free(text);
  return 0;
}
