/* Turning one program into another in the kernel, without the detour over the nft program: some tens of microseconds.
 */
#include "change.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "batch.h"
#include "ruleset.h"

/* Numbers of nft's own data types and user data, by which `nft list` shows the maps as people would write them. */
enum { TYPE_INTEGER = 4, TYPE_IPADDR = 7 };
enum { USERDATA_KEY_BYTEORDER = 0, USERDATA_DATA_BYTEORDER = 1, USERDATA_COMMENT = 0 };
enum { HOST_ENDIAN = 1, BIG_ENDIAN_ORDER = 2 };

struct pool_name {
  char text[32];
};

static struct pool_name pool_name(uint64_t pool) {
  struct pool_name name;
  snprintf(name.text, sizeof name.text, "pool-%016" PRIx64, pool);
  return name;
}

static void put_value(struct batch *batch, uint16_t type, const void *value, size_t length) {
  size_t nest = batch_nest(batch, type);
  batch_put(batch, NFTA_DATA_VALUE, value, length);
  batch_nest_end(batch, nest);
}

/* An expression of a rule: opens its data; close both with end_expression. */
static size_t expression(struct batch *batch, const char *name, size_t *outer) {
  *outer = batch_nest(batch, NFTA_LIST_ELEM);
  batch_text(batch, NFTA_EXPR_NAME, name);
  return batch_nest(batch, NFTA_EXPR_DATA);
}

static void end_expression(struct batch *batch, size_t data, size_t outer) {
  batch_nest_end(batch, data);
  batch_nest_end(batch, outer);
}

/* An attribute has at most 64 KiB: the messages of longer lists of elements. */
#define ELEMENTS_IN_MESSAGE 256

/* { 0 : backend, 1 : backend, ... }, a nameless map that lives and dies with its rule. `id` names it within the
 * transaction. */
static void put_backends(struct batch *batch, const struct frontend *frontend, uint32_t id) {
  const uint32_t orders[] = {HOST_ENDIAN, BIG_ENDIAN_ORDER};
  uint8_t userdata[2 * (2 + sizeof(uint32_t))];
  for (size_t i = 0; i < 2; i++) {
    uint8_t *field = userdata + i * (2 + sizeof(uint32_t));
    field[0] = (uint8_t)(i == 0 ? USERDATA_KEY_BYTEORDER : USERDATA_DATA_BYTEORDER);
    field[1] = sizeof(uint32_t);
    memcpy(field + 2, &orders[i], sizeof(uint32_t));
  }
  batch_message(batch, NFT_MSG_NEWSET, NLM_F_CREATE);
  batch_text(batch, NFTA_SET_TABLE, RULESET_TABLE);
  batch_text(batch, NFTA_SET_NAME, "__map%d");
  batch_number(batch, NFTA_SET_FLAGS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | NFT_SET_MAP);
  batch_number(batch, NFTA_SET_KEY_TYPE, TYPE_INTEGER);
  batch_number(batch, NFTA_SET_KEY_LEN, sizeof(uint32_t));
  batch_number(batch, NFTA_SET_DATA_TYPE, TYPE_IPADDR);
  batch_number(batch, NFTA_SET_DATA_LEN, sizeof(uint32_t));
  batch_number(batch, NFTA_SET_ID, id);
  batch_put(batch, NFTA_SET_USERDATA, userdata, sizeof userdata);
  for (size_t i = 0; i < frontend->backend_count;) {
    batch_message(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
    batch_text(batch, NFTA_SET_ELEM_LIST_TABLE, RULESET_TABLE);
    batch_text(batch, NFTA_SET_ELEM_LIST_SET, "__map%d");
    batch_number(batch, NFTA_SET_ELEM_LIST_SET_ID, id);
    size_t list = batch_nest(batch, NFTA_SET_ELEM_LIST_ELEMENTS);
    for (size_t end = i + ELEMENTS_IN_MESSAGE; i < frontend->backend_count && i < end; i++) {
      size_t element = batch_nest(batch, NFTA_LIST_ELEM);
      uint32_t key = (uint32_t)i, backend = htonl(frontend->backends[i]);
      put_value(batch, NFTA_SET_ELEM_KEY, &key, sizeof key);
      put_value(batch, NFTA_SET_ELEM_DATA, &backend, sizeof backend);
      batch_nest_end(batch, element);
    }
    batch_nest_end(batch, list);
  }
}

/* What ruleset.c writes as `dnat to ADDRESS` and `dnat to numgen inc mod N map { ... }`. */
static void put_pool(struct batch *batch, const struct frontend *frontend, uint32_t id) {
  struct pool_name name = pool_name(frontend->pool);
  bool several = frontend->backend_count > 1;
  batch_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  batch_text(batch, NFTA_CHAIN_TABLE, RULESET_TABLE);
  batch_text(batch, NFTA_CHAIN_NAME, name.text);
  if (several) put_backends(batch, frontend, id);
  batch_message(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  batch_text(batch, NFTA_RULE_TABLE, RULESET_TABLE);
  batch_text(batch, NFTA_RULE_CHAIN, name.text);
  size_t expressions = batch_nest(batch, NFTA_RULE_EXPRESSIONS), outer, data;
  if (several) {
    data = expression(batch, "numgen", &outer);
    batch_number(batch, NFTA_NG_DREG, NFT_REG_1);
    batch_number(batch, NFTA_NG_MODULUS, (uint32_t)frontend->backend_count);
    batch_number(batch, NFTA_NG_TYPE, NFT_NG_INCREMENTAL);
    batch_number(batch, NFTA_NG_OFFSET, 0);
    end_expression(batch, data, outer);
    data = expression(batch, "lookup", &outer);
    batch_text(batch, NFTA_LOOKUP_SET, "__map%d");
    batch_number(batch, NFTA_LOOKUP_SET_ID, id);
    batch_number(batch, NFTA_LOOKUP_SREG, NFT_REG_1);
    batch_number(batch, NFTA_LOOKUP_DREG, NFT_REG_1);
    end_expression(batch, data, outer);
  } else {
    uint32_t backend = htonl(frontend->backends[0]);
    data = expression(batch, "immediate", &outer);
    batch_number(batch, NFTA_IMMEDIATE_DREG, NFT_REG_1);
    put_value(batch, NFTA_IMMEDIATE_DATA, &backend, sizeof backend);
    end_expression(batch, data, outer);
  }
  data = expression(batch, "nat", &outer);
  batch_number(batch, NFTA_NAT_TYPE, NFT_NAT_DNAT);
  batch_number(batch, NFTA_NAT_FAMILY, AF_INET);
  batch_number(batch, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
  end_expression(batch, data, outer);
  batch_nest_end(batch, expressions);
}

/* One element a message: the changed destinations are few, and a message cannot overflow so. */
static void put_element(struct batch *batch, const struct frontend *frontend, bool add) {
  batch_message(batch, add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM, add ? NLM_F_CREATE : 0);
  batch_text(batch, NFTA_SET_ELEM_LIST_TABLE, RULESET_TABLE);
  batch_text(batch, NFTA_SET_ELEM_LIST_SET, frontend->vip ? "vips" : "ports");
  size_t list = batch_nest(batch, NFTA_SET_ELEM_LIST_ELEMENTS), element = batch_nest(batch, NFTA_LIST_ELEM);
  uint32_t vip = htonl(frontend->vip);
  /* A concatenation has each part in a register of 32 bits. */
  uint8_t port[8] = {frontend->protocol, 0, 0, 0, (uint8_t)(frontend->port >> 8), (uint8_t)frontend->port, 0, 0};
  if (frontend->vip) put_value(batch, NFTA_SET_ELEM_KEY, &vip, sizeof vip);
  else put_value(batch, NFTA_SET_ELEM_KEY, port, sizeof port);
  if (add) {
    size_t data = batch_nest(batch, NFTA_SET_ELEM_DATA), verdict = batch_nest(batch, NFTA_DATA_VERDICT);
    batch_number(batch, NFTA_VERDICT_CODE, (uint32_t)NFT_GOTO);
    batch_text(batch, NFTA_VERDICT_CHAIN, pool_name(frontend->pool).text);
    batch_nest_end(batch, verdict);
    batch_nest_end(batch, data);
    size_t length = strlen(frontend->service);
    if (ruleset_may_name(frontend->service)) {
      uint8_t comment[2 + SERVICE_NAME_SIZE] = {USERDATA_COMMENT, (uint8_t)(length + 1)};
      memcpy(comment + 2, frontend->service, length + 1);
      batch_put(batch, NFTA_SET_ELEM_USERDATA, comment, 2 + length + 1);
    }
  }
  batch_nest_end(batch, element);
  batch_nest_end(batch, list);
}

int change_apply(int netfilter, const struct program *old, const struct program *new) {
  struct batch batch;
  uint32_t id = 0;
  batch_begin(&batch);
  for (size_t i = 0; i < new->count; i++) {
    const struct frontend *is = &new->frontends[i];
    if (!program_has_pool(old, is->pool) && program_first_with_pool(new, i)) put_pool(&batch, is, ++id);
  }
  for (size_t i = 0; i < old->count; i++) {
    const struct frontend *was = &old->frontends[i], *is = program_find(new, was->vip, was->protocol, was->port);
    if (!is || !frontend_same(was, is)) put_element(&batch, was, false);
  }
  for (size_t i = 0; i < new->count; i++) {
    const struct frontend *is = &new->frontends[i], *was = program_find(old, is->vip, is->protocol, is->port);
    if (!was || !frontend_same(was, is)) put_element(&batch, is, true);
  }
  for (size_t i = 0; i < old->count; i++) {
    if (program_has_pool(new, old->frontends[i].pool) || !program_first_with_pool(old, i)) continue;
    batch_message(&batch, NFT_MSG_DELCHAIN, 0);
    batch_text(&batch, NFTA_CHAIN_TABLE, RULESET_TABLE);
    batch_text(&batch, NFTA_CHAIN_NAME, pool_name(old->frontends[i].pool).text);
  }
  return batch_commit(&batch, netfilter);
}
