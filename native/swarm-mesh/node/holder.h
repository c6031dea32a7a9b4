/* Holding published ports as sockets of the node, as docker does: other programs see that they are taken. */
#pragma once
#include "../rules/program.h"

/*
 * Holds exactly the ports of the program (NULL: none). The kernel redirects what comes for them before any socket sees
 * it, so nothing ever arrives here. A port that another program has already is left to it, with a line in the log.
 */
void holder_converge(const struct program *program);
