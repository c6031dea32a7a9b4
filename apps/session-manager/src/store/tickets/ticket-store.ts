/** One-time secrets: tickets of ports, links of the operator's page, tokens with which hosts join. */

/** What a ticket can be good for: a port's cookie, the operator's page, a host that joins. */
export const TICKET_PURPOSES = ['port', 'operator', 'join'] as const;
export type TicketPurpose = (typeof TICKET_PURPOSES)[number];

export interface TicketStore {
  /** Keeps `value` under the hash of a secret for one purpose, for `ttlMs`. */
  put(hash: string, purpose: TicketPurpose, value: string, ttlMs: number): Promise<void>;
  /** Takes it: the first call gets it, every later one nothing. A ticket for another purpose is neither given nor used up. */
  take(hash: string, purpose: TicketPurpose): Promise<string | undefined>;
}
