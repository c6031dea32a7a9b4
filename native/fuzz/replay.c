/* In place of libFuzzer: runs a target once on each file named as an argument. */
#include "fuzz.h"

/* No input that is kept is longer. */
enum { MAX_INPUT = 1 << 20 };

int main(int argc, char **argv) {
  static uint8_t bytes[MAX_INPUT];
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (!file) {
      perror(argv[i]);
      return 2;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    fprintf(stderr, "%s\n", argv[i]); /* the last one named is the one that failed */
    LLVMFuzzerTestOneInput(bytes, size);
  }
  return 0;
}
