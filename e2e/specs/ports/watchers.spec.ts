/** What a link to watch is good for at ports: what the share dialog says of it, and no more. */
import { createSession } from '../../support/api.ts';
import { expect, test } from '../../support/test.ts';

/** A program with a form that keeps what it was sent last. */
const GUESTBOOK = `cat > /tmp/guestbook.pl <<'PERL'
use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $s->accept) {
  my $head; { local $/ = "\\r\\n\\r\\n"; $head = <$c> }
  if ($head =~ /^POST/ && $head =~ /content-length: (\\d+)/i) { read($c, my $sent, $1); open(my $f, '>', '/tmp/sent'); print $f $sent; close $f }
  my $text = '<!doctype html><title>book</title><form method="post"><input name="words" aria-label="Words"><button>Write</button></form>';
  print $c "HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: " . length($text) . "\\r\\nConnection: close\\r\\n\\r\\n$text"; close $c }
PERL
setsid perl /tmp/guestbook.pl >/dev/null 2>&1 < /dev/null & until ss -ltnH sport = :8080 | grep -q .; do sleep 0.1; done`;

test('a watcher opens a private port and writes there, as the share dialog says, and changes nothing else', async ({
  browser,
  page,
  stack,
}) => {
  const session = await createSession(stack.origin);
  try {
    await session.addNode('node1');
    expect((await session.sh('node1', GUESTBOOK)).exitCode).toBe(0);
    const port = async () => (await session.ports('node1')).find((each) => each.port === 8080);
    await expect.poll(port, { timeout: 20_000 }).toMatchObject({ visibility: 'private' });

    await page.goto(`${stack.origin}/s/${session.id}#${session.token}`);
    await page.getByRole('button', { name: 'Share' }).first().click();
    const dialog = page.getByRole('dialog');
    const watch = dialog.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Watch' }) });
    await expect(watch).toContainText(
      'They can open the pages of ports, private ones too, and do there whatever a page lets its visitors do.',
    );
    const made = session.created.links.viewer;

    // Open it in the browser, private as it is, and write there.
    const watcher = await (await browser.newContext()).newPage();
    await watcher.goto(made);
    const link = watcher.getByRole('link', { name: /\b8080\b/ }).first();
    const [book] = await Promise.all([watcher.waitForEvent('popup'), link.click()]);
    await book.getByRole('textbox', { name: 'Words' }).fill('I-was-here');
    await book.getByRole('button', { name: 'Write' }).click();
    await expect.poll(async () => (await session.sh('node1', 'cat /tmp/sent')).stdout).toBe('words=I-was-here');
    expect((await port())?.visibility).toBe('private');

    // No more than that: neither what the owner nor what a collaborator may do with a port.
    const api = `${stack.origin}/api/v1/sessions/${session.id}/nodes/node1/ports/8080`;
    const headers = { authorization: `Bearer ${made.split('#')[1]}` };
    const open = await watcher.request.patch(api, { headers, data: { visibility: 'public' } });
    const share = await watcher.request.post(`${api}/share`, { headers, data: { minutes: 15 } });
    const exec = await watcher.request.post(`${api.replace(/\/ports.*/, '')}/exec`, {
      headers,
      data: { command: ['true'] },
    });
    expect([open.status(), share.status(), exec.status()]).toEqual([403, 403, 403]);
    await watcher.context().close();
  } finally {
    await session.close();
  }
});
