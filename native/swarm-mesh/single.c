/* One mesh for a node: two would undo each other's work. What others have to tell the one goes to its socket. */
#include "single.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A name in the abstract namespace belongs to a network namespace, and goes away with the process however that ends. */
static socklen_t mesh_address(struct sockaddr_un *address) {
  static const char name[] = "\0swarm-mesh";
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  memcpy(address->sun_path, name, sizeof name - 1);
  return offsetof(struct sockaddr_un, sun_path) + sizeof name - 1;
}

int single_claim(void) {
  struct sockaddr_un address;
  socklen_t length = mesh_address(&address);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* Before the name is there: whoever sends to it is known from the first message on. */
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)) == 0 &&
      bind(fd, (struct sockaddr *)&address, length) == 0)
    return fd;
  if (fd >= 0) close(fd);
  return -1;
}

bool single_tell_lost(ipv4 lost) {
  struct sockaddr_un address;
  socklen_t length = mesh_address(&address);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool told = fd >= 0 && sendto(fd, &lost, sizeof lost, 0, (struct sockaddr *)&address, length) == sizeof lost;
  if (fd >= 0) close(fd);
  return told;
}

/* Only root's word counts: a name in the abstract namespace has no permissions. */
static bool from_root(struct msghdr *message) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS) continue;
    struct ucred sender;
    memcpy(&sender, CMSG_DATA(control), sizeof sender);
    return sender.uid == 0;
  }
  return false;
}

ipv4 single_next_lost(int fd) {
  for (;;) {
    ipv4 address = 0;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
    struct iovec data = {&address, sizeof address};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(fd, &message, 0);
    if (got < 0) return 0;
    if (got == sizeof address && !(message.msg_flags & MSG_TRUNC) && address && from_root(&message)) return address;
  }
}
