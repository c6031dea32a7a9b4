/** An iximiuz challenge or tutorial (one page, all of its settings in the front matter) to a lab of ours. */
import type { FrontMatter } from '../../compile/front-matter-schema.ts';
import type { Located } from '../../yaml/located.ts';
import {
  entryAt,
  type ForeignFiles,
  type Front,
  foreignFront,
  foreignText,
  itemsAt,
  numberAt,
  tellOthers,
  textAt,
  wordsAt,
} from '../foreign-yaml.ts';
import { shellQuoted } from '../instruqt-hosts.ts';
import { createNodeFiles, importedLab, levelOf, type NodeFiles, nodesOf, nothingThere } from '../lab-parts.ts';
import { createReport, type Imported, type Report } from '../report.ts';
import { joinBlocks, writeChecks, writeDetails } from '../write-lab.ts';
import { IXIMIUZ_HELPERS } from './iximiuz-helpers.ts';
import { bodyOf, iximiuzSteps } from './iximiuz-page.ts';
import { readTasks } from './iximiuz-tasks.ts';

const ENTRY = 'index.md';
const SOLUTION = 'solution.md';
const KEYS = ['kind', 'title', 'description', 'categories', 'tagz', 'difficulty', 'playground', 'tasks'];

/** Imports the page, and the solution beside it. Never throws. */
export function importIximiuz(files: ForeignFiles): Imported {
  const report = createReport();
  const text = foreignText(files, ENTRY, report);
  if (text === undefined) return nothingThere(ENTRY, 'No iximiuz page.', report);
  const page = foreignFront(text, ENTRY, report);
  const { values } = page;
  tellOthers(values, KEYS, report, '');
  const kind = entryAt(values, 'kind');
  if (kind !== undefined && !/^(challenge|tutorial)$/.test(textAt(values, 'kind') ?? ''))
    report.changed('kind', ENTRY, kind.place.line, 'It is read as a tutorial is.');
  const playground = entryAt(values, 'playground')?.value;
  const nodes = machinesOf(playground, report);
  const nodeFiles = createNodeFiles(report);
  for (const [path, command] of IXIMIUZ_HELPERS) nodeFiles.put('all', path, command, true, { file: ENTRY, line: 1 });
  const setup = startupFiles(playground, nodes, nodeFiles, report);
  const tasks = readTasks(values, nodes, nodeFiles, report);
  for (const [node, commands] of Object.entries(tasks.setup)) setup[node] = `${setup[node] ?? ''}${commands}`;
  const title = textAt(values, 'title', 300) ?? 'Imported page';
  const { intro, steps } = iximiuzSteps(page.body, title, { file: ENTRY, firstLine: page.bodyLine, tasks, report });
  const last = steps.at(-1);
  const more = tasks.left().flatMap((name) => tasks.take(name, name));
  const solution = solutionOf(foreignText(files, SOLUTION, report), tasks, report);
  if (last !== undefined) last.body = joinBlocks([last.body, more.length === 0 ? '' : writeChecks(more), solution]);
  const summary = textAt(values, 'description');
  const level = levelOf(textAt(values, 'difficulty'));
  const ports = portsOf(playground, nodes, report);
  const names = [...new Set(nodes.values())];
  const front: FrontMatter = {
    title,
    ...(summary === undefined ? {} : { summary }),
    ...(level === undefined ? {} : { level }),
    tags: [...wordsAt(values, 'categories'), ...wordsAt(values, 'tagz')].slice(0, 30).map((tag) => tag.slice(0, 60)),
    ...(names.length === 0 ? {} : { nodes: names }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(Object.keys(setup).length === 0 ? {} : { setup }),
  };
  return importedLab({ front, intro, steps, files: nodeFiles.files }, ENTRY, report);
}

function solutionOf(text: string | undefined, tasks: ReturnType<typeof readTasks>, report: Report): string {
  if (text === undefined) return '';
  const { body, bodyLine }: Front = foreignFront(text, SOLUTION, report);
  return writeDetails('Solution', bodyOf(body, { file: SOLUTION, firstLine: bodyLine, tasks, report }));
}

/** Machines as nodes; a playground that is no Docker host is told. */
function machinesOf(playground: Located | undefined, report: Report): Map<string, string> {
  tellOthers(playground, ['name', 'machines', 'tabs'], report, 'playground.');
  const name = textAt(playground, 'name', 100);
  const place = entryAt(playground, 'name')?.place;
  if (name !== undefined && place !== undefined && !/^(docker|ubuntu|flexbox|mini-lan)/.test(name))
    report.changed(
      `playground ${name}`,
      ENTRY,
      place.line,
      'The nodes are Docker hosts: what else the playground has is missing.',
    );
  const machines = itemsAt(playground, 'machines').flatMap((machine) => {
    tellOthers(machine, ['name', 'startupFiles'], report, 'machines.');
    const named = textAt(machine, 'name', 100);
    return named === undefined ? [] : [{ name: named, file: ENTRY, line: machine.place.line }];
  });
  return nodesOf(machines, report);
}

/** Files of the machines; what a script must do for one comes as its node's setup. */
function startupFiles(
  playground: Located | undefined,
  nodes: ReadonlyMap<string, string>,
  nodeFiles: NodeFiles,
  report: Report,
): Record<string, string> {
  const setup: Record<string, string> = {};
  for (const machine of itemsAt(playground, 'machines')) {
    const node = nodes.get(textAt(machine, 'name', 100) ?? '');
    if (node === undefined) continue;
    for (const [index, file] of itemsAt(machine, 'startupFiles').entries()) {
      const from = { file: ENTRY, line: file.place.line };
      tellOthers(file, ['path', 'content', 'append', 'mode'], report, 'startupFiles.');
      const path = textAt(file, 'path') ?? '';
      const content = textAt(file, 'content', 200_000) ?? '';
      const isExecutable = /[1357]/.test(textAt(file, 'mode')?.slice(-3) ?? '');
      if (textAt(file, 'append') !== 'true') {
        nodeFiles.put(node, path, content, isExecutable, from);
        continue;
      }
      const part = `/opt/lab/append/${index}`;
      if (!/^\/[\w./-]+$/.test(path) || !nodeFiles.put(node, part, content, false, from)) {
        report.dropped(`startupFiles ${path}`, ENTRY, from.line, 'No path of a node.');
        continue;
      }
      report.changed(`startupFiles ${path}`, ENTRY, from.line, 'Setup appends it.');
      setup[node] = `${setup[node] ?? ''}cat ${part} >>${shellQuoted(path)}\n`;
    }
  }
  return setup;
}

function portsOf(playground: Located | undefined, nodes: ReadonlyMap<string, string>, report: Report) {
  return itemsAt(playground, 'tabs')
    .slice(0, 50)
    .flatMap((tab) => {
      const kind = textAt(tab, 'kind', 40) ?? '';
      const { line } = tab.place;
      const port = numberAt(tab, 'number') ?? 0;
      if (kind === 'http-port' && Number.isInteger(port) && port >= 1 && port <= 65_535) {
        tellOthers(tab, ['kind', 'machine', 'number', 'name'], report, 'tabs.');
        const node = nodes.get(textAt(tab, 'machine', 100) ?? '');
        const title = textAt(tab, 'name', 100);
        return [{ port, ...(node === undefined ? {} : { node }), ...(title === undefined ? {} : { title }) }];
      }
      if (kind === 'terminal') return [];
      if (kind === 'ide') report.changed('tab ide', ENTRY, line, "Drydock's own editor opens the node's files.");
      else report.dropped(`tab ${kind}`, ENTRY, line, 'A lab has no such tab.');
      return [];
    });
}
