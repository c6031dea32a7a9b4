/** Keeps an xterm from answering terminal queries in bytes that are old: the program that asked has gone on long ago (T-9). */

/** The part of xterm's public parser interface that is needed; xterm and its headless twin both have it. */
export interface QueryParser {
  registerCsiHandler(
    id: { prefix?: string; intermediates?: string; final: string },
    handler: (params: (number | number[])[]) => boolean,
  ): { dispose(): void };
  registerDcsHandler(
    id: { prefix?: string; intermediates?: string; final: string },
    handler: (data: string, params: (number | number[])[]) => boolean,
  ): { dispose(): void };
  registerOscHandler(ident: number, handler: (data: string) => boolean): { dispose(): void };
}

/** Every CSI sequence that xterm answers: device attributes, status and mode reports, version, keyboard flags. */
const CSI_QUERIES: readonly { prefix?: string; intermediates?: string; final: string }[] = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { prefix: '>', final: 'q' },
  { prefix: '?', final: 'u' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
];
/** DECRQSS and XTGETTCAP. */
const DCS_QUERIES: readonly { intermediates: string; final: string }[] = [
  { intermediates: '$', final: 'q' },
  { intermediates: '+', final: 'q' },
];
/** Palette, foreground, background and cursor: questions when a field is `?`. */
const OSC_QUERIES: readonly number[] = [4, 10, 11, 12];
/** The clipboard: a question for it is never answered, not even with nothing, which would be typed into the shell. */
const OSC_CLIPBOARD = 52;

const asks = (data: string) => data.split(';').includes('?');
/** XTWINOPS numbers below this move or resize a window; from here on most are reports (22 and 23 save and restore titles). */
const FIRST_WINDOW_REPORT = 11;
const SAVE_TITLE = 22;
const RESTORE_TITLE = 23;

/** Adds handlers to `parser` that swallow queries while `isMuted` says so and let everything else pass. */
export function muteTerminalQueries(parser: QueryParser, isMuted: () => boolean): { dispose(): void } {
  const handlers = [
    ...CSI_QUERIES.map((id) => parser.registerCsiHandler(id, () => isMuted())),
    parser.registerCsiHandler({ final: 't' }, ([operation]) => {
      const number = typeof operation === 'number' ? operation : 0;
      return isMuted() && number >= FIRST_WINDOW_REPORT && number !== SAVE_TITLE && number !== RESTORE_TITLE;
    }),
    ...DCS_QUERIES.map((id) => parser.registerDcsHandler(id, () => isMuted())),
    ...OSC_QUERIES.map((ident) => parser.registerOscHandler(ident, (data) => isMuted() && asks(data))),
    parser.registerOscHandler(OSC_CLIPBOARD, asks),
  ];
  return {
    dispose: () => {
      for (const handler of handlers) handler.dispose();
    },
  };
}
