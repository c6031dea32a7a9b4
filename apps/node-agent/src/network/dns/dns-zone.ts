/** What a session's name server knows by itself: its nodes, its gateway, and what is never asked outside. */

import { GATEWAY_ADDRESS } from '../addresses.ts';
import type { Peer } from '../peer.ts';
import { NXDOMAIN_RCODE } from './dns-codes.ts';

/** The gateway's name; the image mirror answers there. */
export const REGISTRY_NAME = 'registry.drydock';
/** Seconds that answers may be kept: nodes come and go. */
const TTL_SECONDS = 5;

export interface Question {
  name: string;
  type: string;
}

export type ZoneRecord = { name: string; ttl: number } & ({ type: 'A'; data: string } | { type: 'PTR'; data: string });

/** An answer, or `outside`: somebody else must be asked. */
export type ZoneAnswer = { kind: 'answer'; rcode: number; records: ZoneRecord[] } | { kind: 'outside' };

const found = (records: ZoneRecord[]): ZoneAnswer => ({ kind: 'answer', rcode: 0, records });
const missing: ZoneAnswer = { kind: 'answer', rcode: NXDOMAIN_RCODE, records: [] };

/** Answers a question from the session's nodes; names compare without case. Names of one label never go outside. */
export function answerFromZone({ name, type }: Question, peers: readonly Peer[]): ZoneAnswer {
  const label = name.toLowerCase().replace(/\.$/, '');
  const reverse = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(label);
  if (reverse) {
    const ip = reverse.slice(1).reverse().join('.');
    const owner = ip === GATEWAY_ADDRESS ? REGISTRY_NAME : peers.find((peer) => peer.ip === ip)?.name;
    if (owner === undefined) return isPrivate(ip) ? missing : { kind: 'outside' };
    return found(type === 'PTR' ? [{ type: 'PTR', name, ttl: TTL_SECONDS, data: owner }] : []);
  }
  const ip = label === REGISTRY_NAME ? GATEWAY_ADDRESS : peers.find((peer) => peer.name === label)?.ip;
  // Other types of a name that exists: no error and nothing, or resolvers would think that the name is gone.
  if (ip !== undefined) return found(type === 'A' ? [{ type: 'A', name, ttl: TTL_SECONDS, data: ip }] : []);
  return label.includes('.') && !label.endsWith('.drydock') ? { kind: 'outside' } : missing;
}

function isPrivate(ip: string): boolean {
  const [first, second] = ip.split('.').map(Number) as [number, number];
  return first === 10 || first === 127 || (first === 192 && second === 168) || (first === 172 && second >> 4 === 1);
}
