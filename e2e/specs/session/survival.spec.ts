/** A learner notices a pause at most: refresh, killed manager, killed agent, killed Redis, killed lxcfs. */
import { existsSync } from 'node:fs';
import { createSession } from '../../support/api.ts';
import { stackStatus } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

test('a refresh paints the same screen and goes on with the same shell', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type('export KEPT=here; echo before-$KEPT');
  await workbench.expectText('before-here');
  await page.reload();
  await workbench.expectText('before-here');
  await workbench.type('echo after-$KEPT');
  await workbench.expectText('after-here');
});

for (const name of ['manager', 'agent', 'redis']) {
  test(`kill -9 of ${name}: the shell, its output and the session stay`, async ({ workbench, page, stack }) => {
    await workbench.addNode('node1');
    await workbench.type('export KEPT=here; echo before-$KEPT');
    await workbench.expectText('before-here');

    const victim = (await stackStatus(stack)).processes.find((process) => process.name === name);
    if (!victim) throw new Error(`no process ${name} in the status`);
    process.kill(victim.pid, 'SIGKILL');
    // Typed into the break itself: what the manager had not passed on is sent again.
    await workbench.type('echo amid-$KEPT');
    if (name === 'manager') {
      await expect(page.getByText('Reconnecting… your processes keep running.')).toBeVisible();
      await expect(page.getByText('Back. Nothing was lost.')).toBeVisible({ timeout: 30_000 });
    }
    await expect
      .poll(async () => (await stackStatus(stack)).processes.find((process) => process.name === name)?.pid, {
        timeout: 30_000,
      })
      .not.toBe(victim.pid);

    await workbench.type('echo after-$KEPT');
    await expect(async () => {
      // On a slow machine the break is long enough for an Enter to be asked about (T-13).
      const send = page.getByRole('button', { name: 'Send', exact: true });
      if (await send.isVisible()) await send.click();
      await workbench.expectText('after-here', 1000);
    }).toPass({ timeout: 40_000 });
    // Typed once: neither lost nor repeated on the way over the gap.
    for (const once of [/amid-here/g, /after-here/g]) {
      expect(((await workbench.screen.textContent()) ?? '').match(once)).toHaveLength(1);
    }
    await page.reload();
    await workbench.expectText('after-here');
    await workbench.addNode('node2');
  });
}

test('kill -9 of lxcfs: nodes show their own memory again by themselves', async ({ stack }) => {
  test.skip(!existsSync('/dev/fuse'), 'this kernel has no FUSE');
  const session = await createSession(stack.origin);
  const memory = async () => (await session.sh('node1', "awk '/^MemTotal/ {print $2}' /proc/meminfo")).stdout.trim();
  const lxcfs = async () => (await stackStatus(stack)).processes.find(({ name }) => name === 'lxcfs')?.pid;
  try {
    const { limits } = await session.addNode('node1');
    const own = String(limits.memoryBytes / 1024);
    expect((await session.get()).features?.figures).toBe('node');
    await expect.poll(memory).toBe(own);
    const victim = await lxcfs();
    if (victim === undefined) throw new Error('no lxcfs in the status');
    process.kill(victim, 'SIGKILL');
    await expect.poll(lxcfs).not.toBe(victim);
    await expect.poll(memory).toBe(own);
  } finally {
    await session.close();
  }
});
