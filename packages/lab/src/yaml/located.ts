/** YAML as values with places. YAML 1.2 core schema, no anchors, aliases, tags or merge keys; bounded. */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import type { Findings, Place } from '../findings/finding.ts';
import { MAX_YAML_BYTES, MAX_YAML_DEPTH, MAX_YAML_VALUES } from '../limits.ts';
import { utf8Length } from '../source/lab-files.ts';

export type YamlScalar = string | number | boolean | null;
export type LocatedScalar = { type: 'scalar'; value: YamlScalar; place: Place };
export type LocatedList = { type: 'list'; items: Located[]; place: Place };
export type LocatedEntry = { key: string; place: Place; value: Located };
export type LocatedMap = { type: 'map'; entries: LocatedEntry[]; place: Place };
export type Located = LocatedScalar | LocatedList | LocatedMap;

/**
 * Reads a YAML text; `placeOf` turns an offset in it into a place in its file. What is wrong becomes findings, and the answer is then
 * undefined; an empty text is a null scalar.
 */
export function readYaml(text: string, placeOf: (offset: number) => Place, findings: Findings): Located | undefined {
  if (utf8Length(text) > MAX_YAML_BYTES) {
    findings.add('YAML_TOO_LARGE', placeOf(0), `A YAML text has at most ${MAX_YAML_BYTES / 1024} KiB.`);
    return undefined;
  }
  const many = tooManyAt(text);
  if (many !== undefined) {
    findings.add('YAML_TOO_LARGE', placeOf(many), `A YAML text has at most ${MAX_YAML_VALUES} lines and commas.`);
    return undefined;
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    findings.add('YAML_TOO_DEEP', placeOf(deep), `YAML is nested at most ${MAX_YAML_DEPTH} deep here.`);
    return undefined;
  }
  try {
    return convert(text, placeOf, findings);
  } catch (error) {
    // The library throws nothing for bad text; what it throws for monstrous text is one finding.
    findings.add(
      'YAML_SYNTAX',
      placeOf(0),
      `This YAML cannot be read (${error instanceof Error ? error.name : 'error'}).`,
    );
    return undefined;
  }
}

function convert(text: string, placeOf: (offset: number) => Place, findings: Findings): Located | undefined {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    // Looked for below: the library compares each key with all before it.
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  for (const error of document.errors) {
    findings.add('YAML_SYNTAX', placeOf(error.pos[0]), plainMessage(error.message));
  }
  let good = document.errors.length === 0;
  let left = MAX_YAML_VALUES;

  function refuse(
    code: 'YAML_ALIAS' | 'YAML_SYNTAX' | 'YAML_TOO_LARGE',
    offset: number,
    message: string,
  ): LocatedScalar {
    good = false;
    findings.add(code, placeOf(offset), message);
    return { type: 'scalar', value: null, place: placeOf(offset) };
  }

  function located(node: Node | null, fallback: number): Located {
    const offset = node?.range?.[0] ?? fallback;
    left -= 1;
    if (left === 0) return refuse('YAML_TOO_LARGE', offset, `A YAML text has at most ${MAX_YAML_VALUES} values.`);
    if (left < 0 || node === null) return { type: 'scalar', value: null, place: placeOf(offset) };
    if (isAlias(node)) return refuse('YAML_ALIAS', offset, 'Aliases (*name) are not read: write the value out.');
    if ('anchor' in node && node.anchor !== undefined) {
      return refuse('YAML_ALIAS', offset, 'Anchors (&name) are not read: write the value out.');
    }
    if (node.tag?.startsWith('!') && node.tag !== '!') {
      return refuse('YAML_SYNTAX', offset, 'Tags (!name) are not read.');
    }
    if (isMap(node)) {
      const keys = new Set<string>();
      const entries = node.items.map((pair) => {
        const key = isScalar(pair.key) ? pair.key : null;
        const at = key?.range?.[0] ?? offset;
        if (key === null) refuse('YAML_SYNTAX', at, 'A key is a word or a number.');
        const name = String(key?.value ?? '');
        if (keys.has(name)) refuse('YAML_SYNTAX', at, 'Map keys must be unique.');
        keys.add(name);
        return { key: name, place: placeOf(at), value: located(pair.value as Node | null, at) };
      });
      return { type: 'map', entries, place: placeOf(offset) };
    }
    if (isSeq(node)) {
      return {
        type: 'list',
        items: node.items.map((item) => located(item as Node | null, offset)),
        place: placeOf(offset),
      };
    }
    if (!isScalar(node)) return refuse('YAML_SYNTAX', offset, 'This is not read here.');
    return { type: 'scalar', value: scalarOf(node.value), place: placeOf(offset) };
  }

  const value = located(document.contents, 0);
  return good ? value : undefined;
}

function scalarOf(value: unknown): YamlScalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? Number(value) : null;
}

/** The library's own message without the pointer to the line, which the place says. */
function plainMessage(message: string): string {
  const line = message.split('\n', 1)[0] ?? message;
  return line.endsWith('.') ? line : `${line}.`;
}

/** Where a text has more lines and commas than values are allowed: what the parser makes of them would take seconds. */
function tooManyAt(text: string): number | undefined {
  let marks = 0;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (letter !== '\n' && letter !== '\r' && letter !== ',') continue;
    marks += 1;
    if (marks > MAX_YAML_VALUES) return index;
  }
  return undefined;
}

/** Where a text nests deeper than allowed, judged by its characters alone: the parser recurses, so it must not see such a text. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  let lineStart = 0;
  let dashes = 0;
  let onlyMarks = true;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (letter === '\n') {
      lineStart = index + 1;
      dashes = 0;
      onlyMarks = true;
    } else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1);
    if (onlyMarks && (letter === '-' || letter === '?' || letter === ':')) dashes += 1;
    else if (letter !== ' ' && letter !== '\n') onlyMarks = false;
    if (depth > MAX_YAML_DEPTH * 4 || dashes > MAX_YAML_DEPTH || index - lineStart > 100_000) return index;
  }
  return deepIndentAt(text);
}

/** Block nesting by indentation: as many different, growing indentations as levels. */
function deepIndentAt(text: string): number | undefined {
  const open: number[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (indent >= 0) {
      while (open.length > 0 && (open.at(-1) ?? 0) >= indent) open.pop();
      open.push(indent);
      if (open.length > MAX_YAML_DEPTH) return offset;
    }
    offset += line.length + 1;
  }
  return undefined;
}

/** The same as plain values, for zod. Keys are those of `Object.create(null)`: `__proto__` is a key as any other. */
export function plainOf(value: Located): unknown {
  switch (value.type) {
    case 'scalar':
      return value.value;
    case 'list':
      return value.items.map(plainOf);
    case 'map': {
      const plain: Record<string, unknown> = Object.create(null);
      for (const { key, value: inner } of value.entries) plain[key] = plainOf(inner);
      return { ...plain };
    }
  }
}

/** The places of all keys of the map at a path; none where there is no map. */
export function keyPlaces(value: Located, path: readonly PropertyKey[]): ReadonlyMap<string, Place> {
  let current: Located | undefined = value;
  for (const part of path) {
    if (current?.type === 'map') current = current.entries.find(({ key }) => key === String(part))?.value;
    else current = current?.type === 'list' ? current.items[Number(part)] : undefined;
  }
  return new Map(current?.type === 'map' ? current.entries.map(({ key, place }) => [key, place]) : []);
}

/** The value or key at a path of a zod issue; the nearest that there is. */
export function placeAlong(value: Located, path: readonly PropertyKey[]): Place {
  let current = value;
  let place = value.place;
  for (const part of path) {
    if (current.type === 'map') {
      const entry = current.entries.find(({ key }) => key === String(part));
      if (entry === undefined) return place;
      place = entry.place;
      current = entry.value;
    } else if (current.type === 'list') {
      const item = current.items[Number(part)];
      if (item === undefined) return place;
      place = item.place;
      current = item;
    } else return place;
  }
  return place;
}
