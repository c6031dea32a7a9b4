/** `npm run host -- …`: tokens for new hosts, joining, draining, and taking hosts out. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeAtomic } from '../common/files.mjs';
import { operatorCall, readAnswer } from '../common/operator.mjs';
import { layoutOf } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { withoutEnd } from '../common/without-end.mjs';
import { joinedFile, readJoined } from '../supervisor/joined.mjs';
import { runningStack } from '../supervisor/state-file.mjs';
import { loadSettings } from './settings/load-settings.mjs';
import { prepareStateDir } from './state-dir.mjs';
import { ensureServiceUsers } from './system-user.mjs';

const USAGE = `npm run host -- COMMAND

Where the manager runs:
  token [--hours N]     a one-time token for one new host, good for one hour
  list                  the hosts, and which of them drain
  drain NAME            no new nodes on that host; what lives there lives on
  undrain NAME          new nodes again
  remove NAME           a host that joined may not come again
On the new host:
  join URL TOKEN [--name NAME]   joins the manager at URL; npm start then runs this host's part
On a host, also while it runs:
  rotate                a new key for this host; the one before is good for an hour more

A manager that was not started by npm start is reached by
  --operator URL --secret-file PATH   its operator listener (DRYDOCK_METRICS_HOST and _PORT) and its secret`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    hours: { type: 'string' },
    name: { type: 'string' },
    operator: { type: 'string' },
    'secret-file': { type: 'string' },
    help: { type: 'boolean' },
  },
});

/** @param {import('../common/paths.mjs').Layout} layout @returns {import('../common/operator.mjs').Operator} */
function operatorOf(layout) {
  const secretFile = values['secret-file'] ?? join(layout.secrets, 'manager/secret');
  const url = values.operator ?? runningStack(layout.stateFile)?.operator;
  if (url !== undefined) return { url, secretFile };
  throw new Problem(
    'NOT_RUNNING',
    `No manager runs here (state in ${layout.state}).`,
    'Run it where the manager runs, or name it with --operator.',
  );
}

/** @param {string | undefined} name @returns {string} */
function required(name) {
  if (name === undefined) throw new Problem('UNKNOWN_OPTION', 'The name of a host is missing.', USAGE);
  return encodeURIComponent(name);
}

/**
 * @param {string | undefined} url
 * @param {string | undefined} token
 */
async function joinManager(url, token) {
  if (url === undefined || token === undefined || !URL.canParse(url)) {
    throw new Problem('UNKNOWN_OPTION', 'join takes the manager’s URL and a token.', USAGE);
  }
  const settings = loadSettings();
  const { protocol, hostname } = new URL(url);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !isHere && settings.DRYDOCK_INSECURE_MANAGER !== '1') {
    throw new Problem(
      'MANAGER_IN_CLEAR',
      `${url} would get the token, this host’s key and every terminal in clear.`,
      'Join by https, or set DRYDOCK_INSECURE_MANAGER=1 (also for npm start) where nobody else is on the way.',
    );
  }
  const layout = layoutOf(settings);
  const secrets = prepareStateDir(layout, await ensureServiceUsers());
  const name = values.name ?? secrets.hostName;
  const key = readFileSync(secrets.agentKeyFile, 'utf8').trim();
  const manager = withoutEnd(url, '/');
  const body = { token, name, keyHash: createHash('sha256').update(key).digest('hex') };
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  await readAnswer(
    `${manager}/api/v1/hosts/join`,
    request,
    'Get a token where the manager runs: npm run host -- token',
  );
  writeAtomic(joinedFile(layout), `${JSON.stringify({ manager, name }, undefined, 2)}\n`, { mode: 0o600 });
  console.log(`This machine has joined ${manager} as ${name}. Its key stays here. Start it: npm start`);
}

/** Changes this host's key. The next one is written down first: whatever fails, one of the two files opens. */
async function rotate() {
  const layout = layoutOf(loadSettings());
  const secrets = prepareStateDir(layout, await ensureServiceUsers());
  const key = readFileSync(secrets.agentKeyFile, 'utf8').trim();
  const next = randomBytes(32).toString('base64url');
  const keyHash = createHash('sha256').update(next).digest('hex');
  const joined = readJoined(layout);
  if (joined === undefined) {
    // The manager of this machine reads the hash from a file at each admission: it is let in by the new one from here on.
    writeAtomic(secrets.agentKeyFile, `${next}\n`, { mode: 0o600 });
    prepareStateDir(layout, await ensureServiceUsers());
    return console.log('This host has a new key; the one before opens nothing from now on.');
  }
  const nextFile = `${secrets.agentKeyFile}.next`;
  writeAtomic(nextFile, `${next}\n`, { mode: 0o600 });
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ name: joined.name, key, keyHash }) };
  const { goodUntil, oldGoodUntil } = await readAnswer(
    `${joined.manager}/api/v1/hosts/rotate`,
    request,
    `If the answer was lost, ${nextFile} may hold the key that is good: put it in the place of agent.key. Else join anew.`,
  );
  renameSync(nextFile, secrets.agentKeyFile);
  const day = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(0, 16);
  console.log(`This host has a new key, good until ${day(goodUntil)} UTC; the one before until ${day(oldGoodUntil)}.`);
}

/** @param {import('../common/operator.mjs').Operator} operator */
async function list(operator) {
  const { hosts } = await operatorCall(operator, 'GET', '/status');
  for (const { name, state, nodes, maxNodes, pool, draining } of hosts) {
    console.log(
      `${name.padEnd(24)} ${state.padEnd(10)} ${nodes} of ${maxNodes ?? '?'} nodes, ${pool ?? 0} warm${draining ? ', draining' : ''}`,
    );
  }
}

async function run() {
  const [command, first, second] = positionals;
  if (values.help || command === undefined) return console.log(USAGE);
  if (command === 'join') return joinManager(first, second);
  if (command === 'rotate') return rotate();
  const operator = operatorOf(layoutOf(loadSettings()));
  switch (command) {
    case 'token': {
      const hours = values.hours === undefined ? {} : { hours: Number(values.hours) };
      const { token, hours: good } = await operatorCall(operator, 'POST', '/host-tokens', hours);
      console.log(token);
      return console.error(
        `Good once, for ${good} h. On the new host: npm run host -- join <URL of this place> ${token}`,
      );
    }
    case 'list':
      return list(operator);
    case 'drain':
    case 'undrain':
      return operatorCall(operator, 'POST', `/hosts/${required(first)}/${command}`);
    case 'remove':
      return operatorCall(operator, 'DELETE', `/hosts/${required(first)}`);
    default:
      throw new Problem('UNKNOWN_OPTION', `There is no command ${command}.`, USAGE);
  }
}

try {
  await run();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
