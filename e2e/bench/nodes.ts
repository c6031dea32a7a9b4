/** Life of a node, by the API: create, docker, destroy. */
import { createSession } from '../support/api.ts';
import type { Figures } from './figures.ts';
import { timed } from './figures.ts';

/** Nodes made one after another; enough for a p95 that one outlier does not decide. */
const ROUNDS = 20;

export async function benchNodes(origin: string, figures: Figures): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const created = await timed(() => createSession(origin));
    figures.sample('session.create', 'ms', created.ms);
    const session = created.result;
    try {
      const node = await timed(() => session.addNode());
      figures.sample('node.create', 'ms', node.ms);
      const docker = await timed(() => session.dockerReady(node.result.name));
      figures.sample('node.docker-ready', 'ms', node.ms + docker.ms);
      figures.sample('node.destroy', 'ms', (await timed(() => session.deleteNode(node.result.name))).ms);
    } finally {
      await session.close();
    }
  }
}
