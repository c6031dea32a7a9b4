/* Programs of other processors, in containers of the node. */
#ifndef DRYDOCK_EMULATION_H
#define DRYDOCK_EMULATION_H

/*
 * Mounts binfmt_misc and registers the emulators that the image has, for this user namespace alone. Does nothing where
 * the kernel has no binfmt_misc of a user namespace's own (before Linux 6.7): there the host's registrations hold, if
 * it has any.
 */
void emulation_register(void);

#endif
