/** The session's swarm: the manager's own picture, and what an inspect on a manager adds. */
import type { NodeFacts, SwarmFacts } from '@drydock/lab';
import { z } from 'zod';
import type { TestSession } from '../session.ts';

const SCRIPT = `api() { curl -sf --max-time 10 --unix-socket /var/run/docker.sock "http://docker$1" || echo '[]'; echo; }
api /services; api /secrets; api /configs; api /nodes`;

const words = z.record(z.string(), z.string()).nullish();
const named = z.object({ Spec: z.object({ Name: z.string(), Labels: words }) });
const nodesSchema = z.array(
  z.object({ Description: z.object({ Hostname: z.string() }), Spec: z.object({ Labels: words }) }),
);
const servicesSchema = z.array(
  z.object({
    ID: z.string(),
    Spec: z.object({
      Name: z.string(),
      Labels: words,
      TaskTemplate: z.object({
        ContainerSpec: z
          .object({
            Env: z.array(z.string()).nullish(),
            Mounts: z.array(z.object({ Source: z.string().optional(), Target: z.string() })).nullish(),
            Secrets: z.array(z.object({ SecretName: z.string() })).nullish(),
            Configs: z.array(z.object({ ConfigName: z.string() })).nullish(),
          })
          .optional(),
        Placement: z.object({ Constraints: z.array(z.string()).nullish() }).nullish(),
        Resources: z
          .object({
            Limits: z.object({ MemoryBytes: z.number().optional(), NanoCPUs: z.number().optional() }).nullish(),
          })
          .nullish(),
      }),
    }),
  }),
);

/** Facts of the swarm; null where no node manages one, undefined where that is not known now. */
export async function swarmFacts(
  session: TestSession,
  nodes: Readonly<Record<string, NodeFacts>>,
): Promise<SwarmFacts | null | undefined> {
  const managers = Object.entries(nodes).filter(([, { role }]) => role === 'manager');
  const [manager] = managers;
  if (manager === undefined) return Object.values(nodes).every(({ engine }) => engine === 'ready') ? null : undefined;
  const view = await session.swarm();
  // Its picture comes by news of the engines: just after "swarm init" there is none yet.
  if (view === null) return undefined;
  const { stdout } = await session.exec(manager[0], ['bash', '-c', SCRIPT]);
  const [servicesText = '', secretsText = '', configsText = '', nodesText = ''] = stdout.trim().split('\n');
  const services = servicesSchema.safeParse(json(servicesText)).data ?? [];
  const list = (text: string) =>
    (z.array(named).safeParse(json(text)).data ?? []).map(({ Spec }) => ({
      name: Spec.Name,
      labels: Spec.Labels ?? {},
    }));
  return {
    ...view,
    services: view.services.map((service) => {
      const found = services.find(({ ID }) => ID === service.id)?.Spec;
      return found === undefined ? service : { ...service, ...inspected(found) };
    }),
    secrets: list(secretsText),
    configs: list(configsText),
    nodeLabels: Object.fromEntries(
      (nodesSchema.safeParse(json(nodesText)).data ?? []).map(({ Description, Spec }) => [
        Description.Hostname,
        Spec.Labels ?? {},
      ]),
    ),
  };
}

function inspected({ Labels, TaskTemplate }: z.output<typeof servicesSchema>[number]['Spec']) {
  const { ContainerSpec = {}, Placement, Resources } = TaskTemplate;
  const { MemoryBytes: memory, NanoCPUs: cpus } = Resources?.Limits ?? {};
  return {
    labels: Labels ?? {},
    env: Object.fromEntries(
      (ContainerSpec.Env ?? []).map((one) => [one.split('=', 1)[0] ?? '', one.slice(one.indexOf('=') + 1)]),
    ),
    mounts: (ContainerSpec.Mounts ?? []).map(({ Source = '', Target }) => ({ source: Source, target: Target })),
    secrets: (ContainerSpec.Secrets ?? []).map(({ SecretName }) => SecretName),
    configs: (ContainerSpec.Configs ?? []).map(({ ConfigName }) => ConfigName),
    constraints: Placement?.Constraints ?? [],
    limits: { ...(memory === undefined ? {} : { memory }), ...(cpus === undefined ? {} : { cpus: cpus / 1e9 }) },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
