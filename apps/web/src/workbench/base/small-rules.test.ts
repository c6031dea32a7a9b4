import { sessionIdSchema } from '@drydock/protocol';
import { describe, expect, test } from 'vitest';
import { dueWarning } from '../session/session-watch.ts';
import { linesThatRun } from '../terminal/paste.ts';
import { formatBytes, formatCountdown, formatDuration } from './format.ts';
import { portUrl } from './port-url.ts';
import { parsePreferences } from './preferences.ts';
import { TERMINAL_THEMES, terminalTheme } from './terminal-themes.ts';

describe('times and sizes', () => {
  test('a countdown starts at 4:00:00, loses its hours and never goes below zero', () => {
    expect(formatCountdown(4 * 3_600_000)).toBe('4:00:00');
    expect(formatCountdown(3_599_000)).toBe('59:59');
    expect(formatCountdown(-5000)).toBe('0:00');
  });

  test('a countdown longer than a day keeps counting hours', () => {
    expect(formatCountdown(30 * 3_600_000)).toBe('30:00:00');
  });

  test('sentences round as people do', () => {
    expect(formatDuration(4 * 3_600_000)).toBe('4 h');
    expect(formatDuration(12 * 60_000)).toBe('12 min');
    expect(formatBytes(1.5 * 1024 ** 3)).toBe('1.5 GiB');
  });
});

describe('warnings', () => {
  const minutes = (count: number) => count * 60_000;
  test('speak when a mark is crossed, once, and only for the nearest', () => {
    expect(dueWarning(minutes(10.01), minutes(9.99))).toBe(10);
    expect(dueWarning(minutes(9.99), minutes(9.98))).toBeNull();
    expect(dueWarning(Number.POSITIVE_INFINITY, minutes(0.5))).toBe(1);
    expect(dueWarning(Number.POSITIVE_INFINITY, minutes(60))).toBeNull();
  });
});

describe('the address of a port', () => {
  const page = (url: string) => new URL(url);
  test('takes the form of a known port of the node', () => {
    const known = 'http://80-node1-abcdefgh.ports.example:8443/';
    expect(
      portUrl(9000, 'node1', sessionIdSchema.parse('abcdefgh'), known, page('http://lab.example/s/abcdefgh')),
    ).toBe('http://9000-node1-abcdefgh.ports.example:8443/');
  });

  test('is a name below the page’s host, or a path where there can be no such name', () => {
    expect(portUrl(81, 'n', sessionIdSchema.parse('abcdefgh'), undefined, page('http://localhost:3000/'))).toBe(
      'http://81-n-abcdefgh.localhost:3000/',
    );
    expect(portUrl(81, 'n', sessionIdSchema.parse('abcdefgh'), undefined, page('http://10.0.0.5:3000/'))).toBe(
      'http://10.0.0.5:3000/p/abcdefgh/n/81/',
    );
  });
});

describe('preferences', () => {
  test('broken or strange storage means defaults, and sizes stay within bounds', () => {
    expect(parsePreferences('{').fontSize).toBe(14);
    expect(parsePreferences('{"fontSize": 9000, "terminalTheme": "x", "copyOnSelect": "yes"}')).toMatchObject({
      fontSize: 40,
      terminalTheme: 'dark',
      copyOnSelect: false,
    });
  });
});

describe('pasting', () => {
  test('a newline at the end counts: it runs the line before it', () => {
    expect(linesThatRun('ls')).toBe(1);
    expect(linesThatRun('ls\r\n')).toBe(2);
    expect(linesThatRun('a\nb\rc')).toBe(3);
  });
});

describe('terminal themes', () => {
  test.each(TERMINAL_THEMES)('%s has all its colours', (name) => {
    const theme = terminalTheme(name, 'light');
    const { black, brightWhite, background, selectionBackground } = theme;
    for (const color of [black, brightWhite, background, selectionBackground]) expect(color).toMatch(/^#[0-9a-f]{6}$/);
  });
});
