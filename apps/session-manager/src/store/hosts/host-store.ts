/** What is known of the hosts that joined, or that drain. */

/** What is kept of a host. Hosts of the operator's own key file need no entry; one that drains has one all the same. */
export interface HostEntry {
  /** SHA-256 of the host's key, hex; the key itself never leaves the host. */
  readonly keyHash?: string;
  /** When that key ends (ms since the epoch); none: it was made by a release that knew no ends. */
  readonly keyUntil?: number;
  /** The key before it, while it is let in too. */
  readonly before?: { readonly keyHash: string; readonly until: number };
  readonly draining?: boolean;
  readonly joinedAt?: number;
}

export interface HostStore {
  /** All entries by name, and the names of those that this release cannot read: they are not to be written. */
  all(): Promise<{ entries: Record<string, HostEntry>; unreadable: string[] }>;
  /** Adds a host; false when there is one of that name. */
  add(name: string, entry: HostEntry): Promise<boolean>;
  /** Sets or, with undefined, takes away. */
  put(name: string, entry: HostEntry | undefined): Promise<void>;
}
