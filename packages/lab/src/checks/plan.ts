/** The check plan: leaves (one line of the reader's list each) in groups. */
import type { Place } from '../findings/finding.ts';
import type { Match } from './match.ts';

/** A name that is one, or a pattern of names. */
export type NameMatch = { eq: string } | { re: string };

export type ObjectKind =
  | 'container'
  | 'image'
  | 'volume'
  | 'network'
  | 'service'
  | 'task'
  | 'stack'
  | 'secret'
  | 'config'
  | 'compose'
  | 'node';

export type Subject =
  | { kind: 'swarm' }
  | { kind: ObjectKind; name?: NameMatch }
  | { kind: 'port'; port: number }
  | { kind: 'http'; port: number; path: string; scheme: 'http' | 'https'; method: string; withinMs: number }
  | { kind: 'file'; path: string }
  | { kind: 'process'; name: NameMatch }
  | { kind: 'env'; name: string }
  | { kind: 'ran'; command: NameMatch }
  | { kind: 'ask'; question: string; equalsRun?: string }
  | { kind: 'run'; script: string; timeoutMs: number; as?: string };

export type SubjectKind = Subject['kind'];

export type Leaf = {
  /** Hash of what it asks: edits elsewhere, of its wording or its place leave it as it is. */
  key: string;
  subject: Subject;
  /** The node it is about; absent: any, or the session's. */
  at?: string;
  want: Record<string, Match>;
  say?: string;
  title?: string;
  /** How long it must hold (ms). */
  forMs: number;
  source: Place;
};

export type Group = { op: 'all' | 'any' | 'not'; of: (Group | Leaf)[] };

export function isGroup(entry: Group | Leaf): entry is Group {
  return 'op' in entry;
}

/** All leaves of a group, in the order of the reader's list. */
export function leavesOf(group: Group): Leaf[] {
  return group.of.flatMap((entry) => (isGroup(entry) ? leavesOf(entry) : [entry]));
}
