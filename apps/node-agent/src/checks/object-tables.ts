/** Images, volumes and networks of a node as a lab's checks see them. */
import { MAX_FACT_ROWS, type NodeFacts } from '@drydock/protocol';
import { z } from 'zod';
import type { DockerApi } from '../watch/docker-api.ts';
import { cutList, cutName, cutText, cutWords, fitting } from './bounded.ts';

type Rows<K extends 'images' | 'volumes' | 'networks'> = NonNullable<NodeFacts[K]>;
type ContainerFacts = NonNullable<NodeFacts['containers']>;

/** One table in a fact (bytes of JSON). */
const MAX_TABLE = 192 * 1024;
/** Images that are inspected in one look; what is known of an image never changes. */
const MAX_INSPECTED = 64;
const MAX_LAYERS = 500;

const text = z.string().nullish();
const words = z.record(z.string(), z.unknown()).nullish();
const imagesSchema = z.array(
  z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Size: z.number().nullish(), Labels: words }),
);
const imageSchema = z.object({
  Architecture: text,
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
  Config: z
    .object({ Cmd: z.array(z.string()).nullish(), Entrypoint: z.array(z.string()).nullish(), User: text })
    .nullish(),
});
export type ImageInspect = z.output<typeof imageSchema>;
const volumesSchema = z.object({
  Volumes: z.array(z.object({ Name: z.string(), Driver: text, Labels: words })).nullish(),
});
const networksSchema = z.array(
  z.object({
    Name: text,
    Driver: text,
    Attachable: z.boolean().nullish(),
    Internal: z.boolean().nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
    Labels: words,
    IPAM: z.object({ Config: z.array(z.object({ Subnet: text })).nullish() }).nullish(),
  }),
);

/** Reads images; `known` keeps inspects from look to look. */
export async function readImages(api: DockerApi, known: Map<string, ImageInspect>): Promise<Rows<'images'>> {
  const rows = imagesSchema.parse(await api.get('/images/json')).slice(0, MAX_FACT_ROWS);
  const there = new Set(rows.map(({ Id }) => Id));
  for (const id of known.keys()) if (!there.has(id)) known.delete(id);
  for (const { Id } of rows.filter((row) => !known.has(row.Id)).slice(0, MAX_INSPECTED)) {
    if (!/^sha256:[0-9a-f]{64}$/.test(Id)) continue;
    const { data } = imageSchema.safeParse(await api.get(`/images/${Id}/json`).catch(() => undefined));
    if (data !== undefined) known.set(Id, data);
  }
  const layers = new Map(
    rows.map(({ Id }) => [Id, cutList(known.get(Id)?.RootFS?.Layers, MAX_LAYERS).join(' ')] as const),
  );
  const tagsOf = (row: (typeof rows)[number]) => cutList(row.RepoTags).map((tag) => cutText(tag, 1_024));
  /** The image whose layers are the beginning of this one's, the longest such. */
  const baseOf = (id: string) => {
    const own = layers.get(id) ?? '';
    return rows
      .filter((row) => row.Id !== id && layers.get(row.Id) && own.startsWith(`${layers.get(row.Id)} `))
      .sort((a, b) => (layers.get(b.Id)?.length ?? 0) - (layers.get(a.Id)?.length ?? 0))
      .flatMap(tagsOf);
  };
  const facts = rows.map((row) => {
    const inspect = known.get(row.Id);
    const labels = cutWords(row.Labels);
    if (inspect === undefined) return { tags: tagsOf(row), labels, ...(row.Size == null ? {} : { size: row.Size }) };
    return {
      tags: tagsOf(row),
      labels,
      ...(row.Size == null ? {} : { size: row.Size }),
      layers: cutList(inspect.RootFS?.Layers, MAX_LAYERS).length,
      arch: cutName(inspect.Architecture),
      from: cutText(baseOf(row.Id).join(' '), 2_048),
      cmd: cutText([...cutList(inspect.Config?.Entrypoint), ...cutList(inspect.Config?.Cmd)].join(' '), 2_048),
      user: cutName(inspect.Config?.User),
    };
  });
  return fitting(facts, MAX_TABLE);
}

/** Reads volumes; `containers` tell who uses them, where they are known. */
export async function readVolumes(api: DockerApi, containers: ContainerFacts | undefined): Promise<Rows<'volumes'>> {
  const { Volumes } = volumesSchema.parse(await api.get('/volumes'));
  const users = usersOf(containers, ({ mounts }) => (mounts ?? []).map(({ source }) => source));
  const facts = cutList(Volumes, MAX_FACT_ROWS).map(({ Name, Driver, Labels }) => ({
    name: cutName(Name),
    driver: cutName(Driver),
    labels: cutWords(Labels),
    ...usedBy(users, Name),
  }));
  return fitting(facts, MAX_TABLE);
}

/** Reads networks; `containers` as above. */
export async function readNetworks(api: DockerApi, containers: ContainerFacts | undefined): Promise<Rows<'networks'>> {
  const rows = networksSchema.parse(await api.get('/networks')).slice(0, MAX_FACT_ROWS);
  const users = usersOf(containers, ({ networks }) => networks ?? []);
  const facts = rows.map(({ Name, Driver, Attachable, Internal, Options, Labels, IPAM }) => ({
    name: cutName(Name),
    driver: cutName(Driver),
    subnets: cutList(IPAM?.Config).flatMap(({ Subnet }) => (Subnet ? [cutName(Subnet)] : [])),
    attachable: Attachable === true,
    internal: Internal === true,
    // The option alone asks for it: `-o encrypted` has an empty value.
    encrypted: Options?.encrypted !== undefined && Options.encrypted !== 'false',
    labels: cutWords(Labels),
    ...usedBy(users, Name ?? ''),
  }));
  return fitting(facts, MAX_TABLE);
}

/** Containers by what they use: made once, since a thousand volumes looked for in a thousand containers each would hold up the whole host. */
function usersOf(
  containers: ContainerFacts | undefined,
  uses: (container: ContainerFacts[number]) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> | undefined {
  if (containers === undefined) return undefined;
  const users = new Map<string, Set<string>>();
  for (const container of containers) {
    for (const used of uses(container)) {
      const names = users.get(used) ?? new Set<string>();
      users.set(used, names.add(container.name));
    }
  }
  return users;
}

function usedBy(users: ReturnType<typeof usersOf>, name: string): { usedBy?: string[] } {
  return users === undefined ? {} : { usedBy: cutList([...(users.get(name) ?? [])]) };
}
