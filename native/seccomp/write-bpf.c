/* Compiles rules with libseccomp, the library that runc uses for the JSON form. */
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules.h"

static struct scmp_arg_cmp comparison(const struct condition *condition) {
  switch (condition->comparison) {
    case EQUAL: return SCMP_CMP(condition->argument, SCMP_CMP_EQ, condition->value);
    case NOT_EQUAL: return SCMP_CMP(condition->argument, SCMP_CMP_NE, condition->value);
    case MASKED_EQUAL: return SCMP_CMP(condition->argument, SCMP_CMP_MASKED_EQ, condition->mask, condition->value);
  }
  abort();
}

static uint32_t outcome(enum action action, int error) {
  return action == ALLOW ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO((unsigned)error);
}

static int add(scmp_filter_ctx context, const struct rule *rule) {
  struct scmp_arg_cmp conditions[MAX_CONDITIONS];
  int number = seccomp_syscall_resolve_name(rule->name);
  size_t i;

  /* Not on this architecture, or newer than libseccomp: the default covers it, here as in runc. */
  if (number == __NR_SCMP_ERROR || number < 0) return 0;
  for (i = 0; i < rule->condition_count; i++) conditions[i] = comparison(&rule->conditions[i]);
  return seccomp_rule_add_array(context, outcome(rule->action, rule->error), number, (unsigned)rule->condition_count,
                                conditions);
}

int write_bpf(const struct rules *rules) {
  scmp_filter_ctx context = seccomp_init(outcome(rules->default_action, rules->default_error));
  size_t i;
  int result = context == NULL ? -ENOMEM : 0;

  for (i = 0; result == 0 && i < rules->count; i++) {
    if (rules->default_action == ANSWER && rules->rules[i].action == ANSWER &&
        rules->rules[i].error == rules->default_error && rules->rules[i].condition_count == 0)
      continue; /* libseccomp refuses a rule that says what the default says */
    result = add(context, &rules->rules[i]);
    if (result != 0) fprintf(stderr, "dd-seccomp: %s: %s\n", rules->rules[i].name, strerror(-result));
  }
  if (result == 0) result = seccomp_export_bpf(context, STDOUT_FILENO);
  if (result != 0) fprintf(stderr, "dd-seccomp: cannot compile: %s\n", strerror(-result));
  seccomp_release(context);
  return result == 0 ? 0 : -1;
}
