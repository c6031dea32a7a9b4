/** What a step is made of: prose that cannot do anything, and blocks that can. */
import type { Finding, Place } from './findings/finding.ts';
import type { PhrasingNode, ProseNode } from './markdown/prose-nodes.ts';

export type Where = { node?: string; terminal?: number; all?: true };

export type Prose = { kind: 'prose'; nodes: ProseNode[] };

export type Run = {
  kind: 'run';
  /** Step's id + hash of the text (and a number where the same text comes again). */
  key: string;
  /** What is shown and, exactly so, what is typed. */
  text: string;
  /** Of a `console` block: all of it, prompts and output included, to be shown. */
  shown?: string;
  lang: string;
  where: Where;
  mode: 'run' | 'type' | 'keys' | 'show';
  /** Of mode `keys`: the keys in order. */
  keys?: Key[];
  opens?: 'background';
  once?: true;
  confirm?: string;
  /** The program that must be in front (`in=python`). */
  program?: string;
  interrupt?: true;
  imported?: true;
  suspicious?: Finding[];
  source: Place;
};

/** A named key (`ctrl-c`, `enter`) or text as it is. */
export type Key = { key: string } | { text: string };

export type FileWrite = {
  kind: 'file';
  key: string;
  path: string;
  node?: string;
  text: string;
  lang: string;
  /** `patch`: the text is a unified diff. */
  change: { mode: 'write' | 'append' | 'patch' } | { mode: 'before' | 'after'; pattern: string };
  suspicious?: Finding[];
  source: Place;
};

/** Expected output of the run block before it. `match`: the tool compares, `…` standing for anything. */
export type Output = { kind: 'output'; text: string; of?: string; match?: true };

/** Where a step's check list stands: the leaves whose keys it lists. */
export type CheckList = { kind: 'checks'; leaves: string[] };

export type QuizItem = { nodes: PhrasingNode[]; right: boolean; why?: PhrasingNode[] };
export type Quiz = {
  kind: 'quiz';
  key: string;
  question: PhrasingNode[];
  several: boolean;
  items: QuizItem[];
  source: Place;
};

/** A free answer; the leaf of that key judges it. */
export type Ask = { kind: 'ask'; key: string; leaf: string; question: string };

export type HintBlock = { kind: 'hint'; key: string; title: string; afterMs: number; for?: string; blocks: Block[] };
export type Solution = { kind: 'solution'; key: string; title: string; blocks: Block[] };
/** A folded part that is neither. */
export type Details = { kind: 'details'; title: string; blocks: Block[] };

export type PortLink = {
  kind: 'port';
  port: number;
  node?: string;
  path: string;
  scheme: 'http' | 'https';
  text: string;
};
export type FileLink = { kind: 'file-link'; node: string; path: string; line?: number; text: string };
/** `src` is a path in the lab, or an https address (shown by the operator's leave alone). */
export type Image = { kind: 'image'; src: string; external: boolean; alt: string; title?: string };

export type Block =
  | Prose
  | Run
  | FileWrite
  | Output
  | CheckList
  | Quiz
  | Ask
  | HintBlock
  | Solution
  | Details
  | PortLink
  | FileLink
  | Image;
