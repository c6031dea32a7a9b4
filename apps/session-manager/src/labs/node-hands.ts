/** What a lab does in its nodes out of sight: puts files there and runs its scripts. All of it is the author's, as root of the lab's own nodes. */
import { type Block, type FileWrite, type Lab, patternFinds, type Run, type Script, type Step } from '@drydock/lab';
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { BookLab } from './lab-book.ts';
import { allBlocks } from './lab-mask.ts';
import type { NodeReach } from './node-reach.ts';

/** Time of one script (s): pulls and swarm joins fit in. */
const SCRIPT_SECONDS = 120;
const FILE_SECONDS = 20;
/** Bytes of a file that travel in one command: base64 of them stays below the bound of a command's input. */
const PIECE = 288 * 1024;
/** The last lines of a script that failed, for whoever reads why (characters). */
const MAX_SAID = 2_000;
const SAID_LINES = 20;

export interface NodeHands {
  /** Writes a file, its folders too; never through a link that stands in its place. @throws DrydockError. */
  putFile(node: string, path: string, bytes: Buffer, executable?: boolean): Promise<void>;
  /** Runs scripts one after another. @throws DrydockError LAB_STATE with the last lines of the one that failed. */
  run(scripts: readonly Script[], what: string): Promise<void>;
  /** Does what a step's solution says. @throws DrydockError as `run` does. */
  solve(step: Step): Promise<void>;
  /** Begins to pull images; what fails is left to the learner's own pull. */
  pull(images: readonly string[]): void;
}

/** Builds them for one session and one version of its lab. */
export function createNodeHands(
  reach: Pick<NodeReach, 'exec' | 'reports'>,
  sessionId: SessionId,
  { lab }: Pick<BookLab, 'lab'>,
): NodeHands {
  const names = () => reach.reports(sessionId).map(({ name }) => name);
  const first = () => lab.nodes[0]?.name ?? names()[0] ?? '';
  const targets = ({ node, all }: { node?: string; all?: true }) => (all === true ? names() : [node ?? first()]);

  async function bash(node: string, text: string, what: string): Promise<void> {
    const answer = await reach.exec(sessionId, node, {
      command: ['bash', '-lc', text],
      timeoutSeconds: SCRIPT_SECONDS,
      workingDir: '/root',
    });
    if (answer.exitCode === 0) return;
    const said = `${answer.stdout}${answer.stderr}`
      .trimEnd()
      .split('\n')
      .slice(-SAID_LINES)
      .join('\n')
      .slice(-MAX_SAID);
    throw new DrydockError('LAB_STATE', `${what} failed on ${node} with ${answer.exitCode}:\n${said}`);
  }

  async function putFile(node: string, path: string, bytes: Buffer, executable = false): Promise<void> {
    const begin = 'mkdir -p -- "$(dirname -- "$1")" && rm -f -- "$1" && base64 -d >"$1"';
    for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
      const script = at === 0 ? begin : 'base64 -d >>"$1"';
      const answer = await reach.exec(sessionId, node, {
        command: ['sh', '-c', `${script}${executable ? ' && chmod 755 -- "$1"' : ''}`, 'sh', path],
        stdin: bytes.subarray(at, at + PIECE).toString('base64'),
        timeoutSeconds: FILE_SECONDS,
      });
      if (answer.exitCode !== 0)
        throw new DrydockError(
          'LAB_STATE',
          `${path} could not be written on ${node}: ${answer.stderr.slice(-MAX_SAID)}`,
        );
    }
  }

  async function doBlock(block: Run | FileWrite, what: string): Promise<void> {
    if (block.kind === 'run') {
      const text =
        block.opens === 'background' ? `setsid -f bash -lc ${quoted(block.text)} >/dev/null 2>&1` : block.text;
      for (const node of targets(block.where)) await bash(node, text, what);
      return;
    }
    const node = block.node ?? first();
    await putFile(node, block.path, Buffer.from(await changedText(node, block)));
  }

  /** What a file block makes of the file that is there. */
  async function changedText(node: string, block: FileWrite): Promise<string> {
    const { change, text, path } = block;
    if (change.mode === 'write') return text;
    if (change.mode === 'patch') {
      const answer = await reach.exec(sessionId, node, {
        command: ['patch', '--output=-', '--silent', path],
        stdin: text,
        timeoutSeconds: FILE_SECONDS,
      });
      if (answer.exitCode !== 0) throw new DrydockError('LAB_STATE', `The change does not fit to ${path} on ${node}.`);
      return answer.stdout;
    }
    const there = await reach.exec(sessionId, node, { command: ['cat', path], timeoutSeconds: FILE_SECONDS });
    if (change.mode === 'append') return `${there.exitCode === 0 ? there.stdout : ''}${text}`;
    const { mode, pattern } = change as { mode: 'before' | 'after'; pattern: string };
    const lines = there.stdout.split('\n');
    const at = lines.findIndex((line) => patternFinds(pattern, line));
    if (at < 0) throw new DrydockError('LAB_STATE', `${path} on ${node} has no line for the change.`);
    lines.splice(mode === 'before' ? at : at + 1, 0, text.replace(/\n$/, ''));
    return lines.join('\n');
  }

  async function run(scripts: readonly Script[], what: string): Promise<void> {
    for (const script of scripts) for (const node of targets(script)) await bash(node, script.text, what);
  }

  return {
    putFile,
    run,
    async solve(step) {
      const what = `The solution of "${step.title}"`;
      if (step.solve === null) return;
      if (step.solve !== 'blocks') return run(step.solve, what);
      for (const block of solvingBlocks(step.blocks)) await doBlock(block, what);
    },
    pull(images) {
      for (const image of images)
        for (const node of names())
          reach
            .exec(sessionId, node, { command: ['docker', 'pull', '--quiet', image], timeoutSeconds: SCRIPT_SECONDS })
            .catch(() => undefined);
    },
  };
}

/** Blocks of a step that solve it: those of its solution where it has one, else its own, without what is folded into hints. */
export function solvingBlocks(blocks: readonly Block[]): (Run | FileWrite)[] {
  const solutions = blocks.filter((block) => block.kind === 'solution');
  const chosen =
    solutions.length > 0
      ? allBlocks(solutions)
      : blocks.flatMap((block) => (block.kind === 'details' ? allBlocks([block]) : [block]));
  return chosen.filter(
    (block): block is Run | FileWrite =>
      block.kind === 'file' || (block.kind === 'run' && block.mode === 'run' && block.program === undefined),
  );
}

/** Whether all steps before one can be solved by us; else the first that cannot. */
export function unsolvable(lab: Lab, before: number): Step | undefined {
  return lab.steps.slice(0, before).find(({ solve, checks }) => solve === null && checks.of.length > 0);
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
