/** The containers of a node as a lab's checks see them: the engine's list, and inspects of what changed. */
import type { NodeFacts } from '@drydock/protocol';
import { z } from 'zod';
import type { DockerApi } from '../watch/docker-api.ts';
import { cutEnv, cutList, cutName, cutText, cutWords, fitting } from './bounded.ts';

type ContainerFact = NonNullable<NodeFacts['containers']>[number];

/** Containers that are inspected in one look, the newest first; of more only the list's own fields are known. */
export const MAX_INSPECTED = 64;
/** The end of a log that is shown (lines), and what is read for it (bytes). */
const LOG_LINES = 50;
const MAX_LOG = 4_096;
/** All containers of a node in one fact (bytes of JSON). */
const MAX_TABLE = 384 * 1024;

const text = z.string().nullish();
/** What is no whole number is not known. */
const whole = z.number().int().nullish().catch(undefined);
const listSchema = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Image: text,
    State: text,
    Status: text,
    Labels: z.record(z.string(), z.unknown()).nullish(),
    Ports: z.array(z.object({ IP: text, PrivatePort: whole, PublicPort: whole })).nullish(),
    Mounts: z.array(z.object({ Name: text, Source: text, Destination: text })).nullish(),
    NetworkSettings: z
      .object({ Networks: z.record(z.string(), z.object({ IPAddress: text }).nullish()).nullish() })
      .nullish(),
  }),
);
type Row = z.output<typeof listSchema>[number];

const inspectSchema = z.object({
  Path: text,
  Args: z.array(z.string()).nullish(),
  RestartCount: whole,
  State: z
    .object({
      ExitCode: whole,
      OOMKilled: z.boolean().nullish(),
      Error: text,
      Health: z.object({ Status: text }).nullish(),
      Pid: whole,
    })
    .nullish(),
  Config: z.object({ Env: z.array(z.string()).nullish(), User: text, Tty: z.boolean().nullish() }).nullish(),
  HostConfig: z
    .object({
      Privileged: z.boolean().nullish(),
      Memory: z.number().nullish(),
      NanoCpus: z.number().nullish(),
      CpuQuota: z.number().nullish(),
      CpuPeriod: z.number().nullish(),
      PortBindings: z.record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullish()).nullish(),
    })
    .nullish(),
});
type Inspect = z.output<typeof inspectSchema>;

const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const HEALTH = ['starting', 'healthy', 'unhealthy', 'none'] as const;
const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((known) => known === value);

export interface ContainerTable {
  /** Reads it anew. `logs`: the ends of logs too. @throws what the engine's answers are not. */
  read(api: DockerApi, options: { logs: boolean }): Promise<ContainerFact[]>;
  /** Something happened to a container: it is inspected again. */
  touch(id: string): void;
  /** The first processes of running containers, as the node numbers them, by the container's name. */
  pids(): ReadonlyMap<string, number>;
}

/** Builds an empty table. */
export function createContainerTable(): ContainerTable {
  const inspects = new Map<string, { seen: string; inspect: Inspect }>();
  let pids = new Map<string, number>();

  async function inspectOf(api: DockerApi, row: Row): Promise<Inspect | undefined> {
    const seen = signatureOf(row);
    const known = inspects.get(row.Id);
    if (known?.seen === seen) return known.inspect;
    if (!isId(row.Id)) return undefined;
    const answer = await api.get(`/containers/${row.Id}/json`).catch(() => undefined);
    const { data } = inspectSchema.safeParse(answer);
    if (data !== undefined) inspects.set(row.Id, { seen, inspect: data });
    return data;
  }

  return {
    touch: (id) => void inspects.delete(id),
    pids: () => pids,
    async read(api, { logs }) {
      const rows = listSchema.parse(await api.get('/containers/json?all=1'));
      const there = new Set(rows.map(({ Id }) => Id));
      for (const id of inspects.keys()) if (!there.has(id)) inspects.delete(id);
      const pidsNow = new Map<string, number>();
      const facts: ContainerFact[] = [];
      for (const [place, row] of rows.entries()) {
        const inspect = place < MAX_INSPECTED ? await inspectOf(api, row) : undefined;
        const fact = factOf(row, inspect);
        const wantsLog = place < MAX_INSPECTED && (logs || fact.state === 'exited' || fact.state === 'restarting');
        if (wantsLog) fact.logs = await readLog(api, row.Id, inspect?.Config?.Tty === true);
        if (fact.state === 'running' && inspect?.State?.Pid) pidsNow.set(fact.name, inspect.State.Pid);
        facts.push(fact);
      }
      pids = pidsNow;
      return fitting(facts, MAX_TABLE);
    },
  };
}

const isId = (id: string) => /^[0-9a-f]{12,64}$/.test(id);

/** Whatever of the list's row goes with a change that an inspect would tell; "Up 3 minutes" does not. */
function signatureOf({ Names, State, Status, Ports, NetworkSettings }: Row): string {
  const health = /\((healthy|unhealthy|health: starting)\)/.exec(Status ?? '')?.[1] ?? '';
  const exit = /^(Exited|Restarting) \((\d+)\)/.exec(Status ?? '')?.[2] ?? '';
  return JSON.stringify([Names, State, health, exit, Ports, Object.keys(NetworkSettings?.Networks ?? {})]);
}

function factOf(row: Row, inspect: Inspect | undefined): ContainerFact {
  const networks = row.NetworkSettings?.Networks ?? {};
  const ip = Object.values(networks).find((network) => network?.IPAddress)?.IPAddress;
  const { State: state, Config: config, HostConfig: host } = inspect ?? {};
  return {
    name: cutName((row.Names?.[0] ?? row.Id).replace(/^\//, '')),
    image: cutText(row.Image, 1_024),
    state: oneOf(STATES, row.State) ?? 'dead',
    publishes: publishedBy(row, inspect),
    networks: cutList(Object.keys(networks)).map(cutName),
    mounts: cutList(row.Mounts).map(({ Name, Source, Destination }) => ({
      source: cutText(Name || Source, 1_024),
      target: cutText(Destination, 1_024),
    })),
    labels: cutWords(row.Labels),
    ...(ip ? { ip: cutName(ip) } : {}),
    ...(inspect === undefined
      ? {}
      : {
          health: oneOf(HEALTH, state?.Health?.Status) ?? 'none',
          ...(row.State === 'exited' || row.State === 'dead' || row.State === 'restarting'
            ? { exit: state?.ExitCode ?? 0 }
            : {}),
          ...(state?.OOMKilled === true ? { oomKilled: true } : {}),
          restarts: inspect.RestartCount ?? 0,
          ...(state?.Error ? { error: cutText(state.Error, 1_024) } : {}),
          env: cutEnv(config?.Env),
          cmd: cutText([inspect.Path, ...cutList(inspect.Args)].filter(Boolean).join(' '), 2_048),
          user: cutName(config?.User),
          privileged: host?.Privileged === true,
          limits: limitsOf(host),
        }),
  };
}

function limitsOf(host: Inspect['HostConfig']): { memory?: number; cpus?: number } {
  const period = host?.CpuPeriod || 100_000;
  const cpus = host?.NanoCpus ? host.NanoCpus / 1e9 : host?.CpuQuota ? host.CpuQuota / period : 0;
  return { ...(host?.Memory ? { memory: host.Memory } : {}), ...(cpus > 0 ? { cpus } : {}) };
}

/** Ports as the list has them while it runs; else as they were asked for. */
function publishedBy(row: Row, inspect: Inspect | undefined): NonNullable<ContainerFact['publishes']> {
  const found = new Map<string, { port: number; target: number; address?: string }>();
  for (const { IP, PrivatePort, PublicPort } of cutList(row.Ports)) {
    if (!PublicPort || !PrivatePort) continue;
    const key = `${PublicPort}:${PrivatePort}`;
    // IPv4 and IPv6 of one publication; the IPv4 one comes first.
    if (!found.has(key))
      found.set(key, { port: PublicPort, target: PrivatePort, ...(IP ? { address: cutName(IP) } : {}) });
  }
  if (found.size > 0) return [...found.values()];
  for (const [target, bindings] of Object.entries(inspect?.HostConfig?.PortBindings ?? {}).slice(0, 200)) {
    for (const { HostIp, HostPort } of cutList(bindings)) {
      const port = Number(HostPort);
      const inner = Number.parseInt(target, 10);
      if (Number.isInteger(port) && port > 0 && Number.isInteger(inner))
        found.set(`${port}:${inner}`, { port, target: inner, ...(HostIp ? { address: cutName(HostIp) } : {}) });
    }
  }
  return [...found.values()];
}

/** The end of a container's log as text. Without a terminal the engine puts eight bytes before each piece. */
async function readLog(api: DockerApi, id: string, hasTerminal: boolean): Promise<string> {
  if (!isId(id)) return '';
  const raw = await api.getBytes(`/containers/${id}/logs?stdout=1&stderr=1&tail=${LOG_LINES}`).catch(() => undefined);
  if (raw === undefined) return '';
  return (hasTerminal ? raw : withoutHeads(raw)).toString('utf8').slice(-MAX_LOG);
}

function withoutHeads(raw: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces);
}
