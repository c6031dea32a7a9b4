/** For pages that bundle the elements themselves; importing defines nothing. */
export { codeText, MAX_CODE_CHARACTERS } from './blocks/code-text.ts';
export { type CodeBlock, findBlocks } from './blocks/find-blocks.ts';
export { withoutPrompts } from './blocks/prompts.ts';
export { type Repair, repairText } from './blocks/repair-text.ts';
export { DrydockElement, DrydockLab, DrydockTerminal, type RanAnswer } from './element.ts';
