import type { ClipboardSelectionType } from '@xterm/addon-clipboard';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgramClipboard } from './clipboard.ts';

/** The clipboard, as OSC 52 names it. */
const SYSTEM = 'c' as ClipboardSelectionType;

/** A terminal's element whose events the test makes: no script makes ones that a browser trusts. */
function createHost() {
  const listeners = new Map<string, (event: Event) => void>();
  const host = {
    addEventListener: (name: string, listener: (event: Event) => void) => void listeners.set(name, listener),
    removeEventListener: (name: string) => void listeners.delete(name),
  };
  return {
    host: host as unknown as HTMLElement,
    listeners,
    happen: (name: string, isTrusted = true) => listeners.get(name)?.({ isTrusted } as Event),
  };
}

/** What a program's `text` does to the clipboard of a person who has just pressed a key, or of `who` else. */
async function copied(who: { canType?: boolean; isMuted?: boolean; isTrusted?: boolean; laterMs?: number } = {}) {
  const { canType = true, isMuted = false, isTrusted = true, laterMs = 0 } = who;
  const { host, happen } = createHost();
  const told: string[] = [];
  const taken: string[] = [];
  const clipboard = createProgramClipboard({
    host,
    canType,
    isMuted: () => isMuted,
    onCopied: (text) => void told.push(text),
    copy: async (text) => taken.push(text) > 0,
  });
  happen('keydown', isTrusted);
  vi.advanceTimersByTime(laterMs);
  await clipboard.writeText(SYSTEM, 'curl-evil');
  expect(told).toEqual(taken);
  return taken;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'], now: 5000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a program copies within a second of this person’s own key, which is told', async () => {
  expect(await copied({ laterMs: 999 })).toEqual(['curl-evil']);
  expect(await copied({ laterMs: 1001 })).toEqual([]);
});

test('a key that a script has made is not this person’s', async () => {
  expect(await copied({ isTrusted: false })).toEqual([]);
});

test('whoever may not type is copied nothing, also where their page answers for the terminal', async () => {
  expect(await copied({ canType: false, isMuted: false })).toEqual([]);
});

test('what is drawn again, or answered by another page, is copied nowhere', async () => {
  expect(await copied({ isMuted: true })).toEqual([]);
});

test('an empty text and one beyond a person’s needs are not copied', async () => {
  const { host, happen, listeners } = createHost();
  const taken: string[] = [];
  const clipboard = createProgramClipboard({
    host,
    canType: true,
    isMuted: () => false,
    onCopied: () => undefined,
    copy: async (text) => taken.push(text) > 0,
  });
  happen('pointerdown');
  await clipboard.writeText(SYSTEM, '');
  await clipboard.writeText(SYSTEM, 'x'.repeat(1024 * 1024 + 1));
  expect(taken).toEqual([]);
  await clipboard.writeText(SYSTEM, 'x'.repeat(1024 * 1024));
  expect(taken).toHaveLength(1);
  clipboard.dispose();
  expect(listeners.size).toBe(0);
});
