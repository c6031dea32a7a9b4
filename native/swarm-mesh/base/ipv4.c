/* IPv4 addresses as numbers in host order: they compare, sort and print without thought. */
#include "ipv4.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>

ipv4 ipv4_parse(const char *text) {
  struct in_addr address;
  return text && inet_pton(AF_INET, text, &address) == 1 ? ntohl(address.s_addr) : 0;
}

struct ipv4_text ipv4_format(ipv4 address) {
  struct ipv4_text out;
  snprintf(out.text, sizeof out.text, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
           address & 255);
  return out;
}

ipv4 ipv4_network(ipv4 address, unsigned prefix) { return prefix == 0 ? 0 : address & (0xffffffffu << (32 - prefix)); }
