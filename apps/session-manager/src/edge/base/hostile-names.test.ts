/** What names cost the manager: of hosts, ports, people, files and sessions, as a request gives them. */
import { filePathSchema, nodeNameSchema, sessionIdSchema } from '@drydock/protocol';
import { slowRuns } from '@drydock/testkit';
import { expect, test } from 'vitest';
import { parseAllowList } from '../../sign-in/allow-list.ts';
import { parsePortLabel, parsePortPath } from '../ports/labels.ts';
import { foreignSetCookies, parseCookies, withoutOurCookies } from './cookies.ts';
import { hostNameOf, isAddress } from './host-names.ts';
import { bearerToken } from './tokens.ts';

const tried = (read: (text: string) => unknown) => (text: string) => {
  try {
    return read(text);
  } catch (error) {
    return error;
  }
};

test.each<[string, (text: string) => unknown, readonly (readonly [string, string])[]]>([
  [
    'a host',
    hostNameOf,
    [
      ['', ''],
      ['a:', 'x'],
    ],
  ],
  [
    'an address',
    isAddress,
    [
      ['', ''],
      ['[', ']x'],
    ],
  ],
  [
    'a label of a port',
    parsePortLabel,
    [
      ['', ''],
      ['80-', '-aaaaaaaa'],
      ['80-a', '-'],
    ],
  ],
  [
    'a path of a port',
    parsePortPath,
    [
      ['', ''],
      ['/p/aaaaaaaa/', '/80'],
      ['/p/aaaaaaaa/node1/80/~', '!'],
    ],
  ],
  [
    'cookies',
    parseCookies,
    [
      ['', ''],
      ['a=', ';'],
    ],
  ],
  [
    'cookies of others',
    withoutOurCookies,
    [
      ['', ''],
      ['ddw', '='],
    ],
  ],
  [
    'cookies that are set',
    (text) => foreignSetCookies([text]),
    [
      ['', ''],
      ['a=b;', 'domain'],
    ],
  ],
  [
    'a token',
    bearerToken,
    [
      ['', ''],
      ['Bearer ', ' x'],
    ],
  ],
  [
    'a node',
    (text) => nodeNameSchema.safeParse(text),
    [
      ['', ''],
      ['a', '-'],
    ],
  ],
  ['a session', (text) => sessionIdSchema.safeParse(text), [['', '']]],
  ['a file', (text) => filePathSchema.safeParse(text), [['/', '\0']]],
  [
    'people',
    tried(parseAllowList),
    [
      ['', ''],
      ['a@', '@'],
      ['@a.', ' '],
    ],
  ],
])('the name of %s is read in a time that grows as its length does', (_, read, around) => {
  expect(slowRuns(read, { around })).toEqual([]);
});
