/**
 * An agent without nodes, for tests and benchmarks of the terminals' path: the real link, dispatcher and terminal client, over
 * "nodes" that are names. Runs as a process so that it can be killed.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AgentHello, type AgentNodeReport, DrydockError, nodeAddress } from '@drydock/protocol';
import { createLogger, onShutdown, systemClock } from '@drydock/service-kit';
import { z } from 'zod';
import { createDispatcher } from '../link/dispatch.ts';
import { createManagerLinks } from '../link/manager-links.ts';
import { createTerminalCommands } from '../link/terminal-commands.ts';
import { HOST_PROTOCOL_VERSION } from '../terminals/host-protocol.ts';
import { createTerminalClient } from '../terminals/terminal-client.ts';

const settings = z
  .object({
    url: z.string(),
    urls: z.array(z.string()).optional(),
    name: z.string(),
    keyFile: z.string(),
    socketPath: z.string(),
    /** Where the "nodes" are written down, so that they outlive this process as real ones do. */
    stateFile: z.string().optional(),
    /** False: as an agent of the release whose terminals' bytes went through its own link. */
    stream: z.boolean().default(true),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'));

const LIMITS = { cpus: 1, memoryBytes: 2 ** 30, diskBytes: 2 ** 30, pids: 1000 };
const logger = createLogger('terminal-agent', 'warn');
/** The manager tells which nodes there are; those of an earlier life are written down, or come with its terminals. */
const nodes = new Map<string, AgentNodeReport>();
const { stateFile } = settings;
if (stateFile !== undefined && existsSync(stateFile)) {
  for (const [key, node] of JSON.parse(readFileSync(stateFile, 'utf8')) as [string, AgentNodeReport][]) {
    nodes.set(key, node);
  }
}

function writeDown(): void {
  if (stateFile === undefined) return;
  writeFileSync(`${stateFile}.new`, JSON.stringify([...nodes]));
  renameSync(`${stateFile}.new`, stateFile);
}

async function removeNode(sessionId: string, node: string): Promise<void> {
  if (!nodes.delete(`${sessionId}/${node}`)) return;
  writeDown();
  await terminals.call('node.close', { sessionId, node });
  links.sendFact({ kind: 'node-gone', sessionId, name: node, reason: 'deleted' });
}

function addNode(sessionId: string, node: string, index: number): AgentNodeReport {
  const report: AgentNodeReport = {
    sessionId,
    name: node,
    ip: nodeAddress(index),
    state: 'running',
    dockerReady: true,
    swarm: { role: 'none', leader: false },
    limits: LIMITS,
    usage: { cpu: 0, memoryBytes: 1, diskBytes: 1, pids: 1, oomKills: 0 },
    ports: [],
    createdAt: 1,
  };
  nodes.set(`${sessionId}/${node}`, report);
  writeDown();
  links.sendFact({ kind: 'node', node: report });
  return report;
}

const terminals = createTerminalClient(settings.socketPath, logger, {
  onOutput: (output) => links.sendOutput(output),
  onScreen: (screen) => links.sendScreen(screen),
  onSize: (size) => links.sendSize(size),
  onExit: (exit) => {
    if (exit.viewerId === undefined) terminalCommands.forget(exit.terminalId);
    links.sendExit(exit);
  },
  onConnected: () => links.renew(),
});

const readKey = async () => (await readFile(settings.keyFile, 'utf8')).trim();
const refuse = () => Promise.reject(new DrydockError('BAD_REQUEST', 'This agent has no nodes.'));
const terminalCommands = createTerminalCommands({
  terminals,
  links: {
    claim: (viewerId, url) => links.claim(viewerId, url),
    release: (viewerId) => links.release(viewerId),
  },
  name: settings.name,
  readKey,
  // A node of an earlier life that had no terminal is known to the manager only.
  hasNode: () => true,
  sendFact: (fact) => links.sendFact(fact),
});
const dispatcher = createDispatcher({
  logger,
  handlers: {
    'node.create': async ({ sessionId, node, index }) =>
      nodes.get(`${sessionId}/${node}`) ?? addNode(sessionId, node, index),
    'node.destroy': async ({ sessionId, node }) => {
      await removeNode(sessionId, node);
      return {};
    },
    'session.destroy': async ({ sessionId }) => {
      for (const { name, sessionId: owner } of [...nodes.values()]) {
        if (owner === sessionId) await removeNode(sessionId, name);
      }
      return {};
    },
    'session.rest': refuse,
    'session.freeze': refuse,
    'session.network': refuse,
    'node.exec': refuse,
    ...terminalCommands.handlers,
    'stream.open': refuse,
    'swarm.read': refuse,
  },
});

const links = createManagerLinks({
  urls: settings.urls ?? [settings.url],
  name: settings.name,
  readKey,
  dispatcher,
  logger,
  clock: systemClock,
  async describe() {
    const listed = await terminals.call('list', { protocol: HOST_PROTOCOL_VERSION });
    terminalCommands.learn(listed.terminals);
    for (const { sessionId, node } of listed.terminals) {
      if (!nodes.has(`${sessionId}/${node}`)) addNode(sessionId, node, 1);
    }
    return (): AgentHello => ({
      version: '0.0.0-test',
      capabilities: {
        ingress: 'none',
        encryptedOverlay: false,
        vlan: false,
        platforms: ['linux/amd64'],
        cgroup: 2,
        isolation: 'none',
      },
      capacity: { cpus: 64, memoryBytes: 2 ** 40, diskBytes: 2 ** 44, pool: 0, maxNodes: 1000, defaultLimits: LIMITS },
      nodes: [...nodes.values()],
      terminals: listed.terminals,
      terminalStream: settings.stream && listed.dials,
    });
  },
  onSessions: (sessions, hello) => {
    for (const { sessionId, name } of hello.nodes) {
      if (!sessions.includes(sessionId)) void removeNode(sessionId, name).catch(() => undefined);
    }
  },
  onViewersLost: terminalCommands.detach,
  onViewerAck: (ack) => terminals.ack(ack),
});

await terminals.ready();
links.start();
onShutdown(logger, async () => {
  links.stop();
  terminals.close();
});
