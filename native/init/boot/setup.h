/* What a node's system needs before its first daemon. */
#ifndef DRYDOCK_SETUP_H
#define DRYDOCK_SETUP_H

/* Mounts, directories, machine id, loopback, cgroups. A step that fails says so in init.log and the boot goes on. */
void setup_system(void);

#endif
