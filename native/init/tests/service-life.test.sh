#!/bin/sh
# Boots the real init as PID 1 of namespaces of its own, over a copy-on-write view of this machine whose containerd and
# dockerd are daemon.pl, and checks what its services promise. NATIVE_BUILD names another build (the sanitizers').
set -u
cd "$(dirname "$0")" || exit 1
build=${NATIVE_BUILD:-../../build}
skip() { echo "$1"; exit 77; }
[ "$(id -u)" = 0 ] || skip 'PID 1 of a new namespace needs root'
perl -MIO::Socket::UNIX -e 1 2>/dev/null || skip 'perl has no IO::Socket::UNIX'
# Mounts of its own: none is left, however this test ends.
if [ -z "${IN_OWN_NAMESPACE:-}" ]; then
  export IN_OWN_NAMESPACE=1
  exec unshare --mount --propagation private "./$(basename "$0")"
fi
work=/mnt
pid=''
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null' EXIT
# An overlay's upper folder cannot lie on another overlay.
mount -t tmpfs tmpfs "$work" || skip 'tmpfs cannot be mounted here'
mkdir -p "$work/upper/usr/bin" "$work/upper/usr/sbin" "$work/upper/usr/lib/drydock" "$work/upper/usr/lib/systemd/system" \
  "$work/upper/etc/systemd/system/multi-user.target.wants" "$work/work" "$work/root"
up=$work/upper
for daemon in usr/bin/containerd usr/sbin/dockerd; do install -m 755 daemon.pl "$up/$daemon"; done
install -m 755 "$build/drydock-init" "$up/usr/lib/drydock/init"
install -m 755 "$build/drydock-ctl" "$up/usr/lib/drydock/drydock-ctl"
for command in systemctl journalctl; do ln -s drydock-ctl "$up/usr/lib/drydock/$command"; done
for unit in docker containerd; do
  echo "[Unit]" >"$up/usr/lib/systemd/system/$unit.service"
  ln -s "/usr/lib/systemd/system/$unit.service" "$up/etc/systemd/system/multi-user.target.wants/$unit.service"
done
mount -t overlay overlay -o "lowerdir=/,upperdir=$up,workdir=$work/work" "$work/root" || skip 'overlay cannot be mounted here'

boot='mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/run" && mount -t tmpfs tmpfs "$1/tmp" && mount -t tmpfs tmpfs "$1/var/log" &&
  mkdir "$1/tmp/behave" && ln -s nowhere "$1/run/utmp" && mount --bind /dev "$1/dev" && exec chroot "$1" /usr/lib/drydock/init'
# Its streams and descriptor 7 are the host's, as those of a runtime are.
unshare --mount --propagation private --pid --net --uts --fork --kill-child sh -c "$boot" sh "$work/root" \
  <"$work/upper/usr/bin/containerd" 7<"$work/upper/usr/bin/containerd" >"$work/stdout" 2>"$work/stderr" &
pid=$!
# The overlay lives on in init's namespace alone, and goes with it.
cd /
for _ in $(seq 100); do
  init=$(pgrep -P "$pid") && [ -e "/proc/$init/root/run/drydock/init.sock" ] && break
  sleep 0.05
done
umount "$work/root"

in_node() { nsenter --target "$init" --mount --pid --root -- env --chdir=/ "$@"; }
ctl() { in_node /usr/lib/drydock/drydock-ctl "$@"; }
state() { ctl status "$1" | sed -n 's/^state=//p'; }
pid_of() { ctl status "$1" | sed -n 's/^pid=//p'; }
failures=0
check() { # NAME CONDITION...
  name=$1
  shift
  if "$@"; then echo "ok   $name"; else echo "FAIL $name"; failures=$((failures + 1)); fi
}
equal() { [ "$1" = "$2" ] || { echo "     expected '$2', found '$1'"; return 1; }; }
eventually() { # SECONDS COMMAND EXPECTED
  for _ in $(seq $(($1 * 10))); do [ "$(eval "$2")" = "$3" ] && return 0; sleep 0.1; done
  echo "     '$2' never was '$3' but '$(eval "$2")'"
  return 1
}
behave() { in_node sh -c "echo '$2' >/tmp/behave/$1"; }
behave_well() { in_node sh -c 'rm -f /tmp/behave/*'; }
log() { in_node cat "/var/log/drydock/$1.log"; }

ctl wait docker 10 || log docker
check 'a boot starts containerd, then docker' equal "$(state containerd) $(state docker)" 'running running'
check 'dockerd is started as its unit says' equal \
  "$(log docker | sed -n 's/.*dockerd starts: //p')" '-H fd:// --containerd=/run/containerd/containerd.sock'
check 'dockerd serves the socket that it was handed' equal \
  "$(in_node perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new("/run/docker.sock")->getline')" "pong from $(pid_of docker)"
descriptors() { # what init holds, without numbers
  in_node sh -c 'readlink /proc/1/fd/*' | sed 's/:\[.*//' | sort | uniq -c | awk '{ print $1 "x" $2 }' | xargs
}
# Of its own: the loop, the signals, its two sockets and dockerd's, its log, and for each service a log and the two ends of a pipe.
check 'init holds no descriptor of the host' equal "$(descriptors)" \
  '3x/dev/null 1x/var/log/drydock/containerd.log 1x/var/log/drydock/docker.log 1x/var/log/drydock/init.log 2xanon_inode 4xpipe 3xsocket'
check 'its first three lead nowhere' equal "$(in_node readlink /proc/1/fd/0 /proc/1/fd/1 /proc/1/fd/2 | xargs)" \
  '/dev/null /dev/null /dev/null'
check 'init takes less than 1 MB' [ -n "${NATIVE_BUILD:-}" -o "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$init/status")" -lt 1024 ]

behave dockerd.delay 1
started=$(date +%s%N)
ctl restart docker
check 'a restart returns when the daemon is ready, not before' [ $((($(date +%s%N) - started) / 1000000)) -ge 1000 ]
behave_well

ctl stop docker
check 'a stopped service is down' equal "$(state docker)" stopped
check 'its socket refuses at once' in_node sh -c '[ ! -e /run/docker.sock ]'
sleep 1
check 'and it stays down' equal "$(state docker)" stopped
in_node /usr/lib/drydock/systemctl start docker
check 'systemctl starts it again' equal "$(state docker)" running

before=$(pid_of docker)
[ "${before:-0}" -gt 1 ] || exit 1
in_node kill -9 "$before"
check 'a killed daemon is started again' eventually 5 'state docker' running
check 'as a new process' [ "$(pid_of docker)" != "$before" ]

behave dockerd.broken 1
check 'a start that fails is reported as failed' equal "$(in_node /usr/lib/drydock/systemctl restart docker 2>&1 | head -n 1)" \
  'Job for docker.service failed because the control process exited with error code.'
delays() { log docker | sed -n 's/.*again in \([0-9.]*\) s$/\1/p' | tr '\n' ' '; }
check 'the back-off doubles' eventually 15 'delays | grep -o "0.5 1.0 2.0 4.0"' '0.5 1.0 2.0 4.0'
behave_well
ctl start docker
check 'an explicit start does not wait for the back-off' equal "$(state docker)" running

in_node sh -c 'cat >/tmp/behave/dockerd.says' <<EOF
time="2026-11-29T07:47:55.838412420Z" level=info msg="get table" component=diagnostic method=dbGetTable remoteIP="127.0.0.1:40856" url="/gettable?nid=x"
time="2026-11-29T07:47:55.838516234Z" level=info msg="get table done" component=diagnostic method=dbGetTable response="$(printf '%9000s' '' | tr ' ' x) the end of a long line"
time="2026-11-29T07:47:55.958302095Z" level=error msg="Inconsistent driver and libnetwork state for endpoint 2ad636efca35"
time="2026-11-29T07:47:56.000000000Z" level=error msg="what a learner looks for"
time="2026-11-29T07:47:57.000000000Z" level=info msg="they said \" component=diagnostic  "
not by the daemon: level=error msg="Inconsistent driver and libnetwork state for endpoint "
time="
EOF
log docker | wc -l >"$work/lines"
ctl restart docker
check 'the log leaves out what only the questions of the mesh and the agent make' equal \
  "$(log docker | tail -n +$(($(cat "$work/lines") + 1)) | sed -n 's/.*dockerd\[[0-9]*\]: //p' | grep -v 'dockerd ends\|dockerd starts:')" \
  'time="2026-11-29T07:47:56.000000000Z" level=error msg="what a learner looks for"
time="2026-11-29T07:47:57.000000000Z" level=info msg="they said \" component=diagnostic  "
not by the daemon: level=error msg="Inconsistent driver and libnetwork state for endpoint "
time="'
behave_well

behave dockerd.flood 9000000
ctl restart docker
check 'a log is bounded to two files of 2 MiB' eventually 5 'in_node sh -c "du -cb /var/log/drydock/docker.log* | tail -n 1 | awk \"{print (\\\$1 <= 4194304 && \\\$1 > 2097152)}\""' 1
behave_well

in_node sh -c 'for i in 1 2 3 4 5; do (sleep 0.2 &) ; done'
sleep 1
check 'orphans are reaped' equal "$(in_node ps -eo stat= | grep -c Z)" 0

check 'another user may look but not touch' equal \
  "$(in_node setpriv --reuid 65534 --clear-groups /usr/lib/drydock/systemctl stop docker 2>&1)" 'Failed to stop docker.service: Access denied'
check 'a request that is too long or unknown ends nothing' equal \
  "$(in_node perl -MIO::Socket::UNIX -e 'for my $r ("x" x 500, "frobnicate docker\n", "start\n", "\n") { my $s = IO::Socket::UNIX->new("/run/drydock/init.sock"); syswrite($s, $r); my $l = $s->getline // "closed\n"; print $l; }' | sort -u | tr '\n' ' ')" 'unknown '
check 'READY from a stranger counts for nothing' equal \
  "$(behave dockerd.delay 30; ctl restart docker 1 2>/dev/null; in_node perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_DGRAM, 0); send($s, "READY=1", 0, sockaddr_un("/run/drydock/notify"))'; state docker)" starting
behave_well

check 'what went wrong in its boot is read as other logs are' equal \
  "$(in_node /usr/lib/drydock/journalctl | grep -o ' init\[1\]: /run/utmp: .*')" ' init[1]: /run/utmp: Too many levels of symbolic links'
check 'and nothing else went wrong' equal "$(log init | grep -v 'utmp\|init.scope\|sharing')" ''
behave dockerd.deaf 1
ctl stop docker 10
ctl start docker 10
started=$(date +%s%N)
kill -TERM "$init"
wait "$pid"
status=$?
took=$((($(date +%s%N) - started) / 1000000))
check "SIGTERM ends all within 3 s, a deaf daemon too (took $took ms)" [ "$took" -lt 3000 ]
check 'with status 0' equal "$status" 0
check 'nothing was said to the host' equal "$(cat "$work/stdout" "$work/stderr")" ''
pid=''
[ "$failures" = 0 ]
