/* IPv4 addresses as numbers in host order: they compare, sort and print without thought. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* 0 means "none": 0.0.0.0 is nobody's address. */
typedef uint32_t ipv4;

struct ipv4_text {
  char text[16];
};

/* Parses dotted notation; anything else, such as the "<nil>" that docker writes for a service without a VIP, gives 0.
 */
ipv4 ipv4_parse(const char *text);
struct ipv4_text ipv4_format(ipv4 address);
/* The address with its last 32 - `prefix` bits cleared. */
ipv4 ipv4_network(ipv4 address, unsigned prefix);
