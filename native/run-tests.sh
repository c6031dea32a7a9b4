#!/bin/sh
# Runs the black-box tests named as arguments and ends with one line `N passed, N failed, N skipped`.
# A test exits 0 when it passed and 77 when it cannot run here (its last line of output is the reason).
# DRYDOCK_MUST_WORK=1 turns every skip into a failure.
passed=0 failed=0 skipped=0
for test in "$@"; do
  output=$("./$test" 2>&1)
  case $? in
    0) passed=$((passed + 1)); echo "ok      $test" ;;
    77)
      reason=$(printf '%s\n' "$output" | tail -n 1)
      if [ -n "$DRYDOCK_MUST_WORK" ]; then
        failed=$((failed + 1)); echo "FAILED  $test: skipped although it must work: $reason"
      else
        skipped=$((skipped + 1)); echo "skipped $test: $reason"
      fi ;;
    *) failed=$((failed + 1)); echo "FAILED  $test"; printf '%s\n' "$output" | sed 's/^/        /' ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
