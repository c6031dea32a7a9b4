#!/bin/sh
# Runs the black-box tests named as arguments and ends with one line `N passed, N failed, N skipped`; two at a time, since they mostly wait,
# but those named idle-* alone: they look whether nothing happens.
# A test exits 0 when it passed and 77 when it cannot run here (its last line of output is the reason).
# DRYDOCK_MUST_WORK=1 turns every skip into a failure.

# One test, as a process of its own: its lines come out together.
if [ "$1" = --one ]; then
  output=$("./$3" 2>&1)
  case $? in
    0) said="ok      $3" ;;
    77)
      reason=$(printf '%s\n' "$output" | tail -n 1)
      if [ -n "$DRYDOCK_MUST_WORK" ]; then said="FAILED  $3: skipped although it must work: $reason"
      else said="skipped $3: $reason"
      fi ;;
    *) said=$(echo "FAILED  $3"; printf '%s\n' "$output" | sed 's/^/        /') ;;
  esac
  printf '%s\n' "$said" | flock "$2" cat
  exit
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
run() { xargs -r -P "$1" -n 1 "$0" --one "$results/lock" | tee -a "$results/said"; }
printf '%s\n' "$@" | grep '/idle-' | run 1
printf '%s\n' "$@" | grep -v '/idle-' | run 2
count() { grep -c "^$1" "$results/said"; }
failed=$(count FAILED)
echo "$(count 'ok ') passed, $failed failed, $(count 'skipped ') skipped"
[ "$failed" -eq 0 ]
