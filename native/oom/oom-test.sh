#!/bin/bash
# dd-oom tells of a kill in a group of its own, says nothing else, and lets the group go at `del`.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
if [ -d /sys/fs/cgroup/memory ]; then top=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
elif grep -q memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
  top=/sys/fs/cgroup limit=memory.max
  echo +memory >$top/cgroup.subtree_control
else echo 'no memory cgroups'; exit 77; fi
group=$top/ddt-oom-$$
mkdir "$group" || { echo 'cgroups cannot be made here'; exit 77; }
work=$(mktemp -d)
fail() { echo "$1"; cat "$work/out"; exit 1; }
finish() { exec 3>&-; kill "$watch" 2>/dev/null; rmdir "$group" 2>/dev/null; rm -rf "$work"; }
trap finish EXIT
mkfifo "$work/in"
"$build/dd-oom" <"$work/in" >"$work/out" 2>"$work/err" & watch=$!
exec 3>"$work/in"

expect() { # waits up to two seconds for so many lines that match
  for _ in $(seq 40); do [ "$(grep -c "$2" "$work/out")" = "$1" ] && return; sleep 0.05; done
  fail "not $1 lines with $2"
}

echo $((32 << 20)) >"$group/$limit"
echo "add s/node1 $group" >&3
echo "add s/none $group/none" >&3
expect 1 '{"id":"s/none","error":"No such file'
[ "$(wc -l <"$work/out")" = 1 ] || fail 'it told of a kill that was none'

hog() { sh -c "echo \$\$ >$group/cgroup.procs; exec tail /dev/zero" >/dev/null 2>&1; }
hog; [ $? = 137 ] || fail 'the kernel did not kill'
expect 1 '{"id":"s/node1"}'
# Little memory is no want of it.
sh -c "echo \$\$ >$group/cgroup.procs; exec head -c 1000000 /dev/zero" >/dev/null
hog
for _ in $(seq 40); do [ "$(grep -c '{"id":"s/node1"}' "$work/out")" -ge 2 ] && break; sleep 0.05; done
[ "$(grep -c '{"id":"s/node1"}' "$work/out")" -ge 2 ] || fail 'the second kill was not told'

echo 'del s/node1' >&3
lines=$(wc -l <"$work/out")
hog
sleep 0.3
[ "$(wc -l <"$work/out")" = "$lines" ] || fail 'a line after del'

echo "add s/node2 $group" >&3
sleep 0.2
rmdir "$group"
echo 'nonsense' >&3
for _ in $(seq 40); do grep -q nonsense "$work/err" && break; sleep 0.05; done
kill -0 "$watch" 2>/dev/null || fail 'it died with the group'

# While nothing happens it does nothing.
before=$(cut -d' ' -f14,15 "/proc/$watch/stat"); sleep 0.5
[ "$(cut -d' ' -f14,15 "/proc/$watch/stat")" = "$before" ] || fail 'it does not sleep'

exec 3>&-
for _ in $(seq 40); do kill -0 "$watch" 2>/dev/null || exit 0; sleep 0.05; done
fail 'it did not end with its stdin'
