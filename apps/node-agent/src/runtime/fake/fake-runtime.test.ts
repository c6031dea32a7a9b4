import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { runtimeContract } from '../runtime.contract.ts';
import { createFakeRuntime } from './fake-runtime.ts';

describe('the fake runtime', () => {
  runtimeContract(async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'drydock-fake-'));
    const runtime = createFakeRuntime({ stateDir });
    await runtime.prepare();
    return { runtime, close: () => rm(stateDir, { recursive: true, force: true }) };
  });
});
