/** IPv4 networks as text (`10.0.0.0/8`): read, compared and cut down to what nft's interval sets take. */
import { isIPv4 } from 'node:net';

interface Network {
  first: number;
  prefix: number;
}

/** The network of an address or `address/prefix` in its shortest form, without what lies right of the prefix; undefined: it is none. */
export function parseNetwork(text: string): string | undefined {
  const [address = '', prefixText = '32', ...more] = text.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefixText) || Number(prefixText) > 32 || more.length > 0) return undefined;
  return show({ first: masked(toNumber(address), Number(prefixText)), prefix: Number(prefixText) });
}

/** Whether two networks (of parseNetwork) have an address in common: then one holds the other. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [read(one), read(other)];
  const prefix = Math.min(a.prefix, b.prefix);
  return masked(a.first, prefix) === masked(b.first, prefix);
}

/** The same addresses without networks that lie in others of the list: nft refuses elements that overlap. */
export function outermost(networks: readonly string[]): string[] {
  const holds = (outer: string, inner: string) => read(outer).prefix < read(inner).prefix && overlap(outer, inner);
  const unique = [...new Set(networks)];
  return unique.filter((inner) => !unique.some((outer) => holds(outer, inner)));
}

function read(network: string): Network {
  const [address = '', prefix = '32'] = network.split('/');
  return { first: toNumber(address), prefix: Number(prefix) };
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function masked(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) * size;
}

function show({ first, prefix }: Network): string {
  const address = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return prefix === 32 ? address : `${address}/${prefix}`;
}
