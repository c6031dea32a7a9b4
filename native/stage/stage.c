/*
 * The stage: a tmpfs at <at> with
 *   lower  the image, read-only, its ids mapped to the node's range
 *   root   overlayfs of lower and the node's disk
 *   data   the node's data directory
 *   user   the node's user namespace, for the command to join
 * in a mount namespace that ends with the last process in it: nothing of it is ever seen or unmounted on the host.
 */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/fail.h"

/* glibc of Debian 12 has neither these calls nor, beside sys/mount.h, a consistent struct for them. */
static int open_tree_at(const char *path) {
  return (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
}

static void place(int tree, struct mount_attr *attributes, const char *target) {
  if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, attributes, sizeof(*attributes)) != 0)
    fail(errno, "cannot set the attributes of %s", target);
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) != 0)
    fail(errno, "cannot mount at %s", target);
  close(tree);
}

static void join_path(char *target, size_t size, const char *at, const char *name) {
  if ((size_t)snprintf(target, size, "%s/%s", at, name) >= size) {
    errno = ENAMETOOLONG;
    fail(errno, "%s", at);
  }
  if (mkdir(target, 0755) != 0) fail(errno, "cannot make %s", target);
}

static void mount_image(const struct stage *stage, int namespace, const char *target) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV};
  int tree = open_tree_at(stage->image);

  if (tree < 0) fail(errno, "cannot open the node image %s", stage->image);
  attributes.userns_fd = (uint64_t) namespace;
  place(tree, &attributes, target);
}

/* A name by which the command can join the namespace: a descriptor would have to survive all that the command executes.
 */
static void name_namespace(const struct stage *stage, int namespace) {
  char source[64], target[1024];
  int file;

  if ((size_t)snprintf(target, sizeof(target), "%s/user", stage->at) >= sizeof(target)) {
    errno = ENAMETOOLONG;
    fail(errno, "%s", stage->at);
  }
  file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (file < 0) fail(errno, "cannot make %s", target);
  close(file);
  snprintf(source, sizeof(source), "/proc/self/fd/%d", namespace);
  if (mount(source, target, NULL, MS_BIND, NULL) != 0) fail(errno, "cannot name the user namespace");
}

/* The disk is mounted nosuid on the host; volumes of the node's containers may hold set-uid programs, of its own ids
 * only. */
static void mount_data(const struct stage *stage, const char *target) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_NODEV, .attr_clr = MOUNT_ATTR_NOSUID};
  int tree = open_tree_at(stage->data);

  if (tree < 0) fail(errno, "cannot open %s", stage->data);
  place(tree, &attributes, target);
}

/* `volatile`: the node's root is never mounted a second time, so nothing of it needs to survive a crash of the host. */
static void mount_overlay(const struct stage *stage, const char *lower, const char *target) {
  char options[8192];

  if ((size_t)snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s,volatile", lower, stage->upper,
                       stage->work) >= sizeof(options)) {
    errno = ENAMETOOLONG;
    fail(errno, "%s", stage->upper);
  }
  if (mount("overlay", target, "overlay", MS_NODEV, options) != 0) fail(errno, "cannot mount the root overlay");
}

void set_stage(const struct stage *stage) {
  char lower[1024], root[1024], data[1024];
  int namespace = make_user_namespace(stage);

  if (unshare(CLONE_NEWNS) != 0) fail(errno, "cannot make a mount namespace");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(errno, "cannot make the mounts private");
  if (mount("drydock", stage->at, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k") != 0)
    fail(errno, "cannot mount a tmpfs at %s", stage->at);
  join_path(lower, sizeof(lower), stage->at, "lower");
  join_path(root, sizeof(root), stage->at, "root");
  join_path(data, sizeof(data), stage->at, "data");
  mount_image(stage, namespace, lower);
  mount_overlay(stage, lower, root);
  mount_data(stage, data);
  name_namespace(stage, namespace);
  close(namespace);
}
