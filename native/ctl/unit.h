/* Unit names and their enablement, kept where the distribution keeps it: links in multi-user.target.wants. */
#ifndef DRYDOCK_UNIT_H
#define DRYDOCK_UNIT_H

#include <stdbool.h>

#include "client.h"

/* `docker`, `docker.service`, `sshd` -> the service's name as PID 1 knows it; NULL when the unit is not PID 1's. */
const char *unit_service(const char *unit);
/* docker.socket: its socket lives and dies with docker.service here, so commands for it have nothing left to do. */
bool unit_is_socket(const char *unit);
/* Whether the distribution's init script of that name exists, as learners get it with an apt-get install. */
bool unit_has_init_script(const char *unit);
bool unit_enabled(const char *service);
/* Path of the unit file, or NULL when the package has none. The result is static. */
const char *unit_file(const char *service);
/* Make or remove the link, with systemctl's words; return an exit status. */
int unit_enable(const char *service);
int unit_disable(const char *service);

#endif
