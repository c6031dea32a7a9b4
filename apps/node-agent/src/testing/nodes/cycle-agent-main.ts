/**
 * An agent's nodes without a manager, for tests that kill it at any moment: takes over what is in its state directory, says `ready`,
 * then does what its lines say (`create SESSION NODE INDEX`, `end SESSION`, at last `end pool`), all at once, and answers each with `done` or `failed`.
 */
import { createInterface } from 'node:readline';
import { sessionIdSchema } from '@drydock/protocol';
import { openRealHost, TEST_LIMITS } from './real-host.ts';

/** Some nodes are claimed, some are made, and a kill finds members at every stage. */
const POOL_SIZE = 1;

const [stateDir = '', imagesDir = ''] = process.argv.slice(2);
const host = await openRealHost(imagesDir, 'error', { stateDir, poolSize: POOL_SIZE });
const nodes = await host.startAgent();

async function obey(line: string): Promise<void> {
  const [what, session, node = '', index] = line.split(' ');
  if (session === 'pool') return await host.pool().destroyAll();
  const sessionId = sessionIdSchema.parse(session);
  if (what === 'create') await nodes.create({ sessionId, node, index: Number(index), limits: TEST_LIMITS });
  else await nodes.destroySession(sessionId);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    obey(line).then(
      () => process.stdout.write(`done ${line}\n`),
      (error: unknown) => process.stdout.write(`failed ${line}: ${String(error)}\n`),
    );
  })
  .once('close', () => process.exit(0));
process.stdout.write('ready\n');
