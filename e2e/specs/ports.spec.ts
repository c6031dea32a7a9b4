/** Published ports through the gateway, against real servers in a node: safe, streaming, honest when nothing listens. */
import { type ApiSession, createSession } from '../support/api.ts';
import { fetchPort } from '../support/port-fetch.ts';
import { expect, test } from '../support/test.ts';

const CLOSED = [22, 2375, 2376, 2377, 7946];
/** Guessed labels; every one must look like a name that never existed. */
const GUESSES = 2_000;

test.describe('published ports', () => {
  let session: ApiSession;
  let url = '';
  let headers: Record<string, string> = {};

  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin);
    headers = { authorization: `Bearer ${session.token}` };
    await session.addNode('node1');
    await session.dockerReady('node1');
    const made = await session.sh('node1', 'docker run -d --name web -p 8080:80 drydock/web:1', 60);
    expect(made.exitCode, made.stderr).toBe(0);
    await expect
      .poll(async () => (await session.ports('node1')).find((port) => port.port === 8080), { timeout: 20_000 })
      .toMatchObject({ source: 'container', label: 'web', visibility: 'private' });
    url = (await session.ports('node1')).find((port) => port.port === 8080)?.url ?? '';
  });
  test.afterAll(async () => session?.close());

  const onPort = (port: number) => url.replace('8080-', `${port}-`);

  test('opens with the session’s token, and the token never reaches the node', async () => {
    const answer = await fetchPort(url, headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('version 1');
    expect(answer.headers['x-robots-tag']).toContain('noindex');
    await session.sh(
      'node1',
      `cat > /tmp/echo.pl <<'PERL'
use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 8099, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $s->accept) { my $r; { local $/ = "\\r\\n\\r\\n"; $r = <$c> } open(my $f, '>', '/tmp/request'); print $f $r; close $f;
print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok"; close $c }
PERL
setsid perl /tmp/echo.pl >/dev/null 2>&1 < /dev/null & until ss -ltnH sport = :8099 | grep -q .; do sleep 0.1; done`,
    );
    expect((await fetchPort(onPort(8099), { ...headers, cookie: `dd_${session.id}=secret` })).body).toBe('ok');
    const seen = (await session.sh('node1', 'cat /tmp/request')).stdout;
    expect(seen).toMatch(/^GET \/ HTTP\/1\.1/);
    expect(seen.toLowerCase()).not.toContain('authorization');
    expect(seen).not.toContain('secret');
  });

  test('is private by default: a stranger gets nothing of it', async () => {
    const answer = await fetchPort(url);
    expect(answer.status).not.toBe(200);
    expect(answer.body).not.toContain('version 1');
  });

  test('public by the owner’s choice, and private again', async ({ stack }) => {
    const set = (visibility: string) =>
      fetch(`${stack.origin}/api/v1/sessions/${session.id}/nodes/node1/ports/8080`, {
        method: 'PATCH',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ visibility }),
      });
    expect((await set('public')).status).toBe(200);
    expect((await fetchPort(url)).body).toContain('version 1');
    expect((await set('private')).status).toBe(200);
    expect((await fetchPort(url)).status).not.toBe(200);
  });

  test('a program of the node that listens on its loopback only opens too', async () => {
    await session.sh(
      'node1',
      'cd /tmp && mkdir -p local && echo from-loopback > local/index.html && (docker run -d --net host -v /tmp/local:/w busybox httpd -f -p 127.0.0.1:8090 -h /w >/dev/null)',
    );
    await expect
      .poll(async () => (await fetchPort(onPort(8090), headers)).body, { timeout: 20_000 })
      .toContain('from-loopback');
  });

  test('a port where nothing listens answers with a page that names it', async () => {
    const answer = await fetchPort(onPort(8123), { ...headers, accept: 'text/html' });
    expect([502, 503, 504]).toContain(answer.status);
    expect(answer.body).toContain('8123');
  });

  test('Docker’s API, sshd and the swarm’s own ports never open', async () => {
    await session.sh('node1', '(setsid nc -lk -p 2375 -e /bin/true >/dev/null 2>&1 &) ; sleep 0.3');
    for (const port of CLOSED)
      expect([403, 404], `port ${port}`).toContain((await fetchPort(onPort(port), headers)).status);
    const listed = (await session.ports('node1')).map((port) => port.port);
    for (const port of CLOSED) expect(listed).not.toContain(port);
  });

  test('guessed labels are all the same 404', async () => {
    const { host } = new URL(url);
    const [, domain] = host.split(/\.(.*)/s) as [string, string];
    const answers = new Set<string>();
    const letters = 'abcdefghijklmnopqrstuvwxyz234567';
    for (let guess = 0; guess < GUESSES; guess += 1) {
      const id = Array.from({ length: 8 }, (_, place) => letters[(guess * 7 + place * 11 + guess ** 2) % 32]).join('');
      const { status, body } = await fetchPort(`http://8080-node1-${id}.${domain}/`, headers);
      answers.add(`${status} ${body.replaceAll(id, 'ID')}`);
    }
    for (const label of [
      `8080-node2-${session.id}`,
      `0-node1-${session.id}`,
      `99999-node1-${session.id}`,
      '192-168-0-11',
      `8080-${session.id}`,
    ]) {
      expect((await fetchPort(`http://${label}.${domain}/`, headers)).status, label).toBe(404);
    }
    expect([...answers].map((answer) => answer.slice(0, 3))).toEqual(['404']);
  });

  test('a gigabyte streams through whole', async () => {
    await session.sh(
      'node1',
      `cat > /tmp/big.pl <<'PERL'
use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 8070, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $s->accept) { local $/ = "\\r\\n\\r\\n"; <$c>; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 1073741824\\r\\nConnection: close\\r\\n\\r\\n"; my $b = "x" x 1048576; print $c $b for 1..1024; close $c }
PERL
setsid perl /tmp/big.pl >/dev/null 2>&1 < /dev/null & until ss -ltnH sport = :8070 | grep -q .; do sleep 0.1; done`,
    );
    const answer = await fetchPort(onPort(8070), headers);
    expect(answer.status).toBe(200);
    expect(answer.bytes).toBe(1024 ** 3);
  });
});

test('in a browser: a private port opens for who holds a link, and for nobody else', async ({ lab, page, browser }) => {
  await lab.addNode('node1');
  await lab.type('docker run -d -p 8080:80 drydock/web:1');
  const href = (await lab.portLink(8080).getAttribute('href')) ?? '';
  await page.goto(new URL(href, page.url()).href);
  await expect(page.locator('body')).toContainText('version 1');

  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(new URL(href, page.url()).href);
  await expect(stranger.locator('body')).not.toContainText('version 1');
  await stranger.context().close();
});
