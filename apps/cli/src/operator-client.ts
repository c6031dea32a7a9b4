/** Calls to a manager's operator listener with this place's own key; answers are parsed. */
import { createHmac } from 'node:crypto';
import { MAX_ANSWER_BYTES, readJson } from '@drydock/client';
import { errorBodySchema } from '@drydock/protocol';
import type { Command } from 'commander';
import type { z } from 'zod';
import { ELSEWHERE, isRedirect } from './call-failure.ts';
import { type OperatorPlace, operatorPlace, userName } from './env.ts';
import { EXIT, Failure } from './failure.ts';
import { MAX_TEXT, plain } from './output.ts';
import type { Bounds } from './place-fetch.ts';

/** An order may wait for a host that is slow (ms). */
const ANSWER_MS = 30_000;

export interface OperatorClient {
  /** @throws Failure with the manager's own code, UNREACHABLE or BAD_ANSWER. */
  call<S extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    answer: S,
    body?: object,
  ): Promise<z.output<S>>;
}

/** Builds it; `by` goes to the audit trail. */
export function createOperatorClient(
  { url, secret }: OperatorPlace,
  by: string,
  { answerMs }: Pick<Bounds, 'answerMs'> = { answerMs: ANSWER_MS },
): OperatorClient {
  const key = createHmac('sha256', secret).update('drydock/operator').digest('base64url');
  return {
    async call(method, path, answer, body) {
      const response = await fetch(`${url}/operator${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'x-drydock-operator': by.replace(/[^\w.@-]/g, '') },
        signal: AbortSignal.timeout(Math.min(ANSWER_MS, answerMs)),
        redirect: 'manual',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: Error) => {
        const why = (error.cause as Error | undefined)?.message ?? error.message;
        throw new Failure(
          'UNREACHABLE',
          `${url} does not answer (${why}).`,
          EXIT.unavailable,
          'Is it running? npm run status',
        );
      });
      const value = await readJson(response, MAX_ANSWER_BYTES).catch(() => undefined);
      if (response.ok) {
        const parsed = answer.safeParse(value);
        if (parsed.success) return parsed.data;
      }
      const refused = errorBodySchema.safeParse(value).data?.error;
      if (refused === undefined && isRedirect(response.status))
        throw new Failure(
          'BAD_ANSWER',
          `${url} sends this call elsewhere (${response.status}).`,
          EXIT.unavailable,
          ELSEWHERE,
        );
      if (refused === undefined) {
        throw new Failure(
          'BAD_ANSWER',
          `${url} answered ${response.status}, in a form that is not known here.`,
          EXIT.unavailable,
        );
      }
      throw new Failure(
        refused.code,
        plain(refused.message, MAX_TEXT),
        refused.code === 'UNAUTHORIZED' ? EXIT.noPermission : EXIT.refused,
      );
    },
  };
}

/** Gives a group of commands the options that name the listener; returns how its commands come to a client. */
export function withOperator(group: Command, bounds: Bounds): () => OperatorClient {
  group
    .option('--operator <url>', 'the operator listener of a manager that npm start did not start here')
    .option('--secret-file <path>', 'its secret');
  return () => createOperatorClient(operatorPlace(group.opts()), userName(), bounds);
}
