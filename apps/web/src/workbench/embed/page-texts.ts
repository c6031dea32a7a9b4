/**
 * What the page around a frame wants typed or written. Nothing of it happens before the visitor has agreed by a press in the frame itself,
 * which the page cannot make; afterwards each text goes to its node's terminal, in the order of its node, where the visitor sees it.
 */
import { ApiError } from '@drydock/client';
import { type EmbedNews, ERROR_CODES, type ErrorCode, MAX_EMBED_WAITING } from '@drydock/protocol';
import { createValue } from '../base/store.ts';
import type { Files } from '../files/files.ts';
import type { BlockRunner, BusyChoice, RunState, ShownRun } from '../lab/block-runner.ts';
import type { NodeTerminals } from './node-terminals.ts';
import { createTurns } from './turns.ts';

/** Where files without a whole path go. */
const HOME = '/root';

type Wanted = { text: string; node?: string | undefined };
export type PageText =
  | (Wanted & { kind: 'run'; terminal?: number | undefined })
  | (Wanted & { kind: 'write'; path: string });

/** `id` is the page's own; what the frame's address names has none. */
type Asked = PageText & { id: number | null };

/** A text whose terminal something else has: the visitor chooses. */
export interface BusyText {
  key: string;
  text: string;
  node: string;
  command: string;
}

export interface PageTextsDeps {
  runner: Pick<BlockRunner, 'run' | 'leave' | 'getState' | 'subscribe'>;
  files: { api: Pick<Files['api'], 'write'> };
  terminals: Pick<NodeTerminals, 'ready'>;
  /** The node that is worked on. */
  activeNode(): string | null;
}

export type PageTexts = ReturnType<typeof createPageTexts>;

function codeOf(error: unknown): ErrorCode {
  const code = error instanceof ApiError ? error.code : 'INTERNAL';
  return ERROR_CODES.find((known) => known === code) ?? 'HOST_UNAVAILABLE';
}

/** A free name among few: what a block runner remembers of each is bounded by them. */
function freeKey(taken: ReadonlyMap<string, unknown>): string {
  for (let n = 1; ; n += 1) if (!taken.has(`page-${n}`)) return `page-${n}`;
}

/** Texts can be asked for before there are terminals: `attach` gives them. */
export function createPageTexts(answer: (news: Extract<EmbedNews, { type: 'ran' }>) => void) {
  /** Texts that wait for the visitor's word, or for terminals. */
  const waiting = createValue<readonly Asked[]>([]);
  const allowed = createValue(false);
  const busy = createValue<readonly BusyText[]>([]);
  const running = new Map<string, Asked>();
  /** Of each node: a text waits until the one before it runs. */
  const turns = createTurns();
  let deps: PageTextsDeps | null = null;

  function tell({ id }: Asked, result: { exit?: number; code?: ErrorCode }): void {
    if (id !== null) answer({ type: 'ran', id, ...result });
  }

  function resultOf(state: RunState | undefined): { exit?: number; code?: ErrorCode } {
    switch (state?.kind) {
      case 'finished':
        return state.exit === undefined ? {} : { exit: Math.min(Math.max(state.exit, 0), 255) };
      case 'failed':
        return { code: state.why === 'full' ? 'RATE_LIMITED' : 'NODE_NOT_FOUND' };
      case undefined:
      case 'idle':
      case 'busy':
      case 'running':
      case 'typed':
        return {};
    }
  }

  function runOf(key: string, { text, node, ...asked }: Asked): ShownRun {
    const terminal = asked.kind === 'run' ? asked.terminal : undefined;
    const where = { ...(node === undefined ? {} : { node }), ...(terminal === undefined ? {} : { terminal }) };
    return { kind: 'run', key, text, lang: 'sh', where, mode: 'run' };
  }

  /** Runs a text, or lets the visitor choose; resolves when its terminal may take another. */
  async function type(used: PageTextsDeps, key: string, choice?: BusyChoice): Promise<void> {
    const asked = running.get(key);
    if (asked === undefined) return;
    const { runner } = used;
    busy.set(busy.getState().filter((each) => each.key !== key));
    let unsubscribe: () => void = () => undefined;
    // A command that takes its time holds up nothing: what comes after it is asked about.
    const goesOn = new Promise<void>((resolve) => {
      unsubscribe = runner.subscribe(() => {
        const state = runner.getState()[key];
        if (state?.kind === 'running' && state.patient) resolve();
      });
    });
    const over = runner.run(runOf(key, asked), choice).then(() => {
      const state = runner.getState()[key];
      if (state?.kind === 'busy') {
        busy.set([...busy.getState(), { key, text: asked.text, node: state.node, command: state.command }]);
        return;
      }
      running.delete(key);
      tell(asked, resultOf(state));
    });
    await Promise.race([over, goesOn]);
    unsubscribe();
  }

  async function perform(used: PageTextsDeps, key: string, asked: Asked): Promise<void> {
    if (!(await used.terminals.ready(asked.node))) {
      running.delete(key);
      tell(asked, { code: 'NODE_NOT_FOUND' });
      return;
    }
    if (asked.kind === 'run') {
      used.runner.leave(key);
      return type(used, key);
    }
    const path = asked.path.startsWith('/') ? asked.path : `${HOME}/${asked.path}`;
    const result = await used.files.api.write(asked.node ?? used.activeNode() ?? '', path, new Blob([asked.text])).then(
      () => ({}),
      (error: unknown) => ({ code: codeOf(error) }),
    );
    running.delete(key);
    tell(asked, result);
  }

  function pump(): void {
    if (!allowed.getState() || deps === null) return;
    const used = deps;
    const texts = waiting.getState();
    waiting.set([]);
    for (const asked of texts) {
      const key = freeKey(running);
      running.set(key, asked);
      const work = () => perform(used, key, asked).catch(() => tell(asked, { code: 'INTERNAL' }));
      void turns.take(asked.node ?? '', work);
    }
  }

  return {
    waiting,
    busy,
    /** Takes a text of the page; `id` null for what its frame's address names. */
    take(id: number | null, text: PageText): void {
      const asked = { ...text, id };
      if (waiting.getState().length + running.size >= MAX_EMBED_WAITING) {
        tell(asked, { code: 'RATE_LIMITED' });
        return;
      }
      waiting.set([...waiting.getState(), asked]);
      pump();
    },
    attach(next: PageTextsDeps): void {
      deps = next;
      pump();
    },
    /** The visitor's word, by a press in the frame: it holds for this page. */
    allow(): void {
      allowed.set(true);
      pump();
    },
    /** The visitor wants nothing of what waits. */
    refuse(code: ErrorCode = 'FORBIDDEN'): void {
      const texts = waiting.getState();
      waiting.set([]);
      for (const asked of texts) tell(asked, { code });
    },
    /** What the visitor wants done with a text whose terminal is taken; null drops it. */
    choose(key: string, choice: BusyChoice | null): void {
      const asked = running.get(key);
      if (asked === undefined || deps === null) return;
      if (choice !== null) {
        void type(deps, key, choice);
        return;
      }
      busy.set(busy.getState().filter((each) => each.key !== key));
      running.delete(key);
      tell(asked, { code: 'FORBIDDEN' });
    },
    /** The session is over: nothing of it will be typed. */
    detach(): void {
      deps = null;
      busy.set([]);
      for (const asked of running.values()) tell(asked, { code: 'SESSION_ENDED' });
      running.clear();
      turns.clear();
      this.refuse('SESSION_ENDED');
    },
  };
}
