/** What is built in sessions for their people: templates, and labs that lead through them. */
import { createForgeSource } from '../labs/forge/forge-source.ts';
import { createLabBook } from '../labs/lab-book.ts';
import { createLabStarts } from '../labs/lab-starts.ts';
import { createLabWork } from '../labs/lab-work.ts';
import { createLabs as createLabsOf } from '../labs/labs.ts';
import { createNodeReach } from '../labs/node-reach.ts';
import { createDockerReady } from '../templates/docker-ready.ts';
import { createTemplateRunner } from '../templates/template-runner.ts';
import { templateBook } from '../templates/templates.ts';
import type { Core } from './core.ts';
import type { Hosts } from './hosts.ts';
import type { Live } from './live.ts';
import type { Sessions } from './sessions.ts';

export type Labs = ReturnType<typeof createLabs>;

/** Builds it; the book of labs is read when it is started. */
export function createLabs(core: Core, hosts: Hosts, sessions: Sessions, live: Live) {
  const { settings, store, clock, logger, cleanup } = core;
  const { registry, connections: commands, presence } = hosts;
  const { directory, service, nodes } = sessions;
  const { feed, bus, timeline, swarm, labViews } = live;
  const { maxNodes, managerSecret: secret } = settings;
  const { forges, builtInDir, operatorDir } = settings.labs;
  const tools = { clock, logger };

  const templates = {
    book: templateBook(settings.templates),
    runner: createTemplateRunner({
      directory,
      hosts: registry,
      nodes,
      service,
      commands,
      live: { publish: bus.publish, note: timeline.add },
      tools,
    }),
  };
  const book = createLabBook({
    folders: { builtInDir, operatorDir },
    foreign: createForgeSource({ forges, clock }),
    maxNodes,
    store: store.labs,
    secret,
    tools,
  });
  cleanup.add('lab book', () => book.stop());
  const reach = createNodeReach({ directory, hosts: registry, commands, swarm: swarm.get, logger });
  const dockerReady = createDockerReady({ directory, hosts: registry, clock });
  const work = createLabWork({ nodes, directory, templates, dockerReady, reach, presence, tools });
  const labs = createLabsOf({
    store,
    directory,
    hosts: { registry, presence },
    parts: { book, reach, work, views: labViews },
    live: { feed, bus },
    secret,
    tools,
  });
  cleanup.add('labs', () => labs.stop());
  const starts = createLabStarts({
    labs,
    nodes,
    directory,
    service,
    hosts: registry,
    templates: templates.book,
    maxNodes,
  });
  return { templates, book, labs, starts };
}
