/** `drydock lab preview <path>`: a lab on real nodes whose page follows the author's files: what was reached and the nodes stay. */
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileLab } from '@drydock/lab';
import { withoutEnd } from '@drydock/protocol';
import type { Command } from 'commander';
import { pageOrigin } from '../../env.ts';
import { EXIT, Failure } from '../../failure.ts';
import { type Output, time } from '../../output.ts';
import { findingLine } from './check.ts';
import { type FoundLab, findLabs } from './files/find-labs.ts';
import { servedId } from './place/served.ts';
import { createLabSession, type LabSession } from './place/session.ts';

/** The files are looked at so often (ms): a saved line is on the page before the author has turned to it. */
const LOOK_MS = 500;
/** The place reads changed files within this time (ms), or it does not serve this folder. */
const SERVED_MS = 15_000;

async function findOne(path: string): Promise<FoundLab> {
  const { labs } = await findLabs(path);
  const [lab, ...others] = labs;
  if (lab === undefined || others.length > 0)
    throw new Failure('NO_LAB', 'A preview is of one lab: name its folder.', EXIT.noInput);
  return lab;
}

/** Tells one state of the files from another. */
function stampOf({ files }: FoundLab): string {
  const hash = createHash('sha256');
  for (const [path, file] of files) hash.update(JSON.stringify([path, file]));
  return hash.digest('hex');
}

export function previewCommand(group: Command, output: Output): void {
  const say = (line: string) => output.print(line);

  /** The lab when it has no errors; its findings are said either way. */
  function compile({ folder, entry, files, findings }: FoundLab) {
    const compiled = compileLab({ entry, files, strict: true });
    for (const finding of [...findings, ...compiled.findings])
      say(findingLine({ ...finding, file: join(folder, finding.file) }));
    return compiled.lab;
  }

  /** Brings the page to the files as they are now. */
  async function reload(session: LabSession, found: FoundLab, signal: AbortSignal): Promise<void> {
    const lab = compile(found);
    if (lab === null) {
      say('The page shows the text of before until that is put right.');
      return;
    }
    const name = basename(resolve(found.folder));
    for (let end = Date.now() + SERVED_MS; ; await sleep(LOOK_MS, undefined, { signal })) {
      try {
        await servedId(session.origin, name, lab);
        break;
      } catch (error) {
        if (!(error instanceof Failure) || Date.now() > end) throw error;
      }
    }
    await session.call('update', {});
    say(`${time(Date.now())} the page shows the new text`);
  }

  async function follow(session: LabSession, path: string, first: FoundLab, signal: AbortSignal): Promise<void> {
    let shown = stampOf(first);
    while (!signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal });
      // A file that an editor is just replacing is there in a moment.
      const found = await findOne(path).catch(() => undefined);
      if (found === undefined || stampOf(found) === shown) continue;
      shown = stampOf(found);
      await reload(session, found, signal).catch((error: Error) => say(error.message));
    }
  }

  group
    .command('preview <path>')
    .description(
      'a lab on real nodes whose page follows the files; nodes, and steps whose text stays, keep what they are',
    )
    .option('--place <url>', 'a running Drydock that serves the folder; default: the one that npm start runs here')
    .addHelpText(
      'after',
      '\nThe place serves the folder above the lab’s own (DRYDOCK_LABS_DIR). Ctrl-C ends the session.',
    )
    .action(async (path: string, { place }: { place?: string }) => {
      const found = await findOne(path);
      const lab = compile(found);
      if (lab === null) throw new Failure('NO_LAB', 'The lab has errors.', EXIT.refused);
      const origin = withoutEnd(place ?? pageOrigin(), '/');
      const id = await servedId(origin, basename(resolve(found.folder)), lab);
      const session = await createLabSession(origin, { lab: id, nodes: [] });
      const stop = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
      try {
        say(`${origin}/s/${session.id}#${session.token}`);
        await follow(session, path, found, stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        await session.end();
      }
    });
}
