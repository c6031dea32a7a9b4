#!/bin/bash
# Every parser of bytes that are not ours, once over each kept input: examples of each form, and what a fuzzer once broke it with (found-*).
set -u
cd "$(dirname "$0")/.." || exit 1
make --no-print-directory -s fuzz-replay || exit 1
failures=0
for target in fuzz/*.fuzz.c; do
  name=$(basename "$target" .fuzz.c)
  if said=$("build/fuzz-replay/$name" fuzz/corpus/"$name"/* 2>&1); then echo "ok $name"
  else
    echo "not ok $name: $said"
    failures=$((failures + 1))
  fi
done
[ "$failures" = 0 ]
