/** Who may frame a node's page: what its program says holds, but for the workbench, which previews it. */
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Longest Content-Security-Policy that is read (characters); long ones of real sites have some 3,000. A longer one passes as it is, with
 * what else bars frames: nothing that a program asks for is weakened, the page then only has no preview.
 */
export const MAX_POLICY = 4096;

const KNOWN_OPTIONS = ['deny', 'allowall', 'sameorigin'];

const isAncestors = (words: readonly string[]) => words[0]?.toLowerCase() === 'frame-ancestors';
const wordsOf = (directive: string) => directive.split(/\s/).filter((word) => word !== '');

/** A directive of a policy; one that says who may frame the page learns our origin. */
function withOrigin(directive: string, publicOrigin: string): string {
  const words = wordsOf(directive);
  if (!isAncestors(words)) return directive;
  const others = words.filter((word) => word.toLowerCase() !== "'none'");
  return `${directive.startsWith(' ') ? ' ' : ''}${[...others, publicOrigin].join(' ')}`;
}

/** The sources of frame-ancestors that X-Frame-Options means, as browsers read it (HTML, 7.8): several values that differ are DENY. */
function ancestorsOf(option: string): string | undefined {
  const values = new Set(option.split(',').map((value) => value.trim().toLowerCase()));
  if (values.size > 1) return KNOWN_OPTIONS.some((known) => values.has(known)) ? '' : undefined;
  if (values.has('deny')) return '';
  return values.has('sameorigin') ? "'self' " : undefined;
}

/**
 * What a program says against being framed holds against every page but the workbench that previews it: X-Frame-Options becomes the
 * frame-ancestors that it means, and a policy's own frame-ancestors learns our origin.
 */
export function allowPreview(headers: IncomingHttpHeaders, publicOrigin: string): void {
  const { 'x-frame-options': option, 'content-security-policy': header } = headers;
  const policy = header === undefined ? undefined : String(header);
  if (policy !== undefined && policy.length > MAX_POLICY) return;
  delete headers['x-frame-options'];
  const policies = policy?.split(',').map((list) => list.split(';')) ?? [];
  if (policies.flat().some((directive) => isAncestors(wordsOf(directive)))) {
    headers['content-security-policy'] = policies
      .map((list) => list.map((directive) => withOrigin(directive, publicOrigin)).join(';'))
      .join(',');
    return;
  }
  const sources = ancestorsOf(String(option ?? ''));
  if (sources === undefined) return;
  const ancestors = `frame-ancestors ${sources}${publicOrigin}`;
  headers['content-security-policy'] = policy === undefined ? ancestors : `${policy}, ${ancestors}`;
}
