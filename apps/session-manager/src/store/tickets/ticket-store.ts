/** One-time secrets: tickets of ports, links of the operator's page, tokens with which hosts join. */

export interface TicketStore {
  /** Keeps `value` under the hash of a secret for `ttlMs`. */
  put(hash: string, value: string, ttlMs: number): Promise<void>;
  /** Takes it: the first call gets it, every later one nothing. */
  take(hash: string): Promise<string | undefined>;
}
