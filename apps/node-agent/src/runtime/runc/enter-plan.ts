/** enter.plan: what dd-enter must know to make a process one of the node's own (its form: native/enter/plan/plan.c). */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capabilityMask, type Rlimit } from '../node-rights.ts';

export interface EnterPlan {
  pid: number;
  /** See processStartTime; dd-enter compares it. */
  startTime: bigint;
  cgroups: readonly string[];
  /** The compiled filter. */
  seccompFile: string;
  rlimits: readonly Rlimit[];
  apparmorProfile?: string;
}

/** The text of the file. */
export function enterPlanText(plan: EnterPlan): string {
  const lines = [
    `pid ${plan.pid}`,
    `started ${plan.startTime}`,
    `capabilities ${capabilityMask().toString(16)}`,
    `seccomp ${plan.seccompFile}`,
    ...plan.rlimits.map(({ name, soft, hard }) => `rlimit ${name} ${soft} ${hard}`),
    ...plan.cgroups.map((directory) => `cgroup ${directory}`),
  ];
  if (plan.apparmorProfile !== undefined) lines.push(`apparmor ${plan.apparmorProfile}`);
  return `${lines.join('\n')}\n`;
}

/** Writes the plan into the node's directory, whole or not at all. */
export async function writeEnterPlan(directory: string, plan: EnterPlan): Promise<void> {
  const file = join(directory, 'enter.plan');
  await writeFile(`${file}.part`, enterPlanText(plan), { mode: 0o600 });
  await rename(`${file}.part`, file);
}
