#!/bin/bash
# dd-watch sees sockets of a namespace open and close, names who holds them, and lets the namespace go at `del`; with the kernel's news and without.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
if [ $# = 0 ]; then
  bash watch/watch-test.sh news && exec bash watch/watch-test.sh --blind
  exit
fi
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
command -v python3 >/dev/null || { echo 'needs python3'; exit 77; }
work=$(mktemp -d)
fail() { echo "$1"; cat "$work/out"; exit 1; }
finish() { exec 3>&-; kill "$node" "$watch" "$web" 2>/dev/null; rm -rf "$work"; }
trap finish EXIT
web=

unshare --net sh -c 'ip link set lo up; exec sleep 1000' & node=$!
sleep 0.3
inode=$(stat -Lc %i "/proc/$node/ns/net")
mkfifo "$work/in"
"$build/dd-watch" "$1" <"$work/in" >"$work/out" 2>"$work/err" & watch=$!
exec 3>"$work/in"

# Waits up to two seconds for a line that matches: without the kernel's news the next look at TCP would be five seconds away.
expect() {
  for _ in $(seq 40); do tail -n 1 "$work/out" | grep -q "$1" && return; sleep 0.05; done
  fail "no line with $1"
}

echo "add s/node1 $node $inode" >&3
expect '{"id":"s/node1","sockets":\[\]}'

nsenter -n -t "$node" python3 -c '
import socket, time
def listen(family, kind, address):
  s = socket.socket(family, kind); s.bind(address)
  if kind == socket.SOCK_STREAM: s.listen()
  return s
held = [listen(socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", 8080)), listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 8081)),
  listen(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 8082)), listen(socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 5353)),
  listen(socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 40000))]
open("/proc/self/comm", "w").write("we\"b\\x")
time.sleep(1000)' 3>&- & web=$! 
expect '"port":5353'
line=$(tail -n 1 "$work/out")
case $line in *'"port":8080,"reach":"any"'*'"port":8081,"reach":"loopback"'*'"port":8082,"reach":"loopback"'*) ;; *) fail 'reach' ;; esac
case $line in *40000*) fail 'a client port was reported' ;; esac
kill "$web"; wait "$web" 2>/dev/null; web=
expect '{"id":"s/node1","sockets":\[\]}'

nsenter -n -t "$node" python3 -c '
import socket, time
open("/proc/self/comm", "w").write("we\"b\\x")
s = socket.socket(); s.bind(("0.0.0.0", 8083)); s.listen(); time.sleep(1000)' 3>&- & web=$! 
expect '"program":"we?b?x"'

# A pid that now belongs to another namespace is refused.
echo "add s/node2 $node $((inode + 1))" >&3
expect '{"id":"s/node2","error":'

echo 'nonsense' >&3
lines=$(wc -l <"$work/out")
echo 'del s/node1' >&3
sleep 0.3
readlink "/proc/$watch"/fd/* | grep -q 'socket:' && fail 'the namespace is still held'
[ "$(wc -l <"$work/out")" = "$lines" ] || fail 'a line after del'

exec 3>&-
for _ in $(seq 40); do kill -0 "$watch" 2>/dev/null || exit 0; sleep 0.05; done
fail 'it did not end with its stdin'
