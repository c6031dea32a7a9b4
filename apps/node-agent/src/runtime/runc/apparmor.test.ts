import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTool } from '../../system/run-tool.ts';
import { hasAppArmor, NODE_PROFILE_TEXT } from './apparmor.ts';

/** Compiles without loading: needs no AppArmor in the kernel. */
const compile = (profile: string) =>
  runTool(['apparmor_parser', '--skip-kernel-load', '--skip-cache', '--stdout'], { stdin: profile });
const present = await runTool(['apparmor_parser', '--version']).then(
  () => true,
  () => false,
);

test.skipIf(!present)('the profile of nodes compiles, and a mistake in it would not', async () => {
  await compile(NODE_PROFILE_TEXT);
  await expect(compile(NODE_PROFILE_TEXT.replace('pivot_root,', 'pivot_root'))).rejects.toThrow(/syntax error/i);
});

test('a host has AppArmor when its kernel says so, and else not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dd-apparmor-'));
  const file = join(directory, 'enabled');
  expect(await hasAppArmor(file)).toBe(false);
  await writeFile(file, 'N\n');
  expect(await hasAppArmor(file)).toBe(false);
  await writeFile(file, 'Y\n');
  expect(await hasAppArmor(file)).toBe(true);
  await rm(directory, { recursive: true });
});
