/** Which failures are final: the registry says it. */
import { ERROR_CODES, type ErrorCode, errorSpec } from '@drydock/protocol';

/** Whether the same call cannot succeed later either. What broke on the way, or is not of the registry, may. */
export function isFinal(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return ERROR_CODES.includes(code as ErrorCode) && errorSpec(code as ErrorCode).retry === 'never';
}
