import { afterEach, describe, expect, it } from 'vitest';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';
import { rawUpgrade } from '../../testing/raw-request.ts';

let ports: PublishedPorts;
afterEach(() => ports.stop());

/** Browsers take these for the word of the whole origin, or report to their sender what the visitor does later. */
const OF_THE_ORIGIN = {
  'accept-ch': 'Sec-CH-UA-Model',
  'alt-svc': 'h3=":443"',
  'clear-site-data': '"*"',
  'content-security-policy-report-only': "default-src 'none'; report-uri https://evil.example/",
  nel: '{"report_to":"a","max_age":2592000}',
  'report-to': '{"group":"a","max_age":2592000,"endpoints":[{"url":"https://evil.example/"}]}',
  'reporting-endpoints': 'a="https://evil.example/"',
  'secure-session-registration': '(ES256);path="r"',
  'service-worker-allowed': '/',
  'set-login': 'logged-in',
  'strict-transport-security': 'max-age=31536000',
  'use-as-dictionary': 'match="/*"',
};
/** Do no harm on a name of the node's own. */
const OF_THE_NAME = {
  'access-control-allow-credentials': 'true',
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'speculation-rules': '"/r.json"',
  'www-authenticate': 'Basic realm="Drydock"',
  'a-header-of-next-year': '1',
};
const OF_THE_ANSWER = {
  'access-control-allow-origin': '*',
  'cache-control': 'max-age=60',
  'content-type': 'application/json',
  etag: '"1"',
  'last-modified': 'Sun, 29 Nov 2026 00:00:00 GMT',
  'referrer-policy': 'no-referrer',
  vary: 'accept',
  'x-total-count': '7',
};
const sent = { ...OF_THE_ORIGIN, ...OF_THE_NAME, ...OF_THE_ANSWER };

async function answerAt(url: (ports: PublishedPorts) => string) {
  ports = await publishPorts();
  await ports.serve(8080, (_request, response) => void response.writeHead(200, sent).end('{}'));
  return ports.get(url(ports), { headers: { authorization: `Bearer ${ports.viewer}` } });
}

describe('an answer of a node', () => {
  it('says below /p/ only what concerns itself: that origin is ours', async () => {
    const { status, headers } = await answerAt(({ test, id }) => `${test.manager.origin}/p/${id}/node1/8080/`);
    expect(status).toBe(200);
    expect(headers).toMatchObject(OF_THE_ANSWER);
    for (const name of Object.keys({ ...OF_THE_ORIGIN, ...OF_THE_NAME }))
      expect([name, headers[name]]).toEqual([name, undefined]);
  });

  it('reports nothing of its visitors under a name of its own, where our tickets pass too', async () => {
    const { status, headers } = await answerAt(({ urlOf }) => urlOf(8080));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ ...OF_THE_ANSWER, ...OF_THE_NAME });
    for (const name of Object.keys(OF_THE_ORIGIN)) expect([name, headers[name]]).toEqual([name, undefined]);
  });
});

describe('where ports have a domain of their own', () => {
  it('nothing of a node is shown on our origin: /p/ leads to the port’s name, and tells nobody whether it is there', async () => {
    ports = await publishPorts({ settings: { portsDomain: 'ports.example' } });
    await ports.serve(8080, (_request, response) => void response.end('here'));
    const { origin, port } = ports.test.manager;
    const headers = { authorization: `Bearer ${ports.viewer}` };
    for (const session of [ports.id, 'aaaaaaaa']) {
      const name = `http://8080-node1-${session}.ports.example:${port}`;
      for (const [path, location] of [
        ['', '/'],
        ['/x?y=1', '/x?y=1'],
        ['/~a.b.c/x', '/x'],
      ]) {
        const answer = await ports.get(`${origin}/p/${session}/node1/8080${path}`, { headers });
        expect([answer.status, answer.headers.location]).toEqual([307, `${name}${location}`]);
      }
      const upgrade = rawUpgrade(ports.test.origin, `${origin}/p/${session}/node1/8080/`, headers);
      await expect(upgrade).rejects.toThrow('status 404');
    }
  });
});
