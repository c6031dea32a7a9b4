/** What a page and a terminal host both know about the bytes of a terminal; free of Node.js and of the DOM's elements. */
export { type BoundableTerminal, boundParser, CSI_LIMITS, MAX_JOINED, type ScreenSize } from './parser-bounds.ts';
export { createUnseenText, keptLines, type UnseenText } from './unseen-text.ts';
export { bytePieces, textPieces } from './work-pieces.ts';
