/** What one session may take of the gateway: requests and sockets at a time, and bytes a second over all of them. */

import type { Writable } from 'node:stream';
import type { SessionId } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import { slowWrites } from '../base/slow-writes.ts';

export interface PortLimitSettings {
  /** Requests and sockets of one session at a time, over all its ports. */
  connections: number;
  /** Bytes a second of one session, both directions together; undefined for no bound. */
  bytesPerSecond: number | undefined;
}

export interface PortLimits {
  /** Counts one connection of a session until the answer is called; undefined when there are too many. */
  acquire(sessionId: SessionId): (() => void) | undefined;
  /** Slows what is written to `stream` down to what the session may have. */
  slow(sessionId: SessionId, stream: Writable): void;
}

interface Account {
  connections: number;
  /** Bytes that may pass now; below zero is a debt to be waited for. */
  level: number;
  at: number;
  /** Runs while it has no connections. */
  forgetting?: Timer | undefined;
}

/** An account without connections is kept this long (ms), so that its debt is not forgiven: an allowance is a second's worth. */
const KEEP_MS = 5000;

/** Builds the accounts. */
export function createPortLimits(settings: PortLimitSettings, clock: Clock): PortLimits {
  const { connections: maxConnections, bytesPerSecond } = settings;
  const accounts = new Map<string, Account>();

  function accountOf(sessionId: SessionId): Account {
    const known = accounts.get(sessionId);
    if (known !== undefined) return known;
    const account = { connections: 0, level: bytesPerSecond ?? 0, at: clock.now() };
    accounts.set(sessionId, account);
    return account;
  }

  function release(sessionId: SessionId, account: Account): void {
    account.connections -= 1;
    if (account.connections > 0) return;
    if (bytesPerSecond === undefined) accounts.delete(sessionId);
    else account.forgetting = clock.after(KEEP_MS, () => accounts.delete(sessionId));
  }

  return {
    acquire(sessionId) {
      const account = accountOf(sessionId);
      if (account.connections >= maxConnections) return undefined;
      account.connections += 1;
      // One that was forgotten while somebody holds it would be two, each with a whole allowance.
      account.forgetting?.cancel();
      return () => release(sessionId, account);
    },
    slow(sessionId, stream) {
      if (bytesPerSecond === undefined) return;
      const account = accountOf(sessionId);
      slowWrites(stream, (bytes) => {
        const now = clock.now();
        account.level = Math.min(bytesPerSecond, account.level + ((now - account.at) * bytesPerSecond) / 1000) - bytes;
        account.at = now;
        return account.level >= 0 ? 0 : Math.ceil((-account.level * 1000) / bytesPerSecond);
      });
    },
  };
}
