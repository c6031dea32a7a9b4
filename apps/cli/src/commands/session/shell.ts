/** `drydock shell`: a terminal of a node in the terminal one is in, by the session's link alone: no key, no open port of the node. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { type AttachmentPhase, createTerminalStream, type TerminalStream } from '@drydock/client';
import type { Command } from 'commander';
import { Ended, EXIT, Failure } from '../../failure.ts';
import { ownFailures, type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';
import { type HeldSession, holdSession } from '../../sessions/open-link.ts';

/** Ctrl-], as telnet has it; what is typed before it in the same piece is still sent. */
const LEAVE = 0x1d;
const END_OF_TEXT = Uint8Array.of(4);
const BELL = '\x07';
/** Above so much that waits to be typed a pipe is not read, below the other it is again (bytes). */
const MAX_WAITING = 256 * 1024;
const LITTLE_WAITING = 64 * 1024;
/** A break that is over sooner (ms) is not worth a word in the middle of a screen. */
const SAY_AFTER_MS = 2000;
/** What ends this program from outside: the terminal gets its own mode back first. */
const SIGNALS = ['SIGTERM', 'SIGHUP'] as const;

const { stdin, stdout, stderr } = process;

// A terminal without a size says 0.
const size = () => ({ cols: stdout.columns || 80, rows: stdout.rows || 24 });

/**
 * Every byte passes as it is. Node.js's own raw mode still makes CR LF of each LF, which moves the cursor of a program that wants a line feed
 * alone; `setRawMode(false)` takes back both.
 */
function makeRaw(): void {
  stdin.setRawMode(true);
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** What a shell that a signal ended would have been for the shell around it; -1 says that nobody saw the end (T-8). */
function exitCodeOf({ exitCode, signal }: { exitCode: number; signal?: string | undefined }): number {
  const number = signal === undefined ? undefined : constants.signals[signal as NodeJS.Signals];
  if (number !== undefined) return 128 + number;
  return exitCode < 0 ? EXIT.notRun : exitCode;
}

/** Says in the terminal that the connection is away, when it is for long, and that it is back. */
function createBreakNotice() {
  let timer: NodeJS.Timeout | undefined;
  let said = false;
  const say = (text: string) => stderr.write(`\r\n[drydock: ${text}]\r\n`);
  return {
    phase({ kind }: AttachmentPhase): void {
      if (kind === 'live' || kind === 'gone') {
        clearTimeout(timer);
        timer = undefined;
        if (said && kind === 'live') say('connected again');
        said = false;
      } else {
        timer ??= setTimeout(() => {
          said = true;
          say('the connection broke; what runs in the terminal goes on. Trying again; Ctrl-] leaves');
        }, SAY_AFTER_MS);
      }
    },
    discarded: () => say('what was typed meanwhile was not sent'),
    stop: () => clearTimeout(timer),
  };
}

/** Carries the terminal one is in to the node's and back until the shell ends. @returns the exit code */
async function carry({ link, over }: HeldSession, node: string): Promise<number> {
  const byHand = stdin.isTTY === true;
  const { terminalId } = await link.call('terminal:open', { node, ...size() });
  const notice = createBreakNotice();
  let end: (code: number) => void = () => undefined;
  let fail: (failure: Failure) => void = () => undefined;
  const ended = new Promise<number>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  /** The one who types wants to go: how the shell ends is no news. */
  let leaving = false;
  const terminal: TerminalStream = createTerminalStream({
    terminalId,
    link,
    byHand,
    size: size(),
    newWriter: () => `shell-${randomBytes(8).toString('hex')}`,
    events: {
      // Acknowledged when it is out: a slow terminal slows the program, as any does.
      data: (bytes, drawn) => void stdout.write(bytes, drawn),
      // It could not keep up: the screen stands for what was left out.
      screen: (text, drawn) => void stdout.write(`\x1bc${text}`, drawn),
      // What it said last is written first.
      exit: (exit) => void stdout.write('', () => end(leaving ? EXIT.done : exitCodeOf(exit))),
      phase(phase) {
        if (phase.kind === 'gone')
          fail(new Failure('TERMINAL_NOT_FOUND', `The terminal is gone (${phase.code}).`, EXIT.notRun));
        if (byHand) notice.phase(phase);
      },
      waiting(bytes) {
        if (bytes < LITTLE_WAITING) stdin.resume();
      },
      discarded: notice.discarded,
    },
  });

  function type(bytes: Uint8Array): void {
    if (!terminal.type(bytes)) stderr.write(BELL);
    if (!byHand && terminal.waitingBytes() > MAX_WAITING) stdin.pause();
  }

  function onTyped(bytes: Buffer): void {
    const at = byHand ? bytes.indexOf(LEAVE) : -1;
    if (at !== 0) type(at === -1 ? bytes : bytes.subarray(0, at));
    if (at === -1) return;
    leaving = true;
    const left = () => end(EXIT.done);
    link.call('terminal:close', { terminalId }).then(left, left);
  }

  const onResize = () => terminal.resize(stdout.columns || 80, stdout.rows || 24);
  const onEnd = () => type(END_OF_TEXT);
  const onSignal = (signal: NodeJS.Signals) => end(128 + constants.signals[signal]);
  if (byHand) makeRaw();
  stdin.on('data', onTyped).once('end', onEnd);
  stdout.on('resize', onResize);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  terminal.attach();
  try {
    return await Promise.race([ended, over]);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    notice.stop();
    terminal.leave();
    stdout.off('resize', onResize);
    stdin.off('data', onTyped).off('end', onEnd).pause();
    if (byHand) stdin.setRawMode(false);
    // An open standard input would keep this program alive.
    stdin.unref?.();
  }
}

/** Adds the command. */
export function shellCommand(program: Command, { session }: SessionContext): void {
  withSession(program.command('shell <node>'))
    .description('a terminal of a node in your own; Ctrl-] leaves it. Its exit code is the shell’s')
    .action((node: string, options: SessionOption) =>
      ownFailures(async () => {
        // What is typed belongs to the shell.
        if (options.session === '-') throw new Failure('USAGE', 'shell reads no link from standard input.', EXIT.usage);
        const held = await holdSession((await session(options)).place);
        let code: number;
        try {
          code = await carry(held, node);
        } finally {
          held.dispose();
        }
        throw new Ended(code);
      }),
    );
}
