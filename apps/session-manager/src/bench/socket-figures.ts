/** What idle workbenches cost a manager: its memory at 1,000 and 5,000 connected sockets. */
import { SESSION_NAMESPACE, type SessionId } from '@drydock/protocol';
import { io, type Socket } from 'socket.io-client';
import { startBenchManagers } from './bench-managers.ts';
import { type Figures, value } from './figures.ts';

const STEPS = [1000, 5000];
/** Pages of one session: a class. The manager's bound is higher. */
const PAGES_PER_SESSION = 25;
/** Connections that are being made at once. */
const CONNECTING = 50;
/** Idle pages for so long (ms) before memory is read: pings have passed by then. */
const REST_MS = 10_000;

async function connect(origin: string, sessionId: SessionId, token: string): Promise<Socket> {
  const socket = io(`${origin}${SESSION_NAMESPACE}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { sessionId, token },
  });
  await new Promise((resolve, reject) => {
    socket.once('session:snapshot', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Measures one manager. */
export async function socketFigures(): Promise<Figures> {
  const figures: Figures = {};
  const managers = await startBenchManagers(1);
  const [origin = ''] = managers.origins;
  const sockets: Socket[] = [];
  try {
    figures['scale.sockets.memory-0'] = value('MB', managers.memory(0) / 1e6);
    for (const step of STEPS) {
      while (sockets.length < step) {
        const answer = await fetch(`${origin}/api/v1/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        });
        const { session, token } = (await answer.json()) as { session: { id: SessionId }; token: string };
        for (let open = 0; open < PAGES_PER_SESSION && sockets.length < step; open += CONNECTING) {
          const some = Math.min(CONNECTING, PAGES_PER_SESSION - open, step - sockets.length);
          sockets.push(...(await Promise.all(Array.from({ length: some }, () => connect(origin, session.id, token)))));
        }
      }
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const alive = sockets.filter(({ connected }) => connected).length;
      if (alive < step) throw new Error(`of ${step} sockets ${alive} are left`);
      figures[`scale.sockets.memory-${step}`] = value('MB', managers.memory(0) / 1e6, step);
    }
  } finally {
    for (const socket of sockets) socket.disconnect();
    await managers.stop();
  }
  return figures;
}
