/* The same rules as JSON; names hold only letters, digits and underscores, so nothing needs escaping. */
#include <inttypes.h>

#include "rules.h"

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE "SCMP_ARCH_AARCH64"
#else
#error "name this architecture as libseccomp does"
#endif

/* Of a masked comparison `value` is the mask, as in libseccomp. */
static void write_condition(const struct condition *condition) {
  printf("{\"index\":%u,", condition->argument);
  if (condition->comparison == MASKED_EQUAL)
    printf("\"value\":%" PRIu64 ",\"valueTwo\":%" PRIu64 ",\"op\":\"SCMP_CMP_MASKED_EQ\"}", condition->mask,
           condition->value);
  else
    printf("\"value\":%" PRIu64 ",\"op\":\"%s\"}", condition->value,
           condition->comparison == EQUAL ? "SCMP_CMP_EQ" : "SCMP_CMP_NE");
}

static void write_rule(const struct rule *rule) {
  size_t i;

  printf("{\"names\":[\"%s\"],\"action\":", rule->name);
  if (rule->action == ALLOW) printf("\"SCMP_ACT_ALLOW\"");
  else printf("\"SCMP_ACT_ERRNO\",\"errnoRet\":%d", rule->error);
  if (rule->condition_count > 0) {
    printf(",\"args\":[");
    for (i = 0; i < rule->condition_count; i++) {
      printf("%s", i == 0 ? "" : ",");
      write_condition(&rule->conditions[i]);
    }
    printf("]");
  }
  printf("}");
}

int write_oci(const struct rules *rules) {
  size_t i;
  int first = 1;

  if (rules->default_action == ALLOW) {
    fprintf(stderr, "dd-seccomp: a list that allows by default is none of a node's\n");
    return -1;
  }
  printf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":%d,\"architectures\":[\"" NATIVE_ARCHITECTURE
         "\"],\"syscalls\":[\n",
         rules->default_error);
  for (i = 0; i < rules->count; i++) {
    if (rules->rules[i].action == ANSWER && rules->rules[i].error == rules->default_error &&
        rules->rules[i].condition_count == 0)
      continue;
    printf("%s", first ? "" : ",\n");
    write_rule(&rules->rules[i]);
    first = 0;
  }
  printf("\n]}\n");
  return ferror(stdout) ? -1 : 0;
}
