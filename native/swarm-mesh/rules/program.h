/* What one network namespace has to hold: which destinations are balanced over which backends. A value, free of any
 * kernel. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/ipv4.h"
#include "../docker/record.h"

/* Backends of one destination. More tasks than a subnet of swarm's default size holds. */
#define BACKEND_LIMIT 4096
/* Destinations in one namespace: every port of every protocol would be three times this. */
#define FRONTEND_LIMIT 65536

/* A destination: a virtual address (`vip`, all protocols), or a published port (`vip` 0). */
struct frontend {
  ipv4 vip;
  uint8_t protocol;
  uint16_t port;
  char service[SERVICE_NAME_SIZE];
  ipv4 *backends; /* sorted, without repeats, never empty in a finished program */
  size_t backend_count;
  uint64_t pool; /* a hash of `backends`: names what they share in the kernel */
};

/* Sorted by vip, protocol, port. */
struct program {
  struct frontend *frontends;
  size_t count;
};

/* Finds the frontend, or adds it in its place. NULL when memory or the bound is used up. */
struct frontend *program_frontend(struct program *program, ipv4 vip, uint8_t protocol, uint16_t port);
const struct frontend *program_find(const struct program *program, ipv4 vip, uint8_t protocol, uint16_t port);
bool frontend_add_backend(struct frontend *frontend, ipv4 backend);

/* Drops frontends without a backend and names the pools. Call when everything has been added, before anything below. */
void program_finish(struct program *program);

/* Virtual addresses to their tasks and, with `ports`, published ports too. Tasks that are about to stop take no part.
 */
bool program_from_records(struct program *program, const struct record_list *records, bool ports);

/* The same destinations, over the same backends. */
bool frontend_same(const struct frontend *a, const struct frontend *b);
bool program_same(const struct program *a, const struct program *b);
/* Whether some frontend of the program uses the pool. */
bool program_has_pool(const struct program *program, uint64_t pool);
/* Whether no frontend before number `index` uses the same pool. */
bool program_first_with_pool(const struct program *program, size_t index);
void program_free(struct program *program);
