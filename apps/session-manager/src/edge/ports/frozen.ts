/** Ports of a frozen session: their programs take connections and stay silent, so visitors are answered here, at once, and told why. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { frozenError, frozenOf } from '../../model/session.ts';
import type { PortTarget } from './labels.ts';
import { portFailure, refuseUpgrade } from './pages.ts';

interface Visit {
  target: PortTarget;
  stranger: boolean;
}

/**
 * Answers a visitor of a frozen session's port; false where it is not frozen. The operator's reason is for who holds something of the session;
 * a stranger at a public port learns only that it is so.
 */
export function answerFrozen(request: IncomingMessage, response: ServerResponse, { target, stranger }: Visit): boolean {
  const frozen = frozenOf(target.session);
  if (frozen === undefined) return false;
  const error = frozenError(stranger ? undefined : frozen.reason);
  portFailure(request, response, error, target, { since: frozen.at, lastAnswered: undefined });
  return true;
}

/** The same for a socket, which has no room for words. */
export function refuseFrozen(socket: Socket, { target }: Visit): boolean {
  if (frozenOf(target.session) === undefined) return false;
  refuseUpgrade(socket, '409 Conflict');
  return true;
}
