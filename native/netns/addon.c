/* Node-API door to sockets.c. What is here runs on the calling thread and takes microseconds; what may wait is in
 * jobs.c. */
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "jobs.h"
#include "netlink.h"
#include "sockets.h"

#define MAX_ARGUMENTS 6

static napi_value fail_type(napi_env env, const char *message) {
  napi_throw_type_error(env, NULL, message);
  return NULL;
}

/* Throws an error whose `code` is errno's name, as Node's own errors have it. */
static napi_value fail_errno(napi_env env, int error) {
  const char *code = strerrorname_np(error);
  napi_throw_error(env, code ? code : "EUNKNOWN", strerror(error));
  return NULL;
}

/* Reads a string argument into `buffer`; false when it is no string, too long, or holds a NUL. */
static bool read_string(napi_env env, napi_value value, char *buffer, size_t size) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= size) return false;
  if (napi_get_value_string_utf8(env, value, buffer, size, &length) != napi_ok) return false;
  return strlen(buffer) == length;
}

static bool read_inode(napi_env env, napi_value value, uint64_t *inode) {
  int64_t number;
  if (napi_get_value_int64(env, value, &number) != napi_ok || number < 0) return false;
  *inode = (uint64_t)number;
  return true;
}

static bool is_null(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_null;
}

static napi_value number_result(napi_env env, int result) {
  if (result < 0) return fail_errno(env, -result);
  napi_value value;
  napi_create_int32(env, result, &value);
  return value;
}

/* openSocket(netnsPath, inode, 'tcp' | 'tcp6' | 'udp', host | null, port, backlog): fd */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (count < 6) return fail_type(env, "openSocket takes netnsPath, inode, kind, host, port, backlog");

  char path[256], kind[8], host[64];
  struct dd_netns netns = {.path = path};
  struct dd_socket wanted = {.family = AF_INET, .type = SOCK_STREAM};
  uint32_t port;
  if (!read_string(env, arguments[0], path, sizeof path)) return fail_type(env, "netnsPath");
  if (!read_inode(env, arguments[1], &netns.inode)) return fail_type(env, "inode");
  if (!read_string(env, arguments[2], kind, sizeof kind)) return fail_type(env, "kind");
  if (strcmp(kind, "udp") == 0) wanted.type = SOCK_DGRAM;
  else if (strcmp(kind, "tcp6") == 0) wanted.family = AF_INET6;
  else if (strcmp(kind, "tcp") != 0) return fail_type(env, "kind");
  if (!is_null(env, arguments[3])) {
    if (!read_string(env, arguments[3], host, sizeof host)) return fail_type(env, "host");
    wanted.host = host;
  }
  if (napi_get_value_uint32(env, arguments[4], &port) != napi_ok || port > 65535) return fail_type(env, "port");
  wanted.port = (uint16_t)port;
  if (napi_get_value_int32(env, arguments[5], &wanted.backlog) != napi_ok) return fail_type(env, "backlog");
  return number_result(env, dd_netns_socket(&netns, &wanted));
}

/* writeSysctl(netnsPath, name, value) */
static napi_value write_sysctl(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char path[256], name[128], value[128];
  struct dd_netns netns = {.path = path};
  if (count < 3 || !read_string(env, arguments[0], path, sizeof path) ||
      !read_string(env, arguments[1], name, sizeof name) || !read_string(env, arguments[2], value, sizeof value))
    return fail_type(env, "writeSysctl takes netnsPath, name, value");
  int result = dd_netns_sysctl(&netns, name, value);
  if (result < 0) return fail_errno(env, -result);
  return NULL;
}

/* linkState(netnsPath, inode, link): number */
static napi_value link_state(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char path[256], link[32];
  struct dd_netns netns = {.path = path};
  if (count < 3 || !read_string(env, arguments[0], path, sizeof path) || !read_inode(env, arguments[1], &netns.inode) ||
      !read_string(env, arguments[2], link, sizeof link))
    return fail_type(env, "linkState takes netnsPath, inode, link");
  return number_result(env, dd_netns_link_state(&netns, link));
}

/* linkIndex(netnsPath, link): number */
static napi_value link_index(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char path[256], link[32];
  struct dd_netns netns = {.path = path};
  if (count < 2 || !read_string(env, arguments[0], path, sizeof path) ||
      !read_string(env, arguments[1], link, sizeof link))
    return fail_type(env, "linkIndex takes netnsPath, link");
  return number_result(env, dd_netns_link_index(&netns, link));
}

/* nameNetns(fd, path) */
static napi_value name_netns(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  int32_t fd;
  char path[256];
  if (count < 2 || napi_get_value_int32(env, arguments[0], &fd) != napi_ok ||
      !read_string(env, arguments[1], path, sizeof path))
    return fail_type(env, "nameNetns takes fd, path");
  int result = dd_name_netns(fd, path);
  if (result < 0) return fail_errno(env, -result);
  return NULL;
}

/* connectUnix(pid, path, netnsInode): fd */
static napi_value connect_unix(napi_env env, napi_callback_info info) {
  size_t count = MAX_ARGUMENTS;
  napi_value arguments[MAX_ARGUMENTS];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  int32_t pid;
  char path[256];
  uint64_t inode;
  if (count < 3 || napi_get_value_int32(env, arguments[0], &pid) != napi_ok || pid <= 0 ||
      !read_string(env, arguments[1], path, sizeof path) || !read_inode(env, arguments[2], &inode))
    return fail_type(env, "connectUnix takes pid, path, netnsInode");
  return number_result(env, dd_connect_unix(pid, path, inode));
}

static napi_value init(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      {"openSocket", NULL, open_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"writeSysctl", NULL, write_sysctl, NULL, NULL, NULL, napi_enumerable, NULL},
      {"linkState", NULL, link_state, NULL, NULL, NULL, napi_enumerable, NULL},
      {"linkIndex", NULL, link_index, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sendRequests", NULL, dd_job_send_requests, NULL, NULL, NULL, napi_enumerable, NULL},
      {"makeNetns", NULL, dd_job_make_netns, NULL, NULL, NULL, napi_enumerable, NULL},
      {"nameNetns", NULL, name_netns, NULL, NULL, NULL, napi_enumerable, NULL},
      {"connectUnix", NULL, connect_unix, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}

NAPI_MODULE(netns, init)
