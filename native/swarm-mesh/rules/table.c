/* One namespace's table and the flows through it: brings it from what it is to what it should be, and keeps to it. */
#include "table.h"

#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "kernel.h"
#include "../base/log.h"
#include "../base/tool.h"

/*
 * A task leaves the table about two seconds before docker stops it: flows are moved away from it a little later, so
 * that answers that are on their way arrive, and well within the second after which nothing new may go to it.
 */
#define FORGET_DELAY_MS 500
/* Destinations × backends that change at once; what is over this is left to conntrack's own timeouts. */
#define STALE_LIMIT 16384
/* Backends named in one log line. */
#define LOGGED_BACKENDS 16

static void add_stale(struct table *table, struct flow_match match) {
  if (table->stale_count >= STALE_LIMIT) return;
  if ((table->stale_count & (table->stale_count - 1)) == 0) {
    size_t capacity = table->stale_count ? table->stale_count * 2 : 1;
    struct flow_match *stale = realloc(table->stale, capacity * sizeof *stale);
    if (!stale) return;
    table->stale = stale;
  }
  table->stale[table->stale_count++] = match;
}

static bool has_backend(const struct frontend *frontend, ipv4 backend) {
  for (size_t i = 0; frontend && i < frontend->backend_count; i++) {
    if (frontend->backends[i] == backend) return true;
  }
  return false;
}

/* Flows to backends that left, and datagrams that came before their destination was known. */
static void note_stale_flows(struct table *table, const struct program *new, long long now_ms) {
  const struct program *old = &table->program;
  for (size_t i = 0; i < old->count; i++) {
    const struct frontend *was = &old->frontends[i], *is = program_find(new, was->vip, was->protocol, was->port);
    for (size_t k = 0; k < was->backend_count; k++) {
      if (has_backend(is, was->backends[k])) continue;
      add_stale(table, (struct flow_match){was->vip, was->protocol, was->port, was->backends[k]});
    }
  }
  for (size_t i = 0; i < new->count; i++) {
    const struct frontend *is = &new->frontends[i];
    if (program_find(old, is->vip, is->protocol, is->port) || (!is->vip && is->protocol != PROTOCOL_UDP)) continue;
    add_stale(table, (struct flow_match){is->vip, PROTOCOL_UDP, is->port, 0});
  }
  if (table->stale_count) table->forget_at = now_ms + FORGET_DELAY_MS;
}

static void log_frontend(const struct table *table, const struct frontend *frontend, bool removed) {
  struct buffer text = {0};
  if (frontend->vip) buffer_format(&text, "%s", ipv4_format(frontend->vip).text);
  else
    buffer_format(&text, "%u/%s", frontend->port,
                  frontend->protocol == PROTOCOL_TCP   ? "tcp"
                  : frontend->protocol == PROTOCOL_UDP ? "udp"
                                                       : "sctp");
  if (removed) buffer_format(&text, " removed");
  for (size_t i = 0; !removed && i < frontend->backend_count && i < LOGGED_BACKENDS; i++) {
    buffer_format(&text, "%s%s", i ? ", " : " to ", ipv4_format(frontend->backends[i]).text);
  }
  if (!removed && frontend->backend_count > LOGGED_BACKENDS)
    buffer_format(&text, ", ... (%zu)", frontend->backend_count);
  log_line("%s: %s%s%s", table->label, frontend->service, frontend->service[0] ? " " : "", text.data ? text.data : "");
  buffer_free(&text);
}

static void log_changes(const struct table *table, const struct program *old, const struct program *new) {
  for (size_t i = 0; i < old->count; i++) {
    const struct frontend *was = &old->frontends[i];
    if (!program_find(new, was->vip, was->protocol, was->port)) log_frontend(table, was, true);
  }
  for (size_t i = 0; i < new->count; i++) {
    const struct frontend *is = &new->frontends[i], *was = program_find(old, is->vip, is->protocol, is->port);
    if (!was || !frontend_same(was, is)) log_frontend(table, is, false);
  }
}

/* What an earlier run of this program left is kept if it is right. */
static void adopt(struct table *table, const struct ruleset_base *base, const struct program *wanted) {
  uint64_t base_id;
  struct program found = {0};
  if (kernel_read(table->netns, &base_id, &found) && base_id == ruleset_base_id(base) && program_same(&found, wanted)) {
    table->base = *base;
    table->known = true;
    if (found.count) log_line("%s: %zu destinations are programmed already", table->label, found.count);
  }
  program_free(&table->program);
  table->program = found;
}

static bool write_whole(const struct table *table, const struct ruleset_base *base, const struct program *program) {
  struct buffer text = {0};
  ruleset_write_whole(&text, base, program);
  bool good = kernel_apply(table->netns, &text);
  buffer_free(&text);
  return good;
}

/* A refusal means that the table is not what we thought: it is then written whole. */
static bool write_change(const struct table *table, const struct program *program) {
  int error = change_apply(table->netfilter, &table->program, program);
  if (error)
    log_line("%s: the kernel did not take a change (%s), writing the table whole", table->label, strerror(error));
  return error == 0;
}

bool table_converge(struct table *table, const struct ruleset_base *base, struct program *program, long long now_ms) {
  if (!table->known) adopt(table, base, program);
  bool same_base = table->known && ruleset_base_id(&table->base) == ruleset_base_id(base);
  if (same_base && program_same(&table->program, program)) {
    program_free(program);
    return true;
  }
  table->generation = 0;
  if (!(same_base && write_change(table, program)) && !write_whole(table, base, program)) {
    table->known = false;
    program_free(program);
    return false;
  }
  log_changes(table, &table->program, program);
  note_stale_flows(table, program, now_ms);
  program_free(&table->program);
  table->program = *program;
  *program = (struct program){0};
  table->base = *base;
  table->known = true;
  return true;
}

/* A hash of how the table lists, without counters. 0 when it is not there. */
static uint64_t take_fingerprint(const struct table *table) {
  struct buffer text = {0};
  uint64_t hash = 0xcbf29ce484222325u;
  int status = tool_run(table->netns, (const char *const[]){"nft", "-s", "list", "table", "ip", RULESET_TABLE, NULL},
                        NULL, &text, NULL);
  for (size_t i = 0; i < text.length; i++) hash = (hash ^ (uint8_t)text.data[i]) * 0x100000001b3u;
  buffer_free(&text);
  return status == 0 ? hash : 0;
}

bool table_intact(struct table *table) {
  uint32_t generation = kernel_generation(table->netfilter);
  if (!table->known || (generation && generation == table->generation)) return true;
  bool looked_before = table->generation != 0;
  uint64_t fingerprint = take_fingerprint(table);
  bool intact = fingerprint != 0 && (!looked_before || fingerprint == table->fingerprint);
  table->generation = intact ? generation : 0;
  table->fingerprint = fingerprint;
  if (!intact) {
    log_line("%s: somebody else changed the table " RULESET_TABLE ", writing it again", table->label);
    table->known = false;
  }
  return intact;
}

void table_forget_flows(struct table *table, long long now_ms) {
  if (table->stale_count == 0 || now_ms < table->forget_at) return;
  static struct address_list local;
  if (addresses_list(table->route, &local) != 0) local.count = 0;
  int forgotten = conntrack_forget(table->netfilter, table->stale, table->stale_count, &local);
  if (forgotten > 0) log_line("%s: %d flows to tasks that are gone are balanced anew", table->label, forgotten);
  free(table->stale);
  table->stale = NULL;
  table->stale_count = 0;
}

void table_remove(struct table *table) {
  struct buffer text = {0};
  ruleset_write_removal(&text);
  kernel_apply(table->netns, &text);
  buffer_free(&text);
  for (size_t i = 0; i < table->program.count; i++) log_frontend(table, &table->program.frontends[i], true);
  program_free(&table->program);
  table->known = false;
}

void table_free(struct table *table) {
  program_free(&table->program);
  free(table->stale);
  table->stale = NULL;
  table->stale_count = 0;
}
