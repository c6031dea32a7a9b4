/* Reads .rules files; their form is described at the top of node.rules. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void bad_line(size_t number, const char *reason) {
  fprintf(stderr, "dd-seccomp: line %zu: %s\n", number, reason);
  exit(1);
}

static int parse_error(const char *name, size_t line) {
  static const struct {
    const char *name;
    int error;
  } ERRORS[] = {{"EPERM", EPERM},
                {"ENOSYS", ENOSYS},
                {"EAFNOSUPPORT", EAFNOSUPPORT},
                {"EPROTONOSUPPORT", EPROTONOSUPPORT},
                {"ENOPROTOOPT", ENOPROTOOPT}};
  size_t i;

  for (i = 0; name != NULL && i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++)
    if (strcmp(name, ERRORS[i].name) == 0) return ERRORS[i].error;
  bad_line(line, "unknown error code");
}

/* The agent reads the JSON form as JavaScript does, which rounds larger ones. */
#define LARGEST_NUMBER ((UINT64_C(1) << 53) - 1)

static uint64_t parse_number(const char *text, size_t line) {
  char *end;
  uint64_t value = text == NULL ? 0 : strtoull(text, &end, 0);

  if (text == NULL || end == text || *end != '\0') bad_line(line, "a number is missing");
  if (value > LARGEST_NUMBER) bad_line(line, "a number is too large for JSON");
  return value;
}

/* A rule for `name` that answers as `like` does. */
static struct rule *add_rule(struct rules *rules, const char *name, struct rule like, size_t line) {
  struct rule *rule = &rules->rules[rules->count];

  if (rules->count == MAX_RULES || name == NULL || strlen(name) >= sizeof(rule->name))
    bad_line(line, "too many rules, or a name is missing or too long");
  rules->count++;
  *rule = like;
  strcpy(rule->name, name);
  return rule;
}

static char *next_word(char **rest) {
  char *word;

  do word = strsep(rest, " \t\n");
  while (word != NULL && *word == '\0');
  return word;
}

/* VALUE, !VALUE or MASK&VALUE. */
static struct condition parse_condition(unsigned argument, char *text, size_t line) {
  struct condition condition = {.argument = argument, .comparison = EQUAL};
  char *value = text == NULL ? NULL : strchr(text, '&');

  if (text != NULL && *text == '!') {
    condition.comparison = NOT_EQUAL;
    text++;
  } else if (value != NULL) {
    *value++ = '\0';
    condition.comparison = MASKED_EQUAL;
    condition.mask = parse_number(text, line);
    text = value;
  }
  condition.value = parse_number(text, line);
  return condition;
}

/* NAME ARG VALUE...: one rule for each value. */
static void parse_if(struct rules *rules, struct rule like, char *rest, size_t line) {
  const char *name = next_word(&rest);
  unsigned argument = (unsigned)parse_number(next_word(&rest), line);
  char *value;

  while ((value = next_word(&rest)) != NULL) {
    struct rule *rule = add_rule(rules, name, like, line);
    rule->condition_count = 1;
    rule->conditions[0] = parse_condition(argument, value, line);
  }
}

/* NAME and `count` times ARG VALUE, of different arguments. */
static void parse_if_all(struct rules *rules, struct rule like, size_t count, char *rest, size_t line) {
  struct rule *rule = add_rule(rules, next_word(&rest), like, line);

  for (rule->condition_count = 0; rule->condition_count < count; rule->condition_count++) {
    unsigned argument = (unsigned)parse_number(next_word(&rest), line);
    rule->conditions[rule->condition_count] = parse_condition(argument, next_word(&rest), line);
  }
  if (next_word(&rest) != NULL) bad_line(line, "more conditions than its word says");
}

/* The bits of an argument that the kernel looks at when it takes an int. */
static const uint64_t INT_BITS = UINT64_C(0xffffffff);

/*
 * CODE NAME ARG VALUE ARG VALUE: a list knows no "unless", and one rule may not hold where another does. So every int
 * but the value is allowed by the highest bit in which it differs: first of the one argument, then, where that is the
 * value, of the other.
 */
static void parse_but2(struct rules *rules, char *rest, size_t line) {
  struct rule like = {.action = ANSWER, .error = parse_error(next_word(&rest), line), .condition_count = 2};
  const char *name = next_word(&rest);
  size_t i;

  for (i = 0; i < 2; i++) {
    like.conditions[i].argument = (unsigned)parse_number(next_word(&rest), line);
    like.conditions[i].comparison = MASKED_EQUAL;
    like.conditions[i].mask = INT_BITS;
    like.conditions[i].value = parse_number(next_word(&rest), line);
    if (like.conditions[i].value > INT_BITS) bad_line(line, "no int");
  }
  if (next_word(&rest) != NULL) bad_line(line, "more conditions than its word says");
  for (i = 0; i < 2; i++) {
    unsigned bit;

    for (bit = 0; bit < 32; bit++) {
      struct rule *rule = add_rule(rules, name, like, line);

      rule->action = ALLOW;
      rule->error = 0;
      rule->condition_count = i + 1;
      rule->conditions[i].mask = INT_BITS & (INT_BITS << bit);
      rule->conditions[i].value = (like.conditions[i].value ^ UINT64_C(1) << bit) & rule->conditions[i].mask;
    }
  }
  add_rule(rules, name, like, line);
}

/* The form of a rule is what follows the name of its action: none, "-if", "-if2" or "-if3". */
static void parse_rule(struct rules *rules, struct rule like, const char *form, char *rest, size_t line) {
  const char *name;

  if (*form == '\0')
    while ((name = next_word(&rest)) != NULL) add_rule(rules, name, like, line);
  else if (strcmp(form, "-if") == 0) parse_if(rules, like, rest, line);
  else if (strcmp(form, "-if2") == 0) parse_if_all(rules, like, 2, rest, line);
  else if (strcmp(form, "-if3") == 0) parse_if_all(rules, like, 3, rest, line);
  else bad_line(line, "unknown word");
}

static void parse_line(struct rules *rules, char *rest, size_t line) {
  const char *word = next_word(&rest);
  const char *name;
  struct rule like = {.action = ALLOW};

  if (word == NULL) return;
  if (strcmp(word, "default") == 0) {
    if ((name = next_word(&rest)) == NULL || (strcmp(name, "errno") != 0 && strcmp(name, "allow") != 0))
      bad_line(line, "only \"default errno CODE\" and \"default allow\" are known");
    rules->has_default = 1;
    rules->default_action = strcmp(name, "allow") == 0 ? ALLOW : ANSWER;
    if (rules->default_action == ANSWER) rules->default_error = parse_error(next_word(&rest), line);
  } else if (strcmp(word, "allow-but2") == 0) {
    parse_but2(rules, rest, line);
  } else if (strncmp(word, "allow", 5) == 0) {
    parse_rule(rules, like, word + 5, rest, line);
  } else if (strncmp(word, "errno", 5) == 0) {
    like.action = ANSWER;
    like.error = parse_error(next_word(&rest), line);
    parse_rule(rules, like, word + 5, rest, line);
  } else if (strncmp(word, "pretend", 7) == 0) {
    like.action = ANSWER;
    parse_rule(rules, like, word + 7, rest, line);
  } else {
    bad_line(line, "unknown word");
  }
}

void read_rules(FILE *input, struct rules *rules) {
  char text[1024];
  size_t line = 0;

  memset(rules, 0, sizeof(*rules));
  while (fgets(text, sizeof(text), input) != NULL) {
    line++;
    if (strchr(text, '\n') == NULL && !feof(input)) bad_line(line, "too long");
    text[strcspn(text, "#")] = '\0';
    parse_line(rules, text, line);
  }
  if (!rules->has_default) bad_line(line, "no default");
}
