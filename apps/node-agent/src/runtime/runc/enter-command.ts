/** How dd-enter is called (native/enter/plan/options.h): the one place that knows its words. */
import { join } from 'node:path';
import type { EnterCommand, EnterOptions } from '../runtime.ts';

export interface EnterPlaces {
  /** Holds dd-enter. */
  nativeDir: string;
  /** The node's directory on the host, which holds enter.plan. */
  nodeDir: string;
}

/** The command of this host that becomes `command` in the node; `sizes` is the descriptor at which a terminal is told new sizes. */
export function enterCommand(
  { nativeDir, nodeDir }: EnterPlaces,
  command: readonly string[],
  { tty, sizes, cwd, env = {} }: EnterOptions & { sizes?: number } = {},
): EnterCommand {
  const args = ['--node-dir', nodeDir];
  if (tty) args.push('--tty', `${tty.cols}x${tty.rows}`);
  if (sizes !== undefined) args.push('--sizes', String(sizes));
  if (cwd !== undefined) args.push('--cwd', cwd);
  for (const [name, value] of Object.entries(env)) args.push('--env', `${name}=${value}`);
  return { file: join(nativeDir, 'dd-enter'), args: [...args, '--', ...command] };
}
