/* Turns the answers of a Docker engine about one network into records. */
#include "facts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes in place of the caller's `out`, which has to hold 3/4 of the text. Returns the length, or -1 for text that is
 * not base64. */
static ssize_t base64_decode(const char *text, uint8_t *out) {
  uint32_t bits = 0;
  unsigned have = 0;
  size_t length = 0;
  for (; *text && *text != '='; text++) {
    int digit = base64_digit(*text);
    if (digit < 0) return -1;
    bits = bits << 6 | (uint32_t)digit;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out[length++] = (uint8_t)(bits >> have);
  }
  return (ssize_t)length;
}

bool facts_from_diagnostic(const char *json, struct record_list *list) {
  json_t *root = json_loads(json ? json : "", 0, NULL);
  const char *message = json_string_value(json_object_get(root, "message"));
  bool good = message && strcmp(message, "OK") == 0;
  json_t *entry;
  size_t index;
  json_array_foreach (json_object_get(json_object_get(root, "details"), "entries"), index, entry) {
    const char *value = json_string_value(json_object_get(entry, "value"));
    const char *owner = json_string_value(json_object_get(entry, "owner"));
    size_t before = list->count;
    uint8_t *bytes = value ? malloc(strlen(value) + 1) : NULL;
    ssize_t length = bytes ? base64_decode(value, bytes) : -1;
    good = good && length >= 0 && record_decode(list, bytes, (size_t)length);
    free(bytes);
    if (owner && list->count > before) snprintf(list->items[before].host, HOST_SIZE, "%s", owner);
  }
  json_decref(root);
  return good;
}

int facts_peers(const char *json, const char *address, char (*ids)[HOST_SIZE], int limit) {
  json_t *root = json_loads(json ? json : "", 0, NULL), *entry;
  size_t index;
  int count = 0;
  json_array_foreach (json_object_get(json_object_get(root, "details"), "entries"), index, entry) {
    const char *ip = json_string_value(json_object_get(entry, "ip"));
    /* The field's name is a slip of libnetwork's (`json:"-=name"`) that may be mended one day. */
    const char *id = json_string_value(json_object_get(entry, "-=name"));
    if (!id) id = json_string_value(json_object_get(entry, "name"));
    if (ip && id && strcmp(ip, address) == 0 && count < limit) snprintf(ids[count++], HOST_SIZE, "%s", id);
  }
  json_decref(root);
  return count;
}

static uint8_t protocol_number(const char *name) {
  if (!name) return PROTOCOL_ANY;
  return strcmp(name, "udp") == 0 ? PROTOCOL_UDP : strcmp(name, "sctp") == 0 ? PROTOCOL_SCTP : PROTOCOL_TCP;
}

/* Adds the port with the protocols that the manager's list of services has for it, or with any when it has none. */
static bool add_port(struct record *record, const char *text, json_t *services) {
  unsigned target, published;
  if (!text || sscanf(text, "Target: %u, Publish: %u", &target, &published) != 2 || published > 65535) return false;
  bool found = false, good = true;
  json_t *service, *port;
  size_t i, k;
  json_array_foreach (services, i, service) {
    const char *name = json_string_value(json_object_get(json_object_get(service, "Spec"), "Name"));
    if (!name || strcmp(name, record->service) != 0) continue;
    json_array_foreach (json_object_get(json_object_get(service, "Endpoint"), "Ports"), k, port) {
      if (json_integer_value(json_object_get(port, "PublishedPort")) != published) continue;
      if (json_integer_value(json_object_get(port, "TargetPort")) != target) continue;
      found = true;
      good = good && record_add_port(record, protocol_number(json_string_value(json_object_get(port, "Protocol"))),
                                     (uint16_t)published);
    }
  }
  return good && (found || record_add_port(record, PROTOCOL_ANY, (uint16_t)published));
}

bool facts_from_verbose(const char *json, const char *services_json, struct record_list *list) {
  json_t *root = json_loads(json ? json : "", 0, NULL);
  json_t *services = services_json ? json_loads(services_json, 0, NULL) : NULL;
  bool good = json_is_string(json_object_get(root, "Id"));
  const char *name, *port;
  json_t *service, *task, *item;
  size_t i, k;
  json_object_foreach (json_object_get(root, "Services"), name, service) {
    if (!*name) continue; /* plain containers on an attachable network */
    json_array_foreach (json_object_get(service, "Tasks"), i, task) {
      struct record *record = record_list_add(list);
      if (!record) break;
      snprintf(record->service, sizeof record->service, "%s", name);
      const char *host = json_string_value(json_object_get(json_object_get(task, "Info"), "Host IP"));
      if (host) snprintf(record->host, sizeof record->host, "%s", host);
      record->vip = ipv4_parse(json_string_value(json_object_get(service, "VIP")));
      record->address = ipv4_parse(json_string_value(json_object_get(task, "EndpointIP")));
      json_array_foreach (json_object_get(service, "Ports"), k, item) {
        port = json_string_value(item);
        good = good && add_port(record, port, services);
      }
    }
  }
  json_decref(services);
  json_decref(root);
  return good;
}
