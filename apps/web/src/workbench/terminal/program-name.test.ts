import { expect, test } from 'vitest';
import { programName } from './program-name.ts';

test.each([
  ['sleep 60', 'sleep'],
  ['FOO=1 sudo -E /usr/bin/vim file', 'vim'],
  ['  docker compose up\n', 'docker'],
  ['sudo', 'sudo'],
  ['./run.sh; ls', 'run.sh;'],
  ['', ''],
])('the program of %j is %j', (command, name) => {
  expect(programName(command)).toBe(name);
});
