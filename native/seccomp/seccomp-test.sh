#!/bin/bash
# dd-seccomp from outside: both forms come from one list, and a mistake in the list stops the build.
# What the compiled filter refuses is tried on real system calls by enter/enter-test.sh.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${NATIVE_BUILD:-$PWD/build}
failures=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected [$2], got [$3]"; failures=$((failures + 1)); fi
}
oci() { printf 'default errno ENOSYS\n%s\n' "$1" | "$build/dd-seccomp" oci 2>&1 | tr -d '\n'; }
size() { printf 'default errno ENOSYS\n%s\n' "$1" | "$build/dd-seccomp" bpf | wc -c; }
rule() { oci "$1" | sed 's/.*"syscalls":\[//; s/\]}$//'; }

check 'the default is what the list says' '"defaultErrnoRet":38' "$(oci 'allow read' | grep -o '"defaultErrnoRet":[0-9]*')"
check 'only the native architecture' 1 "$(oci 'allow read' | grep -o SCMP_ARCH | wc -l)"
check 'allow' '{"names":["read"],"action":"SCMP_ACT_ALLOW"},{"names":["write"],"action":"SCMP_ACT_ALLOW"}' "$(rule 'allow read write')"
check 'errno' '{"names":["bpf"],"action":"SCMP_ACT_ERRNO","errnoRet":1}' "$(rule 'errno EPERM bpf')"
check 'one rule a value' 2 "$(rule 'allow-if socket 0 1 2' | grep -o SCMP_CMP_EQ | wc -l)"
check 'two conditions in one rule' '{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":16,"op":"SCMP_CMP_EQ"},{"index":2,"value":4,"op":"SCMP_CMP_EQ"}]}' "$(rule 'allow-if2 socket 0 16 2 4')"
check 'three, of all kinds' '{"names":["f"],"action":"SCMP_ACT_ERRNO","errnoRet":1,"args":[{"index":0,"value":2,"op":"SCMP_CMP_EQ"},{"index":1,"value":15,"valueTwo":3,"op":"SCMP_CMP_MASKED_EQ"},{"index":2,"value":0,"op":"SCMP_CMP_NE"}]}' \
  "$(rule 'errno-if3 EPERM f 0 2 1 0xf&3 2 !0')"
check 'an exception of two ints is 64 rules around one' '64 1' "$(rule 'allow-but2 EPERM f 1 263 2 13' | grep -o ALLOW | wc -l) $(rule 'allow-but2 EPERM f 1 263 2 13' | grep -o 'ERRNO","errnoRet":1' | wc -l)"
check 'pretend is no error' '{"names":["setrlimit"],"action":"SCMP_ACT_ERRNO","errnoRet":0,"args":[{"index":0,"value":4,"op":"SCMP_CMP_EQ"}]}' "$(rule 'pretend-if setrlimit 0 4')"
check 'an errno that is the default needs no rule' '' "$(rule 'errno ENOSYS keyctl')"
check 'comments are nothing' '{"names":["read"],"action":"SCMP_ACT_ALLOW"}' "$(rule 'allow read # and not write')"
check 'a filter is whole instructions' 0 "$(($(size 'allow read') % 8))"
[ "$(size 'allow read write')" -gt "$(size 'allow read')" ]; check 'a longer list is a longer filter' 0 $?
check 'a call that this architecture lacks is left out' "$(size 'allow read')" "$(size 'allow read no_such_call')"

for mistake in 'permit read' 'errno EWHAT read' 'allow-if socket x 1' 'allow-if2 socket 0 1' 'allow-if2 socket 0 1 1 1 2' 'allow-if4 socket 0 1' 'allow-but2 EPERM f 1 2' 'allow-but2 EPERM f 1 0x100000000 2 3' 'allow-if socket 0 1&' 'pretends read' 'allow-if socket 0 0xffffffffffffff00&0' 'default kill'; do
  printf 'default errno EPERM\n%s\n' "$mistake" | "$build/dd-seccomp" oci >/dev/null 2>&1; check "refused: $mistake" 1 $?
done
echo 'allow read' | "$build/dd-seccomp" oci >/dev/null 2>&1; check 'refused: a list without a default' 1 $?

for barred in io_uring_setup userfaultfd bpf perf_event_open open_by_handle_at keyctl add_key init_module kexec_load clock_settime fsopen fsconfig fsmount fspick; do
  check "the nodes' list does not allow $barred" '' "$(grep "\"$barred\".*ALLOW" build/node.seccomp.json)"
done
check 'nor any socket family without a condition' '' "$(grep '"socket".*ALLOW' build/node.seccomp.json | grep -v args)"
check 'nor any limit' '' "$(grep -E '"(setrlimit|prlimit64)".*ALLOW' build/node.seccomp.json | grep -v args)"

printf 'default allow\nerrno EPERM bpf\n' | build/dd-seccomp oci >/dev/null 2>&1; check 'a list of what is barred is none of a node' 1 $?

# The filters of the host's services, on real system calls.
under() { filter=$1; shift; build/dd-seccomp run "build/$filter.bpf" "$@" 2>&1; }
check 'a command runs under a filter, with its status' '2 7' "$(under host sh -c 'sed -n "s/^Seccomp:[^0-9]*//p" /proc/self/status; exit 7' | tr '\n' ' ')$(under host sh -c 'exit 7'; echo $?)"
check 'root under the list of what is barred: no kernel log' 'Operation not permitted' "$(under host dmesg --syslog | grep -o 'Operation not permitted')"
under host unshare --mount --pid --fork --net true; check '... and namespaces as before' 0 $?
under service true; check 'under the list of services: a program runs' 0 $?
for namespace in user mount net pid; do
  under service unshare "--$namespace" true >/dev/null; check "... and no new namespace ($namespace)" 1 $?
done
if command -v python3 >/dev/null; then
  # clone with flags of namespaces, past unshare(2); 56 and 220 are its numbers, 17 is SIGCHLD.
  clone='import ctypes,os,sys
number={"x86_64":56,"aarch64":220}[os.uname().machine]
sys.stdout.flush()
pid=ctypes.CDLL(None,use_errno=True).syscall(number,int(sys.argv[1],16)|17,0,0,0,0)
if pid==0: os._exit(0)
print("made" if pid>0 else os.strerror(ctypes.get_errno()))'
  check '... a process' made "$(under service python3 -c "$clone" 0)"
  for flags in 10000000 20000000 40000000 20000 4000000; do
    check "... no process with flag 0x$flags" 'Function not implemented' "$(under service python3 -c "$clone" "$flags")"
  done
fi
build/dd-seccomp run build/missing.bpf true >/dev/null 2>&1; check 'without its filter nothing runs' 1 $?
[ "$failures" = 0 ]
