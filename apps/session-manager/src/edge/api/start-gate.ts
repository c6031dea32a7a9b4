/** Who may start sessions: what every start passes, whether a page of this place asks, a program, or a frame on another site. */
import { DrydockError, type Work } from '@drydock/protocol';
import type { FastifyRequest } from 'fastify';
import type { ClientNames } from '../../operator/client-names.ts';
import type { Orders } from '../../operator/orders.ts';
import type { RateLimit } from '../../scheduling/rate-limit.ts';
import type { WorkGate } from '../../scheduling/work-gate.ts';
import type { Origins } from '../base/origins.ts';
import type { SignIn } from './sign-in.ts';

export interface Starter {
  address: string;
  /** What is kept of the address. */
  client: string | undefined;
  /** Who signed in. */
  userId: string | undefined;
}

export interface StartGate {
  /**
   * Lets a caller start a session, or says why not.
   * @throws DrydockError FORBIDDEN for pages of other sites, STARTS_STOPPED, BLOCKED, SIGN_IN_REQUIRED, WORK_REQUIRED, RATE_LIMITED.
   */
  enter(request: FastifyRequest, work: Work | undefined): Promise<Starter>;
  /** The same for a frame: no cookie counts there, so nobody is known; `keyed`: its site's key stands in for a sign-in. */
  enterFrame(request: FastifyRequest, work: Work | undefined, keyed: boolean): Promise<Starter>;
}

export interface StartGateDeps {
  signIn: SignIn | undefined;
  workGate: WorkGate | undefined;
  orders: Pick<Orders, 'startsStop' | 'admit'>;
  /** Creations of sessions per address. */
  creates: RateLimit;
  clients: ClientNames;
  origins: Pick<Origins, 'isSameOrigin' | 'clientAddress'>;
}

/** Builds the gate. */
export function createStartGate(deps: StartGateDeps): StartGate {
  const { signIn, workGate, orders, creates, clients, origins } = deps;

  /**
   * A page of another site may not start sessions, although it could not see them: they count against its visitor's address and name. The
   * JSON type is what no page sends elsewhere without asking first, whatever its browser says of where it comes from.
   */
  function demandOwnCaller({ raw, headers }: FastifyRequest): void {
    if (!origins.isSameOrigin(raw))
      throw new DrydockError('FORBIDDEN', 'A page of another site may not start sessions.');
    if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return;
    throw new DrydockError('BAD_REQUEST', 'Send the body as application/json.');
  }

  async function pass(request: FastifyRequest, userId: string | undefined, work: Work | undefined): Promise<Starter> {
    const address = origins.clientAddress(request.raw);
    // Who signed in is known by name; a challenge costs the place nothing, and none of the address's creations.
    if (userId === undefined) await workGate?.take(work);
    const waitMs = Math.max(creates.take(address), userId === undefined ? 0 : creates.take(`user ${userId}`));
    if (waitMs > 0) throw new DrydockError('RATE_LIMITED', undefined, { retryAfterMs: waitMs });
    return { address, client: clients.kept(address), userId };
  }

  function demandOpen(request: FastifyRequest, userId: string | undefined): void {
    demandOwnCaller(request);
    const stop = orders.startsStop();
    if (stop !== undefined) throw new DrydockError('STARTS_STOPPED', stop.message);
    orders.admit({ userId });
  }

  return {
    async enter(request, work) {
      const userId = signIn?.userOf(request.raw)?.id;
      demandOpen(request, userId);
      if (signIn?.required === true && userId === undefined) throw new DrydockError('SIGN_IN_REQUIRED');
      return pass(request, userId, work);
    },
    async enterFrame(request, work, keyed) {
      demandOpen(request, undefined);
      if (signIn?.required === true && !keyed) throw new DrydockError('SIGN_IN_REQUIRED');
      return pass(request, undefined, work);
    },
  };
}
