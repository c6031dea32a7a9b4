/** Calls that anybody may make: what this place offers and how it is. */

import { readFile } from 'node:fs/promises';
import { libraryImageSchema, statusResponseSchema, templateViewSchema } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { z } from 'zod';
import type { Orders } from '../../../operator/orders.ts';
import type { Admission } from '../../../scheduling/admission.ts';
import type { HostRegistry } from '../../../scheduling/host-registry.ts';
import type { SessionDirectory } from '../../../sessions/session-directory.ts';
import type { TemplateBook } from '../../../templates/templates.ts';
import type { ApiRegistry } from '../api-route.ts';
import { openApiDocument } from '../openapi.ts';

/** The library is asked for anew at most this often (ms): it is rebuilt by operators, not by learners. */
const LIBRARY_FRESH_MS = 10_000;

/** Reads the list of images beside the library; an unreadable one is an empty one. */
function createLibrary(path: string | undefined, now: () => number) {
  let known: z.output<typeof libraryImageSchema>[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (path === undefined || now() - readAt < LIBRARY_FRESH_MS) return known;
    readAt = now();
    const text = await readFile(path, 'utf8').catch(() => '[]');
    const parsed = libraryFileSchema.safeParse(JSON.parse(text));
    if (parsed.success) known = Array.isArray(parsed.data) ? parsed.data : parsed.data.images;
    return known;
  };
}

const imagesSchema = z.array(libraryImageSchema);
const libraryFileSchema = z.union([imagesSchema, z.object({ images: imagesSchema })]);

export interface PublicRoutesDeps {
  hosts: HostRegistry;
  directory: SessionDirectory;
  admission: Pick<Admission, 'capacity'>;
  orders: Pick<Orders, 'startsStop'>;
  templates: TemplateBook;
  /** What this installation says of itself. */
  about: {
    version: string;
    libraryFile: string | undefined;
    publicBase: string;
    sessionHours: number;
    maxSessionHours: number;
  };
  clock: Clock;
}

/** Declares the calls. */
export function publicRoutes(api: ApiRegistry, deps: PublicRoutesDeps): void {
  const { hosts, directory, admission, orders, templates, clock } = deps;
  const { version, libraryFile, publicBase, sessionHours, maxSessionHours } = deps.about;
  const library = createLibrary(libraryFile, () => clock.now());
  const ready = () => directory.synced();

  api.open(
    {
      method: 'GET',
      path: '/status',
      summary: 'What this place is and holds.',
      answer: statusResponseSchema,
      status: 200,
    },
    async () => ({
      version,
      ready: ready(),
      hosts: hosts.list().map((host) => ({
        name: host.name,
        state: host.state,
        nodes: directory.placed(host.name),
        pool: host.capacity.pool,
        features: host.features,
      })),
      sessions: directory.count(),
      capacity: admission.capacity(),
      pool: hosts.list().reduce((sum, { state, capacity }) => sum + (state === 'lost' ? 0 : capacity.pool), 0),
      library: await library(),
      sessionHours,
      maxHours: maxSessionHours,
      startsStopped: orders.startsStop()?.message,
    }),
  );

  api.open(
    {
      method: 'GET',
      path: '/templates',
      summary: 'Ready-made beginnings of a session.',
      answer: z.array(templateViewSchema),
      status: 200,
    },
    async () =>
      templates.all.map(({ id, title, description, nodes, readySeconds }) => ({
        id,
        title,
        description,
        nodes: [...nodes],
        ...(readySeconds === undefined ? {} : { readySeconds }),
      })),
  );

  api.open({ method: 'GET', path: '/openapi.json', summary: 'This document.', status: 200 }, async () =>
    openApiDocument(api, version, publicBase),
  );
}
