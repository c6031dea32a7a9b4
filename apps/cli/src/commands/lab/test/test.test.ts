import { RUNS, slowRuns } from '@drydock/testkit';
import { expect, test } from 'vitest';
import { junitXml } from './junit.ts';
import { createMarkReader, plainOutput } from './marks.ts';
import { outputFits } from './typing.ts';

test('a mark is read once, also where it comes in two pieces', () => {
  const whole = 'a\u001b]133;C\u0007out\u001b]133;D;7\u0007\u001b]133;A\u0007$ \u001b]133;B\u0007';
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const read = createMarkReader();
    const pieces = [read(whole.slice(0, cut)), read(whole.slice(cut))];
    expect(pieces.flatMap(({ marks }) => marks)).toEqual([
      { letter: 'C', exit: 0 },
      { letter: 'D', exit: 7 },
      { letter: 'A', exit: 0 },
      { letter: 'B', exit: 0 },
    ]);
    expect(pieces.map((piece) => piece.whole).join('')).toBe(whole);
  }
});

test("a command's output is what it wrote, without echo, colours and prompt", () => {
  const raw =
    'ls\r\n\u001b]133;C\u0007\u001b[1;34mdir\u001b[0m\r\nfile\r\n\u001b]133;D;0\u0007\u001b]7;file://n/\u0007$ ';
  expect(plainOutput(raw)).toBe('dir\nfile\n');
});

test.each([
  ['v1\n…\nend', 'v1\nany\nthing\nend\n', true],
  ['CONTAINER … STATUS', 'CONTAINER ID   IMAGE   STATUS  \n', true],
  ['a.b', 'axb', false],
  ['one', 'one\ntwo', false],
  ['…two', 'one\ntwo', true],
])('an expected output %j fits %j: %s', (expected, output, fits) => {
  expect(outputFits(expected, output)).toBe(fits);
});

test('output is read in a time that grows as its length does', () => {
  const around = [
    ['', ''],
    ['\u001b]', 'x'],
    ['a\u001b]133;C\u0007', '\u001b]133;D;0\u0007'],
  ] as const;
  const tokens = [...RUNS, '\u001b', '\u001b]', '\u001b[', '\u001b]133;A\u0007', '\u001b[0'];
  expect(slowRuns((text) => createMarkReader()(text), { tokens, around })).toEqual([]);
  expect(slowRuns(plainOutput, { tokens, around })).toEqual([]);
  expect(slowRuns((text) => outputFits('a…b…c', text), { tokens, around })).toEqual([]);
  expect(slowRuns((text) => outputFits(text, `${text}x`), { tokens: [...tokens, '…', 'a…'] })).toEqual([]);
}, 60_000);

test('results are XML, whatever a learner or an author wrote', () => {
  const xml = junitXml([
    {
      lab: 'labs/<a>&"b"',
      cases: [
        { step: 'one', name: 'red before', problems: [], ms: 1_500 },
        { step: '', name: 'setup', problems: ['</failure>\u0000]]>', 'second'], ms: 20 },
      ],
    },
  ]);
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="labs/&lt;a&gt;&amp;&quot;b&quot;" tests="2" failures="1" time="1.520">
    <testcase classname="labs/&lt;a&gt;&amp;&quot;b&quot;" name="one: red before" time="1.500"/>
    <testcase classname="labs/&lt;a&gt;&amp;&quot;b&quot;" name="setup" time="0.020"><failure message="&lt;/failure&gt;\ufffd]]&gt;">&lt;/failure&gt;\ufffd]]&gt;&#10;second</failure></testcase>
  </testsuite>
</testsuites>
`);
});
