/** What a page and a terminal host both know about the bytes of a terminal; free of Node.js and of the DOM's elements. */
export { createUnseenText, keptLines, type UnseenText } from './unseen-text.ts';
