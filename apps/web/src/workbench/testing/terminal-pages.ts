/**
 * Pages' terminals over the whole path, for slow tests: a page's own client, a network that drops and delays, the real manager,
 * agent link and terminal host as processes, and a shell. The screen is xterm's headless twin.
 */

import {
  createSessionConnection,
  createTerminalLink,
  type PlainSocket,
  type SessionConnection,
  type TerminalLink,
} from '@drydock/client';
import type { SessionId } from '@drydock/protocol';
import { type BadLink, startBadLink, startTerminalStack, type TerminalStack, until } from '@drydock/testkit';
import headless from '@xterm/headless';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { WebSocket } from 'ws';
import { createWorkbenchStore } from '../session/workbench-store.ts';
import { createTerminalController } from '../terminal/controller.ts';
import { muteTerminalQueries } from '../terminal/queries.ts';
import type { TerminalController, TerminalScreen } from '../terminal/types.ts';
import { linesToLeave } from '../terminal/xterm-inner.ts';

export { until };

export const SIZE = { cols: 160, rows: 50 };

export interface Session {
  sessionId: SessionId;
  token: string;
}

/** What the tests of one file share: the stack, the link of the test that runs, and its pages. */
export const world: { stack: TerminalStack; link: BadLink; pages: Page[]; disturbance?: NodeJS.Timeout } = {
  stack: undefined as never,
  link: undefined as never,
  pages: [],
};

/** Starts the stack before a file's tests and stops it after them; closes each test's pages and link. */
export function withTerminalStack(): void {
  beforeAll(async () => {
    world.stack = await startTerminalStack();
  }, 120_000);
  afterAll(() => world.stack?.stop());
  afterEach(async () => {
    calm();
    for (const page of world.pages.splice(0)) page.close();
    await world.link?.close();
  });
}

/** One browser tab: its connection and one terminal's screen. */
export class Page {
  readonly session: Session;
  readonly client: SessionConnection;
  readonly link: TerminalLink;
  readonly screen: headless.Terminal;
  /** All that was handed to the screen since its last reset. */
  text = '';
  resets = 0;
  drawing = true;
  private readonly undrawn: (() => void)[] = [];
  controller!: TerminalController;
  terminalId = '';

  constructor(session: Session, scrollback = 200_000, port = world.link.port) {
    this.session = session;
    const { sessionId, token } = session;
    const place = { server: `http://127.0.0.1:${port}`, sessionId, token };
    this.client = createSessionConnection({ ...place, sink: createWorkbenchStore(), connect: io });
    this.link = createTerminalLink({
      ...place,
      connection: this.client,
      openSocket: (url) => new WebSocket(url, { perMessageDeflate: false }) as unknown as PlainSocket,
    });
    this.screen = new headless.Terminal({ ...SIZE, scrollback, allowProposedApi: true, logLevel: 'off' });
    world.pages.push(this);
    this.client.start();
  }

  async connected(): Promise<void> {
    await until(() => this.link.isConnected(), 'a connection');
  }

  async open(): Promise<void> {
    await this.connected();
    const { terminalId } = await this.link.call('terminal:open', { node: 'node1', ...SIZE });
    this.attach(terminalId, true);
    await this.sees('node1:');
  }

  attach(terminalId: string, drives = false, canType = true): void {
    this.terminalId = terminalId;
    let muted = true;
    muteTerminalQueries(this.screen.parser, () => muted);
    const screen: TerminalScreen = {
      write: (text, drawn) => {
        this.text += text;
        this.screen.write(text, () => {
          if (this.drawing) drawn();
          else this.undrawn.push(drawn);
        });
      },
      linesToLeave: () => linesToLeave(this.screen),
      isForemost: () => true,
      reset: () => {
        this.screen.reset();
        this.text = '';
        this.resets += 1;
      },
      resize: (cols, rows) => this.screen.resize(cols, rows),
      onData: (listener) => {
        const subscription = this.screen.onData(listener);
        return () => subscription.dispose();
      },
      muteQueries: (next) => {
        muted = next;
      },
    };
    this.controller = createTerminalController({
      terminalId,
      link: this.link,
      screen,
      newWriter: () => `writer-${Math.random().toString(36).slice(2)}`,
      canType,
      drives,
      ...SIZE,
    });
    this.controller.attach();
  }

  /** Stops and goes on with drawing: what is not drawn is not acknowledged. */
  draw(on: boolean): void {
    this.drawing = on;
    if (on) for (const drawn of this.undrawn.splice(0)) drawn();
  }

  type(text: string): void {
    expect(this.controller.input(text)).toBe(true);
  }

  async sees(what: string, ms = 30_000): Promise<void> {
    await until(
      () => this.text.includes(what),
      () => `${JSON.stringify(what)} at the end of ${JSON.stringify(this.text.slice(-500))}`,
      ms,
    );
  }

  async drawn(): Promise<void> {
    await new Promise<void>((done) => this.screen.write('', done));
  }

  /** Every line of the screen and its scrollback, without empty ends. */
  lines(): string[] {
    const { active } = this.screen.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  close(): void {
    this.controller?.dispose();
    this.client.dispose();
  }
}

/** Cuts the link at random moments until `calm`. */
export function disturb(everyMs: number): void {
  const pause = everyMs * (0.5 + Math.random());
  world.disturbance = setTimeout(() => {
    world.link.cut();
    disturb(everyMs);
  }, pause);
}

export function calm(): void {
  clearTimeout(world.disturbance);
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page with a new terminal in a session of its own, behind a link of its own. */
export async function openPage(scrollback?: number): Promise<Page> {
  world.link = await startBadLink(world.stack.port);
  const page = new Page(await world.stack.createSession(), scrollback);
  await page.open();
  return page;
}
