/**
 * One unprivileged process that holds the emulators of one session's terminals (decision 0014). Its work is bounded in memory by the kernel and
 * in time from here: one question at a time, and whoever's question is not answered in time, or ends the process, is at fault.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFrameReader, encodeFrame, type Logger } from '@drydock/service-kit';
import type { Emulator } from './emulator.ts';
import { ScreenFault } from './screen-fault.ts';
import { MAX_SCREEN_FRAME_BYTES, type ScreenRequest, screenAnswerSchema } from './screen-protocol.ts';

/**
 * A question unanswered for this long (ms) has failed. A piece of output is some 20 ms of work, the dearest screen some 400 ms; the rest is for
 * a machine that is busy.
 */
const ANSWER_MS = 5_000;
/** The first answer may take so much longer (ms): a process starts in 200 ms, and in seconds where everybody starts at once. */
const START_MS = 15_000;
/** Heap of JavaScript objects (MiB); cells are outside of it. */
const HEAP_MIB = 192;
/** All memory of the process (bytes), by RLIMIT_DATA: some fifteen screens of the largest size, hundreds of common ones. */
export const PROCESS_BYTES = 512 * 1024 * 1024;
/** User ids of these processes begin here, below those of nodes (runtime/runc/id-ranges.ts): one each, so that none can touch another. */
const FIRST_USER_ID = 0x0f00_0000;

/** The same from src/ and dist/. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const MAIN = fileURLToPath(new URL(`../../screens-main.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url));

export interface ScreenProcess {
  /** A new emulator in this process. */
  open(size: { cols: number; rows: number }): Emulator;
  /** How many emulators it holds. */
  screens(): number;
  /** Undefined before the first question and after the end. */
  pid(): number | undefined;
  close(): void;
}

export interface ScreenProcessDeps {
  /** Tells processes of one host apart; bounds their user ids. */
  slot: number;
  logger: Logger;
  /** The last emulator was disposed of, or the process has ended: this object is of no further use. */
  onEnd(): void;
}

interface Question {
  screen: number;
  request: ScreenRequest;
  bytes: Uint8Array | undefined;
  done(answer: { scrollsWhole: boolean; bytes: Uint8Array }): void;
  fail(fault: ScreenFault): void;
}

/** The command line: no network, no other users' IPC, no rights but to become another user, bounds that it cannot raise. */
function command(slot: number): { file: string; args: string[] } {
  const loader = IS_SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];
  const program = [process.execPath, ...loader, `--max-old-space-size=${HEAP_MIB}`, MAIN, String(FIRST_USER_ID + slot)];
  if (process.getuid?.() !== 0) return { file: program[0] as string, args: program.slice(1) };
  const limits = [`--data=${PROCESS_BYTES}`, '--core=0', '--nofile=256', '--fsize=0', '--nproc=64'];
  const rights = ['--no-new-privs', '--inh-caps', '-all', '--bounding-set', '-all,+setuid,+setgid'];
  return {
    file: 'unshare',
    // What learners feed goes before what serves them: the terminal host's own OOM score is that of a service.
    args: ['--net', '--ipc', 'choom', '-n', '500', '--', 'prlimit', ...limits, 'setpriv', ...rights, ...program],
  };
}

/** Builds the host's end of a process, which is started by the first question. */
export function createScreenProcess({ slot, logger, onEnd }: ScreenProcessDeps): ScreenProcess {
  /** Waiting questions by screen; screens take turns. */
  const queues = new Map<number, Question[]>();
  let asked: Question | undefined;
  let child: ChildProcess | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let nextScreen = 1;
  let ended = false;

  function start(): ChildProcess {
    const { file, args } = command(slot);
    const made = spawn(file, args, {
      // The loader of sources is looked for from here.
      cwd: IS_SOURCE ? dirname(MAIN) : '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TSX_DISABLE_CACHE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    const read = createFrameReader(MAX_SCREEN_FRAME_BYTES, ({ header, bytes }) => onAnswer(header, bytes));
    made.stdout?.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        end(`it answered what cannot be read: ${(error as Error).message}`);
      }
    });
    for (const stream of [made, made.stdin, made.stdout]) stream?.on('error', (error) => end(error.message));
    made.on('exit', (code, signal) => end(`it ended (${signal ?? code})`));
    return made;
  }

  function onAnswer(header: unknown, bytes: Uint8Array): void {
    const question = asked;
    const answer = screenAnswerSchema.parse(header);
    if (question === undefined) throw new Error('an answer without a question');
    asked = undefined;
    clearTimeout(deadline);
    question.done({ ...answer, bytes });
    askNext();
  }

  function askNext(): void {
    if (asked !== undefined || ended) return;
    const [first] = queues;
    if (first === undefined) return;
    const [screen, queue] = first;
    const question = queue.shift() as Question;
    // To the end of the line, so that a flood in one terminal makes another's picture wait for one piece at most.
    queues.delete(screen);
    if (queue.length > 0) queues.set(screen, queue);
    asked = question;
    const ms = child === undefined ? START_MS + ANSWER_MS : ANSWER_MS;
    child ??= start();
    deadline = setTimeout(() => end(`no answer within ${ms} ms`), ms);
    for (const buffer of encodeFrame(question.request, question.bytes)) child.stdin?.write(buffer);
  }

  function end(why: string): void {
    if (ended) return;
    ended = true;
    clearTimeout(deadline);
    child?.kill('SIGKILL');
    const guilty = asked;
    const waiting = [...queues.values()].flat();
    queues.clear();
    asked = undefined;
    if (guilty !== undefined) logger.warn({ pid: child?.pid, why }, 'a screen process was given up');
    onEnd();
    guilty?.fail(new ScreenFault('own', why));
    for (const { screen, fail } of waiting) {
      fail(new ScreenFault(screen === guilty?.screen ? 'own' : 'neighbour', why));
    }
  }

  function ask(request: ScreenRequest, bytes?: Uint8Array): Promise<{ scrollsWhole: boolean; bytes: Uint8Array }> {
    if (ended) return Promise.reject(new ScreenFault('neighbour', 'its process has ended'));
    return new Promise((done, fail) => {
      const { screen } = request;
      const queue = queues.get(screen) ?? [];
      queue.push({ screen, request, bytes, done, fail });
      queues.set(screen, queue);
      askNext();
    });
  }

  const open = new Set<number>();

  return {
    open({ cols, rows }) {
      const screen = nextScreen;
      nextScreen += 1;
      open.add(screen);
      // A fault reaches whoever asks next.
      ask({ do: 'open', screen, cols, rows }).catch(() => undefined);
      return {
        parse: async (piece) => (await ask({ do: 'parse', screen }, piece)).scrollsWhole,
        resize: async (size) => (await ask({ do: 'resize', screen, cols: size.cols, rows: size.rows })).scrollsWhole,
        serialize: async () => Buffer.from((await ask({ do: 'serialize', screen })).bytes).toString(),
        dispose() {
          if (!open.delete(screen)) return;
          if (open.size === 0) end('nobody needs it');
          else ask({ do: 'close', screen }).catch(() => undefined);
        },
      };
    },
    screens: () => open.size,
    pid: () => (ended ? undefined : child?.pid),
    close: () => end('the host ends'),
  };
}
