#!/bin/sh
# Makes the files of one image layer: what packages, trees and commands add over a base.
#   layer.sh BASE UPPER SCRATCH LISTS APT_CONF PACKAGES FINISH [SOURCE TARGET]...
# Runs in mount and pid namespaces of its own, so that its mounts and processes go with it however it ends. UPPER gets the
# layer, deletions already as `.wh.` files.
set -eu
base=$1 upper=$2 scratch=$3 lists=$4 apt_conf=$5 packages=$6 finish=$7
shift 7
root=$scratch/merged
mkdir -p "$upper" "$scratch/work" "$scratch/archives/partial" "$root"

mount -t overlay overlay -o "lowerdir=$base,upperdir=$upper,workdir=$scratch/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount --bind "$lists" "$root/var/lib/apt/lists"
mount --bind "$scratch/archives" "$root/var/cache/apt/archives"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
cp "$apt_conf" "$root/tmp/apt.conf"
# Packages would start their daemons, here and now.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 APT_CONFIG=/tmp/apt.conf HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ "$packages" = UPDATE ]; then
  chroot "$root" apt-get update --quiet
elif [ -n "$packages" ]; then
  # shellcheck disable=SC2086 # a list of names
  chroot "$root" apt-get install --quiet --yes --no-install-recommends $packages
fi
while [ $# -ge 2 ]; do
  mkdir -p "$root$2"
  cp -R --no-preserve=ownership "$1/." "$root$2/"
  shift 2
done
if [ -n "$finish" ]; then chroot "$root" sh -euc "$finish"; fi

rm -f "$root/usr/sbin/policy-rc.d" "$root"/var/lib/dpkg/*-old "$root"/var/cache/debconf/*-old "$root"/var/cache/apt/*.bin
find "$root/var/log" -type f -delete
umount -R "$root"

# Overlay marks a deletion by a 0:0 device, an image layer by a file `.wh.NAME`.
find "$upper" -type c | while read -r entry; do
  [ "$(stat -c %t:%T "$entry")" = 0:0 ] || continue
  rm "$entry"
  : >"$(dirname "$entry")/.wh.$(basename "$entry")"
done
# A folder that was deleted and made anew hides what the base has in it.
getfattr --recursive --absolute-names --no-dereference --name=trusted.overlay.opaque "$upper" 2>/dev/null |
  sed -n 's/^# file: //p' | while read -r entry; do : >"$entry/.wh..wh..opq"; done
# Empty folders under mounts, and our own traces.
rm -rf "$upper/var/lib/apt/lists" "$upper/var/cache/apt/archives" "$upper/etc/resolv.conf"
