/** `drydock lab check <path>`: everything that is wrong with a lab, or with a folder of labs, at once. */

import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compileLab, type Finding } from '@drydock/lab';
import type { Command } from 'commander';
import { z } from 'zod';
import { Ended, EXIT, Failure } from '../../failure.ts';
import { type Output, plain } from '../../output.ts';
import { type Found, type FoundLab, findLabs } from './files/find-labs.ts';
import { readFile } from './files/read-folder.ts';

/** What this program reads of an image library's list (infra/library). */
const librarySchema = z.object({
  images: z.array(z.object({ repository: z.string(), tags: z.array(z.string()) })),
});

export type CheckedLab = { lab: string; title: string | null; steps: number; findings: Finding[] };
export type Checked = { labs: CheckedLab[]; course: Finding[]; ok: boolean };

/** Compiles what was found as strictly as an author's tool does. A note stops nobody; everything else does. */
export function checkFound({ labs, course }: Found, images?: ReadonlySet<string>): Checked {
  const checked = labs.map((found): CheckedLab => checkLab(found, images));
  const ofCourse = (course?.findings ?? []).map((finding) => placed(finding, course?.folder ?? ''));
  const all = [...ofCourse, ...checked.flatMap(({ findings }) => findings)];
  return { labs: checked, course: ofCourse, ok: all.every(({ severity }) => severity === 'note') };
}

function checkLab({ folder, entry, files, findings }: FoundLab, images: ReadonlySet<string> | undefined): CheckedLab {
  const compiled = compileLab({ entry, files, strict: true, ...(images === undefined ? {} : { images }) });
  return {
    lab: join(folder, entry),
    title: compiled.draft?.title ?? null,
    steps: compiled.draft?.steps.length ?? 0,
    findings: [...findings, ...compiled.findings].map((finding) => placed(finding, folder)),
  };
}

function placed(finding: Finding, folder: string): Finding {
  return { ...finding, file: join(folder, finding.file) };
}

/** One line a finding, as compilers write them: editors make links of it. */
export function findingLine({ file, line, column, severity, code, message }: Finding): string {
  return `${plain(file, 500)}:${line}:${column}: ${severity} ${code} ${plain(message, 500)}`;
}

function checkedText({ labs, course, ok }: Checked): string {
  const lines = [...course, ...labs.flatMap(({ findings }) => findings)].map(findingLine);
  const count = labs.length === 1 ? `${labs[0]?.steps ?? 0} steps` : `${labs.length} labs`;
  return [...lines, ok ? `${count}; nothing is wrong.` : `${lines.length} findings.`].join('\n');
}

export async function readLibrary(path: string): Promise<Set<string>> {
  const stats = await lstat(path).catch(() => undefined);
  const file = stats?.isFile() === true ? await readFile(path, stats) : undefined;
  const parsed = librarySchema.safeParse(file !== undefined && 'text' in file ? parseJson(file.text) : undefined).data;
  if (parsed === undefined) throw new Failure('NO_LAB', `${basename(path)} is no list of images.`, EXIT.noInput);
  return new Set(
    parsed.images.flatMap(({ repository, tags }) =>
      tags.map((tag) => `${repository.replace(/^library\//, '')}:${tag}`),
    ),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function checkCommand(group: Command, output: Output): void {
  group
    .command('check <path>')
    .description('what is wrong with a lab (a file or a folder) or a folder of labs: file, line, column; all at once')
    .option('--images <library.json>', 'list of the installation’s images: a lab that names another is refused')
    .addHelpText(
      'after',
      '\nEnds with 0 where nothing is wrong, with 1 where something is, with 66 where there is no lab.',
    )
    .action(async (path: string, { images }: { images?: string }) => {
      const checked = checkFound(await findLabs(path), images === undefined ? undefined : await readLibrary(images));
      output.show(checked, checkedText);
      if (!checked.ok) throw new Ended(EXIT.refused);
    });
}
