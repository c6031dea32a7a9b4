#!/bin/sh
# Runs a service as an unprivileged user who sees the system's programs and the directories named here, and nothing else.
#
#   unshare --mount --propagation private sh jail.sh ROOT UID GID CAPABILITIES [ro:PATH | rw:PATH]... -- COMMAND [ARG]...
#
# ROOT is an empty directory for the new root. Each PATH appears at its own name, also when its parents are closed to
# others (a clone under /root). The mounts of the host are let go: a node's disk mounted now must not stay busy through us.
# CAPABILITIES is what setpriv takes, e.g. -all or -all,+net_bind_service. The process ends when its supervisor dies.
set -eu
umask 022
root=$1 uid=$2 gid=$3 capabilities=$4
shift 4

mount -t tmpfs -o mode=0755,size=4m,nosuid tmpfs "$root"
cd "$root"
mkdir -p usr etc proc dev tmp .old

for link in bin sbin lib lib32 lib64; do
  if [ -L "/$link" ]; then ln -s "$(readlink "/$link")" "$link"; fi
done

bind() { # MODE PATH: directories and files alike
  if [ -d "$2" ]; then mkdir -p ".$2"; else mkdir -p ".${2%/*}"; [ -e ".$2" ] || : >".$2"; fi
  mount --bind "$2" ".$2"
  mount -o "remount,bind,$1,nosuid" ".$2"
}

bind ro /usr
bind ro /etc
# /etc/resolv.conf may point to where a resolver keeps it.
resolver=$(readlink -f /etc/resolv.conf || true)
case $resolver in /etc/* | /usr/* | '') ;; *) if [ -f "$resolver" ]; then bind ro "$resolver"; fi ;; esac
for device in null zero random urandom; do bind rw "/dev/$device"; done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev tmpfs tmp
mount --bind /proc proc

while [ "$1" != -- ]; do
  case $1 in
    ro:*) bind ro "${1#ro:}" ;;
    rw:*) bind rw "${1#rw:}" ;;
    *) echo "jail.sh: $1 is neither ro:PATH nor rw:PATH" >&2; exit 2 ;;
  esac
  shift
done
shift

pivot_root . .old
cd /
umount -l /.old
rmdir /.old
mount -o remount,ro /

exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs \
  --inh-caps "$capabilities" --ambient-caps "$capabilities" --bounding-set "$capabilities" --pdeathsig TERM "$@"
