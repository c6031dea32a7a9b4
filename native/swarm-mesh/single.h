/* One mesh for a node: two would undo each other's work. What others have to tell the one goes to its socket. */
#pragma once
#include <stdbool.h>

#include "base/ipv4.h"

/* Returns the socket of this node's mesh, non-blocking; -1 when another process has it. */
int single_claim(void);

/* Tells the mesh that serves this node that the machine at this address is gone. Returns false when none serves. */
bool single_tell_lost(ipv4 address);

/* The next address that root has told, or 0 when there is none left. */
ipv4 single_next_lost(int fd);
