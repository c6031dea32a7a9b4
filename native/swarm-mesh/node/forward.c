/* Letting ingress traffic through the node's FORWARD chain, which docker closes, with iptables, whose chain it is. */
#include "forward.h"

#include <stdio.h>
#include <string.h>

#include "../base/buffer.h"
#include "../base/log.h"
#include "../base/tool.h"

/* Wait for other programs' changes, as docker itself does. */
#define WAIT "-w", "5"

static bool iptables(int netns, const char *const arguments[]) {
  return tool_run(netns, arguments, NULL, NULL, NULL) == 0;
}

/* docker keeps DOCKER-USER first in FORWARD and never empties it. It is not there when docker does not manage the
 * firewall. */
static const char *parent_chain(int netns) {
  bool there = iptables(netns, (const char *const[]){"iptables", WAIT, "-n", "-L", "DOCKER-USER", NULL});
  return there ? "DOCKER-USER" : "FORWARD";
}

static void write_rules(struct buffer *out, ipv4 inside, const char *bridge) {
  const char *address = ipv4_format(inside).text;
  buffer_format(out, "-A " FORWARD_CHAIN " -d %s/32 -o %s -m conntrack --ctstate DNAT -j ACCEPT\n", address, bridge);
  buffer_format(out, "-A " FORWARD_CHAIN " -s %s/32 -i %s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n",
                address, bridge);
}

/* Behind what the user has put into DOCKER-USER, but before the RETURN at its end. */
static int jump_position(int netns, const char *parent) {
  struct buffer text = {0};
  int rules = 0;
  bool returns = false;
  tool_run(netns, (const char *const[]){"iptables", WAIT, "-S", parent, NULL}, NULL, &text, NULL);
  for (char *line = text.data ? strtok(text.data, "\n") : NULL; line; line = strtok(NULL, "\n")) {
    if (strncmp(line, "-A ", 3) != 0) continue;
    rules++;
    returns = strstr(line, "-j RETURN") != NULL;
  }
  buffer_free(&text);
  /* Without docker's chain the verdicts of FORWARD's other rules are not ours to respect: first place. */
  return strcmp(parent, "FORWARD") == 0 ? 1 : rules + (returns ? 0 : 1);
}

static bool has_jump(int netns, const char *parent) {
  return iptables(netns, (const char *const[]){"iptables", WAIT, "-C", parent, "-j", FORWARD_CHAIN, NULL});
}

bool forward_allow(int netns, ipv4 inside, const char *bridge) {
  struct buffer input = {0}, errors = {0};
  buffer_format(&input, "*filter\n:" FORWARD_CHAIN " - [0:0]\n");
  write_rules(&input, inside, bridge);
  buffer_format(&input, "COMMIT\n");
  const char *const restore[] = {"iptables-restore", WAIT, "--noflush", NULL};
  bool good = tool_run(netns, restore, &input, NULL, &errors) == 0;
  const char *parent = parent_chain(netns);
  if (good && !has_jump(netns, parent)) {
    char position[12];
    snprintf(position, sizeof position, "%d", jump_position(netns, parent));
    const char *const insert[] = {"iptables", WAIT, "-I", parent, position, "-j", FORWARD_CHAIN, NULL};
    good = tool_run(netns, insert, NULL, NULL, &errors) == 0;
  }
  if (errors.data) errors.data[strcspn(errors.data, "\n")] = '\0';
  if (!good)
    log_line("node: iptables did not open FORWARD for the ingress sandbox: %s",
             errors.data ? errors.data : "it said nothing");
  buffer_free(&input);
  buffer_free(&errors);
  return good;
}

bool forward_allowed(int netns, ipv4 inside, const char *bridge) {
  struct buffer wanted = {0}, found = {0};
  write_rules(&wanted, inside, bridge);
  bool good =
      tool_run(netns, (const char *const[]){"iptables", WAIT, "-S", FORWARD_CHAIN, NULL}, NULL, &found, NULL) == 0 &&
      found.data && strstr(found.data, wanted.data) && has_jump(netns, parent_chain(netns));
  buffer_free(&wanted);
  buffer_free(&found);
  return good;
}

void forward_remove(int netns) {
  iptables(netns, (const char *const[]){"iptables", WAIT, "-D", "DOCKER-USER", "-j", FORWARD_CHAIN, NULL});
  iptables(netns, (const char *const[]){"iptables", WAIT, "-D", "FORWARD", "-j", FORWARD_CHAIN, NULL});
  iptables(netns, (const char *const[]){"iptables", WAIT, "-F", FORWARD_CHAIN, NULL});
  iptables(netns, (const char *const[]){"iptables", WAIT, "-X", FORWARD_CHAIN, NULL});
}
