/** What the gateway adds to a request, against the same server asked directly at the node's address from inside the session. */
import { createSession } from '../support/api.ts';
import { fetchPort } from '../support/port-fetch.ts';
import type { Figures } from './figures.ts';
import { timed } from './figures.ts';

const REQUESTS = 500;
const LARGE_MB = 256;

export async function benchGateway(origin: string, figures: Figures): Promise<void> {
  const session = await createSession(origin);
  try {
    const node = await session.addNode();
    await session.dockerReady(node.name);
    await session.sh(
      node.name,
      'docker run -d --name web -p 8080:80 nginx && docker exec web sh -c "dd if=/dev/zero of=/usr/share/nginx/html/large bs=1M count=256 || dd if=/dev/zero of=/var/www/html/large bs=1M count=256"',
    );
    const port = (await session.ports(node.name)).find((entry) => entry.port === 8080);
    if (!port) throw new Error('port 8080 did not appear');
    const headers = { authorization: `Bearer ${session.token}` };
    for (let request = 0; request < REQUESTS; request += 1) {
      const { ms } = await timed(() => fetchPort(port.url, headers));
      figures.sample('gateway.small-request', 'ms', ms);
    }
    const direct = await session.sh(
      node.name,
      `for i in $(seq 200); do curl -s -o /dev/null -w '%{time_total}\\n' http://${node.ip}:8080/; done | sort -n | sed -n 100p`,
    );
    figures.value('gateway.small-request.direct-p50', 'ms', Number(direct.stdout) * 1000, 200);
    const large = await timed(async () => (await fetchPort(new URL('large', port.url), headers)).bytes);
    if (large.result !== LARGE_MB * 1024 * 1024) throw new Error(`the large download had ${large.result} bytes`);
    figures.value('gateway.download', 'MB/s', large.result / 1e6 / (large.ms / 1000));
    const own = await session.sh(node.name, `curl -s -o /dev/null -w '%{speed_download}' http://${node.ip}:8080/large`);
    figures.value('gateway.download.direct', 'MB/s', Number(own.stdout) / 1e6);
  } finally {
    await session.close();
  }
}
