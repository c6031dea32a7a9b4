/** The networks that this host stands in: to their other members a node would be the host, and inside of their filters. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { outermost, parseNetwork } from './ip-networks.ts';

/** Between two looks (ms): what a link that comes up leads to is refused by then. One look asks rtnetlink once, under a millisecond. */
const LOOK_MS = 5000;
/** An address with a shorter prefix than this stands for itself alone: whatever it is, it is no neighbourhood. */
const SHORTEST_PREFIX = 8;
const ROUTES = '/proc/net/route';
/** RTF_GATEWAY of linux/route.h. */
const HAS_GATEWAY = 2;

export interface HostNetworks {
  /** What the last look saw. */
  current(): readonly string[];
  /** Looks at once, then every few seconds. */
  start(): Promise<void>;
  stop(): void;
}

/** Reads them: the network of each IPv4 address of a link that is up, but for sessions' uplinks, and every gateway. */
export async function readHostNetworks(): Promise<string[]> {
  const addresses = Object.entries(networkInterfaces())
    .filter(([link]) => !link.startsWith('dd-'))
    .flatMap(([, found]) => found ?? [])
    .flatMap(({ family, address, cidr }) => (family === 'IPv4' ? [ownNetwork(address, cidr)] : []));
  const gateways = gatewaysOf(await readFile(ROUTES, 'utf8').catch(() => ''));
  return outermost([...addresses, ...gateways].flatMap((text) => parseNetwork(text) ?? [])).sort();
}

function ownNetwork(address: string, cidr: string | null): string {
  return cidr !== null && Number(cidr.split('/')[1]) >= SHORTEST_PREFIX ? cidr : address;
}

/** Gateways of the kernel's table of routes, whose addresses are hexadecimal in the machine's own order (little endian). */
export function gatewaysOf(routes: string): string[] {
  return routes.split('\n').flatMap((line) => {
    const [link = '', , gateway = '', flags = ''] = line.trim().split(/\s+/);
    if (link.startsWith('dd-') || !/^[0-9A-F]{8}$/.test(gateway)) return [];
    if ((Number.parseInt(flags, 16) & HAS_GATEWAY) === 0) return [];
    return [[...Buffer.from(gateway, 'hex').reverse()].join('.')];
  });
}

export interface HostNetworksDeps {
  /** Hears every change, and the first look; a rejected one is told again at the next look. */
  onChange(networks: readonly string[]): Promise<void>;
  clock: Clock;
  logger: Logger;
}

/** Builds the watch; it begins with start(). */
export function createHostNetworks({ onChange, clock, logger }: HostNetworksDeps): HostNetworks {
  let known: readonly string[] = [];
  let told: string | undefined;
  let timer: Timer | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    known = await readHostNetworks();
    if (known.join() === told) return;
    await onChange(known);
    told = known.join();
    logger.info({ networks: known }, 'networks of this host are closed to nodes');
  }

  function arm(): void {
    if (stopped) return;
    timer = clock.after(LOOK_MS, () => {
      look()
        .catch((err: unknown) => logger.error({ err }, 'networks of this host not closed to nodes'))
        .finally(arm);
    });
  }

  return {
    current: () => known,
    async start() {
      await look();
      arm();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
