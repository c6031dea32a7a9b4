/** Begins sessions for frames on pages of other sites, and goes on with them. */
import { type CreateEmbedSessionRequest, DrydockError, type SessionId, toDrydockError } from '@drydock/protocol';
import type { LabBook } from '../labs/lab-book.ts';
import type { LabStarts } from '../labs/lab-starts.ts';
import type { SessionRecord } from '../model/session.ts';
import type { NodeService } from '../nodes/node-service.ts';
import type { SiteShares } from '../scheduling/site-shares.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { TemplateRunner } from '../templates/template-runner.ts';
import type { TemplateBook } from '../templates/templates.ts';
import type { EmbedHandles, HandleContent } from './embed-handles.ts';
import { demandChoice, type SiteGrant, type Sites, type Standing } from './sites.ts';

const MINUTES_PER_HOUR = 60;

export interface EmbedStart extends Standing, Pick<CreateEmbedSessionRequest, 'lab' | 'template'> {
  nodes: number;
  queue: string;
  /** Who asks. */
  address: string;
  client: string | undefined;
}

export interface EmbedSession {
  session: SessionRecord;
  token: string;
  handle: string;
}

export interface EmbedStarts {
  /**
   * Begins a session on the terms of `grant`.
   * @throws DrydockError SITE_CHOICE_REFUSED, SITE_QUOTA_USED, SITE_LIMIT, UNKNOWN_LAB, UNKNOWN_TEMPLATE, and what `POST /sessions` throws.
   */
  begin(grant: SiteGrant, start: EmbedStart): Promise<EmbedSession>;
  /** What a handle opens for who stands there. @throws DrydockError SESSION_NOT_FOUND for any other's. */
  recall(grant: SiteGrant, holder: { origin: string; address: string }, handle: string): HandleContent;
}

export interface EmbedStartsDeps {
  sites: Pick<Sites, 'takeUse'>;
  shares: SiteShares;
  handles: EmbedHandles;
  labs: { book: Pick<LabBook, 'find'>; starts: LabStarts };
  templates: { book: TemplateBook; runner: Pick<TemplateRunner, 'startNew'> };
  sessions: { service: Pick<SessionService, 'create' | 'end'>; nodes: Pick<NodeService, 'reserve' | 'build'> };
  maxSessionHours: number;
}

/** Builds it. */
export function createEmbedStarts(deps: EmbedStartsDeps): EmbedStarts {
  const { sites, shares, handles, labs, templates, maxSessionHours } = deps;
  const { service, nodes } = deps.sessions;

  /** Makes the nodes of a session without lab and template; each is there when its page hears of it. */
  async function beginPlain(sessionId: SessionId, count: number): Promise<void> {
    try {
      const names = Array.from({ length: count }, () => undefined);
      // One that fails is taken back and told of by `build` itself.
      for (const { name } of await nodes.reserve(sessionId, names)) nodes.build(sessionId, name).catch(() => undefined);
    } catch (error) {
      await service.end(sessionId, 'closed').catch(() => undefined);
      throw error;
    }
  }

  async function make(grant: SiteGrant, start: EmbedStart) {
    if (start.template !== undefined && start.lab !== undefined)
      throw new DrydockError('BAD_REQUEST', 'A session begins with a template or with a lab.');
    // What the key does not allow is not even looked for.
    demandChoice(grant, { ...start, nodes: 0 });
    const template = start.template === undefined ? undefined : templates.book.require(start.template);
    const lab = start.lab === undefined ? undefined : await labs.book.find(start.lab);
    const count = lab === undefined ? (template?.nodes.length ?? start.nodes) : labs.starts.demand(lab);
    demandChoice(grant, { nodes: count });
    const bound = await shares.demand(grant.site, grant.sessions);
    const { session, tokens } = await service
      .create({
        name: undefined,
        template: template?.id,
        hours: Math.min(grant.minutes / MINUTES_PER_HOUR, maxSessionHours),
        nodes: count,
        queue: start.queue,
        client: start.client,
        address: start.address,
        embed: { record: { site: grant.site, origin: start.origin, nodes: grant.nodes }, bound },
      })
      .catch(async (error: unknown) => {
        // The write does not say whose bound refused it.
        if (toDrydockError(error).code === 'ADDRESS_LIMIT') await shares.demand(grant.site, grant.sessions);
        throw error;
      });
    if (template !== undefined) await templates.runner.startNew(session.id, template);
    else if (lab !== undefined) await labs.starts.beginNew(session.id, lab);
    else await beginPlain(session.id, count);
    return { session, token: tokens.collaborator };
  }

  return {
    async begin(grant, start) {
      const giveBack = await sites.takeUse(grant);
      try {
        const { session, token } = await make(grant, start);
        const holder = { site: grant.site, origin: start.origin, address: start.address };
        return { session, token, handle: handles.seal({ id: session.id, token }, holder) };
      } catch (error) {
        await giveBack().catch(() => undefined);
        throw error;
      }
    },
    recall(grant, { origin, address }, handle) {
      const content = handles.open(handle, { site: grant.site, origin, address });
      if (content === undefined) throw new DrydockError('SESSION_NOT_FOUND');
      return content;
    },
  };
}
