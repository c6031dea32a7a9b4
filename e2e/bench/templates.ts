/** From one call to a swarm of five nodes that is ready: all Ready, and the mesh up on each of them. */
import { type ApiSession, createSession } from '../support/api.ts';
import type { Figures } from './figures.ts';
import { timed } from './figures.ts';
import { poolFull, poolOf } from './nodes.ts';

const TEMPLATE = 'swarm-3m2w';
const NODES = 5;
const ROUNDS = 10;
/** A round that takes longer than this counts as failed (s). */
const PATIENCE_SECONDS = 120;

/** Asks the first manager itself: all are Ready, as `docker node ls` has it. */
const ALL_READY = `until [ "$(docker node ls --format '{{.Status}}' 2>/dev/null | grep -c Ready)" = ${NODES} ]; do sleep 0.05; done`;
/** The routing mesh of a node is up when docker's ingress sandbox is there and the mesh serves it. */
const MESH_UP = `until /usr/lib/drydock/swarm-mesh --status 2>/dev/null | jq -e '[.sandboxes[]?.name] | index("ingress_sbox") != null' >/dev/null; do sleep 0.05; done`;

async function must(session: ApiSession, node: string, script: string): Promise<void> {
  const { exitCode, stderr } = await session.sh(node, script, PATIENCE_SECONDS);
  if (exitCode !== 0) throw new Error(`${node}: ${stderr}`);
}

/** Waits until the template is through: its nodes run, its swarm is Ready and meshed. */
async function swarmReady(session: ApiSession): Promise<void> {
  const { nodes } = await session.get();
  const names = nodes.map(({ name }) => name);
  for (const name of names) {
    while ((await session.get()).nodes.find((node) => node.name === name)?.state !== 'running') {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await must(session, names[0] ?? '', ALL_READY);
  await Promise.all(names.map((name) => must(session, name, MESH_UP)));
}

export async function benchTemplates(origin: string, figures: Figures): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    // A host keeps as many nodes ready as were asked for at once; before the first time it has few or none.
    const pool = await (round === 0 ? poolOf(origin) : poolFull(origin, NODES));
    const started = performance.now();
    const session = await createSession(origin, { template: TEMPLATE });
    try {
      await swarmReady(session);
      const kind = pool >= NODES ? 'warm' : pool === 0 ? 'cold' : 'partly-warm';
      figures.sample(`template.${TEMPLATE}.${kind}`, 'ms', performance.now() - started);
    } finally {
      figures.sample(`template.${TEMPLATE}.close`, 'ms', (await timed(() => session.close())).ms);
    }
  }
}
