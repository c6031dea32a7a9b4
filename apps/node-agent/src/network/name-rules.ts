/** Which names a session's name server asks outside for, and what an answer opens. */
import dnsPacket from 'dns-packet';
import type { Egress } from './egress.ts';
import { type EgressLists, listsName } from './egress-lists.ts';

/** An address that a name led to, for as long as the answer may be kept (seconds). */
export interface NamedAddress {
  address: string;
  ttl: number;
}

export interface NameRules {
  /** Whether a name may be asked for outside. */
  asks(name: string): boolean;
  /** What an answer may do: undefined, it is not handed on; else the addresses that it opens. */
  judge(response: Buffer): readonly NamedAddress[] | undefined;
}

/** Builds the rules: with `internet` all names but denied ones and aliases of those, with `mirror-only` only allowed ones, with `none` none. */
export function createNameRules(egress: Egress, { denied, allowed }: EgressLists): NameRules {
  const isDenied = (name: string) => listsName(denied, name);
  const opens = egress === 'mirror-only' && allowed.names.length > 0;

  return {
    asks(name) {
      if (isDenied(name)) return false;
      switch (egress) {
        case 'internet':
          return true;
        case 'mirror-only':
          return listsName(allowed, name);
        case 'none':
          return false;
      }
    },
    judge(response) {
      // Most places have no lists: what is only passed on is not read.
      if (denied.names.length === 0 && !opens) return [];
      const answers = answersOf(response);
      if (answers === undefined) return undefined;
      if (answers.some((record) => record.type === 'CNAME' && isDenied(record.data))) return undefined;
      if (!opens) return [];
      return answers.flatMap((record) => (record.type === 'A' ? [{ address: record.data, ttl: record.ttl ?? 0 }] : []));
    },
  };
}

function answersOf(response: Buffer): readonly dnsPacket.Answer[] | undefined {
  try {
    return dnsPacket.decode(response).answers ?? [];
  } catch {
    return undefined;
  }
}
