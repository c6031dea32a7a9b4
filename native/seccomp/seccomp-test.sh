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
check 'pretend is no error' '{"names":["setrlimit"],"action":"SCMP_ACT_ERRNO","errnoRet":0,"args":[{"index":0,"value":4,"op":"SCMP_CMP_EQ"}]}' "$(rule 'pretend-if setrlimit 0 4')"
check 'an errno that is the default needs no rule' '' "$(rule 'errno ENOSYS keyctl')"
check 'comments are nothing' '{"names":["read"],"action":"SCMP_ACT_ALLOW"}' "$(rule 'allow read # and not write')"
check 'a filter is whole instructions' 0 "$(($(size 'allow read') % 8))"
[ "$(size 'allow read write')" -gt "$(size 'allow read')" ]; check 'a longer list is a longer filter' 0 $?
check 'a call that this architecture lacks is left out' "$(size 'allow read')" "$(size 'allow read no_such_call')"

for mistake in 'permit read' 'errno EWHAT read' 'allow-if socket x 1' 'allow-if2 socket 0 1' 'allow-if2 socket 0 1 1 1 2' 'allow-if4 socket 0 1' 'allow-if socket 0 1&' 'pretends read' 'allow-if socket 0 0xffffffffffffff00&0' 'default kill'; do
  printf 'default errno EPERM\n%s\n' "$mistake" | "$build/dd-seccomp" oci >/dev/null 2>&1; check "refused: $mistake" 1 $?
done
echo 'allow read' | "$build/dd-seccomp" oci >/dev/null 2>&1; check 'refused: a list without a default' 1 $?

for barred in io_uring_setup userfaultfd bpf perf_event_open open_by_handle_at keyctl add_key init_module kexec_load clock_settime fsopen fsconfig fsmount fspick; do
  check "the nodes' list does not allow $barred" '' "$(grep "\"$barred\".*ALLOW" build/node.seccomp.json)"
done
check 'nor any socket family without a condition' '' "$(grep '"socket".*ALLOW' build/node.seccomp.json | grep -v args)"
check 'nor any limit' '' "$(grep -E '"(setrlimit|prlimit64)".*ALLOW' build/node.seccomp.json | grep -v args)"
[ "$failures" = 0 ]
