/* Finding out by trying whether docker's own load balancer, IPVS, works in this user namespace. */
#pragma once
#include <stdbool.h>

enum ipvs_state {
  IPVS_WORKS,      /* docker needs no help */
  IPVS_MISSING,    /* the kernel has none */
  IPVS_FORBIDDEN,  /* it has, but not for us */
  IPVS_INCOMPLETE, /* it can be configured, but the rest of what docker needs for it is not there */
};

/* Tries in a fresh network namespace of its own, so that nothing is changed. Takes some tens of milliseconds. */
enum ipvs_state ipvs_probe(void);

/* For people. */
const char *ipvs_describe(enum ipvs_state state);
