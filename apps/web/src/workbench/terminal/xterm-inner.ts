/** The one place on the page that reads xterm's inner fields; its tests fail when a new version names them otherwise. */
import { keptLines } from '@drydock/terminal-text';
import type { Terminal } from '@xterm/xterm';

type Cell = [number, number];

/** Fields of xterm 6 as this file uses them. */
interface InnerTerminal {
  _core: {
    buffer: { scrollTop: number; scrollBottom: number };
    _renderService?: {
      handleSelectionChanged(start: Cell | undefined, end: Cell | undefined, columnSelectMode: boolean): void;
    };
  };
}

const inner = (terminal: unknown) => (terminal as InnerTerminal)._core;

/**
 * Lines of plain text after which nothing that is on the screen or above it now is left; undefined while a scroll region keeps a part of
 * the screen in its place.
 */
export function linesToLeave(terminal: Pick<Terminal, 'rows' | 'options'>): number | undefined {
  const { scrollTop, scrollBottom } = inner(terminal).buffer;
  if (scrollTop !== 0 || scrollBottom !== terminal.rows - 1) return undefined;
  return keptLines(terminal.rows, terminal.options.scrollback ?? 0);
}

/**
 * At every scrolled line xterm asks for the selection to be drawn anew, for which the DOM renderer builds each row of the screen: every
 * frame of a flood is built twice. Without a selection, now and before, there is nothing to draw. To be called once it is open.
 */
export function drawSelectionWhenThereIsOne(terminal: Terminal): void {
  const service = inner(terminal)._renderService;
  if (service === undefined) return;
  const draw = service.handleSelectionChanged.bind(service);
  let hadSelection = false;
  service.handleSelectionChanged = (start, end, columnSelectMode) => {
    const hasSelection = start !== undefined && end !== undefined;
    if (hasSelection || hadSelection) draw(start, end, columnSelectMode);
    hadSelection = hasSelection;
  };
}
