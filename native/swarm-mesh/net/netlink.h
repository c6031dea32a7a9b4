/* The part of netlink that all its users share: one request, its answers, its error. */
#pragma once
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A request under construction; big enough for everything the mesh asks. */
struct netlink_request {
  struct nlmsghdr header;
  char body[1024];
};

/* Starts a request: `fixed` is the family's own header (ifaddrmsg, rtmsg, nfgenmsg...). */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *fixed, size_t length);
void netlink_put(struct netlink_request *request, uint16_t type, const void *data, size_t length);
/* Opens a nested attribute; pass what it returns to netlink_nest_end. */
struct nlattr *netlink_nest(struct netlink_request *request, uint16_t type);
void netlink_nest_end(struct netlink_request *request, struct nlattr *nest);

/*
 * Sends the request and gives each answering message to `each` (may be NULL) until the kernel says that it is done.
 * Returns 0, or the kernel's errno as a positive number.
 */
int netlink_talk(int fd, struct netlink_request *request, void (*each)(const struct nlmsghdr *, void *), void *context);

/* Fills `table[0..max]` with the attributes after the fixed header of `fixed_length` bytes; missing ones are NULL. */
void netlink_attributes(const struct nlmsghdr *message, size_t fixed_length, const struct nlattr **table, size_t max);
/* The same for what is nested in an attribute. */
void netlink_nested(const struct nlattr *nest, const struct nlattr **table, size_t max);

static inline const void *netlink_data(const struct nlattr *attribute) { return (const char *)attribute + NLA_HDRLEN; }
static inline size_t netlink_length(const struct nlattr *attribute) { return (size_t)attribute->nla_len - NLA_HDRLEN; }
