import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { rawUpgrade } from '../../testing/raw-request.ts';
import { operate } from '../../testing/test-site.ts';

const REASON = 'We <b>look</b> into "odd" traffic & ask ops@example.org';
const IN_HTML = 'We &lt;b&gt;look&lt;/b&gt; into &quot;odd&quot; traffic &amp; ask ops@example.org';
const BROWSER = { accept: 'text/html' };

let ports: PublishedPorts;
let asked: number;
const freeze = () => operate(ports.test, 'POST', `/sessions/${ports.id}/freeze`, { reason: REASON });

beforeEach(async () => {
  ports = await publishPorts({ settings: { metrics: { host: '127.0.0.1', port: 0 } } });
  asked = 0;
  await ports.serve(8080, (_request, response) => {
    asked += 1;
    response.end('works');
  });
});
afterEach(() => ports.stop());

describe('a port of a frozen session', () => {
  it('says at once why, in the operator’s words, and goes on when the session does', async () => {
    expect(await ports.visit(8080)).toMatchObject({ status: 200, body: 'works' });
    expect((await freeze()).status).toBe(200);
    const page = await ports.visit(8080, '/', { headers: BROWSER });
    expect(page).toMatchObject({ status: 409, headers: { 'retry-after': '2', 'cache-control': 'no-store' } });
    expect(page.body).toContain('node1 is stopped for now');
    expect(page.body).toContain(`The operator of this place has frozen the nodes of this session: ${IN_HTML}`);
    expect(page.body).toContain('Nothing in it is lost.');
    const json = await ports.visit(8080, '/', { headers: { accept: 'application/json' } });
    expect(JSON.parse(json.body)).toMatchObject({
      error: { code: 'SESSION_FROZEN', details: { node: 'node1', port: 8080, cause: 'frozen', reason: REASON } },
    });
    expect(asked).toBe(1);
    expect((await operate(ports.test, 'POST', `/sessions/${ports.id}/thaw`)).status).toBe(200);
    expect(await ports.visit(8080)).toMatchObject({ status: 200, body: 'works' });
  });

  it('keeps the operator’s words from strangers, who learn that it is so', async () => {
    await ports.choose(8080, { visibility: 'public' });
    await freeze();
    for (const accept of ['text/html', 'application/json']) {
      const { status, body } = await ports.get(ports.urlOf(8080), { headers: { accept } });
      expect([status, body]).toEqual([409, expect.stringContaining('frozen the nodes of this session')]);
      expect(body).not.toContain('traffic');
    }
  });

  it('tells nobody who may not see the port', async () => {
    await freeze();
    expect(await ports.get(ports.urlOf(8080))).toMatchObject({ status: 404, body: 'Not found\n' });
  });

  it('is the same below a path of our own origin', async () => {
    await freeze();
    const { port } = ports.test.manager;
    const headers = { ...BROWSER, authorization: `Bearer ${ports.viewer}` };
    const { status, body } = await ports.get(`http://127.0.0.1:${port}/p/${ports.id}/node1/8080/`, { headers });
    expect([status, body]).toEqual([409, expect.stringContaining(IN_HTML)]);
  });

  it('is said in the same words to programs that ask for a node', async () => {
    await freeze();
    const path = `/sessions/${ports.id}/nodes/node1/exec`;
    const { status, body } = await ports.test.call('POST', path, { token: ports.token, body: { command: ['true'] } });
    const message = `The operator of this place has frozen the nodes of this session: ${REASON}`;
    expect([status, body]).toMatchObject([
      409,
      { error: { code: 'SESSION_FROZEN', message, details: { reason: REASON } } },
    ]);
  });

  it('opens no socket', async () => {
    await freeze();
    const headers = { authorization: `Bearer ${ports.token}` };
    await expect(rawUpgrade(ports.test.origin, ports.urlOf(8080), headers)).rejects.toThrow('status 409');
    const tcp = `http://127.0.0.1:${ports.test.manager.port}/api/v1/sessions/${ports.id}/nodes/node1/ports/8080/tcp`;
    await expect(rawUpgrade(ports.test.origin, tcp, headers)).rejects.toThrow('status 409');
  });
});
