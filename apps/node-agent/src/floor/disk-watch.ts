/**
 * Keeps a floor of free disk: below it the sessions that write most are frozen, one after another, and go on when there is room again. Without it
 * the disk fills, which is an I/O error for every node of the host, and for the place's own store.
 */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { FrozenRecord } from './frozen-record.ts';
import { createLooks, type Looks } from './looks.ts';

/** Between two looks (ms): one call of the kernel while there is room. */
const LOOK_MS = 1_000;
/** From so many floors on it is noted who grows, so that it is known when the floor is reached. */
const NOTE_FROM = 4;
/** What must be free for those who were frozen to go on, in floors: room for a while, not for a moment. */
const THAW_FROM = 2;
/** A freeze is told again after so many looks: managers let go on whom no host speaks of any more. */
const REPEAT_LOOKS = 10;
/** Growth is counted over so many looks. */
const REMEMBERED_LOOKS = 30;

export interface SessionDisk {
  sessionId: SessionId;
  /** What the session's disks take on the host's. */
  bytes: number;
}

export interface DiskWatchDeps {
  /** Free bytes below which sessions are frozen. */
  floorBytes: number;
  freeBytes(): Promise<number>;
  /** Of every session with nodes here. */
  usage(): Promise<SessionDisk[]>;
  /** Freezes, or thaws, and tells it. */
  setFrozen(sessionId: SessionId, frozen: boolean): Promise<void>;
  record: FrozenRecord;
  clock: Clock;
  logger: Logger;
}

/** Builds the watch; it begins with start(), where the last agent of this host ended. */
export function createDiskWatch(deps: DiskWatchDeps): Looks {
  const { floorBytes, freeBytes, usage, setFrozen, record, clock, logger } = deps;
  let frozen: Set<SessionId> | undefined;
  let history: Map<string, number>[] = [];
  let looks = 0;

  /** Bytes that the session has grown by in the looks that are remembered. */
  function growth({ sessionId, bytes }: SessionDisk): number {
    const first = history.find((look) => look.has(sessionId))?.get(sessionId);
    return first === undefined ? bytes : bytes - first;
  }

  async function freezeLargest(held: Set<SessionId>, free: number): Promise<void> {
    const disks = (await usage()).filter(({ sessionId }) => !held.has(sessionId));
    const [largest] = disks.sort((one, other) => growth(other) - growth(one) || other.bytes - one.bytes);
    if (largest === undefined) return;
    const { sessionId } = largest;
    held.add(sessionId);
    await record.write([...held]);
    logger.warn({ sessionId, free, grown: growth(largest) }, 'disk short: session frozen');
    await setFrozen(sessionId, true);
  }

  async function thawAll(held: Set<SessionId>, free: number): Promise<void> {
    for (const sessionId of [...held]) {
      logger.info({ sessionId, free }, 'room on the disk: session thawed');
      await setFrozen(sessionId, false);
      held.delete(sessionId);
    }
    await record.write([]);
  }

  async function look(): Promise<void> {
    frozen ??= new Set(await record.read());
    looks += 1;
    const free = await freeBytes();
    if (free >= floorBytes * THAW_FROM && frozen.size > 0) await thawAll(frozen, free);
    if (looks % REPEAT_LOOKS === 0) for (const sessionId of frozen) await setFrozen(sessionId, true);
    if (free < floorBytes) await freezeLargest(frozen, free);
    if (free >= floorBytes * NOTE_FROM) {
      history = [];
    } else {
      history.push(new Map((await usage()).map(({ sessionId, bytes }) => [sessionId, bytes])));
      if (history.length > REMEMBERED_LOOKS) history.shift();
    }
  }

  return createLooks({ everyMs: LOOK_MS, look, failure: 'the disk was not looked at', clock, logger });
}
