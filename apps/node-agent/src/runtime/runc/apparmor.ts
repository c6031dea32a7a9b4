/** The AppArmor profile of nodes, for hosts that have AppArmor: a second gate behind what user namespace and seccomp refuse already. */
import { readFile } from 'node:fs/promises';
import type { Logger } from '@drydock/service-kit';
import { runTool } from '../../system/run-tool.ts';

export const NODE_PROFILE = 'drydock-node';

/**
 * Everything is allowed but what only the host has a use for: a node runs a whole Docker engine, whose containers stay under this
 * profile too. Signals and traces stay among nodes' own processes, but for the host's, which stops, enters and measures nodes.
 * The ABI is named so that what later kernels mediate besides (user namespaces) stays as open as the lines here were written for.
 */
export const NODE_PROFILE_TEXT = `
abi <abi/3.0>,
profile ${NODE_PROFILE} flags=(attach_disconnected,mediate_deleted) {
  file,
  capability,
  network,
  mount,
  umount,
  remount,
  pivot_root,
  unix,
  signal peer=${NODE_PROFILE},
  signal (receive) peer=unconfined,
  ptrace peer=${NODE_PROFILE},
  ptrace (readby, tracedby) peer=unconfined,

  deny capability mac_admin,
  deny capability mac_override,
  deny capability sys_boot,
  deny capability sys_module,
  deny capability sys_rawio,
  deny capability sys_time,
  deny capability syslog,

  deny mount fstype=configfs,
  deny mount fstype=debugfs,
  deny mount fstype=efivarfs,
  deny mount fstype=pstore,
  deny mount fstype=securityfs,
  deny mount fstype=tracefs,

  deny /proc/kcore rwklx,
  deny /proc/sysrq-trigger rwklx,
  deny /proc/sys/fs/binfmt_misc/** wl,
  deny /proc/sys/kernel/{core_pattern,hotplug,modprobe,poweroff_cmd,sysrq,usermodehelper/**} wl,
  deny /sys/firmware/** rwklx,
  deny /sys/kernel/{debug,security,tracing}/** rwklx,
  deny /sys/kernel/uevent_helper wl,
  deny /sys/module/** wl,
  deny /dev/{mem,kmem,port,kmsg} rwklx,
}
`;

/** Whether the kernel mediates with AppArmor; `file` is its own word for it. */
export async function hasAppArmor(file = '/sys/module/apparmor/parameters/enabled'): Promise<boolean> {
  return (await readFile(file, 'utf8').catch(() => 'N')).trim() === 'Y';
}

/**
 * Loads the profile and gives its name; undefined on a host without AppArmor. Repeatable: every agent of a host loads the same.
 * @throws ToolError when the host has AppArmor and does not take the profile: no node is made with less.
 */
export async function loadNodeProfile(logger: Logger): Promise<string | undefined> {
  if (!(await hasAppArmor())) return undefined;
  await runTool(['apparmor_parser', '--replace', '--skip-cache'], { stdin: NODE_PROFILE_TEXT });
  logger.info({ profile: NODE_PROFILE }, 'nodes are confined by AppArmor');
  return NODE_PROFILE;
}
