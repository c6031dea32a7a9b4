/** Ports, pages, files, processes, commands and scripts: why they are not as wanted. */
import { showMatch } from '../checks/match.ts';
import type { Leaf, Subject } from '../checks/plan.ts';
import { conditionFits, nameFits } from '../evaluate/evaluate.ts';
import { itemsOf } from '../evaluate/items.ts';
import { type Facts, httpKey } from '../facts/facts.ts';
import { nearestName } from '../findings/nearest.ts';
import { type Explanation, explained, showValue } from './explanation.ts';
import { exitMeaning } from './strings.ts';

type PortSubject = Subject & { kind: 'port' | 'http' };

export function portWhy(leaf: Leaf, subject: PortSubject, facts: Facts): Explanation {
  const { port } = subject;
  const nodes = Object.entries(facts.nodes).filter(([name]) => leaf.at === undefined || name === leaf.at);
  if (leaf.want.absent !== undefined) return explained(leaf, 'still-there', { kind: 'port', name: String(port) });
  const open = nodes.flatMap(([, { ports = [] }]) => ports.filter((one) => one.port === port));
  const [found] = open;
  if (found === undefined) return closedPort(leaf, port, facts);
  const inside = insideContainer(
    leaf,
    port,
    nodes.map(([, node]) => node),
  );
  if (subject.kind === 'http') {
    const answer = nodes.flatMap(([, { http = {} }]) => http[httpKey(subject)] ?? [])[0];
    if (answer?.status === undefined)
      return (
        inside ??
        explained(leaf, answer?.error === undefined ? 'http.closed' : 'http.error', { port, error: answer?.error })
      );
    const { status } = leaf.want;
    if (status !== undefined && !conditionFits('status', status, answer.status)) {
      return explained(leaf, 'http.status', { have: answer.status, want: showMatch(status) });
    }
    return explained(leaf, 'http.body', { have: showValue(answer.body?.trim()) });
  }
  if (found.loopback === true) return explained(leaf, 'port.loopback', { port });
  const { by } = leaf.want;
  const source = found.source === 'process' ? 'process' : 'docker';
  if (by !== undefined && !conditionFits('by', by, source))
    return explained(leaf, 'port.by', { port, have: source, want: showMatch(by) });
  return inside ?? explained(leaf, 'port.closed', { port });
}

function closedPort(leaf: Leaf, port: number, facts: Facts): Explanation {
  const other = Object.entries(facts.nodes).find(([, { ports = [] }]) => ports.some((one) => one.port === port));
  if (other !== undefined && leaf.at !== undefined)
    return explained(leaf, 'port.other-node', { port, wanted: leaf.at, node: other[0] });
  const open = Object.values(facts.nodes).flatMap(({ ports = [] }) => ports.map((one) => String(one.port)));
  const nearest = nearestName(String(port), open);
  if (nearest !== undefined) return explained(leaf, 'port.near', { port, nearest });
  const name = onlyUnpublished(leaf, facts);
  return explained(leaf, name === undefined ? 'port.closed' : 'port.unpublished', { port, name });
}

/** The one running container, where there is one alone and it publishes nothing: the option was forgotten. */
function onlyUnpublished(leaf: Leaf, facts: Facts): string | undefined {
  const running = Object.entries(facts.nodes)
    .filter(([name]) => leaf.at === undefined || name === leaf.at)
    .flatMap(([, { containers = [] }]) => containers.filter(({ state }) => state === 'running'));
  const [only] = running;
  if (only === undefined || running.length > 1 || (only.publishes ?? []).length > 0) return undefined;
  return only.networks?.includes('host') === true ? undefined : only.name;
}

/** A port that is published, and the program behind it listens elsewhere. */
function insideContainer(leaf: Leaf, port: number, nodes: readonly Facts['nodes'][string][]): Explanation | undefined {
  for (const { containers = [] } of nodes) {
    for (const { publishes = [], listens } of containers) {
      const target = publishes.find((one) => one.port === port)?.target;
      if (target === undefined || listens === undefined) continue;
      const there = listens.filter((one) => one.port === target);
      if (there.some(({ address }) => !isLoopback(address))) continue;
      if (there.length > 0) return explained(leaf, 'port.container-loopback', { port });
      if (listens.length > 0) {
        return explained(leaf, 'port.container-other', {
          port,
          target,
          listens: listens.map((one) => one.port).join(', '),
        });
      }
    }
  }
  return undefined;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

export function fileWhy(leaf: Leaf, path: string, facts: Facts): Explanation {
  const file = facts.nodes[leaf.at ?? '']?.files?.[path];
  if (leaf.want.absent !== undefined) return explained(leaf, 'still-there', { kind: 'file', name: path });
  if (file === undefined || file.type === 'missing') {
    const other = Object.entries(facts.nodes).find(
      ([, { files = {} }]) => files[path] !== undefined && files[path].type !== 'missing',
    );
    if (other !== undefined) return explained(leaf, 'file.missing.node', { path, wanted: leaf.at, node: other[0] });
    const known = Object.entries(facts.nodes[leaf.at ?? '']?.files ?? {}).filter(([, { type }]) => type !== 'missing');
    const nearest = nearestName(
      path,
      known.map(([name]) => name),
    );
    return explained(leaf, nearest === undefined ? 'file.missing' : 'file.missing.near', { path, nearest });
  }
  const { contains, equals } = leaf.want;
  const content = file.content ?? '';
  if (content === '' && (contains !== undefined || equals !== undefined))
    return explained(leaf, 'file.empty', { path });
  if (equals !== undefined && 'eq' in equals && content !== equals.eq) {
    const wanted = String(equals.eq).split('\n');
    const have = content.split('\n');
    const line = Math.max(
      0,
      [...wanted, ''].findIndex((text, index) => text !== (have[index] ?? '')),
    );
    return explained(leaf, 'file.line', { line: line + 1, have: showValue(have[line]), want: showValue(wanted[line]) });
  }
  if (contains !== undefined && !conditionFits('contains', contains, content)) {
    return explained(leaf, 'file.contains', { path, want: showMatch(contains) }, content);
  }
  const values = itemsOf(leaf, facts).items[0]?.values ?? {};
  const wrong = Object.entries(leaf.want).find(([key, match]) => !conditionFits(key, match, values[key]));
  const [condition = '', match] = wrong ?? [];
  return explained(leaf, 'value', {
    condition,
    name: path,
    have: showValue(values[condition]),
    want: match === undefined ? '' : showMatch(match),
  });
}

export function probeWhy(leaf: Leaf, facts: Facts): Explanation {
  const { subject } = leaf;
  const { items } = itemsOf(leaf, facts);
  const { at: _, ...anywhere } = leaf;
  if (leaf.want.absent !== undefined)
    return explained(leaf, 'still-there.any', { count: items.filter((item) => nameFits(leaf, item)).length });
  switch (subject.kind) {
    case 'process':
      return explained(leaf, 'process.missing', {
        name: 'eq' in subject.name ? subject.name.eq : `/${subject.name.re}/`,
      });
    case 'env': {
      const [item] = items;
      if (item === undefined) return explained(leaf, 'env.missing', { name: subject.name });
      const { equals } = leaf.want;
      return explained(leaf, 'value', {
        condition: 'value',
        name: subject.name,
        have: showValue(item.values.equals),
        want: equals === undefined ? '' : showMatch(equals),
      });
    }
    case 'ran': {
      const ran = items.findLast((item) => nameFits(leaf, item));
      if (ran !== undefined)
        return explained(leaf, 'ran.failed', {
          exit: Number(ran.values.exit ?? 0),
          meaning: exitMeaning(Number(ran.values.exit ?? 0)),
        });
      const elsewhere = itemsOf(anywhere, facts).items.find((item) => nameFits(leaf, item));
      if (elsewhere?.node !== undefined && leaf.at !== undefined)
        return explained(leaf, 'ran.node', { node: elsewhere.node, wanted: leaf.at });
      const nearest =
        'eq' in subject.command
          ? nearestName(
              subject.command.eq,
              items.map(({ name }) => name),
            )
          : undefined;
      return explained(leaf, nearest === undefined ? 'ran.never' : 'ran.near', { nearest });
    }
    case 'run': {
      const ran = facts.nodes[leaf.at ?? '']?.runs?.[leaf.key];
      if (ran === undefined || ran.timedOut === true) return explained(leaf, 'run.timeout');
      const lines = (ran.stderr?.trim() || ran.output.trim()).split('\n');
      const line = lines.at(-1) ?? '';
      return explained(
        leaf,
        line === '' ? 'run.failed.silent' : 'run.failed',
        { exit: ran.exit ?? -1, line },
        ran.exit,
      );
    }
    default: {
      const answer = facts.answers?.[leaf.key]?.text;
      return explained(leaf, answer === undefined ? 'ask.none' : 'ask.wrong', { have: answer });
    }
  }
}
