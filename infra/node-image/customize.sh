#!/bin/sh
# Turns a bootstrapped root into a node's: customize.sh ROOT FILES [PROGRAM PATH-IN-THE-NODE]...
# The root is not running; whatever is done here must not need it to.
set -eu
root=$1 files=$2
shift 2

cp -R --no-preserve=ownership,mode,timestamps "$files/." "$root/"
find "$root/usr/lib/drydock" "$root/usr/local/bin" -type f -exec chmod 755 {} +
chmod 644 "$root/usr/lib/drydock/bashrc" "$root/usr/lib/drydock/profile.sh"

while [ $# -ge 2 ]; do
  install -D --mode=755 --strip "$1" "$root$2"
  shift 2
done

# By names that init knows, whatever the distribution calls them.
for emulator in aarch64 arm x86_64; do
  for name in "qemu-$emulator" "qemu-$emulator-static"; do
    if [ -f "$root/usr/bin/$name" ]; then mv "$root/usr/bin/$name" "$root/usr/lib/drydock/qemu-$emulator"; fi
  done
done
# The links among the package's names lead to what is not there.
find "$root/usr/bin" -name 'qemu-*' -type l -delete

# The commands that learners know, answered by PID 1 since there is no systemd.
for command in systemctl service journalctl; do
  ln -sf ../../lib/drydock/drydock-ctl "$root/usr/local/bin/$command"
done
# The book looks for the engine's parts in /usr/bin, init in /usr/sbin; Debian and Ubuntu disagree on where they are.
for program in dockerd runc; do
  [ -e "$root/usr/bin/$program" ] || ln -s "../sbin/$program" "$root/usr/bin/$program"
  [ -e "$root/usr/sbin/$program" ] || ln -s "../bin/$program" "$root/usr/sbin/$program"
done
# What `docker run --init` puts into containers, where init lays a mount of the node's own over it (native/init/boot/setup.c).
mkdir -p "$root/usr/local/libexec/docker" "$root/usr/lib/drydock/empty"
if [ -f "$root/usr/bin/tini-static" ]; then install --mode=755 "$root/usr/bin/tini-static" "$root/usr/local/libexec/docker/docker-init"; fi
# `"userns-remap": "default"` works in a node: its containers get the upper half of the node's 131,072 ids.
chroot "$root" useradd --system --no-create-home --shell /usr/sbin/nologin dockremap
for file in subuid subgid; do printf 'dockremap:65536:65536\n' >"$root/etc/$file"; done

printf '\n[ -r /usr/lib/drydock/bashrc ] && . /usr/lib/drydock/bashrc\n' >>"$root/etc/bash.bashrc"
# Our bashrc reads the completions at the first Tab; this would read all of them before every first prompt.
rm -f "$root/etc/profile.d/bash_completion.sh"
ln -sf /usr/lib/drydock/profile.sh "$root/etc/profile.d/drydock.sh"
printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"
printf 'Etc/UTC\n' >"$root/etc/timezone"
ln -sf /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"

# What a node gets of its own at its boot or when it is claimed must not be in the image; nor anything of the building host.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"
: >"$root/etc/machine-id"
printf 'node\n' >"$root/etc/hostname"
printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
printf 'nameserver 192.168.0.1\noptions timeout:2 attempts:2\n' >"$root/etc/resolv.conf"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/fstab" "$root/usr/sbin/policy-rc.d"
rm -rf "$root"/var/lib/docker "$root"/var/lib/containerd "$root"/var/log/* "$root"/var/cache/apt/*.bin "$root"/var/cache/debconf/*-old
rm -rf "$root"/run/* "$root"/tmp/* "$root"/dev/*

# Mount points of the runtime, so that it need not write to a read-only image.
mkdir -p "$root/var/lib/docker" "$root/var/lib/containerd" "$root/var/log/drydock" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/etc/drydock"
chmod 710 "$root/var/lib/docker" "$root/var/lib/containerd"
chmod 1777 "$root/tmp"
