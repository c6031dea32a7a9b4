/* The mesh's own table as nft tells of it: a node's root may have put anything into it. */
#include "fuzz.h"

#include "../swarm-mesh/rules/kernel.c"

#include "../swarm-mesh/base/ipv4.c"
#include "../swarm-mesh/rules/program.c"

void log_line(const char *format, ...) { (void)format; }
void log_debug(const char *format, ...) { (void)format; }
void buffer_free(struct buffer *buffer) { (void)buffer; }
int tool_run(int netns, const char *const argv[], const struct buffer *input, struct buffer *output,
             struct buffer *errors) {
  (void)netns, (void)argv, (void)input, (void)output, (void)errors;
  return -1;
}
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *fixed, size_t length) {
  (void)request, (void)type, (void)flags, (void)fixed, (void)length;
}
int netlink_talk(int fd, struct netlink_request *request, void (*each)(const struct nlmsghdr *, void *),
                 void *context) {
  (void)fd, (void)request, (void)each, (void)context;
  return -1;
}
void netlink_attributes(const struct nlmsghdr *message, size_t fixed_length, const struct nlattr **table, size_t max) {
  (void)message, (void)fixed_length, (void)table, (void)max;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct program program = {0};
  uint64_t base;
  char *text = fuzz_text(data, size);
  parse_table(text, &base, &program);
  program_free(&program);
  free(text);
  return 0;
}
