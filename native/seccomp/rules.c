/* Reads .rules files; their form is described at the top of node.rules. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void bad_line(size_t number, const char *reason)
{
  fprintf(stderr, "dd-seccomp: line %zu: %s\n", number, reason);
  exit(1);
}

static int parse_error(const char *name, size_t line)
{
  static const struct {
    const char *name;
    int error;
  } ERRORS[] = {{"EPERM", EPERM}, {"ENOSYS", ENOSYS}, {"EAFNOSUPPORT", EAFNOSUPPORT}, {"EPROTONOSUPPORT", EPROTONOSUPPORT}};
  size_t i;

  for (i = 0; name != NULL && i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++)
    if (strcmp(name, ERRORS[i].name) == 0)
      return ERRORS[i].error;
  bad_line(line, "unknown error code");
}

static uint64_t parse_number(const char *text, size_t line)
{
  char *end;
  uint64_t value = text == NULL ? 0 : strtoull(text, &end, 0);

  if (text == NULL || end == text || *end != '\0')
    bad_line(line, "a number is missing");
  return value;
}

static struct rule *add_rule(struct rules *rules, const char *name, int error, size_t line)
{
  struct rule *rule = &rules->rules[rules->count];

  if (rules->count == MAX_RULES || name == NULL || strlen(name) >= sizeof(rule->name))
    bad_line(line, "too many rules, or a name is missing or too long");
  rules->count++;
  strcpy(rule->name, name);
  rule->error = error;
  return rule;
}

static char *next_word(char **rest)
{
  char *word;

  do
    word = strsep(rest, " \t\n");
  while (word != NULL && *word == '\0');
  return word;
}

/* NAME ARG VALUE...: one rule for each value. */
static void parse_if(struct rules *rules, int error, char *rest, size_t line)
{
  const char *name = next_word(&rest);
  unsigned argument = (unsigned)parse_number(next_word(&rest), line);
  const char *value;

  while ((value = next_word(&rest)) != NULL) {
    struct rule *rule = add_rule(rules, name, error, line);
    rule->condition_count = 1;
    rule->conditions[0] = (struct condition){argument, parse_number(value, line)};
  }
}

/* NAME ARG VALUE ARG VALUE. */
static void parse_if2(struct rules *rules, int error, char *rest, size_t line)
{
  struct rule *rule = add_rule(rules, next_word(&rest), error, line);

  for (rule->condition_count = 0; rule->condition_count < 2; rule->condition_count++) {
    unsigned argument = (unsigned)parse_number(next_word(&rest), line);
    rule->conditions[rule->condition_count] = (struct condition){argument, parse_number(next_word(&rest), line)};
  }
}

static void parse_line(struct rules *rules, char *rest, size_t line)
{
  const char *word = next_word(&rest);
  const char *name;
  int error = 0;

  if (word == NULL)
    return;
  if (strcmp(word, "default") == 0) {
    if ((name = next_word(&rest)) == NULL || strcmp(name, "errno") != 0)
      bad_line(line, "only \"default errno CODE\" is known");
    rules->default_error = parse_error(next_word(&rest), line);
    return;
  }
  if (strncmp(word, "errno", 5) == 0)
    error = parse_error(next_word(&rest), line);
  if (strcmp(word, "allow") == 0 || strcmp(word, "errno") == 0)
    while ((name = next_word(&rest)) != NULL)
      add_rule(rules, name, error, line);
  else if (strcmp(word, "allow-if") == 0 || strcmp(word, "errno-if") == 0)
    parse_if(rules, error, rest, line);
  else if (strcmp(word, "allow-if2") == 0 || strcmp(word, "errno-if2") == 0)
    parse_if2(rules, error, rest, line);
  else
    bad_line(line, "unknown word");
}

void read_rules(FILE *input, struct rules *rules)
{
  char text[1024];
  size_t line = 0;

  memset(rules, 0, sizeof(*rules));
  while (fgets(text, sizeof(text), input) != NULL) {
    line++;
    if (strchr(text, '\n') == NULL && !feof(input))
      bad_line(line, "too long");
    text[strcspn(text, "#")] = '\0';
    parse_line(rules, text, line);
  }
  if (rules->default_error == 0)
    bad_line(line, "no default");
}
