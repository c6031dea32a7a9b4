/** Begins labs: looks first whether this place has what they need, so that no session is half-made by one. */
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { NodeService } from '../nodes/node-service.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { TemplateBook } from '../templates/templates.ts';
import type { BookLab } from './lab-book.ts';
import { demandNeeds } from './lab-needs.ts';
import type { Labs } from './labs.ts';

export interface LabStarts {
  /** Nodes that a lab begins with; one whose template is unknown has none. */
  nodesOf(lab: BookLab): number;
  /** Looks whether a lab can begin here at all, and with how many nodes. @throws DrydockError. */
  demand(lab: BookLab): number;
  /** Begins a lab in a session. @throws DrydockError. */
  begin(sessionId: SessionId, lab: BookLab): Promise<void>;
  /** The same for a session that was made for it: it ends where its nodes cannot be had. @throws DrydockError. */
  beginNew(sessionId: SessionId, lab: BookLab): Promise<void>;
}

/** Builds it. */
export function createLabStarts(deps: {
  labs: Pick<Labs, 'start'>;
  nodes: Pick<NodeService, 'reserve'>;
  directory: Pick<SessionDirectory, 'get'>;
  service: Pick<SessionService, 'end'>;
  hosts: Pick<HostRegistry, 'list'>;
  templates: TemplateBook;
  maxNodes: number;
}): LabStarts {
  const { labs, nodes, directory, service, hosts, templates, maxNodes } = deps;

  function demand({ lab }: BookLab): number {
    const features = hosts.list().flatMap((host) => (host.state === 'lost' ? [] : [host.features]));
    return demandNeeds(lab, { maxNodes, features, templates });
  }

  async function begin(sessionId: SessionId, lab: BookLab): Promise<void> {
    demand(lab);
    const record = directory.get(sessionId);
    if (record === undefined) throw new DrydockError('SESSION_NOT_FOUND');
    if (record.lab !== undefined) throw new DrydockError('LAB_STATE', 'The session has a lab already.');
    if (lab.lab.template === undefined) {
      const missing = lab.lab.nodes
        .map(({ name }) => name)
        .filter((name) => !record.nodes.some((node) => node.name === name));
      if (missing.length > 0) await nodes.reserve(sessionId, missing);
    }
    await labs.start(sessionId, lab);
  }

  return {
    demand,
    begin,
    nodesOf: ({ lab }) =>
      lab.template === undefined
        ? lab.nodes.length
        : (templates.all.find(({ id }) => id === lab.template)?.nodes.length ?? 0),
    async beginNew(sessionId, lab) {
      try {
        await begin(sessionId, lab);
      } catch (error) {
        await service.end(sessionId, 'closed').catch(() => undefined);
        throw error;
      }
    },
  };
}
