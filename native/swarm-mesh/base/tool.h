/* Running one of the system's own tools inside a network namespace. */
#pragma once
#include <stdbool.h>

#include "buffer.h"

/*
 * Runs `argv` (found on PATH) in the namespace `netns`, with `input` (may be NULL) on its standard input. Its output is
 * added to `output` and what it complains about to `errors` (each may be NULL: it is dropped). Killed after 10 s.
 * Returns its exit status, or -1 when it could not be run or did not end by itself.
 */
int tool_run(int netns, const char *const argv[], const struct buffer *input, struct buffer *output,
             struct buffer *errors);
