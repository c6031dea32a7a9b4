/** Network identifiers (VNIs) of sessions that span hosts. */

export interface VniStore {
  /** An identifier for a session that begins to span hosts; it comes again after 16 million others. */
  next(): Promise<number>;
}

/** VNIs are 1 to 2^24 - 1, one after the other. */
export const vniOf = (count: number): number => 1 + ((count - 1) % 0xff_ffff);
