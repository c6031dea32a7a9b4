/** What the compiler's parts share while one lab is compiled. */
import type Slugger from 'github-slugger';
import type { LeafContext } from '../checks/read-leaf.ts';
import type { Findings, Place } from '../findings/finding.ts';
import { MAX_BLOCKS } from '../limits.ts';
import type { InlineContext } from '../markdown/inline.ts';
import type { SourceFile } from '../source/source-file.ts';

export type CompileContext = {
  /** As `lab check` reads: what a reader may live with is an error. */
  strict: boolean;
  findings: Findings;
  leaves: LeafContext;
  slugs: Slugger;
  /** How prose of a file is converted. */
  inlineOf(source: SourceFile): InlineContext;
  /** Counts a block with a button, a list or a question; false, and one finding, beyond MAX_BLOCKS. */
  countBlock(place: Place): boolean;
};

export function createBlockCounter(findings: Findings): (place: Place) => boolean {
  let count = 0;
  return (place) => {
    count += 1;
    if (count === MAX_BLOCKS + 1) findings.add('BLOCKS_OVER_LIMIT', place, `A lab has at most ${MAX_BLOCKS} blocks.`);
    return count <= MAX_BLOCKS;
  };
}
