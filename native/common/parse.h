/* Parses what is parsed in more than one program. */
#ifndef DD_PARSE_H
#define DD_PARSE_H

#include <stdbool.h>

/* A whole number without sign or space, and nothing after it, in base 10 or 16; false when the text is not one, or it
 * is too large. */
bool parse_whole(const char *text, int base, unsigned long long *number);

#endif
