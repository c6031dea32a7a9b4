import { expect, test } from 'vitest';
import { namesTarget, webTarget } from './links.ts';

test('a target is shown as the browser would open it, and only if it leads to the web', () => {
  expect(webTarget('https://xn--80ak6aa92e.com/')).toBe('https://xn--80ak6aa92e.com/');
  expect(webTarget('https://аррӏе.com/')).toBe('https://xn--80ak6aa92e.com/');
  expect(webTarget('https://github.com@evil.example/')).toBe('https://github.com@evil.example/');
  for (const other of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'nonsense']) {
    expect(webTarget(other)).toBeUndefined();
  }
});

test.each([
  ['https://a.example/x', 'https://a.example/x', true],
  ['a.example/x', 'https://a.example/x', true],
  ['a.example', 'http://a.example/', true],
  ['https://github.com/login', 'https://evil.example/', false],
  ['a.example', 'https://a.example/other', false],
  ['click here', 'https://a.example/', false],
  ['https://a.example/x', 'https://a.example/x?token=1', false],
])('%s names %s: %s', (text, target, names) => {
  expect(namesTarget(text, webTarget(target) as string)).toBe(names);
});
