/** Whether names of the internet can be resolved: asked before a node is told that there is no internet. */
import type { Clock } from '@drydock/service-kit';
import packet from 'dns-packet';
import type { DnsUpstream } from '../network/dns/dns-upstream.ts';

/** A class of thirty that mistypes an image asks once. */
const REMEMBERED_MS = 10_000;

/**
 * Asks the host's resolvers for the name servers of the root: every resolver with an internet behind it knows them, and no
 * name of anybody's has to be written down for it. Answers within the time that the resolvers have.
 */
export function createInternetProbe(upstream: DnsUpstream, clock: Clock): () => Promise<boolean> {
  let known: { at: number; answer: Promise<boolean> } | undefined;

  async function ask(): Promise<boolean> {
    const query = packet.encode({
      type: 'query',
      id: 1,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type: 'NS', name: '.' }],
    });
    const response = await upstream.ask(query, 'udp');
    if (!response) return false;
    try {
      return (packet.decode(response).answers?.length ?? 0) > 0;
    } catch {
      return false;
    }
  }

  return () => {
    if (!known || clock.now() - known.at > REMEMBERED_MS) known = { at: clock.now(), answer: ask() };
    return known.answer;
  };
}
