import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loopDisks, networkFeatures } from './kernel-checks.mjs';
import { thisMachine } from './machine.mjs';

const real = thisMachine();

describe('the kernel probes', () => {
  it('pass on this machine and leave nothing behind', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-probe-'));
    expect(await networkFeatures(real, {})).toBeUndefined();
    expect(await loopDisks(real, { DRYDOCK_STATE_DIR: directory })).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
    expect(execFileSync('losetup', ['-a'], { encoding: 'utf8' })).not.toContain(directory);
    expect(execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })).not.toContain('ddp');
    rmSync(directory, { recursive: true });
  });

  it('see that a network feature is missing by the tool’s own answer', async () => {
    // The real shell, but asked for a link of a kind that no kernel has.
    const shell = (script, input) => real.shell(script, input?.replace('type vxlan', 'type nosuchlink'));
    expect((await networkFeatures({ ...real, shell }, {}))?.message).toContain('The kernel lacks VXLAN links');
  });

  it('see that a disk image cannot be mounted', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-probe-'));
    const shell = (script, input) => real.shell(script.replace('mkfs.ext4 -q', 'true'), input);
    const problem = await loopDisks({ ...real, shell }, { DRYDOCK_STATE_DIR: directory });
    expect(problem?.code).toBe('NO_LOOP_DISKS');
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });
});
