/* The early boot: what a distribution does by units before docker.service, as far as a container leaves it to do. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "emulation.h"
#include "../log.h"

/* infra/node-image/customize.sh makes both. */
#define DOCKER_INIT_DIRECTORY "/usr/local/libexec/docker"
#define DOCKER_INIT DOCKER_INIT_DIRECTORY "/docker-init"
#define EMPTY_DIRECTORY "/usr/lib/drydock/empty"

static void make_directory(const char *path, mode_t mode) {
  if (mkdir(path, mode) < 0 && errno != EEXIST) log_error(path);
}

static void make_file(const char *path, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) log_error(path);
  else close(fd);
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) log_error(path);
  if (fd >= 0) close(fd);
}

/* A runtime that forgot a tmpfs must not leave last boot's sockets and pid files in the way. */
static void ensure_tmpfs(const char *path, const char *options) {
  struct statfs status;
  if (statfs(path, &status) == 0 && status.f_type == TMPFS_MAGIC) return;
  if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) log_error(path);
}

/* systemd makes every mount shared; swarm, plugins and `:rshared` volumes count on it. */
static void share_mounts(void) {
  if (mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL) < 0) log_error("sharing the mounts");
}

static void raise_loopback(void) {
  struct ifreq request = {.ifr_name = "lo"};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0) {
    log_error("lo");
  } else if (!(request.ifr_flags & IFF_UP)) {
    request.ifr_flags |= IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) log_error("lo");
  }
  if (fd >= 0) close(fd);
}

/*
 * `docker run --init` binds docker-init into the container and makes that bind read-only. The root of a node is mounted
 * nodev from outside, and the kernel refuses a remount that leaves such a flag out; dockerd knows this of volumes, not
 * of its init (moby daemon/oci_linux.go). A mount that the node makes itself has no such flags: an overlay of the
 * directory over itself, which dockerd looks in before its PATH. Two layers, since one alone is refused.
 */
static void lay_docker_init(void) {
  if (access(DOCKER_INIT, X_OK) != 0) return;
  if (mount("docker-init", DOCKER_INIT_DIRECTORY, "overlay", MS_RDONLY,
            "lowerdir=" DOCKER_INIT_DIRECTORY ":" EMPTY_DIRECTORY) < 0)
    log_error(DOCKER_INIT_DIRECTORY);
}

/* Each node gets an id of its own at its first boot; the image has none. */
static void ensure_machine_id(void) {
  struct stat status;
  unsigned char bytes[16];
  char text[34];
  if (stat("/etc/machine-id", &status) == 0 && status.st_size > 0) return;
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) return log_error("getrandom");
  bytes[6] = (bytes[6] & 0x0f) | 0x40; /* a version 4 UUID, as machine-id(5) asks for */
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  for (int i = 0; i < 16; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  text[32] = '\n';
  text[33] = '\0';
  make_file("/etc/machine-id", 0444);
  write_file("/etc/machine-id", text);
}

/*
 * On cgroup v2 a group with controllers for its children may hold no process itself: PID 1 moves into a leaf, as
 * systemd's init.scope, and hands the controllers down, so that docker can limit its containers. Terminals must join
 * the leaf too.
 */
static void delegate_cgroups(void) {
  struct statfs status;
  char controllers[256] = "", wanted[512] = "";
  if (statfs("/sys/fs/cgroup", &status) < 0 || status.f_type != CGROUP2_SUPER_MAGIC) return;
  make_directory("/sys/fs/cgroup/init.scope", 0755);
  write_file("/sys/fs/cgroup/init.scope/cgroup.procs", "0");
  int fd = open("/sys/fs/cgroup/cgroup.controllers", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, controllers, sizeof controllers - 1) < 0) log_error("cgroup.controllers");
  if (fd >= 0) close(fd);
  char *rest = NULL;
  for (char *name = strtok_r(controllers, " \n", &rest); name; name = strtok_r(NULL, " \n", &rest)) {
    size_t used = strlen(wanted);
    snprintf(wanted + used, sizeof wanted - used, "%s+%s", used > 0 ? " " : "", name);
  }
  if (wanted[0]) write_file("/sys/fs/cgroup/cgroup.subtree_control", wanted);
}

void setup_system(void) {
  umask(0);
  ensure_tmpfs("/run", "mode=755,size=64m");
  make_directory("/run/lock", 01777);
  make_directory("/run/drydock", 0755);
  make_file("/run/utmp", 0664);
  make_directory(LOG_DIRECTORY, 0755);
  umask(022);
  lay_docker_init();
  share_mounts();
  raise_loopback();
  ensure_machine_id();
  delegate_cgroups();
  emulation_register();
}
