/** Published ports through the gateway, against real servers in a node: safe, streaming, honest when nothing listens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { memoryOf } from '../../bench/process-cost.ts';
import { type ApiSession, createSession } from '../../support/api.ts';
import { nodeServer } from '../../support/node-server.ts';
import { fetchPort, sendTo } from '../../support/port-fetch.ts';
import { stackStatus } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const GIGABYTE = 1024 ** 3;
/** What a gigabyte on its way may add to a process (MiB): buffers and garbage, no part of the gigabyte worth the name. */
const FLAT_MIB = 150;

const CLOSED = [22, 2375, 2376, 2377, 7946];
/** Guessed labels; every one must look like a name that never existed. */
const GUESSES = 10_000;
/** Guesses under way at a time. */
const AT_ONCE = 8;

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
    const labels = Array.from({ length: GUESSES }, (_, guess) => {
      const id = Array.from({ length: 8 }, (_, place) => letters[(guess * 7 + place * 11 + guess ** 2) % 32]).join('');
      return `8080-node1-${id}`;
    });
    // The neighbours: another session's node under its own name with our token, and every address of the session's network, as Play with Docker had it.
    const other = await createSession(new URL(url).origin.replace(new URL(url).hostname, 'localhost'));
    await other.addNode('node1');
    labels.push(`8080-node1-${other.id}`, `8080-node2-${session.id}`, `0-node1-${session.id}`);
    labels.push(`99999-node1-${session.id}`, `8080-${session.id}`, '192-168-0-11');
    for (let last = 1; last < 255; last += 1) {
      labels.push(
        `ip192-168-0-${last}-${session.id}-8080`,
        `8080-192-168-0-${last}`,
        `192-168-0-${last}-${session.id}`,
      );
    }
    const ask = async () => {
      for (let label = labels.pop(); label !== undefined; label = labels.pop()) {
        const { status, body } = await fetchPort(`http://${label}.${domain}/`, headers);
        answers.add(`${status} ${body}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    await other.close();
    expect([...answers]).toEqual(['404 Not found\n']);
  });

  test('a gigabyte streams through whole in both directions, in flat memory', async ({ stack }) => {
    await session.sh('node1', nodeServer(8070));
    const { processes } = await stackStatus(stack);
    const pids = processes.filter(({ name }) => name === 'manager' || name === 'agent').map(({ pid }) => pid);
    const before = pids.map(memoryOf);
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, ...pids.map((pid, index) => memoryOf(pid) - (before[index] ?? 0)));
    }, 100);
    const down = await fetchPort(`${onPort(8070)}gigabyte`, headers);
    expect(down).toMatchObject({ status: 200, bytes: GIGABYTE });
    expect(await sendTo(`${onPort(8070)}count`, headers, GIGABYTE)).toBe(String(GIGABYTE));
    clearInterval(timer);
    expect(most / 2 ** 20, 'MiB more than before, at most').toBeLessThan(FLAT_MIB);
  });

  test('an answer that the program cuts short is cut short for the visitor', async () => {
    await session.sh('node1', nodeServer(8071));
    await expect(fetchPort(`${onPort(8071)}early`, headers)).rejects.toThrow();
  });

  test('a program with a certificate of its own opens like any other', async () => {
    const made = await session.sh(
      'node1',
      'cd /tmp && openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout k.pem -out c.pem 2>/dev/null; (setsid openssl s_server -accept 4433 -key k.pem -cert c.pem -www >/dev/null 2>&1 < /dev/null &); sleep 0.5',
    );
    expect(made.exitCode, made.stderr).toBe(0);
    await expect
      .poll(async () => (await fetchPort(onPort(4433), headers)).body, { timeout: 30_000 })
      .toContain('s_server');
  });

  test('HTTP/2 reaches a program too, many requests on one connection', async () => {
    const { origin, host } = new URL(url);
    const client = connectHttp2(origin.replace(new URL(url).hostname, '127.0.0.1'));
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        let body = '';
        const stream = client.request({ ':path': '/', ':authority': host, ...headers });
        stream.on('data', (chunk) => {
          body += chunk;
        });
        stream.once('error', reject).once('end', () => resolve(body));
      });
    for (const body of await Promise.all(Array.from({ length: 20 }, ask))) expect(body).toContain('version 1');
    client.close();
  });

  test('a port that speaks no HTTP is had by drydock forward', async ({ stack }) => {
    const made = await session.sh('node1', 'docker run -d -p 6379:6379 redis', 60);
    expect(made.exitCode, made.stderr).toBe(0);
    const child = spawn('npm', ['run', '--silent', 'drydock', '--', 'forward', '-s', '-', 'node1:6379', '0'], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      child.stdin.end(`${stack.origin}/s/${session.id}#${session.token}`);
      const [line] = await once(child.stdout, 'data');
      const port = Number(/127\.0\.0\.1:(\d+) leads to node1:6379/.exec(String(line))?.[1]);
      const say = (text: string) =>
        new Promise<string>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => socket.write(text));
          socket.once('data', (chunk) => {
            resolve(String(chunk));
            socket.destroy();
          });
          socket.once('error', () => resolve('')).once('close', () => resolve(''));
        });
      await expect.poll(() => say('PING\r\n'), { timeout: 30_000 }).toBe('+PONG\r\n');
      expect(await say('SET a 1\r\n')).toBe('+OK\r\n');
      expect(await say('GET a\r\n')).toBe('$1\r\n1\r\n');
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid);
    }
  });
});

test('in a browser: a private port opens for who holds a link, and for nobody else', async ({
  workbench,
  page,
  browser,
}) => {
  await workbench.addNode('node1');
  await workbench.type('docker run -d -p 8080:80 drydock/web:1');
  const href = (await workbench.portLink(8080).getAttribute('href')) ?? '';
  await page.goto(new URL(href, page.url()).href);
  await expect(page.locator('body')).toContainText('version 1');

  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(new URL(href, page.url()).href);
  await expect(stranger.locator('body')).not.toContainText('version 1');
  await stranger.context().close();
});
