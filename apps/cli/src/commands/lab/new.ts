/** `drydock lab new <path>`: a small lab that runs, to be changed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { type Output, plain } from '../../output.ts';
import { targetExists } from './files/write-folder.ts';

/** What a new lab begins with: every part an author needs once, in a lab that passes `lab check` and `lab test`. */
export function newLab(title: string): string {
  return `---
title: ${JSON.stringify(title)}
summary: One sentence that says what the reader can do afterwards.
level: beginner
time: 10m
images: [nginx]
---

Say what the reader will do and why. Two or three short sentences.

## Run a web server

Each heading like the one above is a step. The commands of a block run when the reader presses *Run*.

\`\`\`sh
docker run -d --name web -p 8080:80 nginx
\`\`\`

Open [the page](http://localhost:8080).

\`\`\`check
- container: web
  state: running
  publishes: 8080
- http: 8080/
  status: 200
\`\`\`

<details><summary>Hint</summary>

\`docker ps -a\` shows every container, also those that ended.

</details>

\`\`\`sh wrong expect="comes first"
docker run -d --name web -p 80:8080 nginx
\`\`\`

## Look at its log

\`\`\`sh
docker logs web
\`\`\`

Which program writes these lines?

- ( ) The Docker daemon — It only keeps them.
- (x) nginx in the container — Docker keeps what the first process of a container prints.

\`\`\`check
- ran: docker logs web
  exit: 0
\`\`\`
`;
}

export function newCommand(group: Command, output: Output): void {
  group
    .command('new <path>')
    .description('begin a lab: a folder with a lab.md, or the file itself where the path ends in .md')
    .option('--title <title>', 'default: the name of the path')
    .action(async (path: string, options: { title?: string }) => {
      const isFile = path.endsWith('.md');
      const file = isFile ? path : join(path, 'lab.md');
      const name = basename(isFile && basename(path) === 'lab.md' ? dirname(path) : path, '.md').replace(/[-_]+/g, ' ');
      const title = options.title ?? (name.charAt(0).toUpperCase() + name.slice(1) || 'A new lab');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, newLab(title), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? targetExists(file) : error;
      });
      output.show({ file, title }, () => `${plain(file, 500)} is written. Next: drydock lab check ${plain(path, 500)}`);
    });
}
