/** What the fake `docker` of a fake node understands: the commands that make ports, the swarm's map and the timeline move. */
import { type Engine, EngineRefusal, type PublishedPort, type Swarm } from './model.ts';
import { MOST_REPLICAS } from './swarm.ts';

const HELP = `This is a fake node: nothing is run. It understands
  docker version | info | ps [-a] | run -d [--name NAME] [-p HOST:CONTAINER] IMAGE | stop NAME | rm [-f] NAME
  docker swarm init | join --token TOKEN ADDRESS | join-token worker|manager | leave
  docker node ls | service create [--name NAME] [--replicas N] [-p HOST:CONTAINER] IMAGE | service ls | ps NAME | scale NAME=N | rm NAME
`;

interface Parsed {
  words: string[];
  options: Map<string, string[]>;
}

/** Options that take a value, by all their names. */
const VALUED: Record<string, string> = {
  '-p': 'publish',
  '--publish': 'publish',
  '--name': 'name',
  '--replicas': 'replicas',
  '--token': 'token',
  '--advertise-addr': 'advertise-addr',
  '-e': 'env',
  '--network': 'network',
};

function parse(args: readonly string[]): Parsed {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [flag = '', inline] = word.split(/=(.*)/s);
    const name = VALUED[flag];
    if (name !== undefined) {
      options.set(name, [...(options.get(name) ?? []), inline ?? left.shift() ?? '']);
    } else if (flag.startsWith('-')) options.set(flag, []);
    else words.push(word);
  }
  return { words, options };
}

function publishedPorts({ options }: Parsed): PublishedPort[] {
  return (options.get('publish') ?? []).map((text) => {
    const [target = '', published = target] = text.split(':').reverse();
    const port = { published: Number(published), target: Number(target) };
    const isPort = (number: number) => Number.isInteger(number) && number >= 1 && number <= 65_535;
    if (!isPort(port.published) || !isPort(port.target)) {
      throw new EngineRefusal(`docker: invalid publish specification: ${text}`);
    }
    return port;
  });
}

function replicasOf(text: string | undefined): number {
  const replicas = Number(text ?? 1);
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > MOST_REPLICAS) {
    throw new EngineRefusal(`a fake service has 0 to ${MOST_REPLICAS} replicas`);
  }
  return replicas;
}

function needed(word: string | undefined, what: string): string {
  if (word === undefined) throw new EngineRefusal(`docker: ${what} is missing`);
  return word;
}

function swarmOf(engine: Engine): Swarm {
  const swarm = engine.swarm();
  if (swarm?.members.get(engine) !== 'manager') {
    throw new EngineRefusal('Error response from daemon: This node is not a swarm manager.');
  }
  return swarm;
}

/** Rows under a head, in columns. */
function table(...rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

const portText = (ports: readonly PublishedPort[]) =>
  ports.map(({ published, target }) => `0.0.0.0:${published}->${target}/tcp`).join(', ');

function joinHint(engine: Engine, role: 'manager' | 'worker'): string {
  const token = swarmOf(engine).tokens[role];
  return `To add a ${role} to this swarm, run the following command:\n\n    docker swarm join --token ${token} ${engine.address()}:2377\n\n`;
}

function swarmCommand(engine: Engine, { words: [what, ...words], options }: Parsed): string {
  switch (what) {
    case 'init':
      engine.initSwarm();
      return `Swarm initialized: current node (${engine.id}) is now a manager.\n\n${joinHint(engine, 'worker')}`;
    case 'join':
      return `This node joined a swarm as a ${engine.joinSwarm(options.get('token')?.[0] ?? '')}.\n`;
    case 'join-token':
      if (options.has('-q')) return `${swarmOf(engine).tokens[words[0] === 'manager' ? 'manager' : 'worker']}\n`;
      return joinHint(engine, words[0] === 'manager' ? 'manager' : 'worker');
    case 'leave':
      engine.leaveSwarm();
      return 'Node left the swarm.\n';
    default:
      return HELP;
  }
}

function serviceCommand(engine: Engine, parsed: Parsed): string {
  const [what, ...words] = parsed.words;
  const swarm = swarmOf(engine);
  switch (what) {
    case 'create': {
      const image = needed(words[0], 'an image');
      const name = parsed.options.get('name')?.[0] ?? `fake_${swarm.services.size + 1}`;
      if (swarm.services.has(name))
        throw new EngineRefusal(
          `Error response from daemon: name conflicts with an existing object: service ${name} already exists`,
        );
      const replicas = replicasOf(parsed.options.get('replicas')?.[0]);
      return `${swarm.create({ name, image, replicas, ports: publishedPorts(parsed) }).id}\n`;
    }
    case 'ls': {
      const rows = [...swarm.services.values()].map(({ id, name, image, replicas, ports }) => {
        const running = swarm.tasks().filter((task) => task.service.id === id && task.state === 'running').length;
        return [id.slice(0, 12), name, 'replicated', `${running}/${replicas}`, image, portText(ports)];
      });
      return table(['ID', 'NAME', 'MODE', 'REPLICAS', 'IMAGE', 'PORTS'], ...rows);
    }
    case 'ps': {
      const tasks = swarm.tasks().filter(({ service }) => service.name === words[0]);
      const rows = tasks.map((task) => [
        task.id.slice(0, 12),
        `${words[0]}.${task.slot}`,
        task.engine.hostname(),
        task.state,
      ]);
      return table(['ID', 'NAME', 'NODE', 'CURRENT STATE'], ...rows);
    }
    case 'scale': {
      const [name = '', count] = needed(words[0], 'NAME=N').split('=');
      swarm.scale(name, replicasOf(count));
      return `${name} scaled to ${count}\n`;
    }
    case 'rm':
      swarm.remove(needed(words[0], 'a name'));
      return `${words[0]}\n`;
    default:
      return HELP;
  }
}

function nodeCommand(engine: Engine): string {
  const swarm = swarmOf(engine);
  const rows = [...swarm.members].map(([member, role]) => {
    const status = role === 'worker' ? '' : member === swarm.leader() ? 'Leader' : 'Reachable';
    return [member.id.slice(0, 25), member.hostname(), 'Ready', 'Active', status];
  });
  return table(['ID', 'HOSTNAME', 'STATUS', 'AVAILABILITY', 'MANAGER STATUS'], ...rows);
}

function listContainers(engine: Engine, all: boolean): string {
  const shown = [...engine.containers.values()].filter(({ isRunning }) => all || isRunning);
  const rows = shown.map(({ id, image, name, isRunning, ports }) => [
    id.slice(0, 12),
    image,
    isRunning ? 'Up' : 'Exited (0)',
    isRunning ? portText(ports) : '',
    name,
  ]);
  return table(['CONTAINER ID', 'IMAGE', 'STATUS', 'PORTS', 'NAMES'], ...rows);
}

/** Does what `docker ARGS` says; the text is its output. @throws EngineRefusal with what docker would say. */
export function runDocker(engine: Engine, args: readonly string[]): string {
  const [command = '', ...rest] = args;
  const parsed = parse(rest);
  switch (command) {
    case 'version':
    case 'info':
      return `Drydock's fake engine on ${engine.hostname()}: it runs nothing.\n`;
    case 'ps':
      return listContainers(engine, parsed.options.has('-a') || parsed.options.has('--all'));
    case 'run': {
      const image = needed(parsed.words[0], 'an image');
      const name = parsed.options.get('name')?.[0];
      return `${engine.run({ name, image, ports: publishedPorts(parsed) }).id}\n`;
    }
    case 'stop':
      return `${engine.stop(needed(parsed.words[0], 'a name')).name}\n`;
    case 'rm':
      return `${engine.remove(needed(parsed.words[0], 'a name')).name}\n`;
    case 'swarm':
      return swarmCommand(engine, parsed);
    case 'service':
      return serviceCommand(engine, parsed);
    case 'node':
      return nodeCommand(engine);
    default:
      return HELP;
  }
}
