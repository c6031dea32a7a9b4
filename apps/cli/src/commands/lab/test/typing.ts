/** The run blocks of a step, typed as a reader has them typed: one command at a time, each waited for. */
import {
  type Block,
  type FileWrite,
  type Key,
  patternFinds,
  type Run,
  type Script,
  shellSegments,
  takesInput,
} from '@drydock/lab';
import { withoutEnd } from '@drydock/protocol';
import type { LabSession } from '../place/session.ts';
import { openTerminal, type TestTerminal } from './terminal.ts';

/** One command of a block: images are pulled and built within it (ms). */
const COMMAND_MS = 180_000;
/** A program with a prompt of its own is taken as ready when it is quiet for so long (ms). */
const QUIET_MS = 800;
const MOST_QUIET_MS = 20_000;

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  tab: '\t',
  space: ' ',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
};

export interface Typist {
  /** Does the blocks in order; resolves to what went wrong, in a sentence each. */
  do(blocks: readonly Block[]): Promise<string[]>;
  /** Types what somebody does wrong; its commands may fail. */
  mistake(script: Script): Promise<void>;
  close(): void;
}

export function createTypist(session: LabSession): Typist {
  const terminals = new Map<string, TestTerminal>();
  let lastNode = session.nodes[0] ?? 'node1';
  let extra = 0;

  async function terminalOf(node: string, number: string): Promise<TestTerminal> {
    const key = `${node}/${number}`;
    const known = terminals.get(key);
    if (known !== undefined) return known;
    const opened = await openTerminal(session, node);
    terminals.set(key, opened);
    return opened;
  }

  async function run(block: Run, expected: string | undefined): Promise<string[]> {
    if (block.mode === 'show') return [];
    const nodes = block.where.all === true ? session.nodes : [block.where.node ?? lastNode];
    const problems: string[] = [];
    for (const node of nodes) {
      extra += block.opens === 'background' ? 1 : 0;
      const number = block.opens === 'background' ? `b${extra}` : String(block.where.terminal ?? 1);
      const terminal = await terminalOf(node, number);
      if (block.where.all !== true) lastNode = node;
      problems.push(...(await typeBlock(block, node, terminal, expected)));
    }
    return problems;
  }

  async function typeBlock(
    block: Run,
    node: string,
    terminal: TestTerminal,
    expected: string | undefined,
  ): Promise<string[]> {
    const place = `${block.source.file}:${block.source.line}`;
    if (block.mode === 'keys') {
      for (const key of block.keys ?? []) terminal.type(bytesOf(key));
      await terminal.quiet(QUIET_MS, MOST_QUIET_MS);
      return [];
    }
    if (block.mode === 'type') {
      terminal.type(block.text);
      return [];
    }
    if (block.program !== undefined || !terminal.isAtPrompt()) {
      if (block.program === undefined)
        return [`${place}: a program runs in front on ${node}; the block says no "in=".`];
      for (const line of block.text.split('\n')) {
        terminal.type(`${line}\r`);
        await terminal.quiet(QUIET_MS, MOST_QUIET_MS);
      }
      return [];
    }
    const { segments } = shellSegments(block.text);
    let output = '';
    for (const segment of segments) {
      const command = segment.replace(/\n$/, '');
      if (command.trim() === '' || /^\s*#[^\n]*$/.test(command)) continue;
      const isLast = segment === segments.at(-1);
      if (block.opens === 'background' || (isLast && takesInput(segment)?.kind === 'prompt')) {
        terminal.type(command.includes('\n') ? `\u001b[200~${command}\u001b[201~\r` : `${command}\r`);
        await terminal.quiet(QUIET_MS, MOST_QUIET_MS);
        continue;
      }
      const ran = await terminal.run(command, COMMAND_MS);
      if (ran === undefined) return [`${place}: "${shortened(command)}" did not end within ${COMMAND_MS / 1000} s.`];
      output += ran.output;
      // A reader goes on after a failed command where the text says that it fails.
      if (ran.exit !== 0 && !isLast)
        return [`${place}: "${shortened(command)}" ended with ${ran.exit}: ${lastLine(ran.output)}`];
    }
    if (expected !== undefined && !outputFits(expected, output))
      return [`${place}: the output is not as the lab says. It is: ${shortened(output, 600)}`];
    return [];
  }

  return {
    async do(blocks) {
      const problems: string[] = [];
      for (const block of blocks) {
        if (block.kind === 'run') {
          const output = blocks.find((one) => one.kind === 'output' && one.match === true && one.of === block.key);
          problems.push(...(await run(block, output?.kind === 'output' ? output.text : undefined)));
        } else if (block.kind === 'file') problems.push(...(await writeBlock(session, block, block.node ?? lastNode)));
      }
      return problems;
    },
    async mistake({ node, all, text }) {
      for (const on of all === true ? session.nodes : [node ?? session.nodes[0] ?? 'node1']) {
        const terminal = await terminalOf(on, '1');
        for (const segment of shellSegments(text).segments)
          if (segment.trim() !== '') await terminal.run(segment.replace(/\n$/, ''), COMMAND_MS);
      }
    },
    close() {
      for (const terminal of terminals.values()) terminal.close();
    },
  };
}

/** Does what a file block says, on a node. */
export async function writeBlock(session: LabSession, block: FileWrite, node: string): Promise<string[]> {
  const { path, change, source } = block;
  const place = `${source.file}:${source.line}`;
  const write = async (text: string): Promise<string[]> => {
    const script = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"';
    const { exitCode, stderr } = await session.exec(node, ['bash', '-c', script, 'bash', path], { stdin: text });
    return exitCode === 0 ? [] : [`${place}: ${path} could not be written: ${lastLine(stderr)}`];
  };
  if (change.mode === 'write') return write(block.text);
  if (change.mode === 'patch') {
    // Whatever names the diff's head has, it is meant for this file.
    const patch = `--- a${path}\n+++ b${path}\n${block.text.slice(Math.max(0, block.text.search(/^@@ /m)))}`;
    const command = ['env', '-C', '/', 'git', 'apply', '--recount', '-p1', '-'];
    const { exitCode, stderr } = await session.exec(node, command, { stdin: patch });
    return exitCode === 0 ? [] : [`${place}: the patch does not fit: ${lastLine(stderr)}`];
  }
  const { exitCode, stdout } = await session.exec(node, ['cat', '--', path]);
  if (exitCode !== 0 && change.mode !== 'append') return [`${place}: there is no file ${path} to change.`];
  if (!('pattern' in change)) return write(stdout + block.text);
  const { pattern } = change;
  const lines = stdout.split('\n');
  const at = lines.findIndex((line) => patternFinds(pattern, line));
  if (at < 0) return [`${place}: no line of ${path} is like /${pattern}/.`];
  lines.splice(change.mode === 'before' ? at : at + 1, 0, block.text.replace(/\n$/, ''));
  return write(lines.join('\n'));
}

function bytesOf(key: Key): string {
  if ('text' in key) return key.text;
  const control = /^ctrl-([a-z\\\]])$/.exec(key.key)?.[1];
  return control === undefined ? (KEYS[key.key] ?? '') : String.fromCharCode(control.charCodeAt(0) & 0x1f);
}

/** Whether an output is as its author wrote it; `…` stands for anything, blanks at the ends of lines for nothing. */
export function outputFits(expected: string, output: string): boolean {
  const clean = (text: string) =>
    text
      .split(/([\r\n])/)
      .map((line) => withoutEnd(line, ' \t'))
      .join('')
      .trim();
  const whole = clean(output);
  const [first = '', ...others] = clean(expected).split('…');
  const last = others.pop();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return whole.length - last.length >= at && whole.endsWith(last);
}

function shortened(text: string, most = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function lastLine(text: string): string {
  return shortened(text.trim().split('\n').at(-1) ?? '');
}
