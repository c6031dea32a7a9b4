/** What the API's routes are built from. */
import type { Clock, Logger } from '@drydock/service-kit';
import type { SessionViews } from '../../../live/session-view.ts';
import type { NodeService } from '../../../nodes/node-service.ts';
import type { ClientNames } from '../../../operator/client-names.ts';
import type { Orders } from '../../../operator/orders.ts';
import type { Admission } from '../../../scheduling/admission.ts';
import type { AgentCommands } from '../../../scheduling/agent-commands.ts';
import type { HostRegistry } from '../../../scheduling/host-registry.ts';
import type { RateLimit } from '../../../scheduling/rate-limit.ts';
import type { Reaper } from '../../../sessions/reaper.ts';
import type { SessionDirectory } from '../../../sessions/session-directory.ts';
import type { SessionService } from '../../../sessions/session-service.ts';
import type { TemplateBook } from '../../../templates/templates.ts';
import type { Origins } from '../../base/origins.ts';
import type { Tokens } from '../../base/tokens.ts';

export interface RouteDeps {
  service: SessionService;
  nodes: NodeService;
  directory: SessionDirectory;
  views: SessionViews;
  hosts: HostRegistry;
  admission: Admission;
  commands: AgentCommands;
  /** The templates on offer. */
  book: TemplateBook;
  reaper: Reaper;
  tokens: Tokens;
  origins: Origins;
  orders: Orders;
  /** What is kept of a client's address. */
  clients: ClientNames;
  /** Creations of sessions per address. */
  creates: RateLimit;
  clock: Clock;
  logger: Logger;
  sessionHours: number;
  maxSessionHours: number;
}
