/* The part of netlink that all its users share: one request, its answers, its error. */
#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The kernel fills dumps up to 32 KiB at a time. */
#define RECEIVE_SIZE 32768
/* The kernel answers at once; this only keeps a lost message from hanging us. */
#define RECEIVE_TIMEOUT_S 2

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *fixed, size_t length) {
  memset(request, 0, sizeof *request);
  request->header = (struct nlmsghdr){.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + NLMSG_ALIGN(length)),
                                      .nlmsg_type = type,
                                      .nlmsg_flags = NLM_F_REQUEST | flags};
  memcpy(request->body, fixed, length);
}

static struct nlattr *tail(struct netlink_request *request) {
  return (struct nlattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
}

void netlink_put(struct netlink_request *request, uint16_t type, const void *data, size_t length) {
  if (NLMSG_ALIGN(request->header.nlmsg_len) + NLA_HDRLEN + NLA_ALIGN(length) > sizeof *request) return;
  struct nlattr *attribute = tail(request);
  attribute->nla_type = type;
  attribute->nla_len = (uint16_t)(NLA_HDRLEN + length);
  memcpy((char *)attribute + NLA_HDRLEN, data, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)(NLA_HDRLEN + NLA_ALIGN(length));
}

struct nlattr *netlink_nest(struct netlink_request *request, uint16_t type) {
  struct nlattr *nest = tail(request);
  netlink_put(request, type | NLA_F_NESTED, "", 0);
  return nest;
}

void netlink_nest_end(struct netlink_request *request, struct nlattr *nest) {
  nest->nla_len = (uint16_t)((char *)tail(request) - (char *)nest);
}

int netlink_talk(int fd, struct netlink_request *request, void (*each)(const struct nlmsghdr *, void *),
                 void *context) {
  static uint32_t sequence = 1;
  struct timeval timeout = {.tv_sec = RECEIVE_TIMEOUT_S};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  request->header.nlmsg_seq = ++sequence;
  /* Bits of NLM_F_DUMP mean other things in requests that create. */
  if ((request->header.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP) request->header.nlmsg_flags |= NLM_F_ACK;
  if (send(fd, request, request->header.nlmsg_len, 0) < 0) return errno;
  for (;;) {
    _Alignas(struct nlmsghdr) char answer[RECEIVE_SIZE];
    ssize_t got = recv(fd, answer, sizeof answer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    size_t left = (size_t)got;
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)answer; NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_seq != sequence) continue;
      if (message->nlmsg_type == NLMSG_DONE) return 0;
      if (message->nlmsg_type == NLMSG_ERROR) return -((const struct nlmsgerr *)NLMSG_DATA(message))->error;
      if (each) each(message, context);
    }
  }
}

static void collect(const char *at, size_t left, const struct nlattr **table, size_t max) {
  memset(table, 0, (max + 1) * sizeof *table);
  while (left >= NLA_HDRLEN) {
    const struct nlattr *attribute = (const struct nlattr *)at;
    if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > left) return;
    size_t type = attribute->nla_type & NLA_TYPE_MASK;
    if (type <= max) table[type] = attribute;
    size_t step = NLA_ALIGN(attribute->nla_len);
    if (step >= left) return;
    at += step;
    left -= step;
  }
}

void netlink_attributes(const struct nlmsghdr *message, size_t fixed_length, const struct nlattr **table, size_t max) {
  size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(fixed_length);
  collect((const char *)message + skip, message->nlmsg_len > skip ? message->nlmsg_len - skip : 0, table, max);
}

void netlink_nested(const struct nlattr *nest, const struct nlattr **table, size_t max) {
  collect(netlink_data(nest), netlink_length(nest), table, max);
}
