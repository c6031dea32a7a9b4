/** The screens' processes of a host: one a session as long as there are few, made when something must be drawn first. */

import { totalmem } from 'node:os';
import type { SessionId } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { Size } from '../output-log.ts';
import type { Emulator } from './emulator.ts';
import { createScreenProcess, PROCESS_BYTES, type ScreenProcess } from './screen-process.ts';

/** All of them together take no more than this share of the host's memory. */
const MEMORY_SHARE = 1 / 8;
const MAX_PROCESSES = 16;

export interface ScreenPool {
  /** A new emulator for a terminal of the session. */
  open(sessionId: SessionId, size: Size): Emulator;
  /** Process ids, for tests and health. */
  pids(): number[];
  close(): void;
}

/** How many processes a host of so much memory (bytes) may have. */
export function processesFor(memory: number): number {
  return Math.min(MAX_PROCESSES, Math.max(1, Math.floor((memory * MEMORY_SHARE) / PROCESS_BYTES)));
}

interface Slot {
  process: ScreenProcess;
  sessions: Set<string>;
}

/** Builds an empty pool. */
export function createScreenPool(logger: Logger, most = processesFor(totalmem())): ScreenPool {
  const slots = new Map<number, Slot>();

  function makeSlot(): Slot {
    let number = 0;
    while (slots.has(number)) number += 1;
    const process = createScreenProcess({
      slot: number,
      logger,
      onEnd: () => slots.delete(number),
    });
    const slot = { process, sessions: new Set<string>() };
    slots.set(number, slot);
    return slot;
  }

  function slotOf(sessionId: SessionId): Slot {
    const all = [...slots.values()];
    const own = all.find(({ sessions }) => sessions.has(sessionId));
    if (own !== undefined) return own;
    const slot = all.length < most ? makeSlot() : leastUsed(all);
    slot.sessions.add(sessionId);
    return slot;
  }

  return {
    open: (sessionId, size) => slotOf(sessionId).process.open(size),
    pids: () => [...slots.values()].flatMap(({ process }) => process.pid() ?? []),
    close() {
      for (const { process } of slots.values()) process.close();
    },
  };
}

function leastUsed(slots: Slot[]): Slot {
  return slots.reduce((least, slot) => (slot.sessions.size < least.sessions.size ? slot : least));
}
