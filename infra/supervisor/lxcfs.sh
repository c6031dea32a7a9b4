#!/bin/sh
# Runs the distribution's lxcfs for the nodes of one host, mounted at $1, its pid in $1.pid; the agent lays files of it over those of
# nodes. A helper of root's that answers what learners read: it gets the four rights that it needs, no network, and the processor
# after everybody else.
set -u
dir=$1
server=

# Also one whose server was killed, which nothing can be mounted over.
unmount() {
  while grep -q " $dir fuse" /proc/self/mounts; do umount -l "$dir" || return; done
  rm -f "$dir.pid"
}
leave() {
  [ -n "$server" ] && kill "$server" 2>/dev/null
  unmount
  exit 0
}
trap leave TERM INT

unmount
mkdir -p "$dir"
unshare --net nice -n 10 setpriv --pdeathsig KILL --no-new-privs \
  --bounding-set -all,+sys_admin,+sys_ptrace,+sys_chroot,+dac_read_search \
  lxcfs -f -l -p "$dir.pid" "$dir" &
server=$!
while kill -0 "$server" 2>/dev/null && ! grep -q " $dir fuse" /proc/self/mounts; do sleep 0.02; done
if ! grep -q " $dir fuse" /proc/self/mounts; then
  echo 'lxcfs does not run on this host: nodes show figures of the host' >&2
  exec sleep infinity
fi
# It offers the host's cgroups for writing too, which is nobody's business. No helper of FUSE's is asked, which
# would start another lxcfs, and no new system call, by which FUSE refuses it.
LIBMOUNT_FORCE_MOUNT2=always mount --internal-only -o remount,ro "$dir" || leave
wait "$server"
status=$?
unmount
exit "$status"
