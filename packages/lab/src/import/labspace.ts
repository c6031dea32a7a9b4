/** A Labspace (sections of Markdown, run on the reader's own engine) to a lab of ours. */
import type { FrontMatter } from '../compile/front-matter-schema.ts';
import { resolvePath } from '../source/lab-files.ts';
import type { Located } from '../yaml/located.ts';
import {
  entriesAt,
  type ForeignFiles,
  foreignText,
  foreignYaml,
  itemsAt,
  plainValue,
  tellOthers,
  textAt,
} from './foreign-yaml.ts';
import { importedLab, nothingThere } from './lab-parts.ts';
import { labspaceBody } from './labspace-page.ts';
import { createReport, type Imported, type Report } from './report.ts';
import { escapeInline, type WrittenStep } from './write-lab.ts';

const ENTRIES = ['labspace/labspace.yaml', 'labspace.yaml'];

/** Imports `labspace.yaml` and the pages that its sections name. Never throws. */
export function importLabspace(files: ForeignFiles): Imported {
  const report = createReport();
  const entry = ENTRIES.find((path) => files.has(path));
  const text = entry === undefined ? undefined : foreignText(files, entry, report);
  if (entry === undefined || text === undefined) return nothingThere('labspace.yaml', 'No Labspace.', report);
  const values = foreignYaml(text, entry, 1, report);
  tellOthers(values, ['title', 'description', 'sections', 'services', 'variables', 'metadata'], report, '');
  for (const { key, place } of entriesAt(values, 'metadata'))
    report.dropped(`metadata.${key}`, entry, place.line, 'A lab needs no such key.');
  const variables = new Map<string, string>();
  for (const { key, value, place } of entriesAt(values, 'variables')) {
    variables.set(key, String(plainValue(value) ?? '').slice(0, 1_000));
    report.changed(
      `variables.${key}`,
      entry,
      place.line,
      'Its first value is written out: what is shown is what is typed.',
    );
  }
  const ports = portsOf(values, entry, report);
  const steps = itemsAt(values, 'sections').flatMap((section): WrittenStep[] => {
    const path = textAt(section, 'contentPath') ?? '';
    const { line } = section.place;
    tellOthers(section, ['title', 'contentPath'], report, 'sections.');
    const file = resolvePath(entry, path.replace(/^\.?\//, ''));
    const body = file === undefined ? undefined : foreignText(files, file, report);
    if (file === undefined || body === undefined) {
      report.dropped(`contentPath ${path}`, entry, line, 'There is no such page in the course.');
      return [];
    }
    return [{ title: textAt(section, 'title', 200) ?? path, body: labspaceBody(body, file, variables, report) }];
  });
  const front: FrontMatter = {
    title: textAt(values, 'title', 300) ?? 'Imported Labspace',
    ...(ports.length === 0 ? {} : { ports }),
  };
  const intro = escapeInline(textAt(values, 'description', 20_000) ?? '');
  return importedLab({ front, intro, steps, files: new Map() }, entry, report);
}

/** `services` of the page become ports with a title. */
function portsOf(values: Located | undefined, entry: string, report: Report) {
  return itemsAt(values, 'services')
    .slice(0, 50)
    .flatMap((service) => {
      const { line } = service.place;
      tellOthers(service, ['id', 'title', 'url'], report, 'services.');
      const url = textAt(service, 'url') ?? '';
      const match = /^https?:\/\/(?:localhost|127\.0\.0\.1):(\d{1,5})(\/[^\s]*)?$/.exec(url);
      const port = Number(match?.[1]);
      if (match === null || port < 1 || port > 65_535) {
        report.dropped(`service ${url}`, entry, line, 'Only ports of the local machine become tabs.');
        return [];
      }
      const path = match[2];
      const title = textAt(service, 'title', 100);
      return [
        { port, ...(path === undefined || path === '/' ? {} : { path }), ...(title === undefined ? {} : { title }) },
      ];
    });
}
