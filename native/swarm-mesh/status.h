/* What is programmed, as JSON for people and programs. */
#pragma once
#include <stdbool.h>

#include "mesh.h"

/* Reads the kernel, not the memory of a running mesh, and prints one JSON object on standard output. */
bool status_print(struct mesh *mesh, bool stands_aside, const char *ipvs);
