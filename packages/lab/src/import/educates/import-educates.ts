/** An Educates workshop (a Workshop resource, pages with clickable actions) to a lab of ours. */
import type { FrontMatter } from '../../compile/front-matter-schema.ts';
import type { Located } from '../../yaml/located.ts';
import { foreignPage, shownFence } from '../foreign-text.ts';
import {
  entriesAt,
  entryAt,
  type ForeignFiles,
  foreignFront,
  foreignText,
  foreignYaml,
  itemsAt,
  numberAt,
  tellOthers,
  textAt,
  wordsAt,
} from '../foreign-yaml.ts';
import { createNodeFiles, importedLab, levelOf, minutesOf, nothingThere } from '../lab-parts.ts';
import { createReport, type Imported, type Report } from '../report.ts';
import { escapeInline, type WrittenStep } from '../write-lab.ts';
import { actionText, EXAMINER_FOLDER, isAction } from './educates-actions.ts';

const WORKSHOP = 'resources/workshop.yaml';
const CONTENT = 'workshop/content/';
const VARIABLE = /\{\{<\s*param\s+"?([a-z][a-z0-9_]{0,60})"?\s*>\}\}|\{\{\s*([a-z][a-z0-9_]{0,60})\s*\}\}/g;
/** What the other platform gives every session, and what is true of a node. */
const VALUES: Readonly<Record<string, string>> = {
  session_name: 'lab',
  session_namespace: 'lab',
  workshop_name: 'lab',
  ingress_domain: 'localhost',
  ingress_protocol: 'http',
  registry_host: 'localhost:5000',
};

/** Imports the resource, the pages, tests of the examiner and setup scripts. Never throws. */
export function importEducates(files: ForeignFiles): Imported {
  const report = createReport();
  const text = foreignText(files, WORKSHOP, report);
  const spec = text === undefined ? undefined : entryAt(workshopOf(text, report), 'spec')?.value;
  const pages = pagesOf(files, report);
  if (spec === undefined && pages.length === 0) return nothingThere(WORKSHOP, 'No Educates workshop.', report);
  const env: Record<string, string> = {};
  const nodeFiles = createNodeFiles(report);
  const setup: string[] = [];
  for (const path of [...files.keys()].toSorted()) {
    const script = foreignText(files, path, report) ?? '';
    const [, folder, name = ''] = /^workshop\/(setup\.d|examiner\/tests)\/([A-Za-z0-9][\w.-]{0,80})$/.exec(path) ?? [];
    const from = { file: path, line: 1 };
    if (path === 'workshop/profile') nodeFiles.put('node1', '/etc/profile.d/lab-workshop.sh', script, false, from);
    if (folder === undefined) continue;
    const target = folder === 'setup.d' ? `/opt/lab/setup.d/${name}` : `${EXAMINER_FOLDER}/${name}`;
    const isPut = nodeFiles.put(
      'node1',
      target,
      script.startsWith('#!') ? script : `#!/bin/bash\n${script}`,
      true,
      from,
    );
    if (isPut && folder === 'setup.d') setup.push(target);
  }
  const hasTest = (name: string) => nodeFiles.files.has(`files/node1${EXAMINER_FOLDER}/${name}`);
  const steps = pages.map((file): WrittenStep => {
    const page = foreignFront(foreignText(files, file, report) ?? '', file, report);
    tellOthers(page.values, ['title', 'weight'], report, '');
    const withValues = (given: string, at: number, isCode: boolean) => valuesIn(given, at, file, isCode, env, report);
    const body = foreignPage(page.body, {
      file,
      firstLine: page.bodyLine,
      report,
      line: (line, at) => withValues(line, at, false),
      fence: (piece) => {
        const code = withValues(piece.body, piece.line, true);
        return isAction(piece.info)
          ? actionText(piece, code, { file, report, hasTest })
          : shownFence({ ...piece, body: code }, piece.info.split(/\s/, 1)[0] ?? '');
      },
    });
    return { title: textAt(page.values, 'title', 200) ?? titleOf(file), body };
  });
  const front = frontOf(spec, env, report);
  if (setup.length > 0) front.setup = { node1: `${setup.join('\n')}\n` };
  const intro = escapeInline(textAt(spec, 'description', 20_000) ?? '');
  return importedLab({ front, intro, steps, files: nodeFiles.files }, WORKSHOP, report);
}

/** The Workshop among the documents of the file. */
function workshopOf(text: string, report: Report): Located | undefined {
  let line = 1;
  for (const part of text.split(/^---[ \t]*$/m).slice(0, 20)) {
    if (/^kind:[ \t]*["']?Workshop["']?[ \t]*$/m.test(part)) return foreignYaml(part, WORKSHOP, line, report);
    if (part.trim() !== '') report.dropped('document', WORKSHOP, line, 'It is no Workshop.');
    line += part.split('\n').length - 1;
  }
  return undefined;
}

/** Pages in the order that the course names, else of their names. */
function pagesOf(files: ForeignFiles, report: Report): string[] {
  const all = [...files.keys()]
    .filter((path) => path.startsWith(CONTENT) && !path.split('/').includes('..'))
    .toSorted();
  for (const path of all) if (path.endsWith('.adoc')) report.dropped('AsciiDoc', path, 1, 'Only Markdown is read.');
  const pages = all.filter((path) => path.endsWith('.md'));
  const order = ['workshop/modules.yaml', 'workshop/workshop.yaml'].flatMap((file) => {
    const text = foreignText(files, file, report);
    const values = text === undefined ? undefined : foreignYaml(text, file, 1, report);
    return wordsAt(entryAt(values, 'modules')?.value, 'activate');
  });
  const named = [...new Set(order.map((name) => `${CONTENT}${name}.md`))].filter((path) => pages.includes(path));
  if (named.length === 0) return pages;
  for (const page of pages)
    if (!named.includes(page)) report.dropped('page', page, 1, 'The course does not name it in its order.');
  return named;
}

function titleOf(file: string): string {
  return file
    .slice(CONTENT.length, -'.md'.length)
    .replace(/^[\d._-]+/, '')
    .replace(/[-_/]+/g, ' ');
}

/** A variable becomes one of the shell, which the lab sets: what is shown is what is typed. */
function valuesIn(
  text: string,
  line: number,
  file: string,
  isCode: boolean,
  env: Record<string, string>,
  report: Report,
): string {
  return text.replace(VARIABLE, (whole, hugo, classic) => {
    const name = String(hugo ?? classic);
    const known = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (known === undefined) {
      report.dropped(whole, file, line, 'It has no value here: its name is left.');
      return name;
    }
    env[name.toUpperCase()] = known;
    report.changed(whole, file, line, `A variable of the shell, which is "${known}".`);
    return isCode ? `$${name.toUpperCase()}` : `\`$${name.toUpperCase()}\``;
  });
}

function frontOf(spec: Located | undefined, env: Record<string, string>, report: Report): FrontMatter {
  const session = entryAt(spec, 'session')?.value;
  tellOthers(spec, ['title', 'description', 'difficulty', 'duration', 'session'], report, 'spec.');
  tellOthers(session, ['applications', 'dashboards', 'ingresses', 'env'], report, 'session.');
  for (const { key, place } of entriesAt(session, 'applications')) {
    if (/^(terminal|docker|editor)$/.test(key)) continue;
    report.dropped(`applications.${key}`, WORKSHOP, place.line, 'A node has no such application.');
  }
  for (const dashboard of itemsAt(session, 'dashboards')) {
    report.dropped(
      `dashboard ${textAt(dashboard, 'name', 100) ?? ''}`,
      WORKSHOP,
      dashboard.place.line,
      'Ports of the nodes have tabs by themselves.',
    );
  }
  const ports = itemsAt(session, 'ingresses')
    .slice(0, 50)
    .flatMap((ingress) => {
      const port = numberAt(ingress, 'port') ?? 0;
      const title = textAt(ingress, 'name', 100);
      if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        report.dropped('ingress', WORKSHOP, ingress.place.line, 'It has no port of the session.');
        return [];
      }
      return [{ port, ...(title === undefined ? {} : { title }) }];
    });
  for (const item of itemsAt(session, 'env').slice(0, 100)) {
    const name = textAt(item, 'name', 128) ?? '';
    const value = textAt(item, 'value', 4_000);
    if (/^[A-Za-z_]\w{0,127}$/.test(name) && value !== undefined) env[name] = value;
    else report.dropped(`env ${name}`, WORKSHOP, item.place.line, 'No name with a plain value.');
  }
  const level = levelOf(textAt(spec, 'difficulty'));
  const [, number, unit] = /^(\d{1,4})\s*(m|h)/.exec(textAt(spec, 'duration', 40) ?? '') ?? [];
  const minutes = number === undefined ? undefined : minutesOf(Number(number) * (unit === 'h' ? 60 : 1));
  return {
    title: textAt(spec, 'title', 300) ?? 'Imported workshop',
    ...(level === undefined ? {} : { level }),
    ...(minutes === undefined ? {} : { time: minutes }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}
