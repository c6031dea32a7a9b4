/** How soon a port is seen to open and to close: from the program's own clock in the node to the page's news of it. */
import type { SessionChange } from '@drydock/protocol';
import { createSession } from '../support/api.ts';
import { followSession } from '../support/follow-session.ts';
import { type Stack, stackStatus } from '../support/stack.ts';
import type { Figures } from './figures.ts';
import { childOf, runSecondsOf } from './process-cost.ts';

const ROUNDS = 40;
/** The port's life, and the pause after it (ms), each with a random part: a watcher's own beat must not meet it always in one place. */
const OPEN_MS = 700;
const REST_MS = 400;
/** How long what the watch costs while nothing happens is looked at (ms). */
const IDLE_MS = 10_000;

/** Opens and closes ports one after another, and says when (ms since the epoch). One machine, one clock. */
const SCRIPT = `use Socket; use Time::HiRes qw(time sleep); $| = 1;
for my $n (0..${ROUNDS - 1}) {
  my $port = 9000 + $n;
  socket(my $s, PF_INET, $ENV{KIND} eq 'udp' ? SOCK_DGRAM : SOCK_STREAM, 0); bind($s, sockaddr_in($port, INADDR_ANY)) or die $!;
  listen($s, 5) if $ENV{KIND} ne 'udp'; printf "%d open %.3f\\n", $port, time * 1000;
  sleep((${OPEN_MS} + rand 200) / 1000); close $s; printf "%d gone %.3f\\n", $port, time * 1000; sleep((${REST_MS} + rand 200) / 1000);
}`;

/** When the page heard of each port's opening and closing. */
function createEar() {
  const heard = new Map<string, number>();
  let before = new Set<number>();
  return {
    heard,
    change(change: SessionChange): void {
      if (change.kind !== 'node') return;
      const now = new Set(change.node.ports.map(({ port }) => port));
      for (const port of now) if (!before.has(port)) heard.set(`${port} open`, Date.now());
      for (const port of before) if (!now.has(port)) heard.set(`${port} gone`, Date.now());
      before = now;
    },
  };
}

export async function benchPorts(origin: string, figures: Figures, stack: Stack): Promise<void> {
  const session = await createSession(origin);
  const { heard, change } = createEar();
  const close = followSession(origin, session, { change });
  try {
    const { name } = await session.addNode();
    await session.dockerReady(name);
    for (const kind of ['tcp', 'udp']) {
      heard.clear();
      const script = `cat > /tmp/ports.pl <<'PERL'\n${SCRIPT}\nPERL\nKIND=${kind} perl /tmp/ports.pl`;
      const { stdout, stderr, exitCode } = await session.sh(name, script, 120);
      if (exitCode !== 0) throw new Error(stderr);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      for (const line of stdout.trim().split('\n')) {
        const [port, what, at] = line.split(' ');
        const news = heard.get(`${port} ${what}`);
        if (news === undefined) throw new Error(`nobody told of ${line}`);
        figures.sample(
          `ports.${what === 'open' ? 'seen' : 'gone'}${kind === 'udp' ? '-udp' : ''}`,
          'ms',
          news - Number(at),
        );
      }
    }
    await idleCost(figures, stack);
  } finally {
    close();
    await session.close();
  }
}

/** Processor time of dd-watch while one node is watched and nothing happens in it. */
async function idleCost(figures: Figures, stack: Stack): Promise<void> {
  const { processes } = await stackStatus(stack);
  const agent = processes.find(({ name }) => name === 'agent')?.pid ?? 0;
  const watch = childOf(agent, 'dd-watch');
  if (watch === undefined) throw new Error('dd-watch does not run');
  const before = runSecondsOf(watch);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  figures.value('ports.watch-idle', '% of a processor', ((runSecondsOf(watch) - before) / (IDLE_MS / 1000)) * 100);
}
