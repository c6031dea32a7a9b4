import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { nativePrograms } from './native-programs.mjs';

test('every program that was built is in the bill, with the libraries that the linker read', async () => {
  const programs = await nativePrograms();
  // Filters are data, written by one of the programs.
  const built = readdirSync(join(REPO, 'native/build'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(bpf|json)$/.test(entry.name))
    .map(({ name }) => name);
  expect(programs.map(({ name }) => name).sort()).toEqual(built.sort());
  const linked = (/** @type {string} */ program) =>
    programs
      .find(({ name }) => name === program)
      ?.linked.map(({ name, version }) => `${name} ${version === '' ? 'of none' : 'of one'}`);
  expect(linked('dd-seccomp')).toEqual(expect.arrayContaining(['libc6-dev of one', 'libseccomp-dev of one']));
  expect(linked('swarm-mesh')).toEqual(expect.arrayContaining(['libjansson-dev of one']));
}, 60_000);
