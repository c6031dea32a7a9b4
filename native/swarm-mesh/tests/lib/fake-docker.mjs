/**
 * A Docker engine as far as swarm-mesh can see one: the API on a unix socket, libnetwork's diagnostic server on the loopback, and the
 * opening of a sandbox's namespace file at every change in it. Driven by JSON lines on standard input; answers each with a line.
 */
import fs from 'node:fs';
import http from 'node:http';
import readline from 'node:readline';

const [socketPath, pidfile, netnsDirectory, diagnosticPort] = process.argv.slice(2);
const state = {
  /** @type {{Id: string, Name: string, Ingress: boolean}[]} */ networks: [],
  /** @type {Record<string, any[]>} records of each network's tasks */ tables: {},
  /** @type {any[] | null} null on a worker */ services: null,
  /** @type {{name: string, ip: string}[]} the machines of the gossip */ peers: [],
  broken: '',
};
const counts = { events: 0, networks: 0, gettable: 0, verbose: 0, services: 0 };

/** @param {number} number @param {string | number | boolean | Buffer} value */
function field(number, value) {
  if (typeof value === 'number' || typeof value === 'boolean')
    return Buffer.concat([varint(number << 3), varint(+value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

/** An EndpointRecord of libnetwork/agent.proto. */
function encode(record) {
  const ports = (record.ports ?? []).map(({ protocol, target, published }) =>
    field(
      6,
      Buffer.concat([field(2, ['tcp', 'udp', 'sctp'].indexOf(protocol)), field(3, target), field(4, published)]),
    ),
  );
  return Buffer.concat([
    field(1, record.name),
    field(2, record.service ?? ''),
    field(3, record.serviceId ?? ''),
    field(4, record.vip ?? '<nil>'),
    field(5, record.address),
    ...ports,
    ...(record.disabled ? [field(9, true)] : []),
  ]);
}

/** As GET /networks/ID?verbose=true has it: no protocols, no mark of tasks that are about to stop. */
function verbose(id) {
  const services = {};
  for (const record of state.tables[id] ?? []) {
    const Ports = (record.ports ?? []).map(({ target, published }) => `Target: ${target}, Publish: ${published}`);
    services[record.service ?? ''] ??= { VIP: record.vip ?? '<nil>', Ports, Tasks: [] };
    services[record.service ?? ''].Tasks.push({
      Name: record.name,
      EndpointIP: record.address,
      Info: { 'Host IP': state.peers.find(({ name }) => name === record.owner)?.ip },
    });
  }
  return { ...state.networks.find((network) => network.Id === id), Services: services };
}

function answer(response, status, body) {
  if (state.broken === 'hang') return;
  if (state.broken === 'garbage') body = '{"message":"OK","details":{"entries":[{"value":"////"},';
  if (state.broken === 'error') status = 500;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const api = http.createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://docker');
  if (url.pathname === '/events') {
    counts.events++;
    response.writeHead(200);
    response.flushHeaders();
    return;
  }
  if (url.pathname === '/networks') {
    counts.networks++;
    return answer(response, 200, state.networks);
  }
  if (url.pathname === '/services') {
    counts.services++;
    return state.services
      ? answer(response, 200, state.services)
      : answer(response, 503, { message: 'This node is not a swarm manager.' });
  }
  counts.verbose++;
  answer(response, 200, verbose(url.pathname.split('/')[2]));
});

const diagnostic = http.createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://docker');
  if (url.pathname === '/clusterpeers') {
    const entries = state.peers.map(({ name, ip }) => ({ '-=name': name, ip }));
    return answer(response, 200, { message: 'OK', details: { size: entries.length, entries } });
  }
  counts.gettable++;
  const records = state.tables[url.searchParams.get('nid') ?? ''] ?? [];
  const entries = records.map((record) => ({
    key: record.name,
    value: encode(record).toString('base64'),
    owner: record.owner ?? 'node',
  }));
  answer(response, 200, { message: 'OK', details: { size: entries.length, ...(entries.length ? { entries } : {}) } });
});

const orders = {
  /** Takes over parts of the state, then touches the sandboxes as libnetwork does when its load balancers change. */
  set({ touch = [], ...changes }) {
    Object.assign(state, changes);
    for (const sandbox of touch) fs.closeSync(fs.openSync(`${netnsDirectory}/${sandbox}`, 'r'));
  },
  counts: () => counts,
  async up({ withDiagnostic = true, withPidfile = true }) {
    fs.rmSync(socketPath, { force: true });
    await new Promise((done) => api.listen(socketPath, () => done(undefined)));
    if (withDiagnostic)
      await new Promise((done) => diagnostic.listen(Number(diagnosticPort), '127.0.0.1', () => done(undefined)));
    if (withPidfile) fs.writeFileSync(pidfile, `${process.pid}`);
  },
  /** Goes away as a daemon that is killed: whoever is connected is cut off. */
  async down() {
    fs.rmSync(pidfile, { force: true });
    for (const server of [api, diagnostic]) {
      server.closeAllConnections();
      if (server.listening) await new Promise((done) => server.close(() => done(undefined)));
    }
  },
};

/* A daemon is told to reload with this; the tests count that it does not kill. */
process.on('SIGHUP', () => {});
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { number, order, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ number, result: (await orders[order](rest)) ?? true })}\n`);
}
process.exit(0);
