/** Starts a session, types into a terminal of its first node, prints what comes, and ends the session: `node first-terminal.mjs [server] [line]`. */
import * as drydock from '@drydock/client';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

const [server = 'http://localhost:3000', line = 'uname -sr; exit'] = process.argv.slice(2);
const http = drydock.createHttpClient({ server, fetch });
const { session, token } = await drydock.startSession(http, {});
const place = { server, sessionId: session.id, token };
const api = drydock.createSessionApi({ http, ...place });
await api.addNode('node1');

const sink = {
  connection: (connection) => process.stderr.write(`${connection.kind}\n`),
  snapshot: ({ session }) => process.stderr.write(`nodes: ${session.nodes.map(({ name }) => name)}\n`),
  change: ({ change }) => process.stderr.write(`change: ${change.kind}\n`),
};
const connection = drydock.createSessionConnection({ ...place, sink, connect: io });
const link = drydock.createTerminalLink({ ...place, connection, openSocket: (url) => new WebSocket(url) });
connection.start();
await drydock.connected(link);

const size = { cols: 80, rows: 24 };
const { terminalId } = await link.call('terminal:open', { node: 'node1', ...size });
await new Promise((ended) => {
  const terminal = drydock.createTerminalStream({
    terminalId,
    link,
    size,
    byHand: false,
    newWriter: () => `example-${crypto.randomUUID()}`,
    events: {
      data: (bytes, drawn) => process.stdout.write(bytes, drawn),
      screen: (text, drawn) => process.stdout.write(text, drawn),
      exit: ended,
    },
  });
  terminal.attach();
  terminal.type(new TextEncoder().encode(`${line}\n`));
});

connection.dispose();
await api.end();
