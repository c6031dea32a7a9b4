/* What docker's gossip says about one endpoint of one network: the input of everything that the mesh programs. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

struct record *record_list_add(struct record_list *list) {
  if (list->count >= RECORD_LIMIT) return NULL;
  /* Grown at every power of two. */
  if ((list->count & (list->count - 1)) == 0) {
    size_t capacity = list->count ? list->count * 2 : 1;
    struct record *items = realloc(list->items, capacity * sizeof *items);
    if (!items) return NULL;
    list->items = items;
  }
  struct record *record = &list->items[list->count++];
  *record = (struct record){0};
  return record;
}

bool record_add_port(struct record *record, uint8_t protocol, uint16_t port) {
  if (port == 0) return true;
  struct published_port *ports = realloc(record->ports, (record->port_count + 1) * sizeof *ports);
  if (!ports) return false;
  record->ports = ports;
  ports[record->port_count++] = (struct published_port){protocol, port};
  return true;
}

void record_list_free(struct record_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->items[i].ports);
  free(list->items);
  *list = (struct record_list){0};
}

/* One field of a protobuf message: a number, or a span of bytes. */
struct field {
  uint64_t number;
  uint64_t value;
  const uint8_t *bytes;
  size_t length;
};

static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
    uint8_t byte = *(*at)++;
    *value |= (uint64_t)(byte & 127) << shift;
    if (!(byte & 128)) return true;
  }
  return false;
}

/* Only the wire types that EndpointRecord uses: 0 (varint) and 2 (bytes). */
static bool read_field(const uint8_t **at, const uint8_t *end, struct field *field) {
  uint64_t key, length;
  if (!read_varint(at, end, &key)) return false;
  *field = (struct field){.number = key >> 3};
  if ((key & 7) == 0) return read_varint(at, end, &field->value);
  if ((key & 7) != 2 || !read_varint(at, end, &length) || length > (size_t)(end - *at)) return false;
  field->bytes = *at;
  field->length = (size_t)length;
  *at += length;
  return true;
}

static void copy_text(char *out, size_t size, const struct field *field) {
  size_t length = field->length < size - 1 ? field->length : size - 1;
  if (length) memcpy(out, field->bytes, length);
  out[length] = '\0';
}

/* PortConfig: protocol 2 (0 tcp, 1 udp, 2 sctp), published_port 4. */
static bool decode_port(struct record *record, const struct field *port) {
  static const uint8_t protocols[] = {PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP};
  if (!port->bytes) return false;
  const uint8_t *at = port->bytes, *end = port->bytes + port->length;
  uint64_t protocol = 0, published = 0;
  while (at < end) {
    struct field field;
    if (!read_field(&at, end, &field)) return false;
    if (field.number == 2) protocol = field.value;
    if (field.number == 4) published = field.value;
  }
  if (protocol >= sizeof protocols || published > 65535) return false;
  return record_add_port(record, protocols[protocol], (uint16_t)published);
}

bool record_decode(struct record_list *list, const uint8_t *bytes, size_t length) {
  struct record *record = record_list_add(list);
  if (!record) return false;
  const uint8_t *at = bytes, *end = bytes + length;
  char service_id[SERVICE_NAME_SIZE] = "", text[16];
  bool good = true;
  while (at < end && good) {
    struct field field;
    if (!read_field(&at, end, &field)) {
      good = false;
      break;
    }
    switch (field.number) {
      case 2: copy_text(record->service, sizeof record->service, &field); break;
      case 3: copy_text(service_id, sizeof service_id, &field); break;
      case 4:
        copy_text(text, sizeof text, &field);
        record->vip = ipv4_parse(text);
        break;
      case 5:
        copy_text(text, sizeof text, &field);
        record->address = ipv4_parse(text);
        break;
      case 6: good = decode_port(record, &field); break;
      case 9: record->disabled = field.value != 0; break;
    }
  }
  if (good && service_id[0] && record->address) return true;
  /* A container on an attachable network, or nothing that we understand: it is not balanced. */
  free(record->ports);
  list->count--;
  return good;
}
