import { expect, test } from 'vitest';
import { folderOfReport } from './folder.ts';

test.each([
  ['file://node1/root/my%20lab/', { host: 'node1', path: '/root/my lab' }],
  ['file:////', { host: '', path: '/' }],
  ['file://node1/', { host: 'node1', path: '/' }],
  ['file://node1', null],
  ['http://node1/root', null],
  ['file://node1/%ff', null],
])('the folder of %j is %j', (report, folder) => {
  expect(folderOfReport(report)).toEqual(folder);
});

test('a folder of the longest path is one, and a longer report is none', () => {
  const path = `/${'%e2%82%ac'.repeat(1365)}`;
  expect(folderOfReport(`file://node1${path}`)?.path).toHaveLength(1366);
  expect(folderOfReport(`file://node1/${'a'.repeat(20_000)}`)).toBeNull();
});
