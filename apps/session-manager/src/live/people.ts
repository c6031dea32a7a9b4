/** Who is in each session now, over all managers; kept in memory, since it is true only while the connections are. */
import type { Here, Person, Right, SessionId } from '@drydock/protocol';
import { newId } from '../model/links.ts';
import type { ManagerPresence } from '../sessions/manager-presence.ts';
import type { SessionBus } from './bus.ts';

/** People of one session that are told of; more may be there, as in a large class, and see these. */
const MAX_PEOPLE_PER_SESSION = 400;

export interface PersonHandle {
  /** Tells the others what this page says of itself. */
  update(here: Here): void;
  leave(): void;
}

export interface People {
  /** Everybody that is known to be in the session. */
  of(sessionId: SessionId): Person[];
  /** A page of this manager comes in; it is told to others with its first `update`. */
  join(sessionId: SessionId, right: Right): PersonHandle;
}

interface Room {
  /** Pages of this manager, also those that said nothing yet. */
  pages: number;
  own: Map<string, Person>;
  /** By the life of the manager that has them. */
  elsewhere: Map<string, Map<string, Person>>;
}

/**
 * Builds it. A manager keeps others' people only of sessions it has pages of, and tells its own again when another manager's first
 * person appears, so that whoever comes later learns of all; those of a manager that died go when its life is over.
 */
export function createPeople(deps: {
  bus: Pick<SessionBus, 'publish' | 'onOthers'>;
  /** Tells this manager's pages alone. */
  feed: Pick<SessionBus, 'publish'>;
  presence: Pick<ManagerPresence, 'isAlive' | 'onBeat'>;
}): People {
  const { bus, feed, presence } = deps;
  const rooms = new Map<SessionId, Room>();

  function roomOf(sessionId: SessionId): Room {
    const room = rooms.get(sessionId) ?? { pages: 0, own: new Map(), elsewhere: new Map() };
    rooms.set(sessionId, room);
    return room;
  }

  bus.onOthers((from, sessionId, change) => {
    const room = rooms.get(sessionId);
    if (room === undefined) return;
    const known = room.elsewhere.get(from);
    if (change.kind === 'person-gone') {
      known?.delete(change.id);
      // The next one over there counts as a first: that manager may have forgotten everybody meanwhile.
      if (known?.size === 0) room.elsewhere.delete(from);
    }
    if (change.kind !== 'person') return;
    const people = known ?? new Map<string, Person>();
    room.elsewhere.set(from, people);
    if (people.has(change.person.id) || people.size < MAX_PEOPLE_PER_SESSION)
      people.set(change.person.id, change.person);
    if (known !== undefined) return;
    for (const person of room.own.values()) bus.publish(sessionId, { kind: 'person', person });
  });

  presence.onBeat(() => {
    for (const [sessionId, { elsewhere }] of rooms) {
      for (const [from, people] of elsewhere) {
        if (presence.isAlive(from)) continue;
        elsewhere.delete(from);
        for (const id of people.keys()) feed.publish(sessionId, { kind: 'person-gone', id });
      }
    }
  });

  return {
    of(sessionId) {
      const room = rooms.get(sessionId);
      if (room === undefined) return [];
      const others = [...room.elsewhere.values()].flatMap((people) => [...people.values()]);
      return [...room.own.values(), ...others].slice(0, MAX_PEOPLE_PER_SESSION);
    },
    join(sessionId, right) {
      const room = roomOf(sessionId);
      const id = newId('p', 15);
      let here = true;
      room.pages += 1;
      return {
        update(said) {
          const known = room.own.get(id);
          if (!here || (known === undefined && room.own.size >= MAX_PEOPLE_PER_SESSION)) return;
          const person: Person = { id, right, ...said };
          room.own.set(id, person);
          bus.publish(sessionId, { kind: 'person', person });
        },
        leave() {
          if (!here) return;
          here = false;
          room.pages -= 1;
          if (room.own.delete(id)) bus.publish(sessionId, { kind: 'person-gone', id });
          if (room.pages === 0 && rooms.get(sessionId) === room) rooms.delete(sessionId);
        },
      };
    },
  };
}
