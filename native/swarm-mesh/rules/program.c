/* What one network namespace has to hold: which destinations are balanced over which backends. A value, free of any
 * kernel. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const struct frontend *a, ipv4 vip, uint8_t protocol, uint16_t port) {
  if (a->vip != vip) return a->vip < vip ? -1 : 1;
  if (a->protocol != protocol) return a->protocol < protocol ? -1 : 1;
  return a->port == port ? 0 : a->port < port ? -1 : 1;
}

/* The first frontend that is not before the key. */
static size_t position(const struct program *program, ipv4 vip, uint8_t protocol, uint16_t port) {
  size_t low = 0, high = program->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (compare(&program->frontends[middle], vip, protocol, port) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const struct frontend *program_find(const struct program *program, ipv4 vip, uint8_t protocol, uint16_t port) {
  size_t at = position(program, vip, protocol, port);
  if (at == program->count || compare(&program->frontends[at], vip, protocol, port) != 0) return NULL;
  return &program->frontends[at];
}

struct frontend *program_frontend(struct program *program, ipv4 vip, uint8_t protocol, uint16_t port) {
  size_t at = position(program, vip, protocol, port);
  if (at < program->count && compare(&program->frontends[at], vip, protocol, port) == 0) return &program->frontends[at];
  if (program->count >= FRONTEND_LIMIT) return NULL;
  /* Grown at every power of two. */
  if ((program->count & (program->count - 1)) == 0) {
    size_t capacity = program->count ? program->count * 2 : 1;
    struct frontend *frontends = realloc(program->frontends, capacity * sizeof *frontends);
    if (!frontends) return NULL;
    program->frontends = frontends;
  }
  struct frontend *frontend = &program->frontends[at];
  memmove(frontend + 1, frontend, (program->count - at) * sizeof *frontend);
  program->count++;
  *frontend = (struct frontend){.vip = vip, .protocol = protocol, .port = port};
  return frontend;
}

bool frontend_add_backend(struct frontend *frontend, ipv4 backend) {
  size_t at = 0;
  while (at < frontend->backend_count && frontend->backends[at] < backend) at++;
  if (at < frontend->backend_count && frontend->backends[at] == backend) return true;
  if (frontend->backend_count >= BACKEND_LIMIT) return false;
  ipv4 *backends = realloc(frontend->backends, (frontend->backend_count + 1) * sizeof *backends);
  if (!backends) return false;
  frontend->backends = backends;
  memmove(backends + at + 1, backends + at, (frontend->backend_count - at) * sizeof *backends);
  backends[at] = backend;
  frontend->backend_count++;
  return true;
}

/* FNV-1a, 64 bits: two different lists of backends in one namespace will not meet. */
static uint64_t hash_backends(const struct frontend *frontend) {
  uint64_t hash = 0xcbf29ce484222325u;
  const uint8_t *bytes = (const uint8_t *)frontend->backends;
  for (size_t i = 0; i < frontend->backend_count * sizeof *frontend->backends; i++)
    hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

void program_finish(struct program *program) {
  size_t kept = 0;
  for (size_t i = 0; i < program->count; i++) {
    if (program->frontends[i].backend_count == 0) continue;
    program->frontends[kept] = program->frontends[i];
    program->frontends[kept].pool = hash_backends(&program->frontends[kept]);
    kept++;
  }
  /* The array keeps its size: only an empty one is given back, so that the growth rule of program_frontend holds. */
  program->count = kept;
  if (kept == 0) program_free(program);
}

static bool add(struct program *program, ipv4 vip, uint8_t protocol, uint16_t port, const struct record *record) {
  struct frontend *frontend = program_frontend(program, vip, protocol, port);
  if (!frontend) return false;
  if (!frontend->service[0]) snprintf(frontend->service, sizeof frontend->service, "%s", record->service);
  return frontend_add_backend(frontend, record->address);
}

bool program_from_records(struct program *program, const struct record_list *records, bool ports) {
  static const uint8_t all[] = {PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP};
  bool good = true;
  for (size_t i = 0; i < records->count && good; i++) {
    const struct record *record = &records->items[i];
    if (record->disabled) continue;
    if (record->vip) good = add(program, record->vip, 0, 0, record);
    for (size_t k = 0; ports && k < record->port_count && good; k++) {
      const struct published_port *port = &record->ports[k];
      if (port->protocol != PROTOCOL_ANY) good = add(program, 0, port->protocol, port->port, record);
      else
        for (size_t p = 0; p < sizeof all && good; p++) good = add(program, 0, all[p], port->port, record);
    }
  }
  program_finish(program);
  return good;
}

bool frontend_same(const struct frontend *a, const struct frontend *b) {
  return compare(a, b->vip, b->protocol, b->port) == 0 && a->backend_count == b->backend_count &&
         memcmp(a->backends, b->backends, a->backend_count * sizeof *a->backends) == 0;
}

bool program_same(const struct program *a, const struct program *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++) {
    if (!frontend_same(&a->frontends[i], &b->frontends[i])) return false;
  }
  return true;
}

bool program_has_pool(const struct program *program, uint64_t pool) {
  for (size_t i = 0; i < program->count; i++) {
    if (program->frontends[i].pool == pool) return true;
  }
  return false;
}

bool program_first_with_pool(const struct program *program, size_t index) {
  for (size_t i = 0; i < index; i++) {
    if (program->frontends[i].pool == program->frontends[index].pool) return false;
  }
  return true;
}

void program_free(struct program *program) {
  for (size_t i = 0; i < program->count; i++) free(program->frontends[i].backends);
  free(program->frontends);
  *program = (struct program){0};
}
