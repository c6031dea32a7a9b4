/** `drydock open`: the session's page in a browser, and its link. */
import { spawn } from 'node:child_process';
import { sessionLinkOf } from '@drydock/client';
import type { Command } from 'commander';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';

/** What opens an address on this system. */
const OPENER = process.platform === 'darwin' ? 'open' : 'xdg-open';

/** Resolves to whether there is such a program; what it does then is its own affair. */
function openInBrowser(link: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(OPENER, [link], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Adds the command. */
export function openCommand(program: Command, { output, session }: SessionContext): void {
  withSession(program.command('open'))
    .description('open the session’s page in a browser, and print its link')
    .option('--print', 'only print it')
    .action(async (options: SessionOption & { print?: boolean }) => {
      const { place, api } = await session(options);
      await api.view();
      const link = sessionLinkOf(place);
      const opened = options.print === true ? false : await openInBrowser(link);
      output.show({ link, opened }, () => link);
    });
}
