#!/bin/bash
# dd-graft from outside: a file of the host's lies over one of another mount namespace, read-only, and nowhere else.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
work=$(mktemp -d) failures=0 node=
trap 'kill $node 2>/dev/null; rm -rf "$work"' EXIT

check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected [$2], got [$3]"; failures=$((failures + 1)); fi
}

echo host >"$work/source"; echo node >"$work/target"; mkdir "$work/real"; echo real >"$work/real/file"; ln -s real "$work/link"
ln -s target "$work/alias"
unshare --mount --propagation private sleep 1000 & node=$!
for _ in $(seq 50); do [ "$(readlink /proc/$node/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ] && break; sleep 0.02; done
started=$(sed 's/.*) //' /proc/$node/stat | cut -d' ' -f20)
graft() { "$build/dd-graft" --pid $node --started "$started" "$@" 2>"$work/err"; }
inside() { nsenter --mount -t $node sh -c "$1" 2>&1; }

graft "$work/source=$work/target"; check 'it succeeds' 0 $?
check 'the node sees the file of the host' host "$(inside "cat $work/target")"
check 'and cannot write it' 1 "$(inside "echo x >$work/target" | grep -c Read-only)"
check 'the mount is read-only, without devices, set-uid and programs' 1 "$(inside "grep -c '$work/target .*ro,nosuid,nodev,noexec' /proc/self/mounts")"
check 'the host sees its own' node "$(cat "$work/target")"
check 'nothing is mounted on the host' '' "$(grep "$work" /proc/self/mounts)"

refused() { # NAME STATUS ARGUMENTS...
  local name=$1 status=$2; shift 2
  "$build/dd-graft" "$@" 2>"$work/err"; check "refused: $name" "$status" $?
}
own=(--pid "$node" --started "$started")
refused 'a target that is a link' 1 "${own[@]}" "$work/source=$work/alias"
refused 'a target below a link' 1 "${own[@]}" "$work/source=$work/link/file"
check 'and nothing is laid over where the link leads' real "$(inside "cat $work/real/file")"
refused 'a target that the node lacks' 1 "${own[@]}" "$work/source=$work/none"
refused 'a source that the host lacks' 1 "${own[@]}" "$work/none=$work/target"
refused 'another process of that pid' 1 --pid $node --started $((started + 1)) "$work/source=$work/target"
refused 'a relative path' 2 "${own[@]}" "source=$work/target"
refused 'no target' 2 "${own[@]}"
refused 'no pid' 2 --started "$started" "$work/source=$work/target"

# What is taken away is only what was laid by FUSE: other mounts of the node's stay.
graft "$work/target"; check 'a mount that is not lxcfs’s is left' host "$(inside "cat $work/target")"
[ "$failures" = 0 ]
