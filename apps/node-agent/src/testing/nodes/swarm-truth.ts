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

/** What a node's own engine has heard of a network by gossip: task addresses, also of tasks that are about to stop. */
async function heard(run: RunInNode, node: string, network: string): Promise<Set<string>> {
  const { Services } = await get<{ Services?: Record<string, { Tasks: { EndpointIP: string }[] }> }>(
    run,
    node,
    `/networks/${network}?verbose=true`,
  );
  return new Set(Object.values(Services ?? {}).flatMap(({ Tasks }) => Tasks.map((task) => task.EndpointIP)));
}

export interface Differences {
  /** The kernel is not as the engine of the same node would have it. */
  mesh: string[];
  /** The node's engine has not heard yet what the manager knows: on a starved machine gossip loses nodes for a while. */
  gossip: string[];
}

/** What is different between the manager's word and this node's kernel, and whose fault it is. */
export async function differences(run: RunInNode, manager: string, node: string): Promise<Differences> {
  const { ingress, balanced } = await whatDockerSays(run, manager);
  const status = JSON.parse(await run(node, '/usr/lib/drydock/swarm-mesh --status')) as MeshStatus;
  const found: Differences = { mesh: [], gossip: [] };
  for (const sandbox of status.sandboxes) {
    const id =
      sandbox.name === 'ingress_sbox'
        ? ingress
        : Object.keys(balanced).find((one) => one.startsWith(sandbox.name.slice(3)));
    const should = balanced[id ?? ''] ?? {};
    const is = table(sandbox.frontends);
    const own = id === undefined ? new Set<string>() : await heard(run, node, id);
    for (const key of new Set([...Object.keys(is), ...Object.keys(should)])) {
      const missing = (should[key] ?? []).filter((address) => !is[key]?.includes(address));
      const extra = (is[key] ?? []).filter((address) => !should[key]?.includes(address));
      if (missing.length + extra.length === 0) continue;
      const explained = missing.every((address) => !own.has(address)) && extra.every((address) => own.has(address));
      const text = `${node} ${sandbox.name} ${key}: lacks ${missing}, has ${extra} too many; its docker has heard of ${[...own]}`;
      found[explained ? 'gossip' : 'mesh'].push(text);
    }
    const inNamespace = `nsenter --net=/run/docker/netns/${sandbox.name} ip -4 -o addr | grep -o '[0-9.]*/32' || true`;
    const addresses = (await run(node, inNamespace)).split(/\s+/).filter(Boolean).map(bare).sort();
    const vips = Object.keys(is).filter((key) => !key.includes('/'));
    if (addresses.join() !== vips.sort().join())
      found.mesh.push(`${node} ${sandbox.name} has addresses ${addresses}, but balances ${vips}`);
  }
  const ports = (balancedPorts: Balanced | undefined) =>
    Object.keys(balancedPorts ?? {})
      .filter((key) => key.includes('/'))
      .sort()
      .join();
  const sent = ports(table(status.node.frontends));
  const served = ports(table(status.sandboxes.find(({ name }) => name === 'ingress_sbox')?.frontends ?? []));
  if (sent !== served) found.mesh.push(`${node} sends ports ${sent} to its ingress sandbox, which serves ${served}`);
  return found;
}
