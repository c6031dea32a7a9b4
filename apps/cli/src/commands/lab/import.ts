/** `drydock lab import <path>`: another platform's course as one of our labs, and a report of every construct that was dropped. */
import { lstat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  compileLab,
  type Finding,
  type Imported,
  importEducates,
  importInstruqt,
  importIximiuz,
  importKillercoda,
  importLabspace,
  type LabFiles,
  type ReportEntry,
} from '@drydock/lab';
import { type Command, Option } from 'commander';
import { EXIT, Failure } from '../../failure.ts';
import { type Output, plain } from '../../output.ts';
import { findingLine } from './check.ts';
import { noLab } from './files/find-labs.ts';
import { readFolder } from './files/read-folder.ts';
import { writeFolder } from './files/write-folder.ts';

const FORMATS = ['killercoda', 'katacoda', 'instruqt', 'educates', 'iximiuz', 'labspace'] as const;
export type ForeignFormat = (typeof FORMATS)[number];

/** The format by the files that only one platform has; undefined where none of them is there. */
export function foreignFormat(files: LabFiles): ForeignFormat | undefined {
  const has = (pattern: RegExp) => [...files.keys()].some((path) => pattern.test(path));
  if (has(/^track\.yml$/)) return 'instruqt';
  if (has(/^(labspace\/)?labspace\.yaml$/)) return 'labspace';
  if (has(/^resources\/workshop\.yaml$/)) return 'educates';
  if (has(/(^|\/)index\.json$/)) return 'killercoda';
  return has(/^index\.md$/) ? 'iximiuz' : undefined;
}

/** Runs the importer of a format. */
export function importForeign(files: LabFiles, format: ForeignFormat): Imported {
  const texts = new Map([...files].flatMap(([path, file]) => ('text' in file ? [[path, file.text] as const] : [])));
  switch (format) {
    case 'killercoda':
    case 'katacoda':
      return importKillercoda({ files, dialect: format });
    case 'instruqt':
      return importInstruqt(texts);
    case 'educates':
      return importEducates(texts);
    case 'iximiuz':
      return importIximiuz(texts);
    case 'labspace':
      return importLabspace(texts);
  }
}

/** One line an entry of an importer's or exporter's report. */
export function reportLine({ file, line, kind, construct, message }: ReportEntry): string {
  return `${plain(file, 500)}:${line}: ${kind} ${plain(construct, 200)}: ${plain(message, 500)}`;
}

type Answer = { target: string; format: ForeignFormat; report: ReportEntry[]; findings: Finding[] };

export function importCommand(group: Command, output: Output): void {
  group
    .command('import <path> [target]')
    .description(
      'make a lab of a Katacoda, Killercoda, Instruqt, Educates, iximiuz or Labspace course; its report says what was lost',
    )
    .addOption(new Option('--from <format>', 'default: found by its files').choices(FORMATS))
    .option('--report <file>', 'write the report there too, as JSON')
    .action(async (path: string, given: string | undefined, options: { from?: ForeignFormat; report?: string }) => {
      const stats = await lstat(path).catch(() => undefined);
      if (stats?.isDirectory() !== true) throw noLab(`There is no folder "${path}".`);
      const source = await readFolder(path);
      const format = options.from ?? foreignFormat(source.files);
      if (format === undefined) {
        throw new Failure(
          'NO_LAB',
          `"${path}" is no course of a known platform.`,
          EXIT.noInput,
          `Say which: --from ${FORMATS.join('|')}`,
        );
      }
      const { entry, files, report } = importForeign(source.files, format);
      const target = given ?? `${basename(resolve(path))}-lab`;
      if (files === null) throw noLab(report.map(reportLine).join('\n') || `"${path}" holds nothing to import.`);
      await writeFolder(target, files, { folder: path, files: source.files });
      if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
      const findings = [...source.findings, ...compileLab({ entry, files, strict: true }).findings];
      output.show({ target, format, report, findings } satisfies Answer, ({ report: lost, findings: found }) =>
        [
          ...lost.map(reportLine),
          ...found.map(findingLine),
          `${plain(target, 500)} is written (${format}): ${lost.length} constructs changed or dropped, ${found.length} findings.`,
        ].join('\n'),
      );
    });
}
