/* dd-enter's plan: every text ends in a plan or in a refusal. */
#include "fuzz.h"

#include "../common/parse.c"
#include "../enter/plan/plan.c"

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
