import {
  type AgentHello,
  type AttachResult,
  DrydockError,
  sessionIdSchema,
  type TerminalView,
} from '@drydock/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTerminalRelay } from './terminal-relay.ts';
import type { RelayClient, TerminalRelay, TerminalSink } from './terminal-relay-types.ts';

const HOST = 'host1';
const SESSION = sessionIdSchema.parse('abcdefgh');
const VIEW: TerminalView = { terminalId: 'taaaaaaaaaaaaaaa', node: 'node1', cols: 80, rows: 24, createdAt: 1 };

/** Commands as the relay sent them; each waits until the test answers it. */
interface Sent {
  name: string;
  request: { viewerId?: string; offset?: number; terminalId?: string };
  answer(value: unknown): void;
  fail(code: 'HOST_UNAVAILABLE' | 'TERMINAL_NOT_FOUND'): void;
}

let sent: Sent[];
let acks: { viewerId: string; offset: number }[];
let changes: string[];
let relay: TerminalRelay;
let knowsHosts: boolean;

beforeEach(() => {
  sent = [];
  acks = [];
  changes = [];
  knowsHosts = true;
  let ids = 0;
  relay = createTerminalRelay({
    sendCommand: (_host, name, request) =>
      new Promise((resolve, reject) => {
        sent.push({
          name,
          request: request as Sent['request'],
          answer: (value) => resolve(value as never),
          fail: (code) => reject(new DrydockError(code)),
        });
      }),
    sendAck: (_host, ack) => acks.push(ack),
    newId: (prefix) => {
      ids += 1;
      return prefix + String(ids).padStart(15, 'a');
    },
    onChange: (_session, change) => changes.push(change.kind),
    knowsHostsOf: () => knowsHosts,
  });
});

const hello = (...terminals: TerminalView[]) =>
  ({ terminals: terminals.map((view) => ({ ...view, sessionId: SESSION })) }) as unknown as AgentHello;

const tick = () => new Promise(setImmediate);

/** What a page was sent, as one line each. */
function recorder(): { lines: string[]; sink: TerminalSink } {
  const lines: string[] = [];
  return {
    lines,
    sink: {
      output: ({ offset, data }) => lines.push(`output ${offset} ${Buffer.from(data)}`),
      screen: ({ offset, screen }) => lines.push(`screen ${offset} ${screen}`),
      size: ({ cols, rows }) => lines.push(`size ${cols}x${rows}`),
      exit: ({ exitCode }) => lines.push(`exit ${exitCode}`),
    },
  };
}

const take = (name: string): Sent => {
  const index = sent.findIndex((command) => command.name === name);
  if (index === -1) throw new Error(`no ${name} among ${sent.map((command) => command.name)}`);
  return sent.splice(index, 1)[0] as Sent;
};

const result = (offset: number, more: Partial<AttachResult> = {}): AttachResult => ({
  offset,
  cols: 80,
  rows: 24,
  ...more,
});

async function attached(offset: number): Promise<{ client: RelayClient; lines: string[]; viewerId: string }> {
  relay.onAgentHello(HOST, hello(VIEW));
  const { lines, sink } = recorder();
  const client = relay.addClient(SESSION, sink);
  const answer = client.attach({ terminalId: VIEW.terminalId, offset });
  const { request, answer: give } = take('terminal.attach');
  give(result(offset));
  await answer;
  await tick();
  return { client, lines, viewerId: request.viewerId as string };
}

const bytes = (viewerId: string, offset: number, text: string) =>
  relay.onOutput(HOST, { viewerId, offset, data: Buffer.from(text) });

describe('an attach', () => {
  test('T-3: no byte reaches the page before the caller had its turn with the answer', async () => {
    relay.onAgentHello(HOST, hello(VIEW));
    const { lines, sink } = recorder();
    const answer = relay.addClient(SESSION, sink).attach({ terminalId: VIEW.terminalId, offset: 5 });
    const command = take('terminal.attach');
    bytes(command.request.viewerId as string, 5, 'early');
    command.answer(result(5));
    bytes(command.request.viewerId as string, 10, 'more');
    await answer;
    expect(lines).toEqual([]);
    await tick();
    expect(lines).toEqual(['output 5 early', 'output 10 more']);
  });

  test('T-3: a new one replaces the old, whose late bytes go nowhere', async () => {
    const { client, lines, viewerId } = await attached(0);
    const again = client.attach({ terminalId: VIEW.terminalId, offset: 0 });
    expect(take('terminal.detach').request.viewerId).toBe(viewerId);
    const command = take('terminal.attach');
    bytes(viewerId, 0, 'stale');
    command.answer(result(0));
    await again;
    await tick();
    bytes(viewerId, 5, 'stale');
    bytes(command.request.viewerId as string, 0, 'fresh');
    expect(lines).toEqual(['output 0 fresh']);
  });

  test('of a page that went away meanwhile leaves no viewer at the host', async () => {
    relay.onAgentHello(HOST, hello(VIEW));
    const client = relay.addClient(SESSION, recorder().sink);
    const answer = client.attach({ terminalId: VIEW.terminalId, offset: 0 });
    const command = take('terminal.attach');
    client.dispose();
    expect(take('terminal.detach').request.viewerId).toBe(command.request.viewerId);
    command.answer(result(0));
    await expect(answer).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
  });

  test('of an unknown or foreign terminal is refused; T-15: only when all hosts were heard', async () => {
    relay.onAgentHello(HOST, hello(VIEW));
    const foreign = relay.addClient(sessionIdSchema.parse('zzzzzzzz'), recorder().sink);
    const attach = () => foreign.attach({ terminalId: VIEW.terminalId, offset: 0 });
    await expect(attach()).rejects.toMatchObject({ code: 'TERMINAL_NOT_FOUND' });
    knowsHosts = false;
    await expect(attach()).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
  });
});

describe('when the agent is back', () => {
  test('T-5: each viewer goes on at the byte that was forwarded last, and the page notices nothing', async () => {
    const { lines, viewerId } = await attached(0);
    bytes(viewerId, 0, 'hello');
    relay.onAgentLost(HOST);
    relay.onAgentHello(HOST, hello(VIEW));
    const command = take('terminal.attach');
    expect(command.request.offset).toBe(5);
    bytes(command.request.viewerId as string, 5, ' world');
    command.answer(result(5));
    await tick();
    expect(lines).toEqual(['output 0 hello', 'output 5  world']);
  });

  test('T-5: the page gets a screen when the bytes are gone', async () => {
    const { lines, viewerId } = await attached(0);
    bytes(viewerId, 0, 'hello');
    relay.onAgentHello(HOST, hello(VIEW));
    const command = take('terminal.attach');
    command.answer(result(900, { screen: 'SCREEN', cols: 100 }));
    await tick();
    bytes(command.request.viewerId as string, 900, 'x');
    expect(lines.slice(1)).toEqual(['size 100x24', 'screen 900 SCREEN', 'output 900 x']);
  });

  test('T-8: terminals that it no longer has are gone, and their viewers are told', async () => {
    const { lines } = await attached(0);
    relay.onAgentHello(HOST, hello());
    expect(lines).toEqual(['exit -1']);
    expect(relay.list(SESSION)).toEqual([]);
    expect(changes.at(-1)).toBe('terminal-gone');
  });
});

describe('bytes', () => {
  test('T-3: what comes twice is passed on once, and a hole is mended by attaching anew', async () => {
    const { lines, viewerId } = await attached(0);
    bytes(viewerId, 0, 'abc');
    bytes(viewerId, 1, 'bcd');
    bytes(viewerId, 2, 'cd');
    expect(lines).toEqual(['output 0 abc', 'output 3 d']);
    bytes(viewerId, 10, 'later');
    const command = take('terminal.attach');
    expect(command.request.offset).toBe(4);
    command.answer(result(4));
    await tick();
    bytes(command.request.viewerId as string, 4, 'efghijlater');
    expect(lines.at(-1)).toBe('output 4 efghijlater');
  });

  test('of another host than the viewer’s own are not passed on', async () => {
    const { lines, viewerId } = await attached(0);
    relay.onOutput('host2', { viewerId, offset: 0, data: Buffer.from('forged') });
    expect(lines).toEqual([]);
  });

  test('are acknowledged under the viewer’s own id', async () => {
    const { client, viewerId } = await attached(0);
    client.ack({ terminalId: VIEW.terminalId, offset: 3 });
    client.ack({ terminalId: 'tzzzzzzzzzzzzzzz', offset: 3 });
    expect(acks).toEqual([{ viewerId, offset: 3 }]);
  });
});

test('T-8: an end is told once, after the bytes before it, and stays attachable until it is forgotten', async () => {
  const { lines, viewerId } = await attached(0);
  bytes(viewerId, 0, 'bye');
  relay.onExit(HOST, { terminalId: VIEW.terminalId, viewerId, exitCode: 3 });
  expect(relay.list(SESSION)).toHaveLength(1);
  relay.onExit(HOST, { terminalId: VIEW.terminalId, exitCode: 3 });
  expect(lines).toEqual(['output 0 bye', 'exit 3']);
  expect(relay.list(SESSION)).toEqual([]);
});

test('a node’s or session’s end takes its terminals along', async () => {
  const { lines } = await attached(0);
  relay.onNodeGone(SESSION, 'node2');
  expect(lines).toEqual([]);
  relay.onNodeGone(SESSION, 'node1');
  expect(lines).toEqual(['exit -1']);
});
