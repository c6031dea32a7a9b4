/** The compiled lab: what page, manager and tools work with. Plain JSON; format 1. */

import type { Block } from './blocks.ts';
import type { Group } from './checks/plan.ts';
import type { Finding, Place } from './findings/finding.ts';

export type Level = 'beginner' | 'intermediate' | 'advanced';

/** Where a lab came from, as its caller knows it: shown in the banner. */
export type Origin = { source: string; path?: string; ref?: string };

export type NodeWish = { name: string; size?: string };

/** What the installation must have before the lab starts. */
export type Need =
  | { kind: 'docker'; atLeast: number[] }
  | { kind: 'internet' }
  | { kind: 'kvm' }
  | { kind: 'arch'; is: string };

export type EnvWish = { name: string; value: string } | { name: string; ask: string; match?: string; secret?: true };

export type PortWish = { port: number; node?: string; path?: string; title?: string; open?: true };

/** A file put on a node before its first shell. `from` is a path in the lab; `node` is absent for all nodes. */
export type FileWish = { node?: string; path: string; executable?: true } & ({ text: string } | { from: string });

/** A shell text that runs out of sight, on `node` (absent: the first), or on `all`. */
export type Script = { node?: string; all?: true; text: string; source: Place };

/** A mistake that the author expects: what it does, and words that the explanation must hold. */
export type Wrong = Script & { expect: string };

export type Step = {
  id: string;
  title: string;
  minutes?: number;
  /** Of the step's text alone: edits elsewhere leave it as it is. */
  hash: string;
  blocks: Block[];
  checks: Group;
  fail?: Group;
  /** Run before the step. */
  setup: Script[];
  /** Scripts; or the step's own blocks (its solution's, where it has one); or null where nothing can solve it. */
  solve: Script[] | 'blocks' | null;
  breaks: Script[];
  wrong: Wrong[];
  hints: Hint[];
  source: Place;
};

/** An offered hint; `leaf` ties it to leaves whose subject is of that kind or which bear that name. */
export type Hint = { key: string; title: string; afterMs: number; for?: string };

export type Lab = {
  format: 1;
  id: string;
  digest: string;
  title: string;
  summary: string;
  level?: Level;
  minutes?: number;
  lang: string;
  authors: string[];
  license?: string;
  tags: string[];
  image?: string;
  origin?: Origin;
  nodes: NodeWish[];
  template?: string;
  needs: Need[];
  images: string[];
  env: EnvWish[];
  ports: PortWish[];
  files: FileWish[];
  setup: Script[];
  layout: 'side' | 'below' | 'wide-text';
  order: 'free' | 'gate';
  reset: 'ask' | 'never';
  intro: Block[];
  steps: Step[];
  finish?: Block[];
  notes: Finding[];
};
