import { afterEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

const MAX_EXECS = 64;

let test: TestManager;
afterEach(() => test.stop());

describe('commands of one session', () => {
  it('that never end leave those of others alone, and its own end too', async () => {
    test = await startTestManager();
    const agent = await test.host();
    const [one, other] = [await test.createSession(), await test.createSession()];
    for (const { session, token } of [one, other]) await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    const exec = ({ session, token }: typeof one) =>
      test.call('POST', `/sessions/${session.id}/nodes/node1/exec`, { token, body: { command: ['true'] } });
    agent.fail('node.exec', 'hang');
    const hanging = Array.from({ length: MAX_EXECS }, () => exec(one).catch(() => undefined));
    const asked = () => agent.commands.filter((name) => name.startsWith('node.exec')).length;
    await expect.poll(asked, { timeout: 15_000 }).toBe(MAX_EXECS);
    agent.fail('node.exec', undefined);
    expect(await exec(one)).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMITED', details: { limit: MAX_EXECS } } },
    });
    expect((await exec(other)).status).toBe(200);
    const { session, token } = one;
    expect((await test.call('DELETE', `/sessions/${session.id}/nodes/node1`, { token })).status).toBe(204);
    agent.disconnect();
    await Promise.all(hanging);
    await agent.connect();
    // Those that failed are counted no more.
    expect((await test.call('POST', `/sessions/${session.id}/nodes`, { token })).status).toBe(201);
    expect((await exec(one)).status).toBe(200);
  });
});
