/** A classic Instruqt track to a lab of ours. */
import type { FrontMatter } from '../compile/front-matter-schema.ts';
import type { Located } from '../yaml/located.ts';
import {
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
} from './foreign-yaml.ts';
import { BOOTSTRAP_MARK, INSTRUQT_HELPERS } from './instruqt-helpers.ts';
import { type Hosts, readHosts } from './instruqt-hosts.ts';
import { instruqtBody } from './instruqt-page.ts';
import { createNodeFiles, importedLab, levelOf, minutesOf, type NodeFiles, nothingThere } from './lab-parts.ts';
import { createReport, type Imported, type Report } from './report.ts';
import { escapeInline, joinBlocks, type WrittenStep, writeChecks, writeFence } from './write-lab.ts';

const TRACK = [
  'slug',
  'id',
  'type',
  'title',
  'teaser',
  'description',
  'level',
  'tags',
  'developers',
  'timelimit',
  'challenges',
];
const SCRIPT = /^(.*\/)?(setup|check|solve|cleanup)-([A-Za-z0-9][\w.-]{0,60}?)(?:\.sh)?$/;

/** Imports a track: its two YAML files, its scripts, and a folder with a page for each challenge. Never throws. */
export function importInstruqt(files: ForeignFiles): Imported {
  const report = createReport();
  const track = foreignText(files, 'track.yml', report);
  const pages = challengePages(files);
  if (track === undefined && pages.length === 0) return nothingThere('track.yml', 'No Instruqt track.', report);
  const values = foreignYaml(track ?? '', 'track.yml', 1, report);
  const hosts = readHosts(foreignYaml(foreignText(files, 'config.yml', report) ?? '', 'config.yml', 1, report), report);
  tellOthers(values, TRACK, report, '');
  if (itemsAt(values, 'challenges').length > 0 && pages.length === 0)
    report.dropped('challenges', 'track.yml', 1, 'Only challenges in folders of their own are read.');
  const nodeFiles = createNodeFiles(report);
  const head = { file: 'track.yml', line: 1 };
  for (const [path, text] of INSTRUQT_HELPERS) nodeFiles.put('all', path, text, true, head);
  nodeFiles.put('all', BOOTSTRAP_MARK, '', false, head);
  const trackSetup = trackScripts(files, hosts, nodeFiles, report);
  let cleanup: string[] = [];
  const steps = pages.map((page): WrittenStep => {
    const front = foreignFront(foreignText(files, page, report) ?? '', page, report);
    const scripts = challengeScripts(page.slice(0, -'assignment.md'.length), files, hosts, nodeFiles, report);
    const body = joinBlocks([
      ...cleanup,
      ...scripts.setup,
      instruqtBody(front, page, hosts.nodes, report),
      ...scripts.rest,
    ]);
    cleanup = scripts.cleanup;
    const minutes = minutesOf((numberAt(front.values, 'timelimit') ?? 0) / 60);
    return { title: textAt(front.values, 'title', 200) ?? page, ...(minutes === undefined ? {} : { minutes }), body };
  });
  const nodes = [...new Set(hosts.nodes.values())];
  const level = levelOf(textAt(values, 'level'));
  const summary = textAt(values, 'teaser');
  const front: FrontMatter = {
    title: textAt(values, 'title', 300) ?? 'Imported track',
    ...(summary === undefined ? {} : { summary }),
    ...(level === undefined ? {} : { level }),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(hosts.images.length === 0 ? {} : { images: hosts.images }),
    tags: wordsAt(values, 'tags')
      .slice(0, 30)
      .map((tag) => tag.slice(0, 60)),
    authors: wordsAt(values, 'developers')
      .slice(0, 50)
      .map((name) => name.slice(0, 200)),
    ...(Object.keys(trackSetup).length === 0 ? {} : { setup: trackSetup }),
  };
  return importedLab({ front, intro: introOf(values, report), steps, files: nodeFiles.files }, 'track.yml', report);
}

function challengePages(files: ForeignFiles): string[] {
  return [...files.keys()].filter((path) => /^[^/]+\/assignment\.md$/.test(path)).toSorted();
}

/** The description without its tags: it may be HTML. */
function introOf(values: Located | undefined, report: Report): string {
  const description = textAt(values, 'description', 20_000);
  if (description === undefined) return '';
  const plain = description.replace(/<[^<>]{0,500}>/g, '');
  if (plain !== description)
    report.changed(
      'description',
      'track.yml',
      entryAt(values, 'description')?.place.line ?? 1,
      'Its HTML is left out, the words stay.',
    );
  return joinBlocks(plain.split(/\n\s*\n/).map(escapeInline));
}

/** Puts a script on its node; undefined, with an entry, where its host is not known. */
function scriptOf(path: string, files: ForeignFiles, hosts: Hosts, nodeFiles: NodeFiles, report: Report) {
  const [, , use = '', host = ''] = SCRIPT.exec(path) ?? [];
  const node = hosts.nodes.get(host) ?? (hosts.nodes.size === 0 ? 'node1' : undefined);
  const text = foreignText(files, path, report);
  if (node === undefined || text === undefined) {
    report.dropped(`${use}-${host}`, path, 1, `The track has no host "${host}" that becomes a node.`);
    return undefined;
  }
  const target = `/opt/lab/${path.replace(/[^\w./-]/g, '-')}`;
  const withShell = text.startsWith('#!') ? text : `#!/bin/bash\n${text}`;
  return nodeFiles.put(node, target, withShell, true, { file: path, line: 1 }) ? { use, node, target } : undefined;
}

function trackScripts(files: ForeignFiles, hosts: Hosts, nodeFiles: NodeFiles, report: Report): Record<string, string> {
  const setup: Record<string, string> = { ...hosts.setup };
  for (const path of scriptsIn('track_scripts/', files)) {
    if (/\/cleanup-/.test(path)) {
      report.dropped('cleanup', path, 1, 'Nodes are thrown away after the lab.');
      continue;
    }
    const script = scriptOf(path, files, hosts, nodeFiles, report);
    if (script?.use === 'setup') setup[script.node] = `${setup[script.node] ?? ''}${script.target}\n`;
    else if (script !== undefined) report.dropped(script.use, path, 1, 'A track has setup and cleanup alone.');
  }
  return setup;
}

function challengeScripts(folder: string, files: ForeignFiles, hosts: Hosts, nodeFiles: NodeFiles, report: Report) {
  const parts = { setup: [] as string[], rest: [] as string[], cleanup: [] as string[] };
  for (const path of scriptsIn(folder, files)) {
    const script = scriptOf(path, files, hosts, nodeFiles, report);
    if (script === undefined) continue;
    const { use, node, target } = script;
    if (use === 'check') {
      report.changed(
        'check',
        path,
        1,
        'It also runs by itself while the step is open, and what it says by fail-message explains.',
      );
      parts.rest.push(
        writeChecks([{ run: `lab-check ${target}`, on: node, timeout: '60s', title: `The check of ${node} passes` }]),
      );
    } else if (use === 'solve') parts.rest.push(writeFence('sh', target, { node, words: ['solve'] }));
    else if (use === 'setup') parts.setup.push(writeFence('sh', target, { node, words: ['setup'] }));
    else {
      report.changed('cleanup', path, 1, 'It runs before the next step; after the last it is not needed.');
      parts.cleanup.push(writeFence('sh', target, { node, words: ['setup'] }));
    }
  }
  return parts;
}

function scriptsIn(folder: string, files: ForeignFiles): string[] {
  return [...files.keys()]
    .filter((path) => path.startsWith(folder) && !path.slice(folder.length).includes('/') && SCRIPT.test(path))
    .toSorted();
}
