/** The manager's rooms, and what each may import of the others (docs/ARCHITECTURE.md): no arrow runs back up. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const DOMAIN = ['model', 'store', 'scheduling', 'sessions', 'nodes', 'live'];
const DOMAINS = [...DOMAIN, 'operator', 'relay', 'files', 'templates', 'swarm', 'labs', 'sign-in', 'sites'];

/**
 * Room -> rooms that it may import. Files at the top (main, manager, env, settings) and in roots/ may import every room, and no room
 * imports them.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const FLOORS = {
  model: [],
  store: ['model'],
  'sign-in': [],
  scheduling: ['model', 'store', 'sign-in'],
  sessions: ['model', 'store', 'scheduling'],
  nodes: ['model', 'store', 'scheduling', 'sessions'],
  live: ['model', 'store', 'scheduling', 'sessions', 'nodes'],
  relay: [],
  files: [],
  swarm: DOMAIN,
  templates: DOMAIN,
  labs: [...DOMAIN, 'templates', 'files', 'swarm'],
  sites: [...DOMAIN, 'templates', 'labs'],
  operator: [...DOMAIN, 'sites'],
  'edge/base': DOMAINS,
  'edge/agents': [...DOMAINS, 'edge/base'],
  'edge/ports': [...DOMAINS, 'edge/base', 'edge/agents'],
  'edge/pages': [...DOMAINS, 'edge/base', 'edge/agents', 'edge/ports'],
  'edge/operator': [...DOMAINS, 'edge/base', 'edge/agents'],
  'edge/api': [...DOMAINS, 'edge/base', 'edge/agents', 'edge/ports', 'edge/operator'],
  'edge/embed': [...DOMAINS, 'edge/base'],
  'edge/door': [
    ...DOMAINS,
    ...['base', 'agents', 'ports', 'pages', 'operator', 'api', 'embed'].map((room) => `edge/${room}`),
  ],
};
/** Programs and fixtures of tests and measurements: they may import everything, and nothing else imports them. */
const OUTSIDE = ['testing', 'bench', 'chaos', 'fuzz'];

/**
 * @param {string} path below src
 * @returns {string} its room, or '' for the files at the top and the roots
 */
function roomOf(path) {
  const [first = '', second = ''] = dirname(path).split('/');
  if (first === '.' || first === 'roots') return '';
  return first === 'edge' ? `edge/${second}` : first;
}

/**
 * @param {string} path of a file below src
 * @param {string} text of it
 * @returns {string[]} what it imports and may not
 */
export function breachesIn(path, text) {
  const room = roomOf(path);
  if (room === '' || OUTSIDE.includes(room)) return [];
  const allowed = FLOORS[room];
  if (allowed === undefined) return [`${path}: the room ${room} has no floor`];
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)].flatMap(([, specifier = '']) => {
    const other = roomOf(relative('.', join(dirname(path), specifier)));
    return other === room || allowed.includes(other) ? [] : [`${path}: ${room} imports ${specifier}`];
  });
}

/**
 * @param {string} src the manager's sources
 * @returns {string[]}
 */
export function breaches(src) {
  return readdirSync(src, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|contract)\.ts$/.test(path))
    .flatMap((path) => breachesIn(path, readFileSync(join(src, path), 'utf8')));
}
