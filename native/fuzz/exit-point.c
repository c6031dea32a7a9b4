#include "fuzz.h"

jmp_buf fuzz_exit_point;
