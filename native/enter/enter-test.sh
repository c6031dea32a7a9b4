#!/bin/bash
# dd-enter from outside: what it gives to a command, what it refuses, and what the node's root can see of it.
# The node here is a bare process in namespaces of its own, over this machine's files.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
unshare --user true 2>/dev/null || { echo 'this kernel gives no user namespaces'; exit 77; }

work=$(mktemp -d) node='' holder='' group=''
failures=0
clean() {
  [ -n "$node" ] && kill -9 "$node" 2>/dev/null
  [ -n "$holder" ] && kill -9 "$holder" 2>/dev/null
  for _ in 1 2 3 4 5; do rmdir "$group" 2>/dev/null && break; sleep 0.1; done
  rm -rf "$work"
}
trap clean EXIT

check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected [$2], got [$3]"; failures=$((failures + 1)); fi
}

# A cgroup to join: the pids hierarchy of v1, or v2.
mount=$(awk '$3 == "cgroup" && $4 ~ /(^|,)pids(,|$)/ {print $2; exit}' /proc/mounts)
[ -n "$mount" ] || mount=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts)
[ -n "$mount" ] || { echo 'no cgroup hierarchy'; exit 77; }
group=$mount/dd-enter-test-$$
mkdir "$group" || { echo 'cannot make a cgroup'; exit 77; }

# A user namespace with a range of its own, and in it a first process with the other namespaces, its own /dev and /proc.
unshare --user sleep 600 & holder=$!
for _ in $(seq 100); do [ "$(readlink /proc/$holder/ns/user)" != "$(readlink /proc/self/ns/user)" ] && break; sleep 0.02; done
for map in uid_map gid_map; do echo '0 1879048192 65536' >"/proc/$holder/$map"; done
nsenter --user="/proc/$holder/ns/user" --setuid 0 --setgid 0 unshare --mount --pid --net --uts --ipc --cgroup --fork bash -ec '
  mount -t proc proc /proc; mount -t tmpfs tmpfs /tmp; mount -t tmpfs tmpfs /dev; mkdir /dev/pts; : >/dev/null
  mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts; ln -s pts/ptmx /dev/ptmx; : >/tmp/ready; exec sleep 600' &
outer=$!
for _ in $(seq 200); do
  node=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null); node=${node%% *}
  [ -n "$node" ] && [ "$(cat "/proc/$node/comm" 2>/dev/null)" = sleep ] && break
  sleep 0.02
done
# Everything below may break its /dev: never without one of its own.
grep -q ' /dev tmpfs ' "/proc/$node/mounts" && [ "$(cat "/proc/$node/comm")" = sleep ] || { echo 'cannot make a node to test with'; exit 77; }

plan() { # writes the plan; arguments replace or add lines
  {
    echo "pid $node"
    echo "started ${started:-$(sed 's/.*) //' "/proc/$node/stat" | cut -d' ' -f20)}"
    echo "capabilities ${capabilities:-bdacfdff}"
    echo "seccomp $PWD/build/node.bpf"
    echo "cgroup $group"
    echo 'rlimit core 1 1'
    for line in "$@"; do echo "$line"; done
  } >"$work/enter.plan"
  chmod 600 "$work/enter.plan"
}
enter() { timeout 30 "$build/dd-enter" --node-dir "$work" "$@"; }
sh_in() { enter -- /bin/sh -c "$1"; }
plan

check 'root of the node' '0 0' "$(sh_in 'echo $(id -u) $(id -G)')"
for code in 0 7 200; do sh_in "exit $code"; check "exit code $code" "$code" $?; done
sh_in 'kill -TERM $$'; check 'a signal becomes 128 and its number' 143 $?
enter -- no-such-program 2>/dev/null; check 'no such command' 127 $?
enter -- /etc/passwd 2>/dev/null; check 'not executable' 126 $?
head -c 3000000 /dev/urandom >"$work/bytes"
check 'stdin reaches stdout byte by byte' "$(md5sum <"$work/bytes")" "$(enter -- cat <"$work/bytes" | md5sum)"
check 'stderr is its own stream' 'out|err' "$(sh_in 'echo out; echo err >&2' 2>"$work/err")|$(cat "$work/err")"
check 'no descriptor but 0, 1, 2 (and that of ls)' '0 1 2 3' "$(sh_in 'echo $(ls /proc/self/fd)')"
check '/dev/stdout can be opened again' 'again' "$(sh_in 'echo again >/proc/self/fd/1')"
check 'the login environment and nothing else' 'HOME LANG LOGNAME PATH PWD SHELL USER' \
  "$(SECRET=1 sh_in 'env | cut -d= -f1 | sort | xargs')"
check '--env adds and replaces' 'a b|/x' "$(enter --env 'ONE=a b' --env HOME=/x -- /bin/sh -c 'echo "$ONE|$HOME"')"
check '--cwd' /usr "$(enter --cwd /usr -- pwd)"
check 'capabilities are the plan’s' '0000000000000000 00000000bdacfdff 00000000bdacfdff 00000000bdacfdff 0000000000000000' \
  "$(sh_in 'grep ^Cap /proc/self/status | cut -f2 | xargs')"
check 'filtered, and set-user-id programs still work' 'NoNewPrivs: 0 Seccomp: 2' \
  "$(sh_in 'grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status | xargs')"
check 'limits are the plan’s' 1 "$(sh_in 'grep core /proc/self/limits | tr -s " " | cut -d" " -f5')"
check 'in the node’s cgroup' "/$(basename "$group")" \
  "$(enter -- sleep 5 & sleep 0.3; grep -h -o "/dd-enter-test-[0-9]*" "/proc/$(tail -1 "$group/cgroup.procs")/cgroup" | head -1; kill %1)"
for namespace in user mnt pid net uts ipc cgroup; do
  check "namespace $namespace" "$(readlink "/proc/$node/ns/$namespace")" "$(enter -- readlink "/proc/self/ns/$namespace")"
done

# What the filter is for. A number, its arguments, and the error that the call must get.
refused() { # NAME NUMBER ARGUMENTS ERRNO
  check "refused: $1" "$4" "$(enter -- perl -e "syscall($2, $3); print \$! + 0")"
}
if [ "$(uname -m)" = x86_64 ]; then
  refused io_uring_setup 425 '1, 0' 1
  refused userfaultfd 323 0 1
  refused bpf 321 '0, 0, 0' 1
  refused perf_event_open 298 '0, 0, -1, -1, 0' 1
  refused open_by_handle_at 304 '-1, 0, 0' 1
  refused init_module 175 '0, 0, 0' 1
  refused kexec_load 246 '0, 0, 0, 0' 1
  refused keyctl 250 '0, 0, 0, 0, 0' 38
  refused add_key 248 '0, 0, 0, 0, 0' 38
  refused 'socket AF_VSOCK' 41 '40, 1, 0' 97
  refused 'socket AF_ALG' 41 '38, 5, 0' 97
  refused 'socket AF_VSOCK with high bits set' 41 '0x100000028, 1, 0' 38
  refused 'netlink XFRM' 41 '16, 3, 6' 93
  refused 'a ring to send by' 54 '-1, 263, 13, 0, 0' 92
  refused '... with high bits set' 54 '-1, 0x100000107, 0x50000000d, 0, 0' 92
  # A bad descriptor is what the kernel says: it was asked.
  for option in '263, 5' '263, 12' '263, 15' '1, 13' '262, 13' '0xffffffff, 13' '263, 0x8000000d'; do
    refused "no other option ($option)" 54 "-1, $option, 0, 0" 9
  done
  refused 'a call from the future' 999 '0' 38
  for call in 'fsopen 430' 'fsconfig 431' 'fsmount 432' 'fspick 433'; do
    # shellcheck disable=SC2086 # the name and its number
    refused ${call} '-1, 0, 0, 0, 0' 38
  done

  # Sockets: FAMILY, TYPE, PROTOCOL and the error (0: a socket). Every family, type and protocol that a filter's author may forget.
  sockets='2,1,0,0 2,1,6,0 2,0x80801,6,0 2,2,17,0 2,0x80002,0,0 10,1,0,0 10,1,6,0 10,2,17,0 1,1,0,0 2,3,1,0 2,3,255,0 2,0x80003,89,0 10,3,58,0
    2,1,262,93 10,1,262,93 2,0x80801,262,93 2,2,136,93 10,2,136,93 2,1,132,93 2,5,132,93 2,2,115,93 2,1,256,93 2,6,33,93 10,6,33,93
    2,1,0x100000106,38 2,3,0x100000106,38 2,3,0xffffffff,38 2,3,262,38 2,1,17,38 0x100000002,1,262,38 2,10,3,38'
  # shellcheck disable=SC2086 # a word a socket
  check 'sockets are of the protocols that a Docker host needs' "$(echo "$sockets" | xargs)" "$(enter -- perl -e '
    for (@ARGV) { ($f, $t, $p) = map { oct($_ =~ /^0x/ ? $_ : sprintf "0x%x", $_) } split /,/; $r = syscall(41, $f, $t, $p);
      s/,\d+$//; print "$_," . ($r < 0 ? $! + 0 : 0) . " " }' $sockets | xargs)"

  # The core limit: each way to set it, what the call says, and the limit after it.
  core() { enter -- perl -e '$limit = pack("QQ", 0, 0); $old = pack("QQ", 7, 7); $r = syscall('"$1"'); print $r < 0 ? $! + 0 : 0, " ";
    open(L, "/proc/self/limits"); /^Max core file size\s+(\S+)\s+(\S+)/ and print "$1 $2" for <L>'; }
  check 'setrlimit of the core limit changes nothing, and says that it did' '0 1 1' "$(core '160, 4, $limit')"
  check 'nor does prlimit' '0 1 1' "$(core '302, 0, 4, $limit, 0')"
  check 'which does not lie about the old limit' '1 1 1' "$(core '302, 0, 4, $limit, $old')"
  check 'nor with bits that the kernel does not look at' '38 1 1' "$(core '160, 0x100000004, $limit')"
  check 'nor with these' '38 1 1' "$(core '302, 0, 0x100000004, $limit, 0')"
  check 'the core limit can be read' 1 "$(sh_in 'prlimit --core --noheadings --output SOFT' | xargs)"
  check 'other limits can be lowered' 100 "$(sh_in 'ulimit -n 100; ulimit -n')"
  check 'a program that wants no core goes on' 0 "$(sh_in 'ulimit -c 0; echo $?')"
fi

# Ends. The marks tell our own sleeps from anybody else's.
living() { sh_in "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[s]leep $1'"; }
"$build/dd-enter" --node-dir "$work" -- /bin/sh -c 'setsid sleep 7771 & sleep 7772 & sleep 7772' & pid=$!
sleep 0.5; kill "$pid"; wait "$pid"; check 'SIGTERM ends with 143' 143 $?
sleep 0.2
check 'the whole process group has gone' 0 "$(living 7772)"
check 'what left the session lives on' 1 "$(living 7771)"
"$build/dd-enter" --node-dir "$work" -- sleep 7773 & pid=$!
sleep 0.4; kill -9 "$pid"; wait "$pid" 2>/dev/null; sleep 0.2
check 'a killed dd-enter takes its command along' 0 "$(living 7773)"
check 'a background process does not hold dd-enter' 0 "$(timeout 10 "$build/dd-enter" --node-dir "$work" -- sh -c 'sleep 7774 & true'; echo $?)"

# Terminals.
if command -v script >/dev/null; then
  check 'a terminal of the node’s own, of the size asked for' '/dev/pts/0 33 91' \
    "$(script -qec "stty cols 91 rows 33; $build/dd-enter --node-dir $work --tty 91x33 -- sh -c 'echo \$(tty) \$(stty size)'; true" "$work/typescript" </dev/null >/dev/null 2>&1; grep -ao '/dev/pts/0 [0-9 ]*' "$work/typescript" | head -1)"
fi
mkfifo "$work/sizes"
check 'a terminal over pipes: its size, and the new one that a line tells' '33 91 40 120' \
  "$( (sleep 0.3; echo 500; printf '0x0\n120x40\n' >&9; sleep 0.3; echo go; sleep 0.5) 9<>"$work/sizes" |
    timeout 20 "$build/dd-enter" --node-dir "$work" --tty 91x33 --sizes 3 -- sh -c 'stty -echo; stty size; read x; read y; stty size' 3<>"$work/sizes" |
    grep -ao '^[0-9]* [0-9]*' | xargs)"
enter --tty 80x24 --sizes 77 -- true 2>"$work/err"
check '--sizes without a descriptor' '125 dd-enter: --sizes takes an open descriptor, not "77"' "$? $(cat "$work/err")"
enter --sizes 3 -- true 2>"$work/err" 3</dev/null
check '--sizes without a terminal' '125 dd-enter: --sizes needs --tty' "$? $(cat "$work/err")"
check 'the descriptor of sizes is not the command’s' 'closed' \
  "$(sleep 0.5 | timeout 20 "$build/dd-enter" --node-dir "$work" --tty 80x24 --sizes 5 -- sh -c '[ -e /proc/self/fd/5 ] && echo open || echo closed' 5</dev/null | grep -ao 'open\|closed')"
sh_in 'rm /dev/ptmx; mkfifo /dev/ptmx'
enter --tty 80x24 -- true 2>"$work/err" </dev/null
check 'a FIFO for /dev/ptmx: refused, not waited for' '125 dd-enter: /dev/ptmx in the node is not a terminal multiplexer: Inappropriate ioctl for device' "$? $(cat "$work/err")"
sh_in 'rm /dev/ptmx; ln -s pts/ptmx /dev/ptmx'

# What the node's root sees of a dd-enter that has not yet become its command. In the moment of the execution itself the kernel lets
# it open the descriptors, so there must be none of the host's. Each line is "PROGRAM DESCRIPTOR".
"$build/dd-enter" --node-dir "$work" -- perl -e '
  $end = time + 5; while (time < $end) { for (glob "/proc/[0-9]*") { open(F, "$_/comm") or next; $c = <F>; next unless $c =~ /^dd-enter/;
  $seen++; $p = $_; $exe = readlink("$p/exe"); opendir(D, "$p/fd") or next; print "$exe $_\n" for grep { defined } map { readlink("$p/fd/$_") } readdir D } }
  print "seen\n" if $seen' >"$work/spied" & spy=$!
while kill -0 "$spy" 2>/dev/null; do enter -- true; done
check 'the spy saw dd-enter at all' seen "$(grep seen "$work/spied")"
check 'no descriptor of the host is open to the node while dd-enter enters' '' \
  "$(grep -E ' (socket:|anon_inode:|.*cgroup|.*enter[.]plan|.*node[.]bpf)' "$work/spied" | sort -u | head -3 | xargs)"
check 'and dd-enter itself is never looked into' '' "$(grep dd-enter "$work/spied" | head -1)"

# Plans that must be refused.
refuses() { # NAME SENTENCE
  enter -- true 2>"$work/err"; check "$1" "125 dd-enter: $2" "$? $(cat "$work/err")"
}
started=1 plan; refuses 'a pid that is another process by now' "the node's process $node has ended"
plan 'unconfined yes'; refuses 'a word that it does not know' 'enter.plan: unknown word "unconfined"'
plan; chmod 666 "$work/enter.plan"; refuses 'a plan that others can write' "$work/enter.plan must be a file that only root can write"
plan; sed -i /seccomp/d "$work/enter.plan"; refuses 'a plan without a filter' 'enter.plan names no seccomp filter'
plan; sed -i /cgroup/d "$work/enter.plan"; refuses 'a plan without a cgroup' 'enter.plan names no cgroup'
plan; : >"$work/enter.plan"; refuses 'an empty plan' 'enter.plan names no process'
plan
enter --user nobody -- true 2>/dev/null; check '--user other than root' 125 $?
enter --tty 0x0 -- true 2>/dev/null; check '--tty without a size' 125 $?
kill -9 "$node"; sleep 0.2
enter -- true 2>/dev/null; check 'a node that has ended' 125 $?
node=''
[ "$failures" = 0 ]
