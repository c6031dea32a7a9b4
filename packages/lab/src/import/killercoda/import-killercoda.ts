/** A scenario of Katacoda or Killercoda to one of our labs. */
import { withoutEnd } from '@drydock/protocol';
import type { FrontMatter } from '../../compile/front-matter-schema.ts';
import { MAX_ASSET_BYTES, MAX_LAB_BYTES, MAX_LAB_FILES, MAX_TEXT_BYTES } from '../../limits.ts';
import { fileSize, type LabFile, type LabFiles } from '../../source/lab-files.ts';
import type { Located } from '../../yaml/located.ts';
import { createReport, type Imported, type Report } from '../report.ts';
import { assemble } from './assemble.ts';
import { takeAssets } from './assets.ts';
import { createContext, FIRST_HOST, type KillercodaContext, SECOND_HOST } from './context.ts';
import { levelOf, minutesOf, takeEnvironment } from './environment.ts';
import { field, itemsOf, readIndex, reportUnknown, textField } from './index-file.ts';
import { createStepReader } from './steps.ts';

const KEYS = new Set([
  'title',
  'description',
  'time',
  'difficulty',
  'details',
  'environment',
  'backend',
  'type',
  'files',
  'interface',
]);
const DETAILS = new Set(['intro', 'finish', 'steps', 'assets']);

export type KillercodaInput = {
  /** All files; those of other scenarios are left alone. */
  files: LabFiles;
  /** The scenario's folder among them; default: the one whose `index.json` is least deep. */
  folder?: string;
  /** Default: found by the words that the texts use. It decides when a check passes. */
  dialect?: 'katacoda' | 'killercoda';
};

/** Imports a scenario. Never throws; what is made compiles without errors; all that was lost is in the report. */
export function importKillercoda({ files, folder, dialect }: KillercodaInput): Imported {
  const report = createReport();
  const path = indexOf(files, folder);
  const file = path === undefined ? undefined : files.get(path);
  const none: Imported = { entry: 'lab.md', files: null, report: [] };
  if (path === undefined || file === undefined || !('text' in file)) {
    report.dropped('index.json', folder ?? '', 1, 'There is no index.json: this is no scenario.');
    return { ...none, report: report.all() };
  }
  if (folder === undefined) {
    for (const other of indexesOf(files).slice(1))
      report.dropped('scenario', other, 1, 'This is another scenario: import its folder by itself.');
  }
  const index = readIndex(file.text, path, report);
  if (index === undefined) return { ...none, report: report.all() };
  const context = createContext({ report, files, folder: path.slice(0, path.lastIndexOf('/') + 1) });
  reportUnknown(index, KEYS, '', report);
  const details = field(index, 'details');
  reportUnknown(details, DETAILS, 'details.', report);
  const image = field(index, 'backend', 'imageid');
  takeEnvironment(textField(index, 'backend', 'imageid'), image?.place ?? index.place, context);
  const kind = field(index, 'type');
  if (kind !== undefined)
    report.changed('type', kind.place.file, kind.place.line, 'A challenge’s tasks are steps with live checks.');
  for (const item of itemsOf(field(index, 'files')))
    report.dropped('files', item.place.file, item.place.line, 'No file is opened by itself.');
  const editor = textField(index, 'environment', 'uieditorpath') ?? '/root';
  const reader = createStepReader(withoutEnd(editor, '/'), (dialect ?? dialectOf(files)) === 'katacoda', context);
  const intro = field(details, 'intro');
  const finish = field(details, 'finish');
  const setup = reader.scripts(intro);
  const introText = reader.body(intro);
  const steps = reader.steps(field(details, 'steps'));
  const finishText = reader.body(finish);
  for (const lost of reader.scripts(finish).slice(0, 1))
    report.dropped(
      'details.finish',
      path,
      finish?.place.line ?? 1,
      `A script at the end is not run (${lost.length} letters).`,
    );
  takeAssets(details, context);
  const ports = takePorts(index, report);
  if (setup.length > 0) {
    // Each of several in a shell of its own: an "exit" ends only itself.
    const text = setup.length === 1 ? (setup[0] ?? '') : setup.map((script) => `(\n${script.trimEnd()}\n)`).join('\n');
    context.made.set(`setup/${FIRST_HOST}.sh`, { text });
  }
  const front: FrontMatter = {
    ...optional('title', textField(index, 'title')),
    ...optional('summary', textField(index, 'description')),
    ...optional('level', levelOf(textField(index, 'difficulty'))),
    ...optional('time', minutesOf(textField(index, 'time'))),
    ...optional('authors', creditsOf(intro)),
    nodes: context.runs ? [FIRST_HOST, ...(context.second ? [SECOND_HOST] : [])] : 0,
    ...(ports.length > 0 && context.runs ? { ports } : {}),
  };
  const made = bounded(context, path);
  const head = { title: textField(index, 'title') ?? 'A scenario', intro: introText, finish: finishText };
  const text = assemble(front, head, steps, made, path, report);
  return { entry: 'lab.md', files: new Map([['lab.md', { text }], ...made]), report: report.all() };
}

function indexOf(files: LabFiles, folder: string | undefined): string | undefined {
  if (folder !== undefined) {
    const base = folder === '' ? '' : `${withoutEnd(folder, '/')}/`;
    return ['index.json', 'index.yaml'].map((name) => base + name).find((path) => files.has(path));
  }
  return indexesOf(files)[0];
}

/** The index of each scenario, the least deep first. */
function indexesOf(files: LabFiles): string[] {
  const depth = (path: string) => path.split('/').length;
  return [...files.keys()]
    .filter((path) => /(^|\/)index\.(json|yaml)$/.test(path))
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

/** Katacoda's word is `execute`, Killercoda's `exec`; by Killercoda's rule where both or none stand. */
function dialectOf(files: LabFiles): 'katacoda' | 'killercoda' {
  let katacoda = false;
  for (const [path, file] of files) {
    if (!path.endsWith('.md') || !('text' in file)) continue;
    if (/\{\{exec\b/.test(file.text)) return 'killercoda';
    katacoda ||= /\{\{execute\b/.test(file.text);
  }
  return katacoda ? 'katacoda' : 'killercoda';
}

function creditsOf(intro: Located | undefined): string[] | undefined {
  const credits = textField(intro, 'credits');
  return credits === undefined ? undefined : [credits];
}

/** Dashboards are tabs of ports; whatever else a scenario's window has, ours arranges itself. */
function takePorts(index: Located, report: Report): NonNullable<FrontMatter['ports']> {
  const environment = field(index, 'environment');
  reportUnknown(
    environment,
    new Set(['uieditorpath', 'dashboards', 'terminals', 'uilayout', 'showdashboard', 'showdashboards']),
    'environment.',
    report,
  );
  const layout = field(environment, 'uilayout');
  if (layout !== undefined && textField(layout) !== 'terminal')
    report.changed(
      `uilayout: ${textField(layout)}`,
      layout.place.file,
      layout.place.line,
      'The reader arranges terminals, files and ports.',
    );
  for (const { place } of itemsOf(field(environment, 'terminals')))
    report.dropped('terminals', place.file, place.line, 'Further terminals are opened by blocks.');
  const side = field(index, 'interface');
  if (side !== undefined)
    report.dropped('interface', side.place.file, side.place.line, 'The reader arranges terminals, files and ports.');
  const ports = new Map<number, string | undefined>();
  for (const board of [
    ...itemsOf(field(environment, 'dashboards')),
    ...[field(index, 'backend')].filter((one) => one !== undefined),
  ]) {
    const port = Number(
      textField(board, 'port') ??
        /-(\d{1,5})-|_(\d{1,5})\}\}/
          .exec(textField(board, 'href') ?? '')
          ?.slice(1)
          .find((one) => one !== undefined),
    );
    if (Number.isInteger(port) && port >= 1 && port <= 65_535 && ports.size < 50)
      ports.set(port, textField(board, 'name')?.slice(0, 100));
    else if (field(board, 'imageid') === undefined)
      report.dropped('dashboards', board.place.file, board.place.line, 'Only a port of a machine is a tab.');
  }
  return [...ports].map(([port, title]) => (title === undefined ? port : { port, title }));
}

/** The files that a lab may have: none too large, not too many, with room left for the text. */
function bounded({ made, report }: KillercodaContext, at: string): Map<string, LabFile> {
  const kept = new Map<string, LabFile>();
  let bytes = 0;
  for (const [path, file] of made) {
    const size = fileSize(file);
    const fits =
      size <= MAX_ASSET_BYTES && bytes + size <= MAX_LAB_BYTES - MAX_TEXT_BYTES && kept.size < MAX_LAB_FILES - 1;
    if (!fits) report.dropped(path, at, 1, 'The lab would be too large with this file.');
    else {
      kept.set(path, file);
      bytes += size;
    }
  }
  return kept;
}

function optional<K extends keyof FrontMatter>(key: K, value: FrontMatter[K] | undefined): FrontMatter {
  return value === undefined ? {} : { [key]: value };
}
