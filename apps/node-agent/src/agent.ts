/** Builds the agent out of its parts, upon a platform of any kind. */
import { readFile } from 'node:fs/promises';
import type { AgentFact } from '@drydock/protocol';
import { type Logger, type ProcessWatch, systemClock } from '@drydock/service-kit';
import type { AgentEnv } from './env.ts';
import { openPlatform } from './platform/open-platform.ts';
import { createManagerSide } from './roots/manager-side.ts';
import { createNodeSide } from './roots/node-side.ts';
import { createReach } from './roots/reach.ts';
import { createListeners } from './system/listeners.ts';

export interface Agent {
  /** Takes over what lives on the host, then dials the manager. @throws when this host cannot carry nodes. */
  start(): Promise<void>;
  /** Lets go of everything; nodes and terminals live on. */
  stop(): Promise<void>;
  /** Destroys every node and network of this agent, then lets go. */
  destroyAll(): Promise<void>;
  /** Destroys what an agent that was killed left on the host; for use in place of `start`, and without a manager. */
  destroyLeft(): Promise<void>;
}

/** Builds the agent; nothing of the host is touched before `start`. */
export async function createAgent(env: AgentEnv, version: string, logger: Logger, watch: ProcessWatch): Promise<Agent> {
  const base = { clock: systemClock, logger };
  const facts = createListeners<AgentFact>();
  const self = { name: env.name, version, readKey: async () => (await readFile(env.keyFile, 'utf8')).trim() };
  const platform = await openPlatform({ env, ...base, onFact: facts.tell });
  const nodeSide = createNodeSide({ env, platform, ...base, onFact: facts.tell });
  const { nodes, pool, host, floor } = nodeSide;
  const reach = createReach({ platform, nodes, commands: nodeSide.commands, self, ...base, onFact: facts.tell });
  const { terminals, links } = createManagerSide({ env, self, nodeSide, reach, platform, facts, base });

  host.countBy(() => ({
    nodes: nodes.list().length,
    pool: pool.size(),
    remains: nodes.remains(),
    terminalBreaks: terminals.breaks(),
  }));
  watch.errors.onReport(host.changed);
  host.healthBy(async () => [watch.health(), ...(await terminals.health())]);
  const stopFacts = nodes.onFact((fact) => {
    facts.tell(fact);
    nodeSide.lostPeers.onFact(fact);
    reach.watchers.onFact(fact);
    if (fact.kind === 'node' && fact.node.state !== 'running') {
      reach.streams.closeNode(fact.node.sessionId, fact.node.name);
    }
    if (fact.kind === 'node-gone') {
      terminals.call('node.close', { sessionId: fact.sessionId, node: fact.name }).catch(() => undefined);
    }
  });

  async function stop(): Promise<void> {
    host.stop();
    floor.stop();
    await pool.close();
    links.stop();
    stopFacts();
    reach.watchers.close();
    reach.labs.close();
    nodes.close();
    terminals.close();
    await platform.stop();
  }

  async function destroyAll(): Promise<void> {
    links.stop();
    const destroyed = await Promise.allSettled([pool.destroyAll(), nodes.destroyAll()]);
    for (const result of destroyed) if (result.status === 'rejected') throw result.reason;
    await platform.networks.adopt([]);
    await stop();
    await platform.removeShared();
  }

  return {
    async start() {
      await platform.prepare();
      await nodes.adopt();
      // The first hello must not say that there are no terminals only because nobody could be asked.
      await terminals.ready();
      links.start();
      host.start();
      floor.start();
      platform.start();
      pool.start();
    },
    stop,
    destroyAll,
    async destroyLeft() {
      await platform.runtime.prepare();
      await nodes.adopt();
      await destroyAll();
    },
  };
}
