/* The commands that this program answers to. Each gets its own argc/argv and returns the exit status. */
#ifndef DRYDOCK_COMMANDS_H
#define DRYDOCK_COMMANDS_H

int systemctl_main(int argc, char **argv);
int service_main(int argc, char **argv);
int journalctl_main(int argc, char **argv);

/* start, stop, restart or reload, with systemctl's words and exit status. */
int change_service(const char *verb, const char *service);
/* The block of `systemctl status`; exit status 0 when active, 3 when not. */
int print_status(const char *service);
/* Replaces this process by the init script's runner. */
int run_init_script(const char *unit, const char *verb);

#endif
