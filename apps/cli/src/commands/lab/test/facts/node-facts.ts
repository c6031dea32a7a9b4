/** What one node knows of itself, by commands that only read. */
import type { ContainerFact, NodeFacts, TableNeed } from '@drydock/lab';
import { z } from 'zod';
import type { TestSession } from '../session.ts';

/** Lines of a log that are looked at: an explanation quotes three, a `logs` check finds words near the end. */
const LOG_LINES = 50;
/** Containers whose logs and sockets are read: each costs a command. */
const MAX_LOOKED_INTO = 12;

/** Every section begins with this byte and its name. */
const SECTION = '\u001e';
const SCRIPT = `section() { printf '\\036%s\\n' "$1"; }
api() { curl -sf --max-time 10 --unix-socket /var/run/docker.sock "http://docker$1" || echo null; }
section info; api /info
section containers; docker ps -aq --no-trunc | xargs -r docker inspect 2>/dev/null || echo '[]'
section images; docker images -q --no-trunc | sort -u | xargs -r docker image inspect 2>/dev/null || echo '[]'
section volumes; api /volumes
section networks; docker network ls -q --no-trunc | xargs -r docker network inspect 2>/dev/null || echo '[]'
section processes; ps -eo user:32=,args= | head -c 200000
section disk; df -B1 --output=avail /var/lib/docker | tail -1
section memory; free -b | awk '/^Mem:/ {print $2}'
`;

const words = z.record(z.string(), z.string()).nullish();
const infoSchema = z
  .object({ Swarm: z.object({ LocalNodeState: z.string().optional(), ControlAvailable: z.boolean().optional() }) })
  .nullable();
const containersSchema = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    RestartCount: z.number().optional(),
    Image: z.string(),
    State: z.object({
      Status: z.string(),
      ExitCode: z.number(),
      OOMKilled: z.boolean().optional(),
      Error: z.string().optional(),
      Pid: z.number().optional(),
      Health: z.object({ Status: z.string() }).nullish(),
    }),
    Config: z.object({
      Image: z.string(),
      Env: z.array(z.string()).nullish(),
      Labels: words,
      Cmd: z.array(z.string()).nullish(),
      User: z.string().optional(),
    }),
    HostConfig: z.object({
      Privileged: z.boolean().optional(),
      Memory: z.number().optional(),
      NanoCpus: z.number().optional(),
    }),
    Path: z.string().optional(),
    Args: z.array(z.string()).nullish(),
    Mounts: z
      .array(z.object({ Name: z.string().optional(), Source: z.string().optional(), Destination: z.string() }))
      .nullish(),
    NetworkSettings: z.object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()).nullish(),
      Networks: z.record(z.string(), z.object({ IPAddress: z.string().optional() })).nullish(),
    }),
  }),
);
const imagesSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Size: z.number().optional(),
    Architecture: z.string().optional(),
    RootFS: z.object({ Layers: z.array(z.string()).nullish() }).optional(),
    Config: z
      .object({
        Cmd: z.array(z.string()).nullish(),
        Entrypoint: z.array(z.string()).nullish(),
        User: z.string().optional(),
        Labels: words,
      })
      .nullish(),
  }),
);
const volumesSchema = z
  .object({ Volumes: z.array(z.object({ Name: z.string(), Driver: z.string(), Labels: words })).nullish() })
  .nullable();
const networksSchema = z.array(
  z.object({
    Name: z.string(),
    Driver: z.string(),
    Attachable: z.boolean().optional(),
    Internal: z.boolean().optional(),
    Labels: words,
    Options: words,
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }).optional(),
    Containers: z.record(z.string(), z.object({ Name: z.string() })).nullish(),
  }),
);

type Containers = z.output<typeof containersSchema>;

/** The tables of a node. `isExplaining`: also what only sentences need (logs of the dead, sockets within containers). */
export async function nodeFacts(
  session: TestSession,
  node: string,
  needs: readonly TableNeed[],
  isExplaining: boolean,
): Promise<NodeFacts> {
  const { stdout } = await session.exec(node, ['bash', '-c', SCRIPT]);
  const sections = new Map(
    stdout.split(SECTION).map((part): [string, string] => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trim()];
    }),
  );
  const read = <S extends z.ZodType>(name: string, schema: S): z.output<S> | undefined =>
    schema.safeParse(parsed(sections.get(name) ?? '')).data;
  const info = read('info', infoSchema) ?? null;
  const containers = read('containers', containersSchema) ?? [];
  const wantsLogs = needs.some(
    (need) => need.of === 'node' && need.table === 'containers' && need.conditions.includes('logs'),
  );
  const insides = await lookInto(session, node, containers, wantsLogs, isExplaining);
  const base: NodeFacts = {
    engine: info === null ? 'stopped' : 'ready',
    role: roleOf(info),
    memory: Number(sections.get('memory')),
    diskFree: Number(sections.get('disk')),
    processes: (sections.get('processes') ?? '').split('\n').flatMap((line) => {
      const [, user = '', command = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return command === '' ? [] : [{ user, command }];
    }),
    ports: await session.ports(node),
  };
  // A stopped engine tells nothing: its tables are not known.
  if (info === null) return base;
  return {
    ...base,
    containers: containers.map((container) => containerFact(container, insides.get(container.Id))),
    images: (read('images', imagesSchema) ?? []).map((image) => ({
      tags: image.RepoTags ?? [],
      size: image.Size,
      layers: image.RootFS?.Layers?.length ?? 0,
      arch: image.Architecture,
      cmd: [...(image.Config?.Entrypoint ?? []), ...(image.Config?.Cmd ?? [])].join(' '),
      user: image.Config?.User ?? '',
      labels: image.Config?.Labels ?? {},
    })),
    volumes: (read('volumes', volumesSchema)?.Volumes ?? []).map(({ Name, Driver, Labels }) => ({
      name: Name,
      driver: Driver,
      labels: Labels ?? {},
      usedBy: containers.flatMap(({ Name: container, Mounts }) =>
        Mounts?.some((mount) => mount.Name === Name) === true ? [container.slice(1)] : [],
      ),
    })),
    networks: (read('networks', networksSchema) ?? []).map((network) => ({
      name: network.Name,
      driver: network.Driver,
      attachable: network.Attachable,
      internal: network.Internal,
      encrypted: network.Options?.encrypted !== undefined,
      labels: network.Labels ?? {},
      subnets: (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
      usedBy: containers.flatMap(({ Name: container, NetworkSettings }) =>
        Object.hasOwn(NetworkSettings.Networks ?? {}, network.Name) ? [container.slice(1)] : [],
      ),
    })),
  };
}

function roleOf(info: z.output<typeof infoSchema>): NodeFacts['role'] {
  if (info?.Swarm.ControlAvailable === true) return 'manager';
  return info?.Swarm.LocalNodeState === 'active' ? 'worker' : 'none';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Inside = { logs?: string; listens?: { port: number; address: string }[] };

/** Logs and sockets of containers, where somebody asks. */
async function lookInto(
  session: TestSession,
  node: string,
  containers: Containers,
  wantsLogs: boolean,
  isExplaining: boolean,
): Promise<Map<string, Inside>> {
  const insides = new Map<string, Inside>();
  if (!wantsLogs && !isExplaining) return insides;
  for (const { Id, State } of containers.slice(0, MAX_LOOKED_INTO)) {
    const inside: Inside = {};
    if (wantsLogs || State.Status !== 'running') {
      const { stdout } = await session.exec(node, [
        'bash',
        '-c',
        `docker logs --tail ${LOG_LINES} ${Id} 2>&1 | tail -c 8000`,
      ]);
      inside.logs = stdout;
    }
    if (isExplaining && State.Status === 'running' && State.Pid !== undefined && State.Pid > 0) {
      const { exitCode, stdout } = await session.exec(node, ['nsenter', '-t', String(State.Pid), '-n', 'ss', '-ltnH']);
      if (exitCode === 0) inside.listens = socketsOf(stdout);
    }
    insides.set(Id, inside);
  }
  return insides;
}

/** Of `ss -ltnH`: the fourth column is the address. Docker's own resolver is no program of the container's. */
function socketsOf(text: string): { port: number; address: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, address = '', port = ''] = /^\S+\s+\S+\s+\S+\s+\[?([^\s\]]+?)\]?:(\d+)\s/.exec(`${line} `) ?? [];
    return port === '' || address.startsWith('127.0.0.11') ? [] : [{ address, port: Number(port) }];
  });
}

function containerFact(container: Containers[number], inside: Inside = {}): ContainerFact {
  const { State, Config, HostConfig, NetworkSettings, Path = '', Args } = container;
  const networks = Object.entries(NetworkSettings.Networks ?? {});
  const published = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([target, hosts]) =>
    (hosts ?? []).map(({ HostIp, HostPort }) => ({
      port: Number(HostPort),
      target: Number.parseInt(target, 10),
      address: HostIp,
    })),
  );
  const ip = networks[0]?.[1].IPAddress;
  return {
    name: container.Name.slice(1),
    image: Config.Image,
    state: stateOf(State.Status),
    health: healthOf(State.Health?.Status),
    exit: State.ExitCode,
    ...(State.OOMKilled === undefined ? {} : { oomKilled: State.OOMKilled }),
    restarts: container.RestartCount ?? 0,
    publishes: published.filter(
      ({ port, target }, index) =>
        published.findIndex((other) => other.port === port && other.target === target) === index,
    ),
    networks: networks.map(([name]) => name),
    mounts: (container.Mounts ?? []).map(({ Name, Source = '', Destination }) => ({
      source: Name ?? Source,
      target: Destination,
    })),
    env: Object.fromEntries(
      (Config.Env ?? []).map((one) => [one.split('=', 1)[0] ?? '', one.slice(one.indexOf('=') + 1)]),
    ),
    labels: Config.Labels ?? {},
    cmd: [Path, ...(Args ?? [])].join(' ').slice(0, 8_000),
    user: Config.User ?? '',
    privileged: HostConfig.Privileged ?? false,
    limits: {
      ...(HostConfig.Memory === undefined || HostConfig.Memory === 0 ? {} : { memory: HostConfig.Memory }),
      ...(HostConfig.NanoCpus === undefined || HostConfig.NanoCpus === 0 ? {} : { cpus: HostConfig.NanoCpus / 1e9 }),
    },
    ...(ip === undefined || ip === '' ? {} : { ip }),
    ...(State.Error === undefined || State.Error === '' ? {} : { error: State.Error }),
    ...inside,
  };
}

const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const stateOf = (word: string): ContainerFact['state'] => STATES.find((state) => state === word) ?? 'dead';
const HEALTH = ['starting', 'healthy', 'unhealthy', 'none'] as const;
const healthOf = (word: string | undefined): ContainerFact['health'] =>
  HEALTH.find((state) => state === word) ?? 'none';
