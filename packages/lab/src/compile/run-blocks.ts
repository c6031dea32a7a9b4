/** Blocks that type into terminals, and what is suspicious in their text. */
import type { Run } from '../blocks.ts';
import { createFindings, type Finding, type Findings, type Place } from '../findings/finding.ts';
import { MAX_PLAIN_RUN_LINES } from '../limits.ts';
import { takesInput } from '../shell/first-command.ts';
import { codeName, type HiddenKind, hiddenLetters } from '../shell/hidden.ts';
import { shellSegments } from '../shell/segments.ts';
import type { FenceRules } from './fence-rules.ts';
import { readKeys } from './keys.ts';

export type RunSource = { text: string; lang: string /** Place of the first letter of the text. */; place: Place };

/** A run block without its key; its findings are added, and what needs a second click is kept with it. */
export function runBlock(source: RunSource, rules: FenceRules, findings: Findings, strict: boolean): Omit<Run, 'key'> {
  const { role, where } = rules;
  const mode = role.role === 'run' ? role.mode : 'show';
  const isConsole = role.role === 'run' && role.console;
  const whole = source.text.replace(/\n$/, '');
  const text = isConsole ? consoleCommands(whole) : whole;
  const suspicious = suspiciousText(whole, source.place, strict);
  for (const finding of suspicious) findings.add(finding.code, finding, finding.message, finding.severity);
  if (text.trim() === '') {
    findings.add(
      'RUN_EMPTY',
      source.place,
      isConsole ? 'No line of this console block begins with "$ ".' : 'This block is empty.',
    );
  } else if (mode === 'run' && rules.program === undefined) adviseRun(text, source.place, findings);
  const needsClick = suspicious.filter(({ code }) => code !== 'TEXT_TYPOGRAPHIC');
  return {
    kind: 'run',
    text,
    ...(isConsole && text !== whole ? { shown: whole } : {}),
    lang: source.lang,
    where,
    mode,
    ...(mode === 'keys' ? { keys: readKeys(text, source.place, findings) } : {}),
    ...(rules.background ? { opens: 'background' as const } : {}),
    ...(rules.once ? { once: true as const } : {}),
    ...(rules.confirm === undefined ? {} : { confirm: rules.confirm }),
    ...(rules.program === undefined ? {} : { program: rules.program }),
    ...(needsClick.length === 0 ? {} : { suspicious: needsClick }),
    source: source.place,
  };
}

/** Lines after `$ `, with their continuations (`> `, or after a backslash). */
export function consoleCommands(text: string): string {
  const commands: string[] = [];
  let goesOn = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) commands.push(line.slice(2));
    else if (commands.length > 0 && line.startsWith('> ')) commands.push(line.slice(2));
    else if (goesOn) commands.push(line);
    else continue;
    goesOn = /(^|[^\\])(\\\\)*\\$/.test(line);
  }
  return commands.join('\n');
}

function adviseRun(text: string, place: Place, findings: Findings): void {
  const { segments, complete } = shellSegments(text);
  if (!complete) {
    findings.add(
      'RUN_UNFINISHED',
      place,
      'This block is typed as one piece: a quote, a bracket, a heredoc or a loop in it has no end that we see.',
    );
  }
  const lines = text.split('\n').length;
  if (lines > MAX_PLAIN_RUN_LINES) {
    findings.add(
      'RUN_LONG',
      place,
      `This block has ${lines} lines; beyond ${MAX_PLAIN_RUN_LINES} a reader must look at all before the first run.`,
    );
  }
  let line = place.line;
  segments.slice(0, -1).forEach((segment) => {
    const taker = takesInput(segment);
    const lead = segment.length - segment.replace(/^([ \t]*(#[^\n]*)?\n)*/, '').length;
    const at = { ...place, line: line + segment.slice(0, lead).split('\n').length - 1 };
    line += segment.split('\n').length - 1;
    if (taker?.kind === 'stdin') {
      findings.add(
        'RUN_READS_STDIN',
        at,
        `"${taker.program}" reads what is typed: the rest of the block goes into it. Put it into a block of its own, or give it "</dev/null".`,
      );
    } else if (taker?.kind === 'prompt') {
      findings.add(
        'RUN_READS_STDIN',
        at,
        `"${taker.program}" has a prompt of its own: the rest of the block is typed there. End the block here, and give the next one "in=…".`,
      );
    }
  });
}

/** What a reader cannot see, or takes for something else, in a text that will be typed or written. */
export function suspiciousText(text: string, place: Place, strict: boolean): Finding[] {
  const found = createFindings();
  for (const { kind, offset, code } of hiddenLetters(text)) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length - 1;
    const column = offset - (before.lastIndexOf('\n') + 1);
    const [name, sentence] = describe(kind, codeName(code));
    const severity = strict && (kind === 'hidden' || kind === 'space') ? 'error' : undefined;
    found.add(name, { file: place.file, line: place.line + line, column: place.column + column }, sentence, severity);
  }
  return found.all();
}

function describe(kind: HiddenKind, code: string) {
  switch (kind) {
    case 'hidden':
      return ['TEXT_HIDDEN', `${code} cannot be seen, but would be typed.`] as const;
    case 'space':
      return ['TEXT_LOOKALIKE_SPACE', `${code} looks like a space, but is none to a shell.`] as const;
    case 'mixed':
      return ['TEXT_MIXED_SCRIPTS', `${code} looks like a Latin letter within a word of Latin letters.`] as const;
    case 'typographic':
      return ['TEXT_TYPOGRAPHIC', `${code} is a typographic mark, which a shell takes for a letter.`] as const;
  }
}
