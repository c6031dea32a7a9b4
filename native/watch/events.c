/*
 * A BPF program of a dozen instructions on the tracepoint inet_sock_set_state: it writes eight bytes to a ring when the
 * old or the new state is LISTEN. A raw tracepoint hands over (socket, old state, new state) as numbers, so that no
 * kernel headers, no BTF and no compiler for BPF are needed. Nothing runs between news.
 */
#include "events.h"

#include <errno.h>
#include <linux/bpf.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned long *consumed;
static const unsigned long *produced;

static long bpf(int command, union bpf_attr *attributes) {
  return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int make_ring(void) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_RINGBUF;
  /* The least that the kernel takes. */
  attributes.max_entries = (uint32_t)sysconf(_SC_PAGESIZE);
  return (int)bpf(BPF_MAP_CREATE, &attributes);
}

#define INSTRUCTION(operation, to, from, jump, value)                                                                  \
  { .code = (operation), .dst_reg = (to), .src_reg = (from), .off = (jump), .imm = (value) }

static int load_program(int ring) {
  const struct bpf_insn program[] = {
      /* r2 = old state, r3 = new state: the second and third argument of the tracepoint */
      INSTRUCTION(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_2, BPF_REG_1, 8, 0),
      INSTRUCTION(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_3, BPF_REG_1, 16, 0),
      INSTRUCTION(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_2, 0, 1, TCP_LISTEN),
      INSTRUCTION(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_3, 0, 8, TCP_LISTEN),
      /* bpf_ringbuf_output(ring, &eight bytes, 8, 0); a full ring says enough already */
      INSTRUCTION(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, -8, 0),
      INSTRUCTION(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, ring),
      INSTRUCTION(0, 0, 0, 0, 0),
      INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0),
      INSTRUCTION(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -8),
      INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 8),
      INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 0),
      INSTRUCTION(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output),
      INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
      INSTRUCTION(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
  };
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
  attributes.insn_cnt = sizeof program / sizeof *program;
  attributes.insns = (uint64_t)(uintptr_t)program;
  attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
  return (int)bpf(BPF_PROG_LOAD, &attributes);
}

static int attach(int program) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.raw_tracepoint.name = (uint64_t)(uintptr_t) "inet_sock_set_state";
  attributes.raw_tracepoint.prog_fd = (uint32_t)program;
  return (int)bpf(BPF_RAW_TRACEPOINT_OPEN, &attributes);
}

/* The ring's two positions: ours to write, and the kernel's in a page of its own. */
static bool map_positions(int ring) {
  long page = sysconf(_SC_PAGESIZE);
  void *ours = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
  void *kernels = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, ring, page);
  if (ours == MAP_FAILED || kernels == MAP_FAILED) return false;
  consumed = ours;
  produced = kernels;
  return true;
}

int events_open(void) {
  int ring = make_ring();
  int program = ring < 0 ? -1 : load_program(ring);
  /* The attachment lives as long as this descriptor, which the process never closes. */
  int link = program < 0 ? -1 : attach(program);
  int error = errno;
  if (program >= 0) close(program);
  if (link >= 0 && map_positions(ring)) return ring;
  if (link >= 0) close(link);
  if (ring >= 0) close(ring);
  errno = error;
  return -1;
}

bool events_take(void) {
  unsigned long end = __atomic_load_n(produced, __ATOMIC_ACQUIRE);
  if (end == *consumed) return false;
  /* What the news say is known: "look". */
  __atomic_store_n(consumed, end, __ATOMIC_RELEASE);
  return true;
}
