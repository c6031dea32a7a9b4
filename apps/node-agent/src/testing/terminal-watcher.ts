/** A real terminal host at a socket of its own, and a client that watches what viewers are sent: for the terminals' integration tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrydockError, sessionIdSchema, TERMINAL_WINDOW_BYTES } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { until } from '@drydock/testkit';
import { afterEach, beforeEach } from 'vitest';
import { createTerminalClient, type TerminalClient } from '../terminals/terminal-client.ts';
import { startTerminalHost, type TerminalHost } from '../terminals/terminal-host.ts';

const logger = createLogger('test', 'silent');
export const NODE = { sessionId: sessionIdSchema.parse('abcdefgh'), node: 'node1' };
export const T = 'taaaaaaaaaaaaaaa';
export const V = (letter: string) => `v${letter.repeat(15)}`;

/** The last bytes of a window are not worth a message of their own. */
export const NEARLY_A_WINDOW = TERMINAL_WINDOW_BYTES - 16 * 1024;

/** What the tests of one file share: the host of the test that runs, its directory, and what its terminals start. */
export const world: { directory: string; host: TerminalHost; command: string[]; watchers: Watcher[] } = {
  directory: '',
  host: undefined as never,
  command: [],
  watchers: [],
};

/** Starts a terminal host before each test of a file, whose terminals are shells, and stops it after it. */
export function withTerminalHost(): void {
  beforeEach(async () => {
    world.directory = await mkdtemp(join(tmpdir(), 'dd-terminals-'));
    world.command = ['/bin/bash', '--norc', '--noprofile'];
    world.host = await startTerminalHost({
      socketPath: join(world.directory, 'socket'),
      logger,
      commandFor: () => ({
        file: world.command[0] as string,
        args: world.command.slice(1),
        env: { PS1: '$ ', TERM: 'dumb', PATH: '/usr/bin:/bin' },
      }),
    });
  });

  afterEach(async () => {
    for (const watcher of world.watchers.splice(0)) watcher.close();
    await world.host.close();
    await rm(world.directory, { recursive: true });
  });
}

/** A client that notes what each viewer is sent and, unless told otherwise, acknowledges it at once. */
export class Watcher {
  readonly bytes = new Map<string, Buffer[]>();
  readonly next = new Map<string, number>();
  readonly log: string[] = [];
  readonly silent = new Set<string>();
  readonly client: TerminalClient;
  private readonly seqs = new Map<string, number>();

  constructor() {
    this.client = createTerminalClient(join(world.directory, 'socket'), logger, {
      onOutput: ({ viewerId, offset, data }) => {
        const expected = this.next.get(viewerId);
        if (expected !== undefined && expected !== offset) this.log.push(`hole at ${expected}: ${offset}`);
        this.next.set(viewerId, offset + data.byteLength);
        this.chunksOf(viewerId).push(Buffer.from(data));
        if (!this.silent.has(viewerId)) this.client.ack({ viewerId, offset: offset + data.byteLength });
      },
      onScreen: ({ viewerId, offset, screen }) => {
        this.log.push(`screen ${viewerId}`);
        this.next.set(viewerId, offset);
        this.bytes.set(viewerId, [Buffer.from(screen)]);
        if (!this.silent.has(viewerId)) this.client.ack({ viewerId, offset });
      },
      onSize: ({ viewerId, cols, rows, offset }) => void this.log.push(`size ${viewerId} ${cols}x${rows} at ${offset}`),
      onExit: ({ viewerId, exitCode, signal }) =>
        void this.log.push(`exit ${viewerId ?? 'forgotten'} ${exitCode} ${signal ?? ''}`.trim()),
    });
    world.watchers.push(this);
  }

  close = () => this.client.close();

  async open(terminalId = T, viewerId = V('a')): Promise<void> {
    await this.client.ready();
    await this.client.call('terminal.open', { ...NODE, terminalId, cols: 80, rows: 24 });
    await this.attach(viewerId, 0, terminalId);
  }

  async attach(viewerId: string, offset = 0, terminalId = T) {
    this.next.delete(viewerId);
    const answer = await this.client.call('terminal.attach', { terminalId, viewerId, offset });
    if (!this.next.has(viewerId)) this.next.set(viewerId, answer.offset);
    return answer;
  }

  async type(text: string, terminalId = T, writer = 'writer-one'): Promise<void> {
    const seq = (this.seqs.get(writer) ?? 0) + 1;
    this.seqs.set(writer, seq);
    await this.client.call('terminal.input', { terminalId, writer, seq, data: Buffer.from(text) });
  }

  text(viewerId = V('a')): string {
    return Buffer.concat(this.bytes.get(viewerId) ?? []).toString();
  }

  private chunksOf(viewerId: string): Buffer[] {
    const chunks = this.bytes.get(viewerId) ?? [];
    this.bytes.set(viewerId, chunks);
    return chunks;
  }

  async sees(what: string | RegExp, viewerId = V('a'), ms = 15_000): Promise<void> {
    // Of a flood only what is new is looked at, with some chunks before it: this process also is the terminal host.
    let looked = 0;
    const isThere = () => {
      const chunks = this.chunksOf(viewerId);
      if (chunks.length < looked) looked = 0;
      const fresh = Buffer.concat(chunks.slice(Math.max(0, looked - 3))).toString();
      looked = chunks.length;
      return fresh.match(what) !== null || this.log.some((line) => line.match(what) !== null);
    };
    await until(isThere, () => `${what} in ${this.text(viewerId).slice(-300)}`, ms);
  }
}

/** The code with which a call failed, or 'no error'. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof DrydockError ? error.code : String(error)),
  );
