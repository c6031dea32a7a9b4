/** The terminal host: real PTYs (of nodes, or by node-pty), the registry of terminals, and the socket at which the agent finds them. */

import { readSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { DrydockError, type ProcessHealth, type SessionId } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { type IPty, spawn } from 'node-pty';
import { spawnEnteredPty } from './entered-pty.ts';
import { startHostServer } from './host-server.ts';
import type { Size } from './output-log.ts';
import type { Pty, PtyEvents, SpawnPty, TerminalCommand } from './pty.ts';
import { createScreenPool, type ScreenPool } from './screens/screen-pool.ts';
import { createTerminalRegistry, type TerminalRegistry } from './terminal-registry.ts';

export interface TerminalHostOptions {
  socketPath: string;
  logger: Logger;
  /** @throws DrydockError NODE_NOT_FOUND */
  commandFor(node: { sessionId: SessionId; node: string }, size: Size): TerminalCommand;
  /** How this process fares; told to agents that ask. */
  health?: () => ProcessHealth;
}

export interface TerminalHost {
  registry: TerminalRegistry;
  screens: ScreenPool;
  /** Ends every terminal and stops listening. */
  close(): Promise<void>;
}

/** One read of the rest (bytes); a PTY gives 4 KiB at a time. */
const DRAIN_READ_BYTES = 64 * 1024;
/** The kernel holds less than this for a PTY (bytes); more comes only from a background job that never stops writing. */
const MAX_DRAIN_BYTES = 256 * 1024;

/** node-pty's Unix terminal has these and does not declare them. */
interface UnixPty extends IPty {
  readonly fd: number;
  readonly _socket: Socket;
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * Reads a PTY to its end before its descriptor is closed. Without it output is lost in two ways: libuv takes a hangup after a
 * short read for the end, though a PTY never reads more than 4 KiB at once; and node-pty closes 200 ms after its process ended,
 * whether it was read or is paused.
 */
function drainBeforeDestroy({ fd, _socket: socket }: UnixPty, onData: (data: Buffer) => void): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error?: Error) => {
    if (socket.destroyed) return socket;
    // What the paused stream holds comes out as 'data'.
    while (socket.read() !== null);
    try {
      for (let drained = 0; drained < MAX_DRAIN_BYTES; ) {
        const rest = Buffer.allocUnsafe(DRAIN_READ_BYTES);
        const length = readSync(fd, rest);
        if (length === 0) break;
        drained += length;
        onData(rest.subarray(0, length));
      }
    } catch {
      // EIO is the end; EAGAIN a background job that holds the PTY open and is silent.
    }
    return destroy(error);
  };
}

/** Starts `command` on a PTY of its own. */
function spawnPty(command: TerminalCommand, size: Size, events: PtyEvents): Pty {
  let pty: UnixPty;
  try {
    pty = spawn(command.file, command.args, {
      ...size,
      // Bytes, not text: what a terminal writes need not be UTF-8, and chunks end inside characters.
      encoding: null,
      env: command.env,
      cwd: command.cwd ?? '/',
    }) as UnixPty;
  } catch (cause) {
    throw new DrydockError('INTERNAL', undefined, undefined, { cause });
  }
  const socket = pty._socket;
  let ended = false;
  const onData = (data: unknown) => events.onData(data as Buffer);
  pty.onData(onData);
  drainBeforeDestroy(pty, onData);
  pty.onExit(({ exitCode, signal }) => {
    ended = true;
    const name = signal === undefined || signal === 0 ? undefined : SIGNAL_NAMES.get(signal);
    events.onExit(name === undefined ? { exitCode } : { exitCode, signal: name });
  });
  return {
    write(data) {
      // The number of a closed descriptor may be another file's by now.
      if (ended || socket.destroyed) return 0;
      try {
        return writeSync(pty.fd, data);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN' || (error as NodeJS.ErrnoException).code === 'EIO')
          return 0;
        throw error;
      }
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    resize({ cols, rows }) {
      if (!ended && !socket.destroyed) pty.resize(cols, rows);
    },
    kill(signal) {
      if (!ended) pty.kill(signal);
    },
  };
}

/** Starts a terminal host. */
export async function startTerminalHost({
  socketPath,
  logger,
  commandFor,
  health,
}: TerminalHostOptions): Promise<TerminalHost> {
  const spawnFor =
    (node: { sessionId: SessionId; node: string }): SpawnPty =>
    (size, events) => {
      const command = commandFor(node, size);
      return command.opensPty ? spawnEnteredPty(command, size, events) : spawnPty(command, size, events);
    };
  const screens = createScreenPool(logger);
  const registry = createTerminalRegistry({
    spawnFor,
    screens,
    onForgotten: (terminalId, exit) => server.broadcast({ event: 'exit', terminalId, ...exit }),
  });
  const server = await startHostServer({ socketPath, registry, logger, ...(health === undefined ? {} : { health }) });
  return {
    registry,
    screens,
    async close() {
      await registry.closeAll();
      screens.close();
      await server.close();
    },
  };
}
