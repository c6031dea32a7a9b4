#!/bin/bash
# dd-stage from outside: the command sees the image under the node's ids, writes go to the node's disk alone, and the host sees nothing.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
work=$(mktemp -d) failures=0
trap 'rm -rf "$work"' EXIT
BASE=1879048192

check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected [$2], got [$3]"; failures=$((failures + 1)); fi
}

chmod 755 "$work"
mkdir -p "$work"/{image,upper,work,data,at}
echo original >"$work/image/file"
echo other >"$work/image/theirs"; chown 1000:1001 "$work/image/theirs"
chown $BASE:$BASE "$work"/{upper,work,data}
stage() {
  "$build/dd-stage" --image "$work/image" --ids $BASE:65536 --upper "$work/upper" --work "$work/work" --data "$work/data" --at "$work/at" -- "$@"
}
stage true 2>"$work/err" || {
  grep -q 'Invalid argument' "$work/err" && { echo "this file system or kernel has no idmapped mounts: $(cat "$work/err")"; exit 77; }
  cat "$work/err"; exit 1
}
rm -rf "$work"/work/*
in_stage() { stage sh -c "cd $work/at; $1" 2>&1; rm -rf "$work"/work/*; }

check 'the image’s root is the node’s root' $BASE "$(in_stage 'stat -c %u root/file')"
check 'other ids keep their distance' "$((BASE + 1000)):$((BASE + 1001))" "$(in_stage 'stat -c %u:%g root/theirs')"
check 'the image cannot be written, not even by the host’s root' 'Read-only' "$(in_stage 'echo x >lower/file' | grep -o Read-only)"
in_stage 'setpriv --reuid 1879048192 --regid 1879048192 --clear-groups sh -c "echo changed >root/file; echo new >root/new"'
check 'a change is on the node’s disk' "changed $BASE" "$(cat "$work/upper/file") $(stat -c %u "$work/upper/new")"
check 'and not in the image' 'original file theirs' "$(cat "$work/image/file") $(cd "$work/image" && echo *)"
check 'no device opens on the root or the data' 2 "$(in_stage 'grep -c -E "/at/(root|data) .*nodev" /proc/self/mounts')"
check 'the image is read-only, without devices' 1 "$(in_stage 'grep -c -E "/at/lower .*ro,.*nodev" /proc/self/mounts')"
check 'data is the directory given' seen "$(touch "$work/data/seen"; in_stage 'ls data')"
check 'the host’s mounts stay as they were' '' "$(in_stage true; grep "$work" /proc/self/mounts)"
check 'the command’s exit status is ours' 9 "$(stage sh -c 'exit 9'; echo $?)"; rm -rf "$work"/work/*

bound_stage() { # SCRIPT
  "$build/dd-stage" "${all[@]}" --at "$work/at" --bound max_uts_namespaces=2 --bound max_of_no_kernel=1 -- \
    sh -c "nsenter --user=$work/at/user sh -c '$1'" 2>&1
  rm -rf "$work"/work/*
}
all=(--image "$work/image" --ids "$BASE":65536 --upper "$work/upper" --work "$work/work" --data "$work/data")
check 'the node’s ids are those of its namespace' "0 $BASE 65536" "$(bound_stage 'cat /proc/self/uid_map' | xargs)"
# Each shell keeps its own namespace while the next one makes another.
cat >"$work/three" <<'SCRIPT'
unshare --uts sh -c 'echo one; unshare --uts sh -c "echo two; unshare --uts echo three 2>/dev/null || echo refused; :"; :'
SCRIPT
check 'what the namespace may hold is bounded' 'one two refused' "$(bound_stage "sh $work/three" | xargs)"
check 'whatever it writes itself' 'one two refused' "$(bound_stage "echo 99 >/proc/sys/user/max_uts_namespaces && sh $work/three" | xargs)"
# NS_GET_OWNER_UID (linux/nsfs.h) of the node's namespace: whose it is, its counts are.
check 'the host’s root is not who it is counted for' $BASE "$(stage perl -e 'open(F, "<", $ARGV[0]) or die; $uid = pack("L", 0); ioctl(F, 0xb704, $uid); print unpack("L", $uid)' "$work/at/user")"; rm -rf "$work"/work/*
left() { pgrep -fc "dd-stage.*$work"; }
check 'no process of it is left' 0 "$(left)"

refused() { # NAME ARGUMENTS...
  local name=$1; shift
  "$build/dd-stage" "$@" -- true 2>/dev/null; check "refused: $name" 2 $?
}
refused 'a missing option' "${all[@]}"
refused 'a relative path' "${all[@]}" --at at
refused 'a path that overlayfs would read as an option' "${all[@]}" --at "$work/at,userxattr"
refused 'a path that overlayfs would read as two' "${all[@]}" --at "$work/at:$work"
refused 'ids of the host’s own users' "${all[@]}" --at "$work/at" --ids 1000:65536
refused 'ids beyond the last' "${all[@]}" --at "$work/at" --ids 4294901760:131072
refused 'no ids at all' "${all[@]}" --at "$work/at" --ids $BASE:0
refused 'a bound that is a path' "${all[@]}" --at "$work/at" --bound ../kernel/pid_max=9
refused 'a bound that is no number' "${all[@]}" --at "$work/at" --bound max_uts_namespaces=many
[ "$failures" = 0 ]
