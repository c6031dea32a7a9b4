import { describe, expect, test } from 'vitest';
import { reconnectDelay } from './backoff.ts';

describe('reconnection', () => {
  test('waits from a quarter second to five seconds, with jitter, and never longer', () => {
    expect(reconnectDelay(0, () => 0.5)).toBe(250);
    expect(reconnectDelay(2, () => 0.5)).toBe(1000);
    for (const attempt of [5, 10, 1000]) expect(reconnectDelay(attempt, () => 1)).toBeLessThanOrEqual(6250);
    expect(reconnectDelay(3, () => 0)).not.toBe(reconnectDelay(3, () => 1));
  });
});
