/** Setups and solutions, run out of sight as the product runs them: with bash, as root, each on its node. */
import { type Block, type Lab, type LabFiles, type Script, type Step, shellSegments } from '@drydock/lab';
import type { Doings } from './facts/gather.ts';
import type { TestSession } from './session.ts';
import { noteCommand, writeBlock } from './typing.ts';

/** A setup or a solution may pull images (ms). */
const SCRIPT_MS = 180_000;

/** Puts the lab's files on its nodes and runs its setup; resolves to what went wrong. */
export async function prepare(session: TestSession, lab: Lab, files: LabFiles): Promise<string[]> {
  const problems: string[] = [];
  for (const wish of lab.files) {
    const file = 'from' in wish ? files.get(wish.from) : { text: wish.text };
    if (file === undefined || !('text' in file)) {
      problems.push(`${wish.path} is no text: this tool puts texts alone on nodes.`);
      continue;
    }
    const mode = wish.executable === true ? '755' : '644';
    const script = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1" && chmod "$2" "$1"';
    for (const node of wish.node === undefined ? session.nodes : [wish.node]) {
      const ran = await session.exec(node, ['bash', '-c', script, 'bash', wish.path, mode], { stdin: file.text });
      if (ran.exitCode !== 0) problems.push(`${wish.path} on ${node}: ${ran.stderr.trim()}`);
    }
  }
  return [...problems, ...(await runScripts(session, lab.setup))];
}

/** Runs scripts in order; those for all nodes on one after the other. Stops at the first that fails, unless they may. */
export async function runScripts(
  session: TestSession,
  scripts: readonly Script[],
  doings?: Doings,
  mayFail = false,
): Promise<string[]> {
  for (const { node, all, text, source } of scripts) {
    for (const on of all === true ? session.nodes : [node ?? session.nodes[0] ?? 'node1']) {
      const ran = await session.exec(on, ['env', '-C', '/root', 'HOME=/root', 'bash', '-lc', text], {
        timeoutMs: SCRIPT_MS,
      });
      if (ran.exitCode !== 0 && !mayFail) {
        const line = (ran.stderr.trim() || ran.stdout.trim()).split('\n').at(-1) ?? '';
        return [`${source.file}:${source.line}: the script ended with ${ran.exitCode} on ${on}: ${line}`];
      }
      // What a solution ran was run: "ran" checks of a step that it solves hold.
      if (doings !== undefined)
        for (const segment of shellSegments(text).segments) noteCommand(doings, on, segment.trim(), 0);
    }
  }
  return [];
}

/** Solves a step: by its scripts, else by its own blocks run out of sight. */
export async function solve(session: TestSession, step: Step, doings: Doings): Promise<string[]> {
  if (step.solve === null) return [];
  if (step.solve !== 'blocks') return runScripts(session, step.solve, doings);
  const own = runnable(step.blocks);
  const blocks =
    own.length > 0 ? own : runnable(step.blocks.flatMap((block) => (block.kind === 'solution' ? block.blocks : [])));
  let lastNode = session.nodes[0] ?? 'node1';
  for (const block of blocks) {
    if (block.kind === 'file') {
      const problems = await writeBlock(session, block, block.node ?? lastNode);
      if (problems.length > 0) return problems;
      continue;
    }
    if (block.kind !== 'run' || block.mode !== 'run') continue;
    if (block.where.node !== undefined) lastNode = block.where.node;
    const text =
      block.opens === 'background' ? `setsid bash -c ${quoted(block.text)} >/dev/null 2>&1 </dev/null &` : block.text;
    const where = block.where.all === true ? { all: true as const } : { node: block.where.node ?? lastNode };
    // A block's last command may fail, as it may for a reader: the checks decide.
    await runScripts(session, [{ ...where, text, source: block.source }], doings, true);
  }
  return [];
}

function runnable(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ kind }) => kind === 'run' || kind === 'file');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
