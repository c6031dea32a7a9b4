/* What is programmed, as JSON for people and programs. */
#include "status.h"

#include <jansson.h>
#include <stdio.h>

#include "rules/kernel.h"

static json_t *describe_frontend(const struct frontend *frontend) {
  json_t *out = json_object(), *backends = json_array();
  if (frontend->service[0]) json_object_set_new(out, "service", json_string(frontend->service));
  if (frontend->vip) {
    json_object_set_new(out, "vip", json_string(ipv4_format(frontend->vip).text));
  } else {
    json_object_set_new(out, "port", json_integer(frontend->port));
    json_object_set_new(out, "protocol",
                        json_string(frontend->protocol == PROTOCOL_TCP   ? "tcp"
                                    : frontend->protocol == PROTOCOL_UDP ? "udp"
                                                                         : "sctp"));
  }
  for (size_t i = 0; i < frontend->backend_count; i++)
    json_array_append_new(backends, json_string(ipv4_format(frontend->backends[i]).text));
  json_object_set_new(out, "backends", backends);
  return out;
}

static json_t *describe_namespace(const char *name, int netns) {
  struct program program = {0};
  uint64_t base_id;
  json_t *frontends = json_array(), *out = json_object();
  bool there = kernel_read(netns, &base_id, &program);
  for (size_t i = 0; i < program.count; i++) json_array_append_new(frontends, describe_frontend(&program.frontends[i]));
  json_object_set_new(out, "name", json_string(name));
  json_object_set_new(out, "programmed", json_boolean(there && base_id != 0));
  json_object_set_new(out, "frontends", frontends);
  program_free(&program);
  return out;
}

bool status_print(struct mesh *mesh, bool stands_aside, const char *ipvs) {
  json_t *out = json_object(), *sandboxes = json_array();
  mesh_rescan(mesh, mesh_now());
  for (size_t i = 0; i < mesh->count; i++) {
    json_array_append_new(sandboxes, describe_namespace(mesh->sandboxes[i].name, mesh->sandboxes[i].table.netns));
  }
  json_object_set_new(out, "mode", json_string(stands_aside ? "aside" : "mesh"));
  json_object_set_new(out, "ipvs", json_string(ipvs));
  json_object_set_new(out, "node", describe_namespace("node", mesh->node.table.netns));
  json_object_set_new(out, "sandboxes", sandboxes);
  bool good = json_dumpf(out, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
  json_decref(out);
  return good;
}
