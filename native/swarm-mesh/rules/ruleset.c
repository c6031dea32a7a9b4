/* A program as nftables input. Everything lives in one table of our own; nobody else's table is touched. */
#include "ruleset.h"

#include <inttypes.h>
#include <string.h>

#define T "ip " RULESET_TABLE

static const char *protocol_name(uint8_t protocol) {
  return protocol == PROTOCOL_UDP ? "udp" : protocol == PROTOCOL_SCTP ? "sctp" : "tcp";
}

/*
 * Of a sandbox: what comes for a VIP or a published port goes to a task, and answers come back to this sandbox and not
 * past it. A published port is not translated to the task's own: docker redirects it in the task's namespace. ICMP
 * stays: a VIP answers pings itself.
 */
static void write_sandbox_base(struct buffer *out, const struct ruleset_base *base) {
  buffer_format(out,
                "  chain prerouting {\n"
                "    type nat hook prerouting priority dstnat; policy accept;\n"
                "    meta l4proto { tcp, udp, sctp } ip daddr vmap @vips\n"
                "    fib daddr type local meta l4proto . th dport vmap @ports\n"
                "  }\n"
                "  chain postrouting {\n"
                "    type nat hook postrouting priority srcnat; policy accept;\n"
                "    ct status dnat snat to %s\n"
                "  }\n",
                ipv4_format(base->source).text);
}

/*
 * Of the node: published ports of its own addresses, localhost too, go to the ingress sandbox. Before docker's own
 * rules, as DOCKER-INGRESS is; not every nft knows the name `dstnat` at the output hook, so it is a number there. The
 * guard is there because a bridge with route_localnet would let containers reach what listens on the node's loopback.
 */
static void write_node_base(struct buffer *out, const struct ruleset_base *base) {
  buffer_format(out,
                "  chain guard {\n"
                "    type filter hook prerouting priority raw; policy accept;\n"
                "    iifname \"%s\" ip daddr 127.0.0.0/8 drop\n"
                "  }\n"
                "  chain prerouting {\n"
                "    type nat hook prerouting priority dstnat - 1; policy accept;\n"
                "    fib daddr type local meta l4proto . th dport vmap @ports\n"
                "  }\n"
                "  chain output {\n"
                "    type nat hook output priority -101; policy accept;\n"
                "    fib daddr type local meta l4proto . th dport vmap @ports\n"
                "  }\n",
                base->bridge);
  /* The client's address stays as it is until the sandbox, but where the answer would take a shorter way back. */
  buffer_format(out,
                "  chain postrouting {\n"
                "    type nat hook postrouting priority srcnat - 1; policy accept;\n"
                "    oifname \"%s\" ct status dnat fib saddr type local masquerade\n"
                "    oifname \"%s\" ct status dnat ip saddr %s/%u masquerade\n"
                "  }\n",
                base->bridge, base->bridge, ipv4_format(base->bridge_network).text, base->bridge_prefix);
}

static void write_base(struct buffer *out, const struct ruleset_base *base) {
  buffer_format(out, "  map vips { type ipv4_addr : verdict; }\n"
                     "  map ports { type inet_proto . inet_service : verdict; }\n");
  if (base->node) write_node_base(out, base);
  else write_sandbox_base(out, base);
}

uint64_t ruleset_base_id(const struct ruleset_base *base) {
  struct buffer text = {0};
  write_base(&text, base);
  /* The version of how pools are written. */
  buffer_format(&text, "pools 2\n");
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < text.length; i++) hash = (hash ^ (uint8_t)text.data[i]) * 0x100000001b3u;
  buffer_free(&text);
  return hash;
}

/* Takes its backends in turn, as IPVS does in docker's hands. */
static void write_pool(struct buffer *out, const struct frontend *frontend) {
  buffer_format(out, "add chain " T " pool-%016" PRIx64 "\n", frontend->pool);
  buffer_format(out, "add rule " T " pool-%016" PRIx64 " dnat to ", frontend->pool);
  if (frontend->backend_count == 1) {
    buffer_format(out, "%s\n", ipv4_format(frontend->backends[0]).text);
    return;
  }
  buffer_format(out, "numgen inc mod %zu map { ", frontend->backend_count);
  for (size_t i = 0; i < frontend->backend_count; i++) {
    buffer_format(out, "%s%zu : %s", i ? ", " : "", i, ipv4_format(frontend->backends[i]).text);
  }
  buffer_format(out, " }\n");
}

static void write_key(struct buffer *out, const struct frontend *frontend) {
  if (frontend->vip) buffer_format(out, "vips { %s", ipv4_format(frontend->vip).text);
  else buffer_format(out, "ports { %s . %u", protocol_name(frontend->protocol), frontend->port);
}

bool ruleset_may_name(const char *service) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return service[0] && strspn(service, allowed) == strlen(service);
}

static void write_element(struct buffer *out, const struct frontend *frontend) {
  buffer_format(out, "add element " T " ");
  write_key(out, frontend);
  if (ruleset_may_name(frontend->service)) buffer_format(out, " comment \"%s\"", frontend->service);
  buffer_format(out, " : goto pool-%016" PRIx64 " }\n", frontend->pool);
}

void ruleset_write_whole(struct buffer *out, const struct ruleset_base *base, const struct program *program) {
  ruleset_write_removal(out);
  buffer_format(out, "table " T " {\n  chain base-%016" PRIx64 " { }\n", ruleset_base_id(base));
  write_base(out, base);
  buffer_format(out, "}\n");
  for (size_t i = 0; i < program->count; i++) {
    if (program_first_with_pool(program, i)) write_pool(out, &program->frontends[i]);
  }
  for (size_t i = 0; i < program->count; i++) write_element(out, &program->frontends[i]);
}

void ruleset_write_removal(struct buffer *out) { buffer_format(out, "table " T "\ndelete table " T "\n"); }
