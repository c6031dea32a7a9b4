/** What stands for one client where limits and blocks go by address: an IPv4 address, or the networks that an IPv6 address lies in. */
import { type BlockList, isIP } from 'node:net';

/** One end site, as RFC 6177 gives it: whoever has a /48 has 65,536 networks of /64. */
const SITE_GROUPS = 3;
/** One network: RFC 4291 leaves the last 64 bits to the device, which may choose them anew for each connection. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** What a site may have, in shares of one client: a home or an office has a few networks, a stranger's rented /48 is one stranger's. */
export const SITE_SHARE = 4;

export interface AddressKeys {
  /** One client: `203.0.113.5`, or `2001:db8:1:2::/64`. */
  readonly client: string;
  /** The site around it: `2001:db8:1::/48`. An IPv4 address has none: it is what one pays for. */
  readonly site: string | undefined;
}

/** The eight groups of a valid IPv6 address without a zone. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parse = (part: string) =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
          return [a * 256 + b, c * 256 + d];
        });
  const before = parse(head);
  const after = tail === undefined ? [] : parse(tail);
  return [...before, ...new Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
}

/** The IPv4 address in `::ffff:0:0/96`, in which a listener of both families names its IPv4 peers. */
function mappedIpv4(groups: readonly number[]): string | undefined {
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function network(groups: readonly number[], count: number): string {
  const prefix = groups.slice(0, count).map((group) => group.toString(16));
  return `${prefix.join(':')}::/${count * 16}`;
}

/**
 * The keys of an address, each in one spelling only. IPv4 addresses that are written as IPv6 count as IPv4. What is no address
 * (a unix socket has none) is a client of its own name.
 */
export function addressKeys(address: string): AddressKeys {
  const [plain = ''] = address.split('%', 1);
  if (isIP(plain) !== 6) return { client: plain, site: undefined };
  const groups = groupsOf(plain.toLowerCase());
  const ipv4 = mappedIpv4(groups);
  if (ipv4 !== undefined) return { client: ipv4, site: undefined };
  return { client: network(groups, NETWORK_GROUPS), site: network(groups, SITE_GROUPS) };
}

/** Whether an address is in one of the networks of a list; IPv4 addresses that are written as IPv6 count as IPv4. */
export function isInNetworks(networks: BlockList | undefined, address: string): boolean {
  const [plain = ''] = address.replace(/^::ffff:(\d+\.)/i, '$1').split('%', 1);
  const family = isIP(plain);
  return networks !== undefined && family !== 0 && networks.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
