/** Front matter's values to what a session is asked for: nodes, files, variables, ports, needs, scripts. */
import type { Findings } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import type { EnvWish, FileWish, Need, NodeWish, PortWish, Script } from '../lab.ts';
import { MAX_LAB_NODES } from '../limits.ts';
import { isPattern, patternProblem, patternSource } from '../patterns/pattern.ts';
import { isNodePath, type LabFiles, resolvePath } from '../source/lab-files.ts';
import type { FrontMatterPart } from './front-matter.ts';

/** The nodes; more than `most` is a finding. */
export function nodeWishes(
  { values, placeOf }: FrontMatterPart,
  most: number | undefined,
  findings: Findings,
): NodeWish[] {
  if (values.template !== undefined && values.nodes === undefined) return [];
  const wished = values.nodes ?? 1;
  const count = typeof wished === 'number' ? wished : wished.length;
  const limit = Math.min(most ?? MAX_LAB_NODES, MAX_LAB_NODES);
  if (count > limit) {
    findings.add('NODES_OVER_LIMIT', placeOf('nodes'), `The lab asks for ${count} nodes; ${limit} are allowed.`);
  }
  if (typeof wished === 'number') {
    return Array.from({ length: Math.min(wished, MAX_LAB_NODES) }, (_, index) => ({ name: `node${index + 1}` }));
  }
  const names = new Set<string>();
  return wished.flatMap((wish, index) => {
    const node =
      typeof wish === 'string'
        ? { name: wish }
        : { name: wish.name, ...(wish.size === undefined ? {} : { size: wish.size }) };
    if (names.has(node.name)) {
      findings.add('VALUE_WRONG', placeOf('nodes', index), `Two nodes are called "${node.name}".`);
      return [];
    }
    names.add(node.name);
    return [node];
  });
}

export function needWishes({ values, placeOf }: FrontMatterPart, findings: Findings): Need[] {
  return (values.needs ?? []).flatMap((text, index): Need[] => {
    const docker = /^docker\s*>=\s*(\d{1,4}(?:\.\d{1,4}){0,2})$/.exec(text);
    if (docker !== null) return [{ kind: 'docker', atLeast: (docker[1] ?? '').split('.').map(Number) }];
    const arch = /^arch\s*=\s*(\w{1,20})$/.exec(text);
    if (arch !== null) return [{ kind: 'arch', is: arch[1] ?? '' }];
    if (text === 'internet' || text === 'kvm') return [{ kind: text }];
    const near = didYouMean(text, ['internet', 'kvm']);
    findings.add(
      'VALUE_WRONG',
      placeOf('needs', index),
      `A lab may need docker>=28, internet, kvm, arch=amd64; not "${text}".${near}`,
    );
    return [];
  });
}

export function envWishes({ values, placeOf }: FrontMatterPart, findings: Findings): EnvWish[] {
  return Object.entries(values.env ?? {}).map(([name, value]): EnvWish => {
    if (typeof value !== 'object') return { name, value: String(value) };
    const source =
      value.match === undefined ? undefined : isPattern(value.match) ? patternSource(value.match) : value.match;
    const problem = source === undefined ? undefined : patternProblem(source);
    if (problem !== undefined) findings.add('PATTERN_WRONG', placeOf('env', name, 'match'), problem);
    return {
      name,
      ask: value.ask,
      ...(source === undefined ? {} : { match: source }),
      ...(value.secret === true ? { secret: true as const } : {}),
    };
  });
}

export function portWishes(
  { values, placeOf }: FrontMatterPart,
  nodes: ReadonlySet<string> | null,
  findings: Findings,
): PortWish[] {
  return (values.ports ?? []).map((wish, index): PortWish => {
    if (typeof wish === 'number') return { port: wish };
    if (wish.node !== undefined && nodes !== null && !nodes.has(wish.node)) {
      findings.add(
        'NODE_UNKNOWN',
        placeOf('ports', index, 'node'),
        `The lab has no node "${wish.node}".${didYouMean(wish.node, nodes)}`,
      );
    }
    return {
      port: wish.port,
      ...(wish.node === undefined ? {} : { node: wish.node }),
      ...(wish.path === undefined ? {} : { path: wish.path }),
      ...(wish.title === undefined ? {} : { title: wish.title }),
      ...(wish.open === true ? { open: true as const } : {}),
    };
  });
}

/** `files:` and the folder `files/<node or all>/…`. */
export function fileWishes(
  part: FrontMatterPart,
  entry: string,
  files: LabFiles,
  nodes: ReadonlySet<string> | null,
  findings: Findings,
): FileWish[] {
  const { values, placeOf } = part;
  const wishes: FileWish[] = [];
  const known = (node: string) => nodes === null || nodes.has(node) || node === 'all';
  for (const [target, value] of Object.entries(values.files ?? {})) {
    const place = placeOf('files', target);
    const [, node = 'all', path = ''] = /^(?:([a-z][a-z0-9-]{0,31}):)?(.*)$/s.exec(target) ?? [];
    if (!known(node))
      findings.add('NODE_UNKNOWN', place, `The lab has no node "${node}".${didYouMean(node, nodes ?? [])}`);
    if (!isNodePath(path)) findings.add('FILE_UNSAFE_PATH', place, `"${path}" is no absolute path of a node.`);
    const on = node === 'all' ? {} : { node };
    if (!/^\.{1,2}\/\S+$/.test(value)) {
      wishes.push({ ...on, path, text: value });
      continue;
    }
    const from = resolvePath(entry, value);
    const file = from === undefined ? undefined : files.get(from);
    if (from === undefined || file === undefined)
      findings.add('FILE_MISSING', place, `The lab has no file "${value}".`);
    else wishes.push({ ...on, path, from, ...(file.executable === true ? { executable: true as const } : {}) });
  }
  const base = folderOf(entry);
  for (const [name, file] of files) {
    const match = /^files\/([^/]+)(\/.+)$/s.exec(name.startsWith(base) ? name.slice(base.length) : '');
    if (match === null) continue;
    const [, node = '', path = ''] = match;
    const place = { file: name, line: 1, column: 1 };
    if (!known(node))
      findings.add(
        'NODE_UNKNOWN',
        place,
        `files/${node}: the lab has no node "${node}".${didYouMean(node, nodes ?? [])}`,
      );
    if (!isNodePath(path)) findings.add('FILE_UNSAFE_PATH', place, `"${path}" is no absolute path of a node.`);
    wishes.push({
      ...(node === 'all' ? {} : { node }),
      path,
      from: name,
      ...(file.executable === true ? { executable: true as const } : {}),
    });
  }
  return wishes;
}

/** `setup:` and `setup/<node>.sh`. */
export function setupScripts(
  { values, placeOf }: FrontMatterPart,
  entry: string,
  files: LabFiles,
  nodes: ReadonlySet<string> | null,
  findings: Findings,
): Script[] {
  const scripts: Script[] = [];
  const place = placeOf('setup');
  if (typeof values.setup === 'string') scripts.push({ text: values.setup, source: place });
  else {
    for (const [node, text] of Object.entries(values.setup ?? {})) {
      const source = placeOf('setup', node);
      if (node !== 'all' && nodes !== null && !nodes.has(node)) {
        findings.add('NODE_UNKNOWN', source, `The lab has no node "${node}".${didYouMean(node, nodes)}`);
      }
      scripts.push({ ...(node === 'all' ? { all: true as const } : { node }), text, source });
    }
  }
  const base = folderOf(entry);
  for (const [name, file] of files) {
    const node = /^setup\/([^/]+)\.sh$/.exec(name.startsWith(base) ? name.slice(base.length) : '')?.[1];
    if (node === undefined || !('text' in file)) continue;
    const source = { file: name, line: 1, column: 1 };
    if (node !== 'all' && nodes !== null && !nodes.has(node)) {
      findings.add(
        'NODE_UNKNOWN',
        source,
        `setup/${node}.sh: the lab has no node "${node}".${didYouMean(node, nodes)}`,
      );
    }
    scripts.push({ ...(node === 'all' ? { all: true as const } : { node }), text: file.text, source });
  }
  return scripts;
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
