/* dd-enter's plan: every text ends in a plan or in a refusal. */
#include "fuzz.h"

#include <stdarg.h>

#include "../common/parse.c"
#include "../enter/plan.c"

void fail(int error, const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  (void)error;
  fuzz_exit(1);
}

static void check(struct plan plan) {
  if (plan.pid <= 1 || plan.seccomp[0] != '/' || plan.cgroup_count > MAX_CGROUPS || plan.rlimit_count > MAX_RLIMITS)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* The plan points into the text. */
  char *text = fuzz_text(data, size);
  FUZZ_RUN(check(parse_plan(text)));
  free(text);
  return 0;
}
