/**
 * A runtime without privilege, for tests at scale and machines that cannot make nodes: a node is a directory and a process, and
 * its commands run on this machine as whoever runs the agent. It confines nothing.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DrydockError, type NodeLimits } from '@drydock/protocol';
import { processStartTime } from '../../system/process-start.ts';
import { bodyKey, readBody, writeBody } from '../node-body.ts';
import { runInNode } from '../run-in-node.ts';
import {
  type EnterOptions,
  NO_HOLDINGS,
  type NodeHandle,
  type NodeKey,
  type NodePresence,
  type Runtime,
  writtenKey,
} from '../runtime.ts';
import { dockerProgram } from './engine/program.ts';
import { fakeEnvironment } from './fake-environment.ts';
import { createFakeHandles } from './fake-handles.ts';
import { programsOf } from './fake-programs.ts';

/** The first process: it waits for `started`, then for the end of its directory: whoever removes that leaves nothing that runs. */
const INIT = 'until [ -e started ]; do [ -d pids ] || exit; sleep 0.02; done; while [ -e started ]; do sleep 2; done';
/** Notes its process group for destroy(), then becomes the command in its directory. */
const ENTER = 'echo > "$0/pids/$$"; cd "$1" 2>/dev/null || cd "$0"; shift; exec "$@"';
/** What the node service expects of every node image (infra/node-image), for a node that is only a directory. */
const PROGRAMS: Record<string, string> = {
  identify: '#!/bin/sh\nexec cat > identity\n', // in the working directory, which keeps up with a new key
  'drydock-ctl': '#!/bin/sh\nexit 0\n',
};

/** How a command is started in the node at `home`. */
function enterCommand(home: string, command: readonly string[], options: EnterOptions = {}) {
  const variables = {
    ...fakeEnvironment(home),
    ...(options.tty ? { TERM: 'xterm-256color' } : {}),
    ...options.env,
  };
  const program = command[0]?.replace(/^\/usr\/lib\/drydock\//, `${home}/usr/lib/drydock/`) ?? '';
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const script = ['/bin/sh', '-c', ENTER, home, options.cwd ?? home];
  return { file: '/usr/bin/env', args: ['-i', ...assignments, ...script, program, ...command.slice(1)] };
}

/** Builds the runtime over `stateDir`. */
export function createFakeRuntime({ stateDir }: { stateDir: string }): Runtime {
  const nodesDir = join(stateDir, 'nodes');
  const directory = ({ sessionId, name }: NodeKey) => join(nodesDir, sessionId, name);
  const home = (key: NodeKey) => join(directory(key), 'root');
  const enter: Runtime['enter'] = (key, command, options) => enterCommand(home(key), command, options);
  const handles = createFakeHandles({
    home,
    isAlive: async (id, key) => idOf(await readInit(key)) === id && (await livingInit(key)) !== undefined,
  });

  const idOf = (init: { pid: number; startTime: string } | undefined) => `${init?.pid}-${init?.startTime}`;

  async function readInit(key: NodeKey): Promise<{ pid: number; startTime: string } | undefined> {
    const text = await readFile(join(directory(key), 'init.json'), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async function livingInit(key: NodeKey): Promise<number | undefined> {
    const init = await readInit(key);
    return init && String(await processStartTime(init.pid)) === init.startTime ? init.pid : undefined;
  }

  async function handleOf(key: NodeKey): Promise<NodeHandle> {
    return handles.of(idOf(await readInit(key)), key);
  }

  async function probe(key: NodeKey): Promise<NodePresence> {
    if ((await livingInit(key)) !== undefined) {
      return { state: (await has(home(key), 'started')) ? 'running' : 'created', node: await handleOf(key) };
    }
    return { state: (await names(directory(key))) === undefined ? 'absent' : 'remains' };
  }

  /** Reaches all that runs in a node but its first process. */
  async function signalCommands(key: NodeKey, signal: NodeJS.Signals): Promise<void> {
    const homes = [home(key), home(await bodyKey(directory(key), key))];
    const init = await livingInit(key);
    for (const pid of await programsOf(homes, join(home(key), 'pids'))) if (pid !== init) kill(pid, signal);
  }

  async function destroy(key: NodeKey): Promise<void> {
    const init = await readInit(key);
    handles.forget(idOf(init));
    // A group outlives its first process, whose number is nobody else's until then; one with another start has passed on.
    const startTime = init && (await processStartTime(init.pid));
    if (init && (startTime === undefined || String(startTime) === init.startTime)) kill(-init.pid);
    await signalCommands(key, 'SIGKILL');
    await rm(directory(key), { recursive: true, force: true, maxRetries: 5 });
    await rmdir(join(nodesDir, key.sessionId)).catch(() => undefined);
  }

  return {
    directory,
    enter,
    probe,
    destroy,
    prepare: async () => void (await mkdir(nodesDir, { recursive: true })),
    async create(spec) {
      const { sessionId, name, limits } = spec;
      const key = { sessionId, name };
      const root = home(key);
      try {
        for (const path of ['pids', 'run', 'usr/lib/drydock', 'usr/local/bin'])
          await mkdir(join(root, path), { recursive: true });
        for (const [program, text] of Object.entries(PROGRAMS)) {
          await writeFile(join(root, 'usr/lib/drydock', program), text);
          await chmod(join(root, 'usr/lib/drydock', program), 0o755);
        }
        await writeFile(join(root, 'usr/local/bin/docker'), dockerProgram(process.execPath), { mode: 0o755 });
        await writeBody(directory(key), { ...key, recipe: recipe(limits) });
        // By its HOME it is found when its directory goes while it is frozen.
        const child = spawn('/bin/sh', ['-c', INIT], {
          cwd: root,
          env: { HOME: root, PATH: '/usr/bin:/bin' },
          stdio: 'ignore',
          detached: true,
        });
        child.once('error', () => undefined);
        child.unref();
        const pid = child.pid ?? 0;
        const startTime = String(await processStartTime(pid));
        await writeFile(join(directory(key), 'init.part'), JSON.stringify({ pid, startTime }));
        await rename(join(directory(key), 'init.part'), join(directory(key), 'init.json'));
        return await handleOf(key);
      } catch (error) {
        await destroy(key);
        throw new DrydockError('NODE_CREATE_FAILED', undefined, undefined, { cause: error });
      }
    },
    async rest(key) {
      const init = await livingInit(key);
      if (init === undefined) throw new DrydockError('NODE_NOT_READY');
      process.kill(init, 'SIGSTOP');
      await signalCommands(key, 'SIGKILL');
    },
    async freeze(key, frozen) {
      const init = await livingInit(key);
      if (init === undefined) throw new DrydockError('NODE_NOT_READY');
      const signal = frozen ? 'SIGSTOP' : 'SIGCONT';
      kill(-init, signal);
      await signalCommands(key, signal);
    },
    fits: async (key, limits) => (await readBody(directory(key)))?.recipe === recipe(limits),
    async rename(key, spec) {
      if ((await names(directory(spec))) !== undefined) throw new Error('the key is taken');
      if ((await probe(key)).state !== 'running') throw new DrydockError('NODE_NOT_READY');
      await mkdir(dirname(directory(spec)), { recursive: true });
      await rename(directory(key), directory(spec));
      await handleOf(spec);
      await rmdir(join(nodesDir, key.sessionId)).catch(() => undefined);
    },
    start: (key) => writeFile(join(home(key), 'started'), ''),
    async list() {
      const keys: NodeKey[] = [];
      for (const sessionId of (await names(nodesDir)) ?? []) {
        for (const name of (await names(join(nodesDir, sessionId))) ?? []) keys.push(writtenKey(sessionId, name));
      }
      return keys;
    },
    async exec(key, input) {
      if ((await livingInit(key)) === undefined) throw new DrydockError('NODE_NOT_READY');
      const { workingDir, env } = input;
      return runInNode(
        enter(key, input.command, { ...(workingDir ? { cwd: workingDir } : {}), ...(env ? { env } : {}) }),
        input,
      );
    },
    async usage(key) {
      const pid = await livingInit(key);
      // Without /proc (macOS) nobody says what it holds.
      const pages = Number((await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')).split(' ')[1] ?? 0);
      return { cpu: 0, memoryBytes: pages * 4096, diskBytes: 0, pids: 1, oomKills: 0 };
    },
    kernelHoldings: async () => NO_HOLDINGS,
    diskBytesOf: async () => 0,
    limit: async () => undefined,
    diskBytes: async () => 0,
    close: handles.close,
  };
}

async function names(path: string): Promise<string[] | undefined> {
  return readdir(path).catch(() => undefined);
}

async function has(path: string, name: string): Promise<boolean> {
  return ((await names(path)) ?? []).includes(name);
}

function recipe({ memoryBytes, diskBytes }: NodeLimits): string {
  return `${memoryBytes} ${diskBytes}`;
}

/** A negative number reaches the process group. */
function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
