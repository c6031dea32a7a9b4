import { TERMINAL_LOG_BYTES, TERMINAL_WINDOW_BYTES } from '@drydock/protocol';
import { expect, test } from 'vitest';
import {
  acknowledge,
  mustAwait,
  mustPause,
  PAUSE_BYTES,
  RETURN_MS,
  VIEWER_STALL_MS,
  type Window,
  windowRoom,
} from './flow-control.ts';

const at = (acked: number): Window => ({ acked, blockedSince: undefined });
const END = 10 * PAUSE_BYTES;

test('T-6: reading pauses when every viewer is a window and the read-ahead behind, and only then', () => {
  expect(mustPause([], END, 0)).toBe(false);
  expect(mustPause([at(END - PAUSE_BYTES)], END, 0)).toBe(true);
  expect(mustPause([at(END - PAUSE_BYTES + 1)], END, 0)).toBe(false);
  expect(mustPause([at(0), at(END)], END, 0)).toBe(false);
  expect(mustPause([at(0), at(1)], END, 0)).toBe(true);
});

test('T-6: a viewer that draws nothing for long counts as absent until it draws again', () => {
  const stalled = at(0);
  expect(mustPause([stalled], END, 1000)).toBe(true);
  expect(mustPause([stalled], END, 999 + VIEWER_STALL_MS)).toBe(true);
  expect(mustPause([stalled], END, 1000 + VIEWER_STALL_MS)).toBe(false);
  acknowledge(stalled, 5);
  expect(mustPause([stalled], END, 2000 + VIEWER_STALL_MS)).toBe(true);
});

test('a viewer that was up to date for hours does not count as stalled when a flood begins', () => {
  const viewer = at(100);
  expect(mustPause([viewer], 100, 0)).toBe(false);
  expect(mustPause([viewer], 100 + PAUSE_BYTES, 10 * VIEWER_STALL_MS)).toBe(true);
});

test('older acknowledgements change nothing, and the room is what is left of the window', () => {
  const viewer = at(100);
  acknowledge(viewer, 50);
  expect(viewer.acked).toBe(100);
  expect(windowRoom(viewer, 100 + 1000)).toBe(TERMINAL_WINDOW_BYTES - 1000);
  expect(windowRoom(viewer, 100 + 2 * TERMINAL_WINDOW_BYTES)).toBe(0);
});

test('T-6: a viewer that just went away is waited for when the log is about to drop what it lacks', () => {
  const departed = { acked: 1000, at: 0 };
  expect(mustAwait(undefined, 10 * TERMINAL_LOG_BYTES, 1)).toBe(false);
  expect(mustAwait(departed, 1000 + TERMINAL_LOG_BYTES / 2, 1)).toBe(false);
  // Before the log is full: what is read already must still fit.
  expect(mustAwait(departed, 1000 + TERMINAL_LOG_BYTES - 64 * 1024, 1)).toBe(true);
  expect(mustAwait(departed, 1000 + TERMINAL_LOG_BYTES, 1)).toBe(true);
  expect(mustAwait(departed, 1000 + TERMINAL_LOG_BYTES, RETURN_MS)).toBe(false);
});
