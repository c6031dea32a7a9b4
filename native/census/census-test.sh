#!/bin/bash
# dd-census from outside: it finds the namespaces of processes, of their descriptors, sockets and mounts, and counts what is in them.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
# In a view without the namespaces that others' mounts keep: the census of every process here would count them.
[ -n "${CENSUS_VIEW:-}" ] || CENSUS_VIEW=own exec unshare --mount --propagation private "$PWD/census/census-test.sh"
while read -r _ _ _ _ at rest; do
  case $rest in *' - nsfs '*) umount --lazy "$(printf '%b' "$at")" || exit 1 ;; esac
done </proc/self/mountinfo
work=$(mktemp -d) failures=0 pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$work"' EXIT

check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected [$2], got [$3]"; failures=$((failures + 1)); fi
}
# Links that are up have some neighbours of their own, of multicast: "N" for N and up to 20 more.
about() { # N ACTUAL
  [ "$2" -ge "$1" ] && [ "$2" -le $(($1 + 20)) ] && echo "$1" || echo "$2"
}
field() { # NAME PIDS...
  local name=$1; shift
  printf '%s\n' "$@" | "$build/dd-census" | grep -o "\"$name\":[0-9]*" | cut -d: -f2
}
# A process in a namespace of its own that runs SCRIPT and then waits, told by its pid.
start() { # NAME SCRIPT
  unshare --net --mount --propagation private sh -c "$2; echo ready >$work/$1; exec sleep 600" &
  pids+=($!)
  until [ -e "$work/$1" ]; do sleep 0.02; done
  started=$!
}
# Makes permanent neighbours, which the kernel never gives up: sh fill COUNT.
cat >"$work/fill" <<'SCRIPT'
ip link add d0 type veth peer name d1
ip addr add 10.0.0.1/8 dev d0
ip link set d1 up
ip link set d0 up
seq 1 "$1" | sed 's/.*/neigh add 10.1.0.& lladdr 02:00:00:00:00:01 nud permanent dev d0/' | ip -batch -
SCRIPT

start empty 'ip link set lo up'
empty=$started
check 'one namespace' 1 "$(field namespaces $empty)"
check 'in which nothing is' 0 "$(field neighbours $empty)"
start full "sh $work/fill 200"
full=$started
check 'permanent neighbours are counted' 200 "$(about 200 "$(field neighbours $full)")"
check 'a namespace is counted once, whoever is in it' 200 "$(about 200 "$(field neighbours $full $full $full)")"
start plain 'ip link add d0 type veth peer name d1; ip link add b0 type bridge; ip link add v0 type vxlan id 9 dstport 0'
plain=$(field neighbours $started)
start proxies 'ip link add d0 type veth peer name d1; for i in 1 2 3; do ip neigh add proxy 10.0.0.$i dev d0; done; ip link add b0 type bridge; ip link add v0 type vxlan id 9 dstport 0; for i in 1 2; do bridge fdb append 02:00:00:00:00:0$i dev v0 dst 192.0.2.$i; done'
check 'so are proxies and what a tunnel knows' 5 $(($(field neighbours $started) - plain))
start mounted "mount -t tmpfs t /mnt && touch '/mnt/a b' && unshare --net='/mnt/a b' sh $work/fill 150"
check 'a namespace that only a mount keeps is found' '2 150' "$(field namespaces $started) $(about 150 "$(field neighbours $started)")"
unshare --net sh -c "sh $work/fill 120; exec 9</proc/self/ns/net; echo ready >$work/held; exec nsenter --net=/proc/$empty/ns/net sleep 600 9<&9" &
pids+=($!)
until [ -e "$work/held" ]; do sleep 0.02; done
until [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/$empty/ns/net)" ]; do sleep 0.02; done
check 'and one that only a descriptor keeps' '2 120' "$(field namespaces $!) $(about 120 "$(field neighbours $!)")"
start trap 'mount -t tmpfs t /mnt && mkfifo "/mnt/net:[1]" && mkdir /mnt/d && mount --bind /mnt/d /mnt/d'
check 'a FIFO of a misleading name keeps nobody waiting' 1 "$(field namespaces $started)"
check 'a process that has gone counts nothing' 0 "$(field namespaces 4194304)"
if [ -e /proc/sys/net/netfilter/nf_conntrack_count ]; then
  start tracked 'ip link set lo up; nft add table ip t; nft "add chain ip t o { type filter hook output priority 0; }"; nft add rule ip t o ct state new accept; perl -MSocket -e "socket(S, AF_INET, SOCK_DGRAM, 0); send(S, q(x), 0, pack_sockaddr_in(\$_, inet_aton(q(127.0.0.1)))) for 1001..1300"'
  check 'connections are counted' yes "$([ "$(field connections $started)" -ge 300 ] && echo yes)"
fi

# perl SCRIPT in a user and network namespace of its own, as nodes have them; it prints "ready" and waits.
start_node() { # NAME SCRIPT
  unshare --user --map-root-user --net perl -MSocket -e "$perl $2; open(R, '>', '$work/$1'); sleep 600" &
  pids+=($!)
  until [ -e "$work/$1" ]; do sleep 0.02; kill -0 $! || exit 1; done
  started=$!
}
# AF_PACKET 17, SOL_PACKET 263, PACKET_RX_RING 5, PACKET_TX_RING 13; 8 MiB each. CLONE_NEWNET 0x40000000, by number of unshare(2).
perl="\$unshare = $([ "$(uname -m)" = x86_64 ] && echo 272 || echo 97);"'
  sub ring { my $s; socket($s, 17, 3, 0) && setsockopt($s, 263, $_[0], pack("IIII", 1 << 20, 8, 2048, 8 * 512)) or die $!; push @kept, $s }
  sub leave { syscall($unshare, 0x40000000) == 0 or die $! }'
check 'where nothing waits in sockets, nothing is counted' 0 "$(field socketBytes $empty)"
if ss --packet >/dev/null 2>&1; then
  start_node rings 'ring(5); ring(13)'
  check 'rings of packet sockets are counted' $((16 << 20)) "$(field socketBytes "$started")"
  start_node left 'ring(5); leave()'
  check 'also of a namespace that only the socket keeps' "2 $((8 << 20))" "$(field namespaces "$started") $(field socketBytes "$started")"
fi
start_node queues 'for (1 .. 20) { my $s; socket($s, 16, 3, 0) && bind($s, pack("SSII", 16, 0, 0, 1)) or die $!; push @kept, $s }
  system("for i in 1 2 3 4 5 6 7 8; do ip link set lo mtu 6000\$i; done")'
check 'so is what waits in netlink sockets' yes "$([ "$(field socketBytes "$started")" -gt 100000 ] && echo yes)"
start_node raw 'system("ip link set lo up"); for (1 .. 4) { my $s; socket($s, 2, 3, 150 + $_) or die $!; push @kept, $s;
  send($s, "x" x 20000, 0, pack_sockaddr_in(0, inet_aton("127.0.0.1"))) or die $! }'
check 'and in raw ones' yes "$([ "$(field socketBytes "$started")" -gt 80000 ] && echo yes)"
# Each pair is written to until it takes no more, and nobody reads.
start_node transport 'system("ip link set lo up"); socket(L, 2, 1, 0); bind(L, pack_sockaddr_in(7000, INADDR_ANY)); listen(L, 64);
  for (1 .. 8) { my ($c, $s); socket($c, 2, 1, 0); connect($c, pack_sockaddr_in(7000, INADDR_LOOPBACK)) or die $!; accept($s, L);
    fcntl($c, 4, 2048); 1 while syswrite($c, "x" x 65536); push @kept, $c, $s }'
check 'buffers of TCP are counted' yes "$([ "$(field transportBytes "$started")" -gt 2000000 ] && echo yes)"
check '... apart from rings and queues' 0 "$(field socketBytes "$started")"
start_node datagrams 'system("ip link set lo up"); for my $port (7000 .. 7019) { socket($r, 2, 2, 0); bind($r, pack_sockaddr_in($port, INADDR_LOOPBACK)); push @kept, $r; socket(V, 2, 2, 0);
  send(V, "x" x 30000, 0, pack_sockaddr_in($port, INADDR_LOOPBACK)) for 1 .. 20; undef $r }'
check 'and of UDP' yes "$([ "$(field transportBytes "$started")" -gt 2000000 ] && echo yes)"
# One that is passed on, opened twice or held by its other end is one terminal still; both file systems number theirs from 0.
start_terminals='open($_, "+<", "/dev/ptmx") and ioctl($_, 0x40045431, $z = pack("I", 0)) or die $! for @m[1 .. 5]; ioctl($m[1], 0x80045430, $n = pack("I", 0)); open($s, "+<", "/dev/pts/" . unpack("I", $n)) or die $!; open($d, "<&", $m[1])'
unshare --user --map-root-user --mount --net bash -c "mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts && mount --bind /dev/pts/ptmx /dev/ptmx && exec perl -e '$start_terminals; open(R, q(>), q($work/terminals)); sleep 600'" &
pids+=($!)
until [ -e "$work/terminals" ]; do sleep 0.02; kill -0 $! || exit 1; done
check 'terminals are counted, each once' 5 "$(field terminals $!)"
check 'where there are none, none are' 0 "$(field terminals $empty)"
start_node descriptors 'open($_, "<", "/dev/null") or die $! for @kept[1 .. 900]'
check 'descriptors are counted' yes "$([ "$(field descriptors "$started")" -gt 900 ] && echo yes)"
start_node waiting 'system("ip link add v0 type veth peer name v1; ip addr add 10.9.0.1/24 dev v0; ip link set v0 up; ip link set v1 up; ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0;
  tc qdisc add dev v0 root tbf rate 1kbit burst 2000 limit 100000000");
  for (1 .. 20) { socket(my $s, 2, 2, 0); fcntl($s, 4, 2048); send($s, "x" x 50000, 0, pack_sockaddr_in(9, inet_aton("10.9.0.2"))); push @kept, $s }'
[ "$(field socketBytes "$started")" = 0 ] || check 'what waits before a link is counted' yes "$([ "$(field socketBytes "$started")" -gt 900000 ] && echo yes)"
# Without draining, what waits there would keep its namespace, and that it, for ever.
exec 8<"/proc/$started/ns/net"
waiting() { nsenter --net=/proc/self/fd/8 tc -s qdisc show dev v0 | sed -n 's/.*backlog [^ ]* \([0-9]*\)p.*/\1/p'; }
coproc DRAIN { "$build/dd-census" --drain; }
drain=$! to=${DRAIN[1]}
printf '%s\n\n' "$started" >&"$to"
read -r _ <&"${DRAIN[0]}"
kill -KILL "$started"
wait "$started" 2>/dev/null
before=$(waiting)
exec {to}>&-
wait "$drain"
check 'what waits outlives its process' yes "$([ "$before" -gt 0 ] && echo yes)"
check '... and is given back when its namespace is drained' 0 "$(waiting)"
exec 8<&-
start_node fragments 'system("ip link set lo up"); socket(S, 2, 3, 255) or die $!; setsockopt(S, 0, 3, pack("I", 1));
  send(S, pack("CCnnnCCna4a4", 0x45, 0, 1420, $_, 0x2000, 64, 17, 0, inet_aton("127.0.0.1"), inet_aton("127.0.0.1")) . "x" x 1400, 0, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die $! for 1 .. 500'
check 'so are fragments that wait for the rest' yes "$([ "$(field socketBytes "$started")" -gt 700000 ] && echo yes)"
# The socket is of this namespace here, and the user namespace of its owner is ours.
unshare --user --map-root-user --net perl -e 'open(R, ">", $ARGV[0]); sleep 600' "$work/lent" 9<>/dev/udp/127.0.0.1/9 &
pids+=($!)
until [ -e "$work/lent" ]; do sleep 0.02; done
check 'a socket that was brought along from the host counts for nobody' 1 "$(field namespaces $!)"
[ "$failures" = 0 ]
