/** One xterm.js terminal on this page with everything around it; React only gives it a place. Loaded when the first is shown. */
import type { TerminalLink } from '@drydock/client';
import { type BoundableTerminal, boundParser, textPieces } from '@drydock/terminal-text';
import { ClipboardAddon } from '@xterm/addon-clipboard';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { copyText } from '../base/clipboard.ts';
import { hasRealGpu } from '../base/gpu.ts';
import type { PreferenceStore } from '../base/preferences.ts';
import { createValue, type Value } from '../base/store.ts';
import { terminalTheme } from '../base/terminal-themes.ts';
import { onThemeChange, readTheme, resolveTheme } from '../base/theme.ts';
import { createProgramClipboard } from './clipboard.ts';
import { createTerminalController } from './controller.ts';
import { folderOfReport, type TerminalFolder } from './folder.ts';
import { installTerminalKeys, type TerminalKeyActions } from './keys.ts';
import { createTerminalLinks, type LinkQuestion } from './links.ts';
import { createPacedWrite } from './paced-write.ts';
import { installPasteGuard, type PasteQuestion } from './paste.ts';
import { muteTerminalQueries } from './queries.ts';
import { followShellCommands, type ShellCommands } from './shell-commands.ts';
import type { TerminalController, TerminalScreen } from './types.ts';
import { drawSelectionWhenThereIsOne, linesToLeave } from './xterm-inner.ts';

/** Lines above the screen that stay readable: as many as fit a processor's cache, or more for whoever wants them (decision 0012). */
const SCROLLBACK_LINES = 3_000;
const LONG_SCROLLBACK_LINES = 10_000;
const FONT = '"JetBrains Mono Variable", ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export interface TerminalViewDeps extends TerminalKeyActions {
  terminalId: string;
  link: TerminalLink;
  preferences: PreferenceStore;
  canType: boolean;
  /** This page opened the terminal, so it sets the size. */
  drives: boolean;
  cols: number;
  rows: number;
  /** What was typed, to be broadcast; answers of the terminal itself are not typing. */
  onTyped(text: string): void;
  /** Asks before several lines go to a plain shell. */
  askPaste(question: PasteQuestion): void;
  /** Asks before a link is opened whose text is not its target. */
  askLink(question: LinkQuestion): void;
  /** Where a link of this terminal leads from this browser. */
  resolveLink(terminalId: string, target: string): string;
  /** A program put this text on the clipboard. */
  onProgramCopied(text: string): void;
}

export interface TerminalView {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  readonly controller: TerminalController;
  /** Commands and their outputs, to be read one by one. */
  readonly commands: ShellCommands;
  /** Whether nobody has typed here and no command has run; the page may set it to false. */
  readonly fresh: Value<boolean>;
  /** Shows the terminal in `place`; it may move from place to place. */
  mount(place: HTMLElement): void;
  /** Fits the size to the place and to the font. */
  fit(): void;
  focus(): void;
  /** Where the shell is, as it said last; null when it never did. */
  folder(): TerminalFolder | null;
  /** Holds Ctrl or Alt for the next typed character (a phone has no such keys); `done` is called when it was used. */
  holdModifier(modifier: 'ctrl' | 'alt' | null, done: () => void): void;
  dispose(): void;
}

/** xterm answers some sequences by itself; those must not be typed into other terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's reports begin with ESC.
const REPORT = /^\x1b(?:\[[?>=]?[\d;]*(?:[cnRtuy]|\$y)|\]|P)/;

export function createTerminalView(deps: TerminalViewDeps): TerminalView {
  const { preferences, canType } = deps;
  const look = () => {
    const { fontSize, terminalTheme: name, cursorBlink, screenReader, longScrollback } = preferences.getState();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    return {
      fontSize,
      theme: terminalTheme(name, resolveTheme(readTheme())),
      cursorBlink: cursorBlink && !still,
      screenReaderMode: screenReader,
      scrollback: longScrollback ? LONG_SCROLLBACK_LINES : SCROLLBACK_LINES,
    };
  };
  const host = document.createElement('div');
  host.className = 'terminal-host';
  const links = createTerminalLinks(
    host,
    () => terminal,
    deps.askLink,
    (target) => deps.resolveLink(deps.terminalId, target),
  );
  const terminal: Terminal = new Terminal({
    ...look(),
    cols: deps.cols,
    rows: deps.rows,
    fontFamily: FONT,
    lineHeight: 1.15,
    letterSpacing: 0,
    allowProposedApi: true,
    minimumContrastRatio: 4.5,
    disableStdin: !canType,
    macOptionClickForcesSelection: true,
    rightClickSelectsWord: false,
    linkHandler: links.handler,
  });
  const fitAddon = new FitAddon();
  const search = new SearchAddon();
  let muted = true;
  terminal.loadAddon(fitAddon);
  terminal.loadAddon(search);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  boundParser(terminal as unknown as BoundableTerminal);
  terminal.loadAddon(
    new WebLinksAddon(links.open, { hover: (_event, uri) => links.showTarget(uri), leave: links.hideTarget }),
  );
  const clipboard = createProgramClipboard({
    host,
    canType,
    copy: copyText,
    onCopied: deps.onProgramCopied,
    // What is replayed after a refresh was given long ago.
    isMuted: () => muted,
  });
  terminal.loadAddon(new ClipboardAddon(undefined, clipboard));
  let folder: TerminalFolder | null = null;
  terminal.parser.registerOscHandler(7, (data) => {
    folder = folderOfReport(data) ?? folder;
    return true;
  });
  const commands = followShellCommands(terminal);
  const fresh = createValue(true);
  const untilUsed = terminal.onWriteParsed(() => {
    if (commands.list().length > 0) fresh.set(false);
    if (!fresh.getState()) untilUsed.dispose();
  });
  const queries = muteTerminalQueries(terminal.parser, () => muted);

  let held: { modifier: 'ctrl' | 'alt'; done: () => void } | null = null;
  function withHeldModifier(text: string): string {
    if (held === null || text.length !== 1) return text;
    const { modifier, done } = held;
    held = null;
    done();
    // Ctrl is the letter's low five bits; Alt is an ESC before it.
    return modifier === 'alt' ? `\x1b${text}` : String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f);
  }

  /** xterm looks at the clock between what it is given, never within. */
  function writeInPieces(text: string, drawn: () => void): void {
    const pieces = textPieces(text, terminal);
    const last = pieces.length - 1;
    for (const [i, piece] of pieces.entries()) terminal.write(piece, i === last ? drawn : undefined);
  }

  // In a window that nobody sees timers run once a second, and there is nobody to wait for.
  const isForemost = () => document.hidden || host.contains(document.activeElement);
  const screen: TerminalScreen = {
    write: createPacedWrite(writeInPieces, isForemost),
    linesToLeave: () => linesToLeave(terminal),
    isForemost,
    reset() {
      terminal.reset();
      commands.reset();
    },
    resize: (cols, rows) => terminal.resize(cols, rows),
    onData(listener) {
      const subscription = terminal.onData((raw) => {
        const text = withHeldModifier(raw);
        listener(text);
        if (REPORT.test(text)) return;
        fresh.set(false);
        deps.onTyped(text);
      });
      return () => subscription.dispose();
    },
    onBinary(listener) {
      const subscription = terminal.onBinary(listener);
      return () => subscription.dispose();
    },
    muteQueries(next) {
      muted = next;
    },
  };
  const { terminalId, link, drives, cols, rows } = deps;
  const controller = createTerminalController({
    terminalId,
    link,
    screen,
    canType,
    drives,
    cols,
    rows,
    newWriter: () => crypto.randomUUID(),
  });

  let opened = false;

  function addWebgl(): void {
    if (!hasRealGpu()) return;
    const webgl = new WebglAddon();
    // The DOM renderer takes over; a context is lost when there are many or the GPU restarts.
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  }

  function fit(): void {
    if (!opened || host.clientWidth === 0) return;
    const size = fitAddon.proposeDimensions();
    if (size && Number.isFinite(size.cols) && Number.isFinite(size.rows)) controller.fit(size.cols, size.rows);
  }

  installTerminalKeys(host, terminal, controller, { ...deps, onTypedInVain: canType ? undefined : deps.onTypedInVain });
  const paste = installPasteGuard({ host, terminal, ask: deps.askPaste });
  const selection = terminal.onSelectionChange(() => {
    if (preferences.getState().copyOnSelect && terminal.hasSelection()) void copyText(terminal.getSelection());
  });
  const applyLook = () => {
    const next = look();
    Object.assign(terminal.options, next);
    host.style.background = next.theme.background ?? '';
    fit();
  };
  applyLook();
  const unsubscribe = [preferences.subscribe(applyLook), onThemeChange(applyLook)];

  return {
    terminal,
    search,
    controller,
    commands,
    fresh,
    mount(place) {
      if (host.parentElement !== place) place.append(host);
      if (!opened && place.clientWidth > 0) {
        opened = true;
        terminal.open(host);
        drawSelectionWhenThereIsOne(terminal);
        addWebgl();
        controller.attach();
      }
      fit();
    },
    fit,
    focus: () => terminal.focus(),
    folder: () => folder,
    holdModifier(modifier, done) {
      held = modifier === null ? null : { modifier, done };
    },
    dispose() {
      for (const stop of unsubscribe) stop();
      selection.dispose();
      commands.dispose();
      queries.dispose();
      clipboard.dispose();
      paste.dispose();
      controller.dispose();
      terminal.dispose();
      host.remove();
    },
  };
}
