/** What an address in a lab's text may be. Whatever is not one of these is refused. */
import { isNodePath, resolvePath } from '../source/lab-files.ts';

export type LinkTarget =
  | { kind: 'web'; url: string }
  | { kind: 'port'; port: number; node?: string; path: string; scheme: 'http' | 'https' }
  | { kind: 'file'; node: string; path: string; line?: number }
  | { kind: 'lab'; path: string; fragment?: string }
  | { kind: 'anchor'; id: string }
  | { kind: 'refused'; why: 'scheme' | 'characters' | 'outside' | 'port' };

const MAX_ADDRESS = 2_048;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNSAFE = /[\u0000-\u0020\u007f-\u00a0\\<>"`\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/;
const PORT_ADDRESS = /^(https?):\/\/([a-z][a-z0-9-]{0,31}|127\.0\.0\.1|0\.0\.0\.0)(?::(\d{1,6}))?((?:[/?#][\s\S]*)?)$/i;
const FILE_ADDRESS = /^([a-z][a-z0-9-]{0,31}):(\/[^?#]*?)(?::(\d{1,6}))?$/;

/** Reads an address written in the file `from`; `nodes` are the names that `http://NAME:PORT` and `NAME:/path` may use. */
export function linkTarget(address: string, from: string, nodes: ReadonlySet<string>): LinkTarget {
  if (address.length > MAX_ADDRESS || UNSAFE.test(address)) {
    return { kind: 'refused', why: 'characters' };
  }
  const file = FILE_ADDRESS.exec(address);
  if (file !== null && nodes.has(file[1] ?? '')) {
    const [, node = '', path = '', line] = file;
    if (!isNodePath(path)) return { kind: 'refused', why: 'outside' };
    return { kind: 'file', node, path, ...(line === undefined ? {} : { line: Number(line) }) };
  }
  const port = portTarget(address, nodes);
  if (port !== undefined) return port;
  if (/^(https?:\/\/[^/]|mailto:)/i.test(address)) return { kind: 'web', url: address };
  if (address.startsWith('#')) return { kind: 'anchor', id: address.slice(1) };
  if (/^[a-z][a-z0-9+.-]*:/i.test(address) || address.startsWith('//')) return { kind: 'refused', why: 'scheme' };
  const [withoutFragment = '', fragment] = address.split('#', 2);
  const path = resolvePath(from, decodePath(withoutFragment.split('?', 1)[0] ?? ''));
  if (path === undefined) return { kind: 'refused', why: 'outside' };
  return { kind: 'lab', path, ...(fragment === undefined ? {} : { fragment }) };
}

function portTarget(address: string, nodes: ReadonlySet<string>): LinkTarget | undefined {
  const match = PORT_ADDRESS.exec(address);
  if (match === null) return undefined;
  const scheme = (match[1] ?? 'http').toLowerCase() === 'https' ? 'https' : 'http';
  const host = (match[2] ?? '').toLowerCase();
  const isLocal = host === 'localhost' || host === '127.0.0.1' || host === '0.0.0.0';
  if (!isLocal && !nodes.has(host)) return undefined;
  const port = match[3] === undefined ? (scheme === 'https' ? 443 : 80) : Number(match[3]);
  if (port < 1 || port > 65_535) return { kind: 'refused', why: 'port' };
  const rest = match[4] ?? '';
  return {
    kind: 'port',
    port,
    path: rest.startsWith('/') ? rest : `/${rest}`,
    scheme,
    ...(isLocal ? {} : { node: host }),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
