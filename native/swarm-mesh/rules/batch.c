/* A netlink transaction of nf_tables messages: the kernel takes all of them or none. */
#include "batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The kernel answers at once; this only keeps a lost answer from hanging us. */
#define ANSWER_TIMEOUT_S 2
/* A transaction goes to the kernel in one piece: thousands of destinations fit. */
#define SEND_BUFFER (8 << 20)

static void pad(struct batch *batch) {
  static const char zeros[NLMSG_ALIGNTO];
  buffer_append(&batch->bytes, zeros, (NLMSG_ALIGNTO - batch->bytes.length % NLMSG_ALIGNTO) % NLMSG_ALIGNTO);
}

static void finish_message(struct batch *batch) {
  if (batch->bytes.failed || batch->bytes.length == 0) return;
  pad(batch);
  ((struct nlmsghdr *)(batch->bytes.data + batch->message))->nlmsg_len =
      (uint32_t)(batch->bytes.length - batch->message);
}

static void start_message(struct batch *batch, uint16_t type, uint16_t flags, struct nfgenmsg family) {
  finish_message(batch);
  batch->message = batch->bytes.length;
  struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++batch->sequence};
  buffer_append(&batch->bytes, &header, sizeof header);
  buffer_append(&batch->bytes, &family, sizeof family);
}

void batch_begin(struct batch *batch) {
  static uint32_t transactions;
  /* Answers to an earlier transaction must not be taken for ours. */
  *batch = (struct batch){.sequence = ++transactions << 16};
  start_message(batch, NFNL_MSG_BATCH_BEGIN, 0,
                (struct nfgenmsg){AF_UNSPEC, NFNETLINK_V0, htons(NFNL_SUBSYS_NFTABLES)});
}

void batch_message(struct batch *batch, uint16_t type, uint16_t flags) {
  start_message(batch, NFNL_SUBSYS_NFTABLES << 8 | type, flags, (struct nfgenmsg){AF_INET, NFNETLINK_V0, 0});
}

void batch_put(struct batch *batch, uint16_t type, const void *data, size_t length) {
  struct nlattr header = {.nla_len = (uint16_t)(NLA_HDRLEN + length), .nla_type = type};
  buffer_append(&batch->bytes, &header, sizeof header);
  buffer_append(&batch->bytes, data, length);
  pad(batch);
}

void batch_text(struct batch *batch, uint16_t type, const char *text) {
  batch_put(batch, type, text, strlen(text) + 1);
}

void batch_number(struct batch *batch, uint16_t type, uint32_t number) {
  uint32_t wire = htonl(number);
  batch_put(batch, type, &wire, sizeof wire);
}

size_t batch_nest(struct batch *batch, uint16_t type) {
  size_t at = batch->bytes.length;
  batch_put(batch, type | NLA_F_NESTED, "", 0);
  return at;
}

void batch_nest_end(struct batch *batch, size_t nest) {
  if (!batch->bytes.failed)
    ((struct nlattr *)(batch->bytes.data + nest))->nla_len = (uint16_t)(batch->bytes.length - nest);
}

/* Reads until the message `last` is answered. Errors of any message come before that. */
static int read_answers(int netfilter, uint32_t first, uint32_t last) {
  int error = 0;
  for (;;) {
    _Alignas(struct nlmsghdr) char answers[8192];
    ssize_t got = recv(netfilter, answers, sizeof answers, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error ? error : errno;
    size_t left = (size_t)got;
    for (const struct nlmsghdr *answer = (const struct nlmsghdr *)answers; NLMSG_OK(answer, left);
         answer = NLMSG_NEXT(answer, left)) {
      if (answer->nlmsg_type != NLMSG_ERROR || answer->nlmsg_seq < first || answer->nlmsg_seq > last) continue;
      if (!error) error = -((const struct nlmsgerr *)NLMSG_DATA(answer))->error;
      if (answer->nlmsg_seq == last) return error;
    }
  }
}

int batch_commit(struct batch *batch, int netfilter) {
  /* One acknowledgement is enough, and more could overflow the socket: that of the last message, which is answered
   * last. */
  uint32_t last = batch->sequence;
  if (!batch->bytes.failed) ((struct nlmsghdr *)(batch->bytes.data + batch->message))->nlmsg_flags |= NLM_F_ACK;
  start_message(batch, NFNL_MSG_BATCH_END, 0, (struct nfgenmsg){AF_UNSPEC, NFNETLINK_V0, htons(NFNL_SUBSYS_NFTABLES)});
  finish_message(batch);
  int size = SEND_BUFFER, error = ENOMEM;
  struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
  setsockopt(netfilter, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(netfilter, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  if (!batch->bytes.failed) {
    bool sent = send(netfilter, batch->bytes.data, batch->bytes.length, 0) == (ssize_t)batch->bytes.length;
    error = sent ? read_answers(netfilter, last & ~0xffffu, last) : errno;
  }
  buffer_free(&batch->bytes);
  return error;
}
