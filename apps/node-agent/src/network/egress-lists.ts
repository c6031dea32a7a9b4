/** What an operator adds to the policies of egress.ts: networks and names that nodes never reach, and others that they do. */
import { NEVER_REACHED } from './egress.ts';
import { overlap, parseNetwork } from './ip-networks.ts';

export interface EgressList {
  /** IPv4 networks. */
  networks: readonly string[];
  /** Names in lower case; each stands for itself and all below it. */
  names: readonly string[];
}

export interface EgressLists {
  /** Wins over everything. */
  denied: EgressList;
  /** Networks: reached although they are private, and with `mirror-only` too. Names: what `mirror-only` reaches besides the mirror. */
  allowed: EgressList;
}

export const NO_LISTS: EgressLists = {
  denied: { networks: [], names: [] },
  allowed: { networks: [], names: [] },
};

/** Entries of one list: each is an element of every session's rules. */
const MAX_ENTRIES = 256;
/** Of a name in DNS (characters). */
const MAX_NAME = 253;
const NAME = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,62}$/;

/** Reads entries separated by commas. @throws Error naming the first that is neither network nor name. */
export function parseEgressList(text: string): EgressList {
  const networks = new Set<string>();
  const names = new Set<string>();
  const entries = text.split(',').map((entry) => entry.trim().toLowerCase());
  if (entries.length > MAX_ENTRIES) throw new Error(`must have at most ${MAX_ENTRIES} entries`);
  for (const entry of entries) {
    const network = parseNetwork(entry);
    const name = entry.replace(/^\*?\./, '').replace(/\.$/, '');
    if (network !== undefined) networks.add(network);
    else if (name.length <= MAX_NAME && NAME.test(name)) names.add(name);
    else throw new Error(`must be IPv4 networks and names of two labels or more; ${JSON.stringify(entry)} is neither`);
  }
  return { networks: [...networks], names: [...names] };
}

/** The same for what is to be reached. @throws Error also for what no setting may open. */
export function parseAllowed(text: string): EgressList {
  const list = parseEgressList(text);
  for (const network of list.networks) {
    const never = NEVER_REACHED.find((range) => overlap(range, network));
    if (never !== undefined) throw new Error(`cannot open ${network}: ${never} stays closed`);
  }
  return list;
}

/** Whether a name is one of the list's or below one; case and a last dot do not count. */
export function listsName({ names }: EgressList, name: string): boolean {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.');
  return names.length > 0 && labels.some((_, at) => names.includes(labels.slice(at).join('.')));
}
