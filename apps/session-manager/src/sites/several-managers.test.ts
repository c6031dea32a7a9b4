import { createLogger } from '@drydock/service-kit';
import { startTestRedis, type TestRedis } from '@drydock/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisStore } from '../store/redis.ts';
import { createFixtureAgent, type FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';
import { addSite, askStart, codeOf, operate, startInFrame } from '../testing/test-site.ts';

const AGENT_KEY = 'k'.repeat(43);
const logger = createLogger('test', 'silent');
let redis: TestRedis;
let managers: [TestManager, TestManager];
let agent: FixtureAgent;

const manager = async () =>
  startTestManager({
    store: await createRedisStore(redis.url, logger, 5000),
    agentKey: AGENT_KEY,
    settings: { metrics: { host: '127.0.0.1', port: 0 } },
  });

beforeEach(async () => {
  redis = await startTestRedis();
  managers = await Promise.all([manager(), manager()]);
  const url = managers.map(({ origin }) => origin);
  agent = createFixtureAgent({ url, name: 'h1', key: AGENT_KEY, keepTrying: true, maxNodes: 50 });
  await agent.connect();
});
afterEach(async () => {
  agent.close();
  await Promise.all(managers.map((each) => each.stop()));
  await redis.stop();
});

/** So many starts at once, by turns through one manager and the other. */
async function codesOf(count: number, wish: object): Promise<string[]> {
  const asked = Array.from({ length: count }, (_, at) => askStart(managers[at % 2] as TestManager, wish));
  return (await Promise.all(asked)).map(codeOf).sort();
}

describe('two managers of one store', () => {
  it('begin together no more sessions of a site’s day than its key allows', async () => {
    const [a, b] = managers;
    const { key } = await addSite(a, { daily: 3 });
    expect(await codesOf(8, { site: key })).toEqual([
      ...Array.from({ length: 5 }, () => 'SITE_QUOTA_USED'),
      ...Array.from({ length: 3 }, () => 'done'),
    ]);
    expect((await operate(b, 'GET', '/sites')).body).toMatchObject([{ today: 3, running: 3 }]);
  });

  it('let together no more sessions of a site live than its key allows, and count none that was refused', async () => {
    const [a, b] = managers;
    const { key } = await addSite(a, { sessions: 3, daily: 100 });
    expect(await codesOf(8, { site: key })).toEqual([
      ...Array.from({ length: 5 }, () => 'SITE_LIMIT'),
      ...Array.from({ length: 3 }, () => 'done'),
    ]);
    expect((await operate(b, 'GET', '/sites')).body).toMatchObject([{ today: 3, running: 3 }]);
  });

  it('go on with a session that the other began, and forget a key that the other removed', async () => {
    const [a, b] = managers;
    const { key } = await addSite(a);
    const { session, handle } = await startInFrame(a, { site: key });
    const body = { site: key, origin: 'https://docs.example.org', handle };
    expect(await b.call('POST', '/embed/resume', { body })).toMatchObject({
      status: 200,
      body: { session: { id: session.id } },
    });
    await operate(b, 'DELETE', `/sites/${key}`);
    expect(codeOf(await askStart(a, { site: key }))).toBe('SITE_KEY_REFUSED');
  });
});
