/** Which managers live. */

/** A manager as the others see it. */
export interface ManagerBeat {
  /** One life of one process. */
  instance: string;
  /** Its lasting name: a second life under the same name means that the first is over. */
  name: string;
  /** Hosts whose agents are connected to it. */
  hosts: readonly string[];
}

export interface PresenceStore {
  /** Says that a manager lives, and hears which ones do; who has said nothing for `ttlMs` does not. */
  beat(own: ManagerBeat, ttlMs: number): Promise<ManagerBeat[]>;
  /** A manager that stops is no longer among them; a later life under its name is left alone. */
  leave(own: Pick<ManagerBeat, 'name' | 'instance'>): Promise<void>;
}
