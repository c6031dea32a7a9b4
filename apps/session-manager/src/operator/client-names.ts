/** How a client's address is kept: as it is, as a keyed hash, or not at all; and what an operator may write for one in a block. */
import { createHmac } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { type Block, DrydockError } from '@drydock/protocol';
import { addressKeys } from '../scheduling/address-key.ts';

/** DRYDOCK_AUDIT_ADDRESS. */
export type AddressRecord = 'plain' | 'hash' | 'none';

/** Starts the keyed hash of an address, so that nobody takes it for anything else. */
const HASH_PREFIX = 'client-';
/** Letters of the hash that are kept: 96 bits, nobody's by accident. */
const HASH_LETTERS = 16;
/** The hash of who signed in (edge/api/sign-in.ts). */
const PERSON = /^[A-Za-z0-9_-]{22}$/;

export interface ClientNames {
  /** What is kept of an address with sessions and in the log; undefined: nothing. */
  kept(address: string): string | undefined;
  /** The keyed hash of an address: the same for all that its client can choose from (address-key.ts). */
  hash(address: string): string;
}

/** Builds the names of a place; the key is made from its secret. */
export function createClientNames({ record, secret }: { record: AddressRecord; secret: string }): ClientNames {
  const key = createHmac('sha256', secret).update('drydock/client').digest();
  function hash(address: string): string {
    const digest = createHmac('sha256', key).update(addressKeys(address).client).digest('base64url');
    return HASH_PREFIX + digest.slice(0, HASH_LETTERS);
  }
  return {
    hash,
    kept(address) {
      if (record === 'none') return undefined;
      return record === 'plain' ? addressKeys(address).client : hash(address);
    },
  };
}

/**
 * What an operator means by a target: `203.0.113.5`, `2001:db8::/32`, `client-…`, or the hash of a person.
 * @throws DrydockError BAD_REQUEST.
 */
export function parseTarget(text: string): Pick<Block, 'kind' | 'value'> {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  if (family !== 0) {
    const most = family === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : Number(bits);
    const isWhole = bits === undefined || /^\d{1,3}$/.test(bits);
    if (isWhole && prefix >= 1 && prefix <= most) return { kind: 'network', value: `${address}/${prefix}` };
  } else if (text.startsWith(HASH_PREFIX)) return { kind: 'client', value: text };
  else if (PERSON.test(text)) return { kind: 'person', value: text };
  throw new DrydockError(
    'BAD_REQUEST',
    'A block names an address, a network such as 203.0.113.0/24, or a client or person as sessions show them.',
  );
}

/** Networks as a list that addresses are looked up in. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
