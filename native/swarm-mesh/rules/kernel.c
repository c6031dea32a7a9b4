/* Our table in one namespace, as the kernel has it: writing it, reading it back, seeing that somebody changed it. */
#include "kernel.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../net/netlink.h"
#include "../base/tool.h"

bool kernel_apply(int netns, const struct buffer *transaction) {
  if (transaction->failed) return false;
  if (transaction->length == 0) return true;
  struct buffer errors = {0};
  int status = tool_run(netns, (const char *const[]){"nft", "-f", "-", NULL}, transaction, NULL, &errors);
  if (status != 0) {
    /* The first line says what is wrong; the rest quotes the input. */
    if (errors.data) errors.data[strcspn(errors.data, "\n")] = '\0';
    log_line("nft did not take a change (status %d): %s", status, errors.data ? errors.data : "it said nothing");
    log_debug("the change was:\n%s", transaction->data);
  }
  buffer_free(&errors);
  return status == 0;
}

static uint64_t hash_in_name(const char *name, const char *prefix) {
  return name && strncmp(name, prefix, strlen(prefix)) == 0 ? strtoull(name + strlen(prefix), NULL, 16) : 0;
}

static uint8_t protocol_number(const char *name) {
  return strcmp(name, "udp") == 0 ? PROTOCOL_UDP : strcmp(name, "sctp") == 0 ? PROTOCOL_SCTP : PROTOCOL_TCP;
}

/* [{"elem": {"val": KEY, "comment": NAME}} or KEY, {"goto": {"target": POOL}}]; KEY is an address or {"concat":
 * [protocol, port]}. */
static void read_element(json_t *pair, struct program *program) {
  json_t *key = json_array_get(pair, 0), *element = json_object_get(key, "elem");
  const char *service = json_string_value(json_object_get(element, "comment"));
  if (element) key = json_object_get(element, "val");
  json_t *concat = json_object_get(key, "concat");
  const char *protocol = json_string_value(json_array_get(concat, 0));
  struct frontend *frontend = protocol ? program_frontend(program, 0, protocol_number(protocol),
                                                          (uint16_t)json_integer_value(json_array_get(concat, 1)))
                                       : program_frontend(program, ipv4_parse(json_string_value(key)), 0, 0);
  if (!frontend) return;
  if (service) snprintf(frontend->service, sizeof frontend->service, "%s", service);
  json_t *target = json_object_get(json_object_get(json_array_get(pair, 1), "goto"), "target");
  frontend->pool = hash_in_name(json_string_value(target), "pool-");
}

/* {"dnat": {"addr": "10.0.0.1"}} or {"dnat": {"addr": {"map": {"data": {"set": [[0, "10.0.0.1"], ...]}}}}} */
static void read_rule(json_t *rule, struct program *program) {
  uint64_t pool = hash_in_name(json_string_value(json_object_get(rule, "chain")), "pool-");
  json_t *expressions = json_object_get(rule, "expr");
  json_t *address =
      json_object_get(json_object_get(json_array_get(expressions, json_array_size(expressions) - 1), "dnat"), "addr");
  json_t *set = json_object_get(json_object_get(json_object_get(address, "map"), "data"), "set"), *item;
  if (pool == 0) return;
  for (size_t i = 0; i < program->count; i++) {
    struct frontend *frontend = &program->frontends[i];
    if (frontend->pool != pool) continue;
    if (json_is_string(address)) frontend_add_backend(frontend, ipv4_parse(json_string_value(address)));
    size_t index;
    json_array_foreach (set, index, item) {
      frontend_add_backend(frontend, ipv4_parse(json_string_value(json_array_get(item, 1))));
    }
  }
}

/* Reads what `nft -j list table` says. */
static void parse_table(const char *text, uint64_t *base_id, struct program *program) {
  json_t *root = json_loads(text, 0, NULL), *item, *pair;
  *base_id = 0;
  json_t *list = json_object_get(root, "nftables");
  size_t i, k;
  json_array_foreach (list, i, item) {
    uint64_t id = hash_in_name(json_string_value(json_object_get(json_object_get(item, "chain"), "name")), "base-");
    if (id) *base_id = id;
    json_array_foreach (json_object_get(json_object_get(item, "map"), "elem"), k, pair) read_element(pair, program);
  }
  /* Only now: rules name pools, and the maps tell whose they are. */
  json_array_foreach (list, i, item) read_rule(json_object_get(item, "rule"), program);
  program_finish(program);
  json_decref(root);
}

bool kernel_read(int netns, uint64_t *base_id, struct program *program) {
  struct buffer text = {0};
  const char *const argv[] = {"nft", "-j", "list", "table", "ip", RULESET_TABLE, NULL};
  bool there = tool_run(netns, argv, NULL, &text, NULL) == 0;
  parse_table(there && text.data ? text.data : "", base_id, program);
  buffer_free(&text);
  return there;
}

static void take_generation(const struct nlmsghdr *message, void *context) {
  const struct nlattr *table[NFTA_GEN_MAX + 1];
  netlink_attributes(message, sizeof(struct nfgenmsg), table, NFTA_GEN_MAX);
  if (!table[NFTA_GEN_ID]) return;
  uint32_t generation;
  memcpy(&generation, netlink_data(table[NFTA_GEN_ID]), sizeof generation);
  *(uint32_t *)context = ntohl(generation);
}

uint32_t kernel_generation(int netfilter) {
  struct netlink_request request;
  struct nfgenmsg header = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0};
  uint32_t generation = 0;
  netlink_begin(&request, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, 0, &header, sizeof header);
  return netlink_talk(netfilter, &request, take_generation, &generation) == 0 ? generation : 0;
}
