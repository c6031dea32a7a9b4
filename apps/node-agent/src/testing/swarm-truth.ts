/** For integration tests: what a swarm's manager says must be balanced, and what the kernel of a node does balance. */

/** Runs a script in a node as its root; gives its trimmed output, and throws when it fails. */
export type RunInNode = (node: string, script: string) => Promise<string>;

/** Destination (`10.0.1.2` or `8080/tcp`) to the sorted addresses of its tasks. */
type Balanced = Record<string, string[]>;

interface Service {
  ID: string;
  Endpoint?: {
    VirtualIPs?: { NetworkID: string; Addr?: string }[];
    Ports?: { Protocol: string; PublishedPort: number; PublishMode: string }[];
  };
}

interface Task {
  ServiceID: string;
  Status: { State: string };
  NetworksAttachments?: { Network: { ID: string }; Addresses: string[] }[];
}

interface MeshStatus {
  node: { frontends: Frontend[] };
  sandboxes: { name: string; frontends: Frontend[] }[];
}

interface Frontend {
  vip?: string;
  port?: number;
  protocol?: string;
  backends: string[];
}

const get = async <T>(run: RunInNode, manager: string, path: string): Promise<T> =>
  JSON.parse(await run(manager, `curl -sf --unix-socket /run/docker.sock 'http://docker${path}'`)) as T;

/** Of each network by id: what its load balancers have to do. Only running tasks that are meant to run count. */
export async function whatDockerSays(run: RunInNode, manager: string) {
  const running = encodeURIComponent('{"desired-state":["running"]}');
  const [services, tasks, networks] = await Promise.all([
    get<Service[]>(run, manager, '/services'),
    get<Task[]>(run, manager, `/tasks?filters=${running}`),
    get<{ Id: string; Ingress: boolean }[]>(run, manager, '/networks'),
  ]);
  const ingress = networks.find((network) => network.Ingress)?.Id ?? '';
  const balanced: Record<string, Balanced> = {};
  for (const service of services) {
    const mine = tasks.filter((task) => task.ServiceID === service.ID && task.Status.State === 'running');
    for (const { NetworkID, Addr } of service.Endpoint?.VirtualIPs ?? []) {
      const addresses = mine.flatMap((task) =>
        (task.NetworksAttachments ?? [])
          .filter((one) => one.Network.ID === NetworkID)
          .map((one) => bare(one.Addresses[0])),
      );
      if (addresses.length === 0) continue;
      balanced[NetworkID] ??= {};
      const network = balanced[NetworkID];
      if (Addr) network[bare(Addr)] = addresses.sort();
      if (NetworkID !== ingress) continue;
      for (const { Protocol, PublishedPort, PublishMode } of service.Endpoint?.Ports ?? []) {
        if (PublishMode === 'ingress') network[`${PublishedPort}/${Protocol}`] = addresses;
      }
    }
  }
  return { ingress, balanced };
}

const bare = (address: string | undefined) => (address ?? '').split('/')[0] ?? '';

const table = (frontends: Frontend[]): Balanced =>
  Object.fromEntries(
    frontends.map(({ vip, port, protocol, backends }) => [vip ?? `${port}/${protocol}`, backends.sort()]),
  );

/** The same object with its keys in order, so that equal ones print equally. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}

/** What is different between docker's word and this node's kernel, in words; empty when nothing is. */
export async function differences(run: RunInNode, manager: string, node: string): Promise<string[]> {
  const { ingress, balanced } = await whatDockerSays(run, manager);
  const status = JSON.parse(await run(node, '/usr/lib/drydock/swarm-mesh --status')) as MeshStatus;
  const found: string[] = [];
  const compare = (what: string, is: unknown, should: unknown) => {
    const [a, b] = [is, should].map((value) => JSON.stringify(ordered(value)));
    if (a !== b) found.push(`${node} ${what}: the kernel has ${a}, docker says ${b}`);
  };
  for (const sandbox of status.sandboxes) {
    const isIngress = sandbox.name === 'ingress_sbox';
    const id = isIngress ? ingress : Object.keys(balanced).find((one) => one.startsWith(sandbox.name.slice(3)));
    compare(sandbox.name, table(sandbox.frontends), balanced[id ?? ''] ?? {});
    const addresses = await run(
      node,
      `nsenter --net=/run/docker/netns/${sandbox.name} ip -4 -o addr | grep -o '[0-9.]*/32' || true`,
    );
    const vips = Object.keys(balanced[id ?? ''] ?? {}).filter((key) => !key.includes('/'));
    compare(`${sandbox.name}'s addresses`, addresses.split(/\s+/).filter(Boolean).map(bare).sort(), vips.sort());
  }
  const ports = (keys: string[]) => keys.filter((key) => key.includes('/')).sort();
  compare(
    'published ports',
    ports(Object.keys(table(status.node.frontends))),
    ports(Object.keys(balanced[ingress] ?? {})),
  );
  return found;
}
