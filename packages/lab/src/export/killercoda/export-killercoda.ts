/** One of our labs to a scenario of Killercoda: `index.json`, texts, scripts, assets; and what it has no place for. */

import type { Block } from '../../blocks.ts';
import { isGroup, type Leaf, leavesOf } from '../../checks/plan.ts';
import { createReport, type Report, type ReportEntry } from '../../import/report.ts';
import type { Lab, Script, Step } from '../../lab.ts';
import type { LabFile, LabFiles } from '../../source/lab-files.ts';
import { type BlockWriter, blocksText } from './block-text.ts';

export type Exported = { files: LabFiles; report: ReportEntry[] };

/** Exports a compiled lab; `files` are those that it was compiled from. Never throws. */
export function exportKillercoda({ lab, files }: { lab: Lab; files: LabFiles }): Exported {
  const report = createReport();
  const made = new Map<string, LabFile>();
  const entry = lab.steps[0]?.source.file ?? 'lab.md';
  const place = { file: entry, line: 1, column: 1 };
  reportHead(lab, entry, report);
  const base: BlockWriter = {
    report,
    place,
    leaves: new Map(),
    hostOf(node) {
      const index = node === undefined ? 0 : lab.nodes.findIndex(({ name }) => name === node);
      return index === 0 || index === 1 ? ((index + 1) as 1 | 2) : undefined;
    },
    portUrl(port, node, path) {
      const host = base.hostOf(node);
      return host === undefined ? undefined : `{{TRAFFIC_HOST${host}_${port}}}${path === '/' ? '' : path}`;
    },
    imageUrl(path) {
      const file = files.get(path);
      const name = path.replace(/^assets\//, '');
      if (file !== undefined) made.set(`assets/${name}`, file);
      return `/assets/${encodeURI(name)}`;
    },
  };
  const text = (path: string, blocks: readonly Block[], writer = base) => {
    made.set(path, { text: `${blocksText(blocks, writer)}\n` });
    return path;
  };
  const steps = lab.steps.map((step, index) => {
    const folder = `step${index + 1}`;
    const leaves = new Map(leavesOf(step.checks).map((leaf): [string, Leaf] => [leaf.key, leaf]));
    const verify = verifyScript(step, base);
    const background = scriptText(step.setup, base);
    reportStep(step, report);
    if (verify !== undefined) made.set(`${folder}/verify.sh`, { text: verify, executable: true });
    if (background !== undefined) made.set(`${folder}/background.sh`, { text: background, executable: true });
    return {
      title: step.title,
      text: text(`${folder}/text.md`, step.blocks, { ...base, place: step.source, leaves }),
      ...(verify === undefined ? {} : { verify: `${folder}/verify.sh` }),
      ...(background === undefined ? {} : { background: `${folder}/background.sh` }),
    };
  });
  const setup = scriptText(lab.setup, base);
  if (setup !== undefined) made.set('intro/background.sh', { text: setup, executable: true });
  const intro = {
    text: text('intro/text.md', lab.intro),
    ...(setup === undefined ? {} : { background: 'intro/background.sh' }),
    ...(lab.authors[0] === undefined ? {} : { credits: lab.authors[0] }),
  };
  const assets = takeFiles(lab, files, made, base);
  const index = {
    title: lab.title,
    description: lab.summary,
    ...(lab.level === undefined ? {} : { difficulty: lab.level }),
    ...(lab.minutes === undefined ? {} : { time: `${lab.minutes} minutes` }),
    details: {
      intro,
      steps,
      ...(lab.finish === undefined ? {} : { finish: { text: text('finish.md', lab.finish) } }),
      ...(Object.keys(assets).length === 0 ? {} : { assets }),
    },
    ...(lab.ports.length === 0
      ? {}
      : { environment: { dashboards: lab.ports.map(({ port, title }) => ({ name: title ?? `${port}`, port })) } }),
    backend: { imageid: 'ubuntu' },
  };
  made.set('index.json', { text: `${JSON.stringify(index, null, 2)}\n` });
  return { files: made, report: report.all() };
}

function reportHead(lab: Lab, file: string, report: Report): void {
  const lost = {
    nodes: lab.nodes.length > 1,
    template: lab.template !== undefined,
    needs: lab.needs.length > 0,
    images: lab.images.length > 0,
    env: lab.env.length > 0,
    'order: gate': lab.order === 'gate',
    license: lab.license !== undefined,
    tags: lab.tags.length > 0,
    authors: lab.authors.length > 1,
  };
  for (const [key, isLost] of Object.entries(lost))
    if (isLost) report.dropped(key, file, 1, 'A scenario has one machine and no such setting.');
}

function reportStep(step: Step, report: Report): void {
  const { file, line } = step.source;
  if (Array.isArray(step.solve))
    for (const { source } of step.solve)
      report.dropped('solve', source.file, source.line, 'Nothing solves a step by itself.');
  for (const { source } of [...step.breaks, ...step.wrong])
    report.dropped('break', source.file, source.line, 'Such scripts are not run there.');
  if (step.fail !== undefined) report.dropped('fail', file, line, 'A step cannot be failed for good.');
}

/** The step's `run` checks as one script; of several, each in a shell of its own. Other checks have no counterpart. */
function verifyScript(step: Step, { report, hostOf }: BlockWriter): string | undefined {
  const scripts: string[] = [];
  for (const entry of step.checks.of) {
    const [first] = isGroup(entry) ? leavesOf(entry) : [entry];
    const { file, line } = first?.source ?? step.source;
    const wants = isGroup(entry) ? [] : Object.entries(entry.want);
    const isPlain = wants.every(([key, match]) => key === 'exit' && 'eq' in match && match.eq === 0);
    if (isGroup(entry) || entry.subject.kind !== 'run' || !isPlain || hostOf(entry.at) !== 1) {
      if (isGroup(entry) || entry.subject.kind !== 'ask')
        report.dropped(
          isGroup(entry) ? entry.op : entry.subject.kind,
          file,
          line,
          'Only scripts check there, by exit code 0, on the first machine.',
        );
      continue;
    }
    if (entry.say !== undefined) report.dropped('say', file, line, 'A check explains nothing there.');
    scripts.push(entry.subject.script);
  }
  const [only] = scripts;
  if (only === undefined) return undefined;
  return scripts.length === 1 ? `${only}\n` : `${scripts.map((script) => `(\n${script}\n) || exit 1`).join('\n')}\n`;
}

function scriptText(scripts: readonly Script[], { report, hostOf }: BlockWriter): string | undefined {
  const kept = scripts.filter(({ node, all, source }) => {
    const isHere = all === true || hostOf(node) === 1;
    if (!isHere) report.dropped('setup', source.file, source.line, 'Scripts run on the first machine alone.');
    return isHere;
  });
  const [only] = kept;
  if (only === undefined) return undefined;
  return kept.length === 1
    ? `${only.text.replace(/\n$/, '')}\n`
    : `${kept.map(({ text }) => `(\n${text}\n)`).join('\n')}\n`;
}

/** Files for the machines: each below `assets/<host><its folder>/`, so that no two have one name. */
function takeFiles(
  lab: Lab,
  files: LabFiles,
  made: Map<string, LabFile>,
  { report, hostOf, place }: BlockWriter,
): Record<string, object[]> {
  const assets: Record<string, object[]> = {};
  for (const wish of lab.files) {
    const host = hostOf(wish.node);
    const file = 'from' in wish ? files.get(wish.from) : { text: wish.text };
    // A name with a letter of globs would be one.
    if (host === undefined || file === undefined || /[*?[\]{}!]/.test(wish.path)) {
      report.dropped(wish.path, place.file, 1, 'There is no such machine, or the name is a pattern there.');
      continue;
    }
    const cut = wish.path.lastIndexOf('/');
    const name = `host0${host}${wish.path}`;
    made.set(`assets/${name}`, file);
    const target = wish.path.slice(0, cut) || '/';
    const rule = { file: name, target, ...(wish.executable === true ? { chmod: '+x' } : {}) };
    const key = `host0${host}`;
    assets[key] = [...(assets[key] ?? []), rule];
  }
  return assets;
}
