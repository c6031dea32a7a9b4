/** One host's session networks as a process, for tests of sessions that span hosts: obeys JSON lines on stdin, answers each. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sessionIdSchema, sessionNetworkSchema } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { z } from 'zod';
import { NO_LISTS } from '../../network/egress-lists.ts';
import { installHostRules } from '../../network/host-rules.ts';
import { createGatewayServices } from '../../network/session/gateway-services.ts';
import { createSessionNetworks, type SessionNetworks } from '../../network/session/session-networks.ts';
import { createTransitClaims } from '../../network/session/transit-claims.ts';
import { createSessionSpans } from '../../network/span/session-spans.ts';
import { readUnderlay } from '../../network/span/underlay.ts';
import { loadNetnsAddon } from '../../system/netns-addon.ts';
import { createNetnsSockets } from '../../system/netns-sockets.ts';
import { NATIVE_DIR } from '../nodes/real-host.ts';
import { plugOf } from './network-world.ts';

const settings = z
  .object({ stateDir: z.string(), address: z.string(), adopt: z.array(sessionIdSchema) })
  .parse(JSON.parse(process.argv[2] ?? '{}'));
const orderSchema = z.object({
  call: z.enum(['ensure', 'span', 'attach', 'detach', 'destroy', 'peers', 'underlay']),
  sessionId: sessionIdSchema,
  network: sessionNetworkSchema.optional(),
  name: z.string().default(''),
  index: z.number().default(0),
  pid: z.number().default(0),
});

const logger = createLogger('span-host', 'warn');
const addon = loadNetnsAddon(NATIVE_DIR);
const sockets = createNetnsSockets(addon);
const underlay = await readUnderlay(settings.address);
const networks: SessionNetworks = createSessionNetworks({
  addon,
  sockets,
  claims: createTransitClaims('/run/drydock/alloc', settings.stateDir),
  logger,
  spans: createSessionSpans(join(settings.stateDir, 'networks'), underlay, 10 ** 9),
  services: createGatewayServices({
    sockets,
    upstream: { ask: async () => undefined },
    mirror: (_request, response) => response.end('mirror'),
    lists: NO_LISTS,
    clock: systemClock,
    logger,
  }),
});
await installHostRules({ lists: NO_LISTS, neighbours: [] });
await networks.adopt(settings.adopt);

async function obey(text: string): Promise<unknown> {
  const { call, sessionId, network, pid, ...node } = orderSchema.parse(JSON.parse(text));
  switch (call) {
    case 'ensure':
      return networks.ensure(sessionId, 'internet', network);
    case 'span':
      return network && networks.span(sessionId, network);
    case 'attach':
      return networks.attach(sessionId, { ...node, plug: plugOf(pid) });
    case 'detach':
      return networks.detach(sessionId, node);
    case 'destroy':
      return networks.destroy(sessionId);
    case 'peers':
      return networks.peers(sessionId);
    case 'underlay':
      return underlay;
  }
}

createInterface({ input: process.stdin }).on('line', (text) => {
  obey(text).then(
    (answer) => process.stdout.write(`${JSON.stringify({ answer: answer ?? null })}\n`),
    (error: unknown) => process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`),
  );
});
process.stdout.write('{"answer":"up"}\n');
