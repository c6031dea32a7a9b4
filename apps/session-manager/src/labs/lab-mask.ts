/**
 * What a page gets in place of a lab's own keys. Keys, hashes and digests are made of the whole text, secret parts included: who has one could try
 * short answers until one fits. Masked they are HMACs by a secret of this place over the version and the key, so that a lab of one's own
 * with the same question and a guessed answer has other keys.
 */
import { createHmac } from 'node:crypto';
import type { Block, Lab, ReaderBlock, ReaderGroup, ReaderLab, ReaderLeaf, ReaderStep } from '@drydock/lab';
import { readerView } from '@drydock/lab';

/** 80 bits: nobody guesses one, and a step of 200 leaves stays small. */
const KEY_LETTERS = 20;
/** labVersionSchema. */
const VERSION_LETTERS = 32;

export interface LabMask {
  readonly version: string;
  /** The page's key of one of ours. */
  key(own: string): string;
  /** The lab as its pages may have it. */
  readonly reader: ReaderLab;
}

/** The masked name of a version. */
export function maskVersion(secret: string, digest: string): string {
  return createHmac('sha256', secret).update(`lab-version\n${digest}`).digest('hex').slice(0, VERSION_LETTERS);
}

/** Builds the mask of one version; the reader's view is made once. */
export function createLabMask(secret: string, lab: Lab): LabMask {
  const key = (own: string) =>
    createHmac('sha256', secret).update(`lab-key\n${lab.digest}\n${own}`).digest('hex').slice(0, KEY_LETTERS);
  const version = maskVersion(secret, lab.digest);
  let reader: ReaderLab | undefined;
  return {
    version,
    key,
    get reader() {
      reader ??= maskedLab(readerView(lab), version, key);
      return reader;
    },
  };
}

type Key = (own: string) => string;

function maskedLab(lab: ReaderLab, version: string, key: Key): ReaderLab {
  const blocks = (list: ReaderBlock[]) => list.map((block) => maskedBlock(block, key));
  return {
    ...lab,
    digest: version,
    intro: blocks(lab.intro),
    steps: lab.steps.map(
      (step): ReaderStep => ({
        ...step,
        hash: key(step.hash),
        hints: step.hints.map((hint) => ({ ...hint, key: key(hint.key) })),
        blocks: blocks(step.blocks),
        checks: maskedGroup(step.checks, key),
      }),
    ),
    ...(lab.finish === undefined ? {} : { finish: blocks(lab.finish) }),
  };
}

function maskedBlock(block: ReaderBlock, key: Key): ReaderBlock {
  switch (block.kind) {
    case 'checks':
      return { ...block, leaves: block.leaves.map(key) };
    case 'ask':
      return { ...block, key: key(block.key), leaf: key(block.leaf) };
    case 'run':
    case 'file':
    case 'quiz':
      return { ...block, key: key(block.key) };
    case 'hint':
    case 'solution':
      return { ...block, key: key(block.key), blocks: block.blocks.map((inner) => maskedBlock(inner, key)) };
    case 'details':
      return { ...block, blocks: block.blocks.map((inner) => maskedBlock(inner, key)) };
    case 'output':
      return block.of === undefined ? block : { ...block, of: key(block.of) };
    case 'prose':
    case 'port':
    case 'file-link':
    case 'image':
      return block;
  }
}

function maskedGroup({ op, of }: ReaderGroup, key: Key): ReaderGroup {
  return {
    op,
    of: of.map((entry): ReaderGroup | ReaderLeaf =>
      'op' in entry ? maskedGroup(entry, key) : { ...entry, key: key(entry.key) },
    ),
  };
}

/** All blocks of a list and of what is folded within. */
export function allBlocks(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => ('blocks' in block ? [block, ...allBlocks(block.blocks)] : [block]));
}
