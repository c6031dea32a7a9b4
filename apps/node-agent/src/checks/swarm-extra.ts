/** What a managing node's engine tells beyond the swarm's picture: specs of services, labels, secrets and configs by name. */
import type { ServiceExtra, SwarmExtra } from '@drydock/protocol';
import { z } from 'zod';
import type { DockerApi } from '../watch/docker-api.ts';
import { cutEnv, cutList, cutName, cutText, cutWords, fitting } from './bounded.ts';

/** Without a leader an engine lets its callers wait for 20 s. */
const ASK_MS = 8_000;
/** All services in one fact (bytes of JSON). */
const MAX_TABLE = 192 * 1024;

const text = z.string().nullish();
const words = z.record(z.string(), z.unknown()).nullish();
const specSchema = z.object({ Spec: z.object({ Name: text, Labels: words }).nullish() });
const nodesSchema = z.array(
  z.object({
    Spec: z.object({ Labels: words }).nullish(),
    Description: z.object({ Hostname: text }).nullish(),
  }),
);
const servicesSchema = z.array(
  z.object({
    ID: z.string(),
    Spec: z.object({
      Labels: words,
      TaskTemplate: z
        .object({
          ContainerSpec: z
            .object({
              Env: z.array(z.string()).nullish(),
              Secrets: z.array(z.object({ SecretName: text })).nullish(),
              Configs: z.array(z.object({ ConfigName: text })).nullish(),
              Mounts: z.array(z.object({ Source: text, Target: text })).nullish(),
            })
            .nullish(),
          Placement: z.object({ Constraints: z.array(z.string()).nullish() }).nullish(),
          Resources: z
            .object({
              Limits: z.object({ MemoryBytes: z.number().nullish(), NanoCPUs: z.number().nullish() }).nullish(),
            })
            .nullish(),
        })
        .nullish(),
    }),
  }),
);

/** Asks a managing node. @throws EngineError, or any error where the answers are something else. */
export async function readSwarmExtra(api: DockerApi): Promise<SwarmExtra> {
  const get = (path: string) => api.get(path, ASK_MS);
  const [services, nodes, secrets, configs] = await Promise.all([
    get('/services'),
    get('/nodes'),
    get('/secrets'),
    get('/configs'),
  ]);
  const extras = servicesSchema.parse(services).map((service) => [cutName(service.ID), extraOf(service)] as const);
  return {
    services: Object.fromEntries(fitting(extras, MAX_TABLE)),
    nodeLabels: Object.fromEntries(
      cutList(nodesSchema.parse(nodes)).map(({ Spec, Description }) => [
        cutName(Description?.Hostname),
        cutWords(Spec?.Labels),
      ]),
    ),
    secrets: labelled(secrets),
    configs: labelled(configs),
  };
}

function labelled(answer: unknown): { name: string; labels: Record<string, string> }[] {
  const rows = cutList(z.array(specSchema).parse(answer), 500);
  return rows.map(({ Spec }) => ({ name: cutName(Spec?.Name), labels: cutWords(Spec?.Labels) }));
}

function extraOf({ Spec }: z.output<typeof servicesSchema>[number]): ServiceExtra {
  const { ContainerSpec: container, Placement, Resources } = Spec.TaskTemplate ?? {};
  const { MemoryBytes: memory, NanoCPUs: nano } = Resources?.Limits ?? {};
  return {
    labels: cutWords(Spec.Labels),
    env: cutEnv(container?.Env),
    secrets: cutList(container?.Secrets).map(({ SecretName }) => cutName(SecretName)),
    configs: cutList(container?.Configs).map(({ ConfigName }) => cutName(ConfigName)),
    mounts: cutList(container?.Mounts).map(({ Source, Target }) => ({
      source: cutText(Source, 1_024),
      target: cutText(Target, 1_024),
    })),
    constraints: cutList(Placement?.Constraints).map((one) => cutText(one, 1_024)),
    limits: { ...(memory ? { memory } : {}), ...(nano ? { cpus: nano / 1e9 } : {}) },
  };
}
