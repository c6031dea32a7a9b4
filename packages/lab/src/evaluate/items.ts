/** Facts as items: whatever a leaf is about is a list of things with a name, a node and values. */
import type { Leaf } from '../checks/plan.ts';
import { fullImageName } from '../compile/assets.ts';
import { type Facts, httpKey, type NodeFacts, type SwarmFacts } from '../facts/facts.ts';
import { type Item, imageNames } from './item.ts';
import { serviceItems, swarmItem, taskItems } from './swarm-items.ts';

/** `unknown`: something that could hold the answer is not known now. */
export type Items = { items: Item[]; unknown: boolean };

const NOTHING_KNOWN: Items = { items: [], unknown: true };

/** All items of the leaf's kind, on its node where it names one. */
export function itemsOf(leaf: Leaf, facts: Facts): Items {
  const { subject } = leaf;
  switch (subject.kind) {
    case 'swarm':
      return facts.swarm === undefined ? NOTHING_KNOWN : { items: swarmItem(facts.swarm), unknown: false };
    case 'service':
    case 'stack':
    case 'task':
    case 'secret':
    case 'config':
      if (facts.swarm === undefined) return NOTHING_KNOWN;
      if (subject.kind === 'service') return known(ofSwarm('service', facts.swarm, serviceItems));
      if (subject.kind === 'task')
        return known(
          ofSwarm('task', facts.swarm, taskItems).filter(({ node }) => leaf.at === undefined || node === leaf.at),
        );
      if (subject.kind === 'stack') return known(stackItems(facts));
      return tableOf(facts, subject.kind);
    case 'node':
      return nodeItems(leaf, facts);
    case 'container':
      return ofNodes(leaf, facts, ({ containers }) => once('container', containers, (all) => all.map(containerItem)));
    case 'compose':
      return ofNodes(leaf, facts, ({ containers }) => once('compose', containers, composeItems));
    case 'image':
      return ofNodes(leaf, facts, ({ images }) =>
        once('image', images, (all) =>
          all.map((image) => ({
            name: image.tags[0] ?? '<none>',
            names: image.tags.flatMap((tag) => [tag, fullImageName(tag), tag.replace(/:[^:/]*$/, '')]),
            values: {
              ...image,
              tag: image.tags.map((tag) => tag.slice(tag.lastIndexOf(':') + 1)),
              label: image.labels ?? {},
            },
          })),
        ),
      );
    case 'volume':
      return ofNodes(leaf, facts, ({ volumes }) =>
        once('volume', volumes, (all) =>
          all.map((one) => ({ name: one.name, values: { ...one, label: one.labels ?? {}, 'used-by': one.usedBy } })),
        ),
      );
    case 'network':
      return ofNodes(leaf, facts, ({ networks }) =>
        once('network', networks, (all) =>
          all.map((one) => ({
            name: one.name,
            values: { ...one, subnet: one.subnets, label: one.labels ?? {}, 'used-by': one.usedBy },
          })),
        ),
      );
    case 'port':
      return ofNodes(leaf, facts, ({ ports }) =>
        ports
          ?.filter(({ port }) => port === subject.port)
          .map((port) => ({
            name: String(port.port),
            values: {
              listening: true,
              by: port.source === 'process' ? 'process' : 'docker',
              reachable: port.reachable ?? port.loopback !== true,
            },
          })),
      );
    case 'http':
      return ofNodes(leaf, facts, ({ http, ports }) => {
        const answer = http?.[httpKey(subject)];
        // Nobody listens, or nobody answers: that is known, and no page.
        const isClosed = answer === undefined && ports?.every(({ port }) => port !== subject.port) === true;
        if (isClosed || answer?.error !== undefined) return [];
        return one(answer, (page) => ({ ...page, header: lowered(page.headers) }));
      });
    case 'file':
      return ofNodes(leaf, facts, ({ files }) => {
        const file = files?.[subject.path];
        if (file?.type === 'missing') return [];
        return one(file, (found) => ({
          ...found,
          contains: found.content,
          equals: found.content,
          'newer-than-step': found.newerThanStep,
        }));
      });
    case 'process':
      return ofNodes(leaf, facts, ({ processes }) =>
        processes?.map((process) => ({ name: process.command, values: { user: process.user } })),
      );
    case 'env':
      return ofNodes(leaf, facts, ({ env }) => {
        // Names as every object has them are a learner's variables only where they are there.
        const value = env !== undefined && Object.hasOwn(env, subject.name) ? env[subject.name] : undefined;
        return value === null ? [] : one(value, (text) => ({ equals: text }));
      });
    case 'ran':
      return ofNodes(leaf, facts, ({ commands }) =>
        commands?.map((command) => ({
          name: command.text,
          values: { exit: command.exit, pipe: command.pipeFailed === true ? 'failed' : 'ok' },
        })),
      );
    case 'run':
      return ofNodes(leaf, facts, ({ runs }) =>
        one(runs?.[leaf.key], (ran) => ({ exit: ran.exit ?? -1, output: ran.output })),
      );
    case 'ask': {
      const answer = facts.answers?.[leaf.key];
      return known(answer === undefined ? [] : [{ name: '', values: { answer: answer.text, wanted: answer.wanted } }]);
    }
  }
}

function known(items: Item[]): Items {
  return { items, unknown: false };
}

/** One fact that is there, or not known. */
function one<Fact>(fact: Fact | undefined, values: (fact: Fact) => Record<string, unknown>): Item[] | undefined {
  return fact === undefined ? undefined : [{ name: '', values: values(fact) }];
}

/** A node's table of one kind as items. Tables are never changed in place: what was made of one is kept as long as it lives. */
function ofNodes({ at }: Leaf, { nodes }: Facts, read: (node: NodeFacts) => Item[] | undefined): Items {
  const items: Item[] = [];
  let unknown = false;
  if (at !== undefined && nodes[at] === undefined) return NOTHING_KNOWN;
  for (const [node, facts] of Object.entries(nodes)) {
    if (at !== undefined && node !== at) continue;
    const found = read(facts);
    if (found === undefined) unknown = true;
    else for (const item of found) items.push(item.node === node ? item : placed(item, node));
  }
  return { items, unknown };
}

/** The item on its node, made once. */
function placed(item: Item, node: string): Item {
  if (item.node === undefined) {
    item.node = node;
    return item;
  }
  return { ...item, node };
}

const kept = new WeakMap<object, Map<string, Item[]>>();

function ofSwarm(name: string, swarm: SwarmFacts | null, make: (swarm: SwarmFacts) => Item[]): Item[] {
  return once(name, swarm ?? undefined, make) ?? [];
}

/** `make(table)`, made once for each table that lives. */
function once<Table extends object>(
  name: string,
  table: Table | undefined,
  make: (table: Table) => Item[],
): Item[] | undefined {
  if (table === undefined) return undefined;
  const known = kept.get(table) ?? new Map<string, Item[]>();
  kept.set(table, known);
  const items = known.get(name) ?? make(table);
  known.set(name, items);
  return items;
}

type Container = NonNullable<NodeFacts['containers']>[number];

function containerItem(container: Container): Item {
  const { labels = {}, publishes = [], networks, mounts = [] } = container;
  const service = labels['com.docker.compose.service'];
  const project = labels['com.docker.compose.project'];
  return {
    name: container.name,
    // What compose calls `app-web-1` its author calls `web`.
    ...(service === undefined ? {} : { names: [container.name, service, `${project}-${service}`] }),
    values: {
      ...container,
      image: imageNames(container.image),
      publishes: publishes.flatMap(({ port, target }) => [port, `${port}:${target}`]),
      network: networks,
      mount: mounts.flatMap(({ source, target }) => [source, target, `${source}:${target}`]),
      label: labels,
    },
  };
}

function composeItems(containers: readonly Container[]): Item[] {
  const projects = new Map<string, Record<string, string>>();
  const running = new Map<string, number>();
  for (const { labels = {}, state } of containers) {
    const project = labels['com.docker.compose.project'];
    if (project === undefined) continue;
    const services = projects.get(project) ?? {};
    services[labels['com.docker.compose.service'] ?? ''] = state;
    projects.set(project, services);
    running.set(project, (running.get(project) ?? 0) + (state === 'running' ? 1 : 0));
  }
  return [...projects].map(([name, services]) => ({ name, values: { services, running: running.get(name) ?? 0 } }));
}

function stackItems(facts: Facts): Item[] {
  const stacks = new Map<string, Item[]>();
  for (const item of serviceItems(facts.swarm ?? null)) {
    const label = (item.values.label as Record<string, string>)['com.docker.stack.namespace'];
    const stack = label ?? (item.name.includes('_') ? item.name.slice(0, item.name.indexOf('_')) : undefined);
    if (stack !== undefined) stacks.set(stack, [...(stacks.get(stack) ?? []), item]);
  }
  return [...stacks].map(([name, services]) => {
    const full = services.filter(({ values }) => Number(values.running) >= Number(values.replicas ?? 1)).length;
    return {
      name,
      values: {
        services: services.flatMap((service) => [service.name, service.name.slice(name.length + 1)]),
        running: full === services.length ? ['all', 'some'] : full > 0 ? ['some'] : [],
      },
    };
  });
}

function tableOf({ swarm }: Facts, kind: 'secret' | 'config'): Items {
  if (swarm === null) return known([]);
  const table = kind === 'secret' ? swarm?.secrets : swarm?.configs;
  if (table === undefined) return NOTHING_KNOWN;
  return known(table.map(({ name, labels }) => ({ name, values: { label: labels ?? {} } })));
}

/** Nodes of the session and of the swarm; one is `absent` when it is in no swarm: the session's nodes stay. */
function nodeItems({ want }: Leaf, { nodes, swarm }: Facts): Items {
  // Of a node that is no member, the swarm's words are known: there are none.
  const outside = swarm === undefined ? undefined : null;
  const names = new Set([
    ...(want.absent === undefined ? Object.keys(nodes) : []),
    ...(swarm?.managers ?? []).map((one) => one.name),
    ...(swarm?.workers ?? []).map((one) => one.name),
  ]);
  return {
    unknown: swarm === undefined,
    items: [...names].map((name) => {
      const isManager = swarm?.managers.some((manager) => manager.name === name) === true;
      const member = [...(swarm?.managers ?? []), ...(swarm?.workers ?? [])].find((one) => one.name === name);
      const own = nodes[name];
      const role =
        member === undefined ? (own?.role ?? (swarm === null ? 'none' : undefined)) : isManager ? 'manager' : 'worker';
      return {
        name,
        node: name,
        values: {
          role,
          availability: member === undefined ? outside : member.availability,
          state: member === undefined ? outside : member.state,
          engine: own?.engine,
          memory: own?.memory,
          label: swarm?.nodeLabels?.[name] ?? {},
        },
      };
    }),
  };
}

function lowered(headers: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([key, value]) => [
      [key, value],
      [key.toLowerCase(), value],
    ]),
  );
}
