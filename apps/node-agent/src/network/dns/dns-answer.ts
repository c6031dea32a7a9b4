/** One query of a node and its response: what the session knows itself, what is asked outside, and what is neither. */
import dnsPacket from 'dns-packet';
import type { NamedAddress, NameRules } from '../name-rules.ts';
import type { Peer } from '../peer.ts';
import { NOTIMP_RCODE, NXDOMAIN_RCODE, REFUSED_RCODE, SERVFAIL_RCODE } from './dns-codes.ts';
import { answerFromZone, type ZoneRecord } from './dns-zone.ts';

export interface AnswerDeps {
  /** The session's nodes at this moment. */
  peers: () => readonly Peer[];
  names: NameRules;
  /** Asks a whole query outside; undefined: nobody answered, `busy`: too many wait already. Never rejects. */
  ask: (query: Buffer) => Promise<Buffer | 'busy' | undefined>;
  /** Opens what an allowed name led to, before whoever asked hears of it. */
  open: (addresses: readonly NamedAddress[]) => Promise<void>;
  /** Hears why an allowed name was not opened. */
  onError: (error: unknown) => void;
}

/** The whole response, or undefined for what deserves none. Never rejects: learners can send anything. */
export async function answerQuery(query: Buffer, deps: AnswerDeps): Promise<Buffer | undefined> {
  const packet = decodeQuery(query);
  if (!packet) return undefined;
  const question = packet.questions?.[0];
  if (packet.opcode !== 'QUERY' || packet.questions?.length !== 1 || !question) return encode(packet, NOTIMP_RCODE);
  const own = answerFromZone(question, deps.peers());
  if (own.kind === 'answer') return encode(packet, own.rcode, own.records);
  if (!deps.names.asks(question.name)) return encode(packet, NXDOMAIN_RCODE);
  const response = await deps.ask(query);
  if (response === 'busy') return encode(packet, REFUSED_RCODE);
  if (!response) return encode(packet, SERVFAIL_RCODE);
  const opened = deps.names.judge(response);
  if (!opened) return encode(packet, NXDOMAIN_RCODE);
  try {
    await deps.open(opened);
    return response;
  } catch (error) {
    deps.onError(error);
    return encode(packet, SERVFAIL_RCODE);
  }
}

/** `opcode` is missing in the library's types. */
type Query = dnsPacket.DecodedPacket & { opcode?: string };

/** Undefined for what is no query. */
function decodeQuery(bytes: Buffer): Query | undefined {
  try {
    const packet = dnsPacket.decode(bytes) as Query;
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for a question that can be read but not be written again. */
function encode(query: Query, rcode: number, records: readonly ZoneRecord[] = []): Buffer | undefined {
  try {
    return dnsPacket.encode({
      type: 'response',
      id: query.id ?? 0,
      flags: dnsPacket.RECURSION_AVAILABLE | ((query.flags ?? 0) & dnsPacket.RECURSION_DESIRED) | rcode,
      questions: query.questions ?? [],
      answers: [...records],
    });
  } catch {
    return undefined;
  }
}
