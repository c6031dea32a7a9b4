/**
 * Run blocks of a lab: types each command into a terminal of the right node, waits for its end, and asks before it types into a program.
 * A block's state is that of its last press; another page's presses are not shown.
 */
import type { Run } from '@drydock/lab';
import { createValue } from '../base/store.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';
import type { ShellCommands } from '../terminal/shell-commands.ts';
import type { TerminalView } from '../terminal/view.ts';
import type { TerminalViews } from '../terminal/views.ts';
import type { WorkspaceController } from '../workspace/workspace.ts';
import { keyBytes } from './key-bytes.ts';
import { commandsOf, typedText } from './typed-text.ts';

/** A terminal that was just opened shows its prompt within this time (ms), or something is wrong with it. */
const PROMPT_MS = 15_000;
/** After this time (ms) without an end the page says that it waits, and offers not to. */
const PATIENCE_MS = 2_000;

export type ShownRun = Omit<Run, 'source'>;

export type RunState =
  | { kind: 'idle' }
  /** Something else has the terminal: `command` is empty where the shell's marks do not tell what. */
  | { kind: 'busy'; node: string; command: string }
  /** Command `at` of `of` (from 1) was typed; `patient` once it takes a while. */
  | { kind: 'running'; node: string; at: number; of: number; patient: boolean }
  /** `exit` is absent where the shell does not tell. A block of several commands stops at the first that fails. */
  | { kind: 'finished'; node: string; exit?: number; at: number; of: number }
  | { kind: 'typed'; node: string }
  | { kind: 'failed'; why: 'no-node' | 'no-terminal' | 'full' };

/** What to do where something else has the terminal. */
export type BusyChoice = 'interrupt' | 'new-terminal' | 'type-anyway';

export interface BlockRunnerDeps {
  store: WorkbenchStore;
  workspace: Pick<WorkspaceController, 'getState' | 'activate'>;
  actions: Pick<WorkbenchActions, 'openTerminal'>;
  views(): Pick<TerminalViews, 'get'>;
  /** The node that is worked on. */
  activeNode(): string | null;
}

export type BlockRunner = ReturnType<typeof createBlockRunner>;

const CTRL_C = '\x03';

/** Resolves when `condition` holds after a change of the foreground; false after `ms`, or when `signal` aborts. */
function untilForeground(commands: ShellCommands, condition: () => boolean, signal: AbortSignal, ms?: number) {
  if (condition()) return Promise.resolve(true);
  return new Promise<boolean>((resolve) => {
    const finish = (held: boolean) => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve(held);
    };
    const timer = ms === undefined ? undefined : setTimeout(() => finish(false), ms);
    const onAbort = () => finish(false);
    const stop = commands.onForeground(() => condition() && finish(true));
    signal.addEventListener('abort', onAbort);
  });
}

export function createBlockRunner({ store, workspace, actions, views, activeNode }: BlockRunnerDeps) {
  const states = createValue<Readonly<Record<string, RunState>>>({});
  const running = new Map<string, AbortController>();

  function set(key: string, state: RunState): void {
    states.set({ ...states.getState(), [key]: state });
  }

  /** The terminal of a node that a text goes to: the numbered one, the one in front, or any; null when one must be opened. */
  function terminalOf(node: string, number: number | undefined): string | null {
    const own = store.getState().data?.terminals.filter((terminal) => terminal.node === node) ?? [];
    if (number !== undefined) return own[number - 1]?.terminalId ?? null;
    const { activeId } = workspace.getState();
    return (own.find(({ terminalId }) => terminalId === activeId) ?? own[0])?.terminalId ?? null;
  }

  async function openTerminal(node: string): Promise<string | null> {
    await actions.openTerminal(node);
    const { activeId } = workspace.getState();
    return activeId !== null && store.getState().data?.terminals.some(({ terminalId }) => terminalId === activeId)
      ? activeId
      : terminalOf(node, undefined);
  }

  async function viewOf(terminalId: string): Promise<TerminalView> {
    workspace.activate(terminalId);
    const info = store.getState().data?.terminals.find((terminal) => terminal.terminalId === terminalId);
    return views().get(terminalId, info, true);
  }

  function nodesOf({ where }: ShownRun): string[] {
    const all = store.getState().data?.session.nodes.map(({ name }) => name) ?? [];
    if (where.all) return all;
    const node = where.node ?? activeNode() ?? all[0];
    return node !== undefined && all.includes(node) ? [node] : [];
  }

  /** Types the commands one after the other; resolves when the last has ended, one has failed, or nobody waits any more. */
  async function typeCommands(run: ShownRun, node: string, view: TerminalView, signal: AbortSignal): Promise<void> {
    const { commands, controller, terminal } = view;
    const all = commandsOf(run.text);
    for (const [index, command] of all.entries()) {
      const at = index + 1;
      const before = commands.prompts();
      const last = commands.list().at(-1)?.id ?? 0;
      if (!controller.input(typedText(command, terminal.modes.bracketedPasteMode))) {
        set(run.key, { kind: 'failed', why: 'full' });
        return;
      }
      set(run.key, { kind: 'running', node, at, of: all.length, patient: false });
      const patience = setTimeout(
        () => set(run.key, { kind: 'running', node, at, of: all.length, patient: true }),
        PATIENCE_MS,
      );
      const ended = await untilForeground(commands, () => commands.prompts() > before, signal);
      clearTimeout(patience);
      if (!ended) return;
      const exit = commands.list().find(({ id }) => id > last)?.exitCode;
      const isOver = at === all.length || (exit !== undefined && exit !== 0);
      if (!isOver) continue;
      set(run.key, { kind: 'finished', node, ...(exit === undefined ? {} : { exit }), at, of: all.length });
      return;
    }
  }

  function typeRaw(run: ShownRun, node: string, view: TerminalView, text: string): void {
    const taken = view.controller.input(text);
    set(run.key, taken ? { kind: 'typed', node } : { kind: 'failed', why: 'full' });
  }

  async function runIn(run: ShownRun, node: string, choice: BusyChoice | undefined, signal: AbortSignal) {
    const wantsNew = run.opens === 'background' || choice === 'new-terminal';
    const found = wantsNew ? null : terminalOf(node, run.where.terminal);
    const terminalId = found ?? (await openTerminal(node));
    if (terminalId === null) return set(run.key, { kind: 'failed', why: 'no-terminal' });
    const view = await viewOf(terminalId);
    const { commands, controller } = view;
    const isAtPrompt = () => commands.foreground().kind === 'prompt';
    if (run.mode === 'keys') return typeRaw(run, node, view, (run.keys ?? []).map(keyBytes).join(''));
    if (run.mode === 'type') return typeRaw(run, node, view, run.text.replaceAll('\n', '\r'));
    if (run.interrupt === true || choice === 'interrupt') controller.input(CTRL_C);
    // A new terminal, or one that was interrupted, is at its prompt in a moment.
    const mayCome = found === null || run.interrupt === true || choice === 'interrupt' || commands.prompts() === 0;
    await untilForeground(commands, isAtPrompt, signal, mayCome ? PROMPT_MS : 0);
    if (signal.aborted) return;
    if (isAtPrompt()) return typeCommands(run, node, view, signal);
    const foreground = commands.foreground();
    const command = foreground.kind === 'command' ? foreground.command : '';
    const isMeant = run.program !== undefined && command.includes(run.program);
    if (isMeant || choice === 'type-anyway') return typeRaw(run, node, view, `${run.text.replaceAll('\n', '\r')}\r`);
    set(run.key, { kind: 'busy', node, command });
  }

  return {
    getState: states.getState,
    subscribe: states.subscribe,
    /** Runs a block, on each of its nodes one after the other. What was waited for in the same block is not waited for any more. */
    async run(run: ShownRun, choice?: BusyChoice): Promise<void> {
      running.get(run.key)?.abort();
      const abort = new AbortController();
      running.set(run.key, abort);
      const nodes = nodesOf(run);
      if (nodes.length === 0) set(run.key, { kind: 'failed', why: 'no-node' });
      for (const node of nodes) {
        if (abort.signal.aborted) break;
        await runIn(run, node, choice, abort.signal);
      }
      if (running.get(run.key) === abort) running.delete(run.key);
    },
    /** Waits no longer for the block's command, which goes on by itself. */
    leave(key: string): void {
      running.get(key)?.abort();
      set(key, { kind: 'idle' });
    },
    dispose(): void {
      for (const abort of running.values()) abort.abort();
    },
  };
}
