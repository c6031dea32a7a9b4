import { expect, it } from 'vitest';
import { createSwarm } from './swarm-steps.ts';

it('joins all nodes at once when the first has begun, each with the token of its role', async () => {
  const asked: string[] = [];
  let join = () => {};
  const joined = new Promise<void>((resolve) => {
    join = resolve;
  });
  const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '', truncated: false, durationMs: 1 });
  const made = createSwarm(
    async (node, command) => {
      asked.push(`${node} ${command.join(' ').match(/--token (\S+)/)?.[1] ?? ''}`.trim());
      if (command[1] === 'swarm') await joined;
      return answer(asked.length === 1 ? 'MANAGER\nWORKER\n' : '');
    },
    '192.168.0.11',
    ['m1', 'm2', 'm3'],
    ['w1', 'w2'],
  );
  const joins = ['m1', 'm2 MANAGER', 'm3 MANAGER', 'w1 WORKER', 'w2 WORKER'];
  await expect.poll(() => asked).toEqual(joins);
  join();
  await made;
  // At last the first is asked whether all are Ready.
  expect(asked).toEqual([...joins, 'm1']);
});

it('says what swarm init said when it is not what it should be', async () => {
  const run = async () => ({ exitCode: 0, stdout: 'one line', stderr: '', truncated: false, durationMs: 1 });
  await expect(createSwarm(run, '192.168.0.11', ['m1'], [])).rejects.toMatchObject({ code: 'NODE_CREATE_FAILED' });
});
