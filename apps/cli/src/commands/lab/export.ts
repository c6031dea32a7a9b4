/** `drydock lab export <path>`: a lab for another place. */
import { compileLab, type Exported, exportHtml, exportKillercoda, type ReportEntry } from '@drydock/lab';
import { type Command, Option } from 'commander';
import { EXIT, Failure } from '../../failure.ts';
import { type Output, plain } from '../../output.ts';
import { findingLine } from './check.ts';
import { findLabs } from './files/find-labs.ts';
import { writeFolder } from './files/write-folder.ts';
import { reportLine } from './import.ts';

const FORMATS = ['html', 'killercoda'] as const;
type ExportFormat = (typeof FORMATS)[number];
const EXPORTERS: Readonly<Record<ExportFormat, typeof exportKillercoda>> = {
  html: exportHtml,
  killercoda: exportKillercoda,
};

type Answer = { target: string; format: ExportFormat; report: ReportEntry[] };

export function exportCommand(group: Command, output: Output): void {
  group
    .command('export <path> [target]')
    .description('a lab as a plain HTML page or as a scenario of Killercoda; its report says what has no place there')
    .addOption(new Option('--to <format>', 'the format').choices(FORMATS).default('html'))
    .action(async (path: string, given: string | undefined, { to: format }: { to: ExportFormat }) => {
      const { labs } = await findLabs(path);
      const [found] = labs;
      if (found === undefined || labs.length > 1)
        throw new Failure('NO_LAB', `"${path}" holds ${labs.length} labs.`, EXIT.noInput, 'Name one of them.');
      const { lab, findings } = compileLab({ entry: found.entry, files: found.files });
      if (lab === null) {
        const list = findings.filter(({ severity }) => severity === 'error').map(findingLine);
        throw new Failure('NO_LAB', list.join('\n'), EXIT.refused, `drydock lab check ${path}`);
      }
      const { files, report }: Exported = EXPORTERS[format]({ lab, files: found.files });
      const target = given ?? `${lab.id}-${format}`;
      await writeFolder(target, files, found);
      output.show({ target, format, report } satisfies Answer, ({ report: lost }) =>
        [
          ...lost.map(reportLine),
          `${plain(target, 500)} is written: ${files.size} files, ${lost.length} constructs changed or dropped.`,
        ].join('\n'),
      );
    });
}
