/* One mesh for a node: two would undo each other's work. */
#pragma once
#include <stdbool.h>

/* Claims the node's network namespace until the program ends. False when another instance has it. */
bool single_claim(void);
