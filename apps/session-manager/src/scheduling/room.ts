/** Room for sessions and nodes: what is free, else what somebody holds without using it. */
import { toDrydockError } from '@drydock/protocol';
import type { Admission, Place } from './admission.ts';
import { type Home, NOWHERE } from './pick-host.ts';

/** Tries to free so many places (`host`: on that host only); false when that cannot help. */
export type Evict = (count: number, host?: string) => Promise<boolean>;

export interface Room {
  /** As `Admission.admit`. @throws DrydockError NO_CAPACITY, STORE_UNAVAILABLE. */
  admit(nodes: number, ticket: string): Promise<void>;
  /** As `Admission.place`; `host`: where alone room would help. @throws DrydockError NO_CAPACITY. */
  place(count: number, home?: Home, host?: string): Promise<Place[]>;
}

/** Reserves; when there is no room, evicts and reserves once more. */
async function reserveOrEvict<T>(reserve: () => T | Promise<T>, evict: () => Promise<boolean>): Promise<T> {
  try {
    return await reserve();
  } catch (error) {
    if (toDrydockError(error).code !== 'NO_CAPACITY' || !(await evict())) throw error;
    return reserve();
  }
}

/** Builds it over admission. */
export function createRoom({ admission, evict }: { admission: Admission; evict: Evict }): Room {
  return {
    admit: (nodes, ticket) =>
      reserveOrEvict(
        () => admission.admit(nodes, ticket),
        () => evict(Math.max(1, nodes)),
      ),
    place: (count, home = NOWHERE, host = undefined) =>
      reserveOrEvict(
        () => admission.place(count, home),
        () => evict(count, host),
      ),
  };
}
