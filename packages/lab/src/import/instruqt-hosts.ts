/** `config.yml` of an Instruqt track: its hosts as nodes. */
import type { Located } from '../yaml/located.ts';
import { entriesAt, itemsAt, plainValue, tellOthers, textAt } from './foreign-yaml.ts';
import { nodesOf } from './lab-parts.ts';
import type { Report } from './report.ts';

export type Hosts = {
  /** Name of the host → name of its node. */
  nodes: ReadonlyMap<string, string>;
  images: string[];
  /** What starts a node's container, by node. */
  setup: Record<string, string>;
};

const MACHINE = ['name', 'image'];
/** Ports need no word here: the container has its node's network. */
const CONTAINER = ['name', 'image', 'ports', 'entrypoint', 'environment'];

/** A container becomes a node of its name in which the container runs; a machine becomes a node. */
export function readHosts(config: Located | undefined, report: Report): Hosts {
  const containers = itemsAt(config, 'containers');
  const machines = itemsAt(config, 'virtualmachines');
  tellOthers(config, ['version', 'containers', 'virtualmachines'], report, '');
  const named = [...containers, ...machines].flatMap((host) => {
    const name = textAt(host, 'name', 100);
    return name === undefined ? [] : [{ name, file: host.place.file, line: host.place.line }];
  });
  const nodes = nodesOf(named, report);
  const setup: Record<string, string> = {};
  const images: string[] = [];
  for (const machine of machines) {
    const image = textAt(machine, 'image') ?? '';
    tellOthers(machine, MACHINE, report, 'virtualmachines.');
    if (/^instruqt\/docker/.test(image)) continue;
    const { file, line } = machine.place;
    report.changed(`image ${image}`, file, line, 'The machine is a Docker node here: its programs may be missing.');
  }
  for (const container of containers) {
    tellOthers(container, CONTAINER, report, 'containers.');
    const node = nodes.get(textAt(container, 'name', 100) ?? '');
    const image = textAt(container, 'image', 255);
    if (node === undefined || image === undefined) continue;
    const { file, line } = container.place;
    if (!/^[\w][\w./:@-]*$/.test(image)) {
      report.dropped(`image ${image}`, file, line, 'No name of an image.');
      continue;
    }
    report.changed(
      `container ${node}`,
      file,
      line,
      `It runs in a node of its name: "docker exec -it ${node} sh" enters it.`,
    );
    if (images.length < 50) images.push(image);
    setup[node] = startOf(node, image, container);
  }
  return { nodes, images, setup };
}

function startOf(node: string, image: string, container: Located): string {
  const environment = entriesAt(container, 'environment').slice(0, 100);
  const words = environment.map(({ key, value }) => ` -e ${shellQuoted(`${key}=${String(plainValue(value) ?? '')}`)}`);
  const keep = textAt(container, 'entrypoint') === undefined ? ' --entrypoint sleep' : '';
  return `docker run -d --name ${node} --network host${words.join('')}${keep} ${image}${keep === '' ? '' : ' infinity'}\n`;
}

/** A word of a shell that stands for exactly that text. */
export function shellQuoted(text: string): string {
  return `'${text.slice(0, 4_096).replaceAll("'", "'\\''")}'`;
}
