/** Where the stack of this machine is: the only door to the environment and to the files that npm start leaves. */
import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutEnd } from '@drydock/protocol';
import { z } from 'zod';
import { EXIT, Failure } from './failure.ts';

const REPO = fileURLToPath(new URL('../../..', import.meta.url));
/** Where state lies unless a setting says otherwise (infra/common/paths.mjs). */
const DEFAULT_STATE_DIR = '/var/lib/drydock';

/** What this program reads of supervisor.json (infra/supervisor/state-file.mjs). */
const stackSchema = z.object({ operator: z.string().optional(), url: z.string().optional() });

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The state directory: by the environment, by the .env file, by default. */
export function stateDirectory(): string {
  const ofFile = /^DRYDOCK_STATE_DIR=(.*)$/m.exec(readIfThere(join(REPO, '.env')) ?? '')?.[1]?.trim();
  return resolve(process.env.DRYDOCK_STATE_DIR || ofFile?.replace(/^"(.*)"$|^'(.*)'$/, '$1$2') || DEFAULT_STATE_DIR);
}

/** Where a manager listens for its operator, and the file from which the key is made. */
export interface OperatorPlace {
  url: string;
  secret: string;
}

/** In a container of a manager, and with its environment elsewhere: that manager. The listener's other addresses are those of networks. */
function placeOfEnvironment(): { operator: string; secretFile: string } | undefined {
  const { DRYDOCK_METRICS_PORT: port, DRYDOCK_MANAGER_SECRET_FILE: secretFile } = process.env;
  if (!port || !secretFile) return undefined;
  return { operator: `http://127.0.0.1:${port}`, secretFile };
}

/**
 * Finds the manager: the one whose environment this is, else the one that `npm start` runs here, unless both options name another.
 * @throws Failure NOT_RUNNING, NO_KEY.
 */
export function operatorPlace(options: {
  operator?: string | undefined;
  secretFile?: string | undefined;
}): OperatorPlace {
  const state = stateDirectory();
  const stack = stackSchema.safeParse(JSON.parse(readIfThere(join(state, 'supervisor.json')) ?? '{}')).data;
  const own = placeOfEnvironment();
  const url = options.operator ?? own?.operator ?? stack?.operator;
  if (url === undefined) {
    throw new Failure(
      'NOT_RUNNING',
      `No manager runs here (state in ${state}).`,
      EXIT.unavailable,
      'Run it as root where the manager runs, or name it with --operator and --secret-file.',
    );
  }
  const file = options.secretFile ?? own?.secretFile ?? join(state, 'secrets/manager/secret');
  const secret = readIfThere(file)?.trim();
  if (secret === undefined || secret === '') {
    throw new Failure(
      'NO_KEY',
      `${file} cannot be read.`,
      EXIT.noPermission,
      'Run it as root, or name it with --secret-file.',
    );
  }
  return { url: withoutEnd(url, '/'), secret };
}

/** Who runs this program, for the audit trail: it is written down, and proves nothing. */
export function userName(): string {
  return process.env.SUDO_USER || userInfo().username;
}

/**
 * Where the pages and the public API of the Drydock are that `npm start` runs here.
 * @throws Failure NOT_RUNNING.
 */
export function pageOrigin(): string {
  const state = stateDirectory();
  const stack = stackSchema.safeParse(JSON.parse(readIfThere(join(state, 'supervisor.json')) ?? '{}')).data;
  if (stack?.url !== undefined) return stack.url;
  throw new Failure(
    'NOT_RUNNING',
    `No Drydock runs here (state in ${state}).`,
    EXIT.unavailable,
    'Start one (npm start), or name one: --place of drydock lab, --server of drydock start, DRYDOCK_URL.',
  );
}

/** Where Drydock is, when no option says it: by DRYDOCK_URL, else the stack of this machine. @throws Failure NOT_RUNNING */
export function defaultServer(): string {
  return withoutEnd(process.env.DRYDOCK_URL || pageOrigin(), '/');
}

/** The session that commands are about unless an option names one: a link, which so stands in no list of processes, or an id. */
export function namedSession(): string | undefined {
  return process.env.DRYDOCK_SESSION || undefined;
}

/** Where the links of sessions are kept: the user's state folder (XDG_STATE_HOME, else ~/.local/state). */
export function sessionsFolder(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'drydock/sessions');
}
