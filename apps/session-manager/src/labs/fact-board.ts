/** What is known of one session for its lab: watched tables, probes, and what manager and hosts know anyway, as the facts that leaves are judged by. */
import type { Facts, NodeFacts, SwarmFacts } from '@drydock/lab';
import type { AgentNodeReport, ProbedFacts, SwarmExtra, SwarmState, WatchedFacts } from '@drydock/protocol';

export interface FactBoard {
  setWatched(node: string, facts: WatchedFacts): void;
  /** What probes found; what they did not find stays as it was. */
  addProbed(node: string, facts: ProbedFacts): void;
  /** Nothing is known of a node any more. */
  forget(node: string): void;
  /** Everything that was watched and probed is forgotten: another step asks other things, and a table that nobody watched meanwhile is old. */
  forgetFound(): void;
  facts(): Facts;
}

export interface FactBoardDeps {
  /** The session's nodes with their reports; no report: its host is away. */
  nodes(): readonly { name: string; report: AgentNodeReport | undefined }[];
  swarm(): SwarmState;
  answers(): NonNullable<Facts['answers']>;
}

type Container = NonNullable<NodeFacts['containers']>[number];
type Port = NonNullable<NodeFacts['ports']>[number];

/** Builds an empty board. */
export function createFactBoard({ nodes, swarm, answers }: FactBoardDeps): FactBoard {
  const watched = new Map<string, WatchedFacts>();
  const probed = new Map<string, ProbedFacts>();
  /** Tables are never changed in place, and stay the same objects while nothing changes: what was made of them is kept. */
  const containers = new Map<string, { from: unknown; listens: unknown; made: Container[] }>();

  function containersOf(node: string): Container[] | undefined {
    const from = watched.get(node)?.containers;
    if (from === undefined) return undefined;
    const listens = probed.get(node)?.listens;
    if (listens === undefined) return from;
    const known = containers.get(node);
    if (known?.from === from && known.listens === listens) return known.made;
    const made = from.map((one) =>
      Object.hasOwn(listens, one.name) ? { ...one, listens: listens[one.name] ?? [] } : one,
    );
    containers.set(node, { from, listens, made });
    return made;
  }

  function nodeFacts(name: string, report: AgentNodeReport | undefined): NodeFacts {
    if (report === undefined || report.state !== 'running') return {};
    const own = containersOf(name);
    const { containers: _watched, swarm: _swarm, ...tables } = watched.get(name) ?? {};
    const { listens: _listens, ...found } = probed.get(name) ?? {};
    return {
      engine: report.dockerReady ? 'ready' : 'starting',
      ...(report.dockerReady ? { role: report.swarm.role } : {}),
      memory: report.limits.memoryBytes,
      ports: report.ports.map((port) => withReach(port, own)),
      ...tables,
      ...(own === undefined ? {} : { containers: own }),
      ...found,
    };
  }

  function swarmFacts(): SwarmFacts | null | undefined {
    const { view, problem } = swarm();
    const reports = nodes().map(({ report }) => report);
    if (view === null) {
      // Nothing was told yet, unless every node says that it is in none.
      const isNone = reports.every((report) => report?.dockerReady === true && report.swarm.role === 'none');
      return isNone && problem === null ? null : undefined;
    }
    const extra = extraOf();
    return {
      ...view,
      leader: problem === null ? view.leader : null,
      services: view.services.map((service) => ({ ...service, ...own(extra?.services, service.id) })),
      ...(extra?.nodeLabels === undefined ? {} : { nodeLabels: extra.nodeLabels }),
      ...(extra?.secrets === undefined ? {} : { secrets: extra.secrets }),
      ...(extra?.configs === undefined ? {} : { configs: extra.configs }),
    };
  }

  /** The leader's, else that of any managing node. */
  function extraOf(): SwarmExtra | undefined {
    const managers = nodes().filter(({ report }) => report?.swarm.role === 'manager');
    const best = managers.sort((a, b) => Number(b.report?.swarm.leader) - Number(a.report?.swarm.leader));
    return best.map(({ name }) => watched.get(name)?.swarm).find((extra) => extra !== undefined);
  }

  return {
    setWatched: (node, facts) => void watched.set(node, facts),
    addProbed(node, facts) {
      const known = probed.get(node) ?? {};
      probed.set(node, {
        ...known,
        ...facts,
        ...(facts.files === undefined ? {} : { files: { ...known.files, ...facts.files } }),
        ...(facts.http === undefined ? {} : { http: { ...known.http, ...facts.http } }),
        ...(facts.env === undefined ? {} : { env: { ...known.env, ...facts.env } }),
        ...(facts.runs === undefined ? {} : { runs: { ...known.runs, ...facts.runs } }),
      });
    },
    forget(node) {
      watched.delete(node);
      probed.delete(node);
      containers.delete(node);
    },
    forgetFound() {
      watched.clear();
      probed.clear();
      containers.clear();
    },
    facts() {
      const swarmNow = swarmFacts();
      return {
        nodes: Object.fromEntries(nodes().map(({ name, report }) => [name, nodeFacts(name, report)])),
        ...(swarmNow === undefined ? {} : { swarm: swarmNow }),
        answers: answers(),
      };
    },
  };
}

/** Whether the program behind a container's port can be reached from outside the container, where that is known. */
function withReach(port: AgentNodeReport['ports'][number], containers: readonly Container[] | undefined): Port {
  if (port.loopback === true || port.source !== 'container') return port;
  const holder = containers?.find(({ publishes }) => publishes?.some((one) => one.port === port.port) === true);
  const target = holder?.publishes?.find((one) => one.port === port.port)?.target;
  if (holder?.listens === undefined) return port;
  const isHeard = holder.listens.some((one) => one.port === target && one.address !== '127.0.0.1');
  return { ...port, reachable: isHeard };
}

function own<T>(entries: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;
}
