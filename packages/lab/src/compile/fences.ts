/** A fence to what it is: something typed, written, checked, run out of sight, or only shown. */
import type { Block, FileWrite } from '../blocks.ts';
import { type Group, isGroup, type Leaf, leavesOf } from '../checks/plan.ts';
import { readChecks } from '../checks/read-plan.ts';
import type { Place } from '../findings/finding.ts';
import { canonicalJson, shortHash } from '../hash.ts';
import type { Script } from '../lab.ts';
import { DEFAULT_CHECK_TIMEOUT_MS } from '../limits.ts';
import { parseFenceInfo } from '../markdown/fence-info.ts';
import type { RawBlock } from '../markdown/raw-blocks.ts';
import { createSourceFile, type SourceFile } from '../source/source-file.ts';
import { readYaml } from '../yaml/located.ts';
import type { CompileContext } from './context.ts';
import { type FenceRules, fenceRules } from './fence-rules.ts';
import { runBlock, suspiciousText } from './run-blocks.ts';
import { lastRun, type StepParts } from './step-parts.ts';

type Fence = RawBlock & { type: 'fence' };

/** The blocks of a fence; `undefined` for one that is prose. `before` are the blocks that stand before it. */
export function fenceBlocks(
  raw: Fence,
  words: string,
  source: SourceFile,
  parts: StepParts,
  before: readonly Block[],
  context: CompileContext,
): Block[] | undefined {
  const { findings, strict } = context;
  const info = parseFenceInfo(`${raw.info} ${words}`);
  const fencePlace: Place = { file: source.path, line: raw.lines[0] + 1, column: raw.column };
  const textPlace: Place = {
    ...fencePlace,
    line: fencePlace.line + (raw.info === '' && isIndented(raw, source) ? 0 : 1),
  };
  const rules = fenceRules(info, context.leaves.nodes, fencePlace, findings);
  const { role } = rules;
  switch (role.role) {
    case 'code':
      return undefined;
    case 'check':
      return checkBlocks(raw.text, textPlace, 0, parts, context);
    case 'script':
      return scriptBlocks(role.use, raw.text.replace(/\n$/, ''), textPlace, rules, parts, context);
    case 'run': {
      if (!context.countBlock(fencePlace)) return [];
      const block = runBlock({ text: raw.text, lang: info.lang, place: textPlace }, rules, findings, strict);
      if (block.mode !== 'show') parts.doing += 1;
      return [{ ...block, key: parts.keyOf(`${block.mode}\n${block.text}`) }];
    }
    case 'file': {
      if (!context.countBlock(fencePlace)) return [];
      parts.doing += 1;
      return [fileBlock(raw.text, info.lang, role, rules, textPlace, parts, context)];
    }
    case 'output': {
      const run = lastRun(before);
      if (run === undefined && info.lang !== 'output' && !rules.match) return undefined;
      if (run === undefined)
        findings.add('OUTPUT_WITHOUT_RUN', fencePlace, 'No run block stands right before this output.');
      return [
        {
          kind: 'output',
          text: raw.text.replace(/\n$/, ''),
          ...(run === undefined ? {} : { of: run.key }),
          ...(rules.match ? { match: true as const } : {}),
        },
      ];
    }
  }
}

function isIndented(raw: Fence, source: SourceFile): boolean {
  return !/^\s*(?:(?:>\s?)*>\s*)?(?:(?:[-*+]|\d+[.)])\s*)?(?:```|~~~)/.test(
    (source.lines[raw.lines[0]] ?? '').slice(0, 500),
  );
}

/** A `check` block or comment: YAML whose first letter stands at `place`; `firstColumn` more on its first line. */
export function checkBlocks(
  yaml: string,
  place: Place,
  firstColumn: number,
  parts: StepParts,
  context: CompileContext,
): Block[] {
  const lines = createSourceFile(place.file, yaml);
  const placeOf = (offset: number): Place => {
    const at = lines.placeAt(offset);
    return {
      file: place.file,
      line: place.line + at.line - 1,
      column: at.column + place.column - 1 + (at.line === 1 ? firstColumn : 0),
    };
  };
  const value = readYaml(lines.text, placeOf, context.findings);
  if (value === undefined) return [];
  const { all, fail } = readChecks(value, context.leaves);
  return listBlocks(parts.take(all, fail), place, parts, context);
}

/** The reader's list, and a field for each question in it. */
function listBlocks(
  entries: readonly (Group | Leaf)[],
  place: Place,
  parts: StepParts,
  context: CompileContext,
): Block[] {
  const leaves = entries.flatMap((entry) => (isGroup(entry) ? leavesOf(entry) : [entry]));
  if (leaves.length === 0 || !context.countBlock(place)) return [];
  const asks = leaves.flatMap((leaf): Block[] =>
    leaf.subject.kind === 'ask'
      ? [{ kind: 'ask', key: `${parts.id}-${leaf.key}`, leaf: leaf.key, question: leaf.subject.question }]
      : [],
  );
  return [...asks, { kind: 'checks', leaves: leaves.map(({ key }) => key) }];
}

function scriptBlocks(
  use: 'check' | 'setup' | 'solve' | 'break' | 'wrong',
  text: string,
  source: Place,
  rules: FenceRules,
  parts: StepParts,
  context: CompileContext,
): Block[] {
  if (text.trim() === '') {
    context.findings.add('RUN_EMPTY', source, 'This block is empty.');
    return [];
  }
  const { node, all } = rules.where;
  const script: Script = { ...(node === undefined ? {} : { node }), ...(all === true ? { all } : {}), text, source };
  switch (use) {
    case 'setup':
      parts.setup.push(script);
      return [];
    case 'solve':
      parts.solve.push(script);
      return [];
    case 'break':
      parts.breaks.push(script);
      return [];
    case 'wrong':
      if (rules.expect === undefined)
        context.findings.add('FENCE_WORDS_CLASH', source, 'A wrong path says what the learner shall read: expect="…".');
      parts.wrong.push({ ...script, expect: rules.expect ?? '' });
      return [];
    case 'check': {
      const nodes =
        all === true ? [...(context.leaves.nodes ?? [context.leaves.firstNode])] : [node ?? context.leaves.firstNode];
      const leaves = nodes.map((at): Leaf => {
        const subject = { kind: 'run' as const, script: text, timeoutMs: DEFAULT_CHECK_TIMEOUT_MS };
        const leaf = { subject, at, want: { exit: { eq: 0 } }, forMs: 0 };
        const say = rules.say === undefined ? {} : { say: rules.say };
        return { key: shortHash(canonicalJson(leaf)), ...leaf, ...say, source };
      });
      return listBlocks(parts.take(leaves, []), source, parts, context);
    }
  }
}

function fileBlock(
  raw: string,
  lang: string,
  { path, change }: { path: string; change: FileWrite['change'] },
  { where }: FenceRules,
  place: Place,
  parts: StepParts,
  { findings, strict }: CompileContext,
): FileWrite {
  const suspicious = suspiciousText(raw, place, strict).filter(({ code }) => code === 'TEXT_HIDDEN');
  for (const finding of suspicious) findings.add(finding.code, finding, finding.message, finding.severity);
  if (change.mode === 'patch') checkPatch(raw, place, findings);
  return {
    kind: 'file',
    key: parts.keyOf(`${path}\n${change.mode}\n${raw}`),
    path,
    ...(where.node === undefined ? {} : { node: where.node }),
    text: raw,
    lang,
    change,
    ...(suspicious.length === 0 ? {} : { suspicious }),
    source: place,
  };
}

/** A unified diff has hunks, and their lines begin with a blank, a plus or a minus. */
function checkPatch(text: string, place: Place, findings: CompileContext['findings']): void {
  let hunks = 0;
  text.split('\n').forEach((line, index) => {
    if (/^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/.test(line)) hunks += 1;
    else if (hunks > 0 && line !== '' && !/^[ +\-\\]/.test(line)) {
      findings.add(
        'PATCH_WRONG',
        { ...place, line: place.line + index },
        'A line of a patch begins with a blank, "+" or "-".',
      );
    }
  });
  if (hunks === 0) findings.add('PATCH_WRONG', place, 'This diff has no part that begins with "@@ -1,2 +1,3 @@".');
}
