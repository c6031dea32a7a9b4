/** A line of the reader's list, where its author gave it no title: `container web: state running, publishes 8080`. */
import { showMatch } from '../checks/match.ts';
import type { Leaf, Subject } from '../checks/plan.ts';
import { MAX_SHOWN_TEXT } from '../limits.ts';
import type { ReaderLeaf } from '../reader/reader-lab.ts';
import { shownText } from '../shell/hidden.ts';

/** The title of a leaf: its author's, else what it asks, in one bounded line. */
export function leafTitle({ title, subject, want, at }: Pick<Leaf, 'title' | 'subject' | 'want' | 'at'>): string {
  if (title !== undefined) return shownText(title, MAX_SHOWN_TEXT);
  const conditions = Object.entries(want).map(([key, match]) =>
    'absent' in match ? 'is gone' : 'eq' in match && match.eq === true ? key : `${key} ${showMatch(match)}`,
  );
  const isPlainRun = subject.kind === 'run' && conditions.join() === 'exit 0';
  const isAsk = subject.kind === 'ask';
  const parts = isPlainRun || isAsk ? '' : conditions.join(', ');
  const where = at === undefined || isAsk ? '' : ` on ${at}`;
  return shownText(`${subjectWords(subject)}${where}${parts === '' ? '' : `: ${parts}`}`, MAX_SHOWN_TEXT);
}

/** The same for a leaf as its reader has it: of a script it says that it is one. */
export function readerLeafTitle(leaf: ReaderLeaf): string {
  const { subject } = leaf;
  if (leaf.title !== undefined) return shownText(leaf.title, MAX_SHOWN_TEXT);
  if (subject.kind === 'run') return 'a script of the lab succeeds';
  if (subject.kind === 'ask') return shownText(subject.question, MAX_SHOWN_TEXT);
  return leafTitle({ subject, want: leaf.want, ...(leaf.at === undefined ? {} : { at: leaf.at }) });
}

function subjectWords(subject: Subject): string {
  switch (subject.kind) {
    case 'swarm':
      return 'swarm';
    case 'port':
      return `port ${subject.port}`;
    case 'http':
      return `${subject.method === 'GET' ? '' : `${subject.method} `}${subject.scheme}://localhost:${subject.port}${subject.path}`;
    case 'file':
      return subject.path;
    case 'process':
      return `process ${nameWords(subject.name)}`;
    case 'env':
      return `variable ${subject.name}`;
    case 'ran':
      return `command ${nameWords(subject.command)}`;
    case 'ask':
      return subject.question;
    case 'run':
      return subject.script.trim().split('\n')[0] ?? '';
    default:
      return subject.name === undefined ? subject.kind : `${subject.kind} ${nameWords(subject.name)}`;
  }
}

function nameWords(name: { eq: string } | { re: string }): string {
  return 'eq' in name ? name.eq : `/${name.re}/`;
}
