/** Links of the kind that Play with Docker's badges had: a compose file by its address, started in a fresh node. */
import { WorkbenchPage } from '../../pages/workbench-page.ts';
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('a link with a stack starts it in a fresh node, and says how that went', async ({ page, stack }) => {
  const badge = await page.request.get(`${stack.origin}/badge.svg`);
  expect(badge.headers()['content-type']).toContain('image/svg+xml');
  const file = 'http://localhost:8000/stack.yml';
  await page.goto(`${stack.origin}/?${new URLSearchParams({ stack: file, stack_name: 'voting' })}`);
  const notice = page.getByRole('region', { name: 'A stack to start' });
  await expect(notice).toContainText('brings a stack from localhost:8000');
  const command = (await notice.locator('code').textContent()) ?? '';
  expect(command).toContain(file);
  await expectAccessible(page);
  await page.screenshot({ path: 'e2e/test-results/screens/stack-link.png' });

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const workbench = new WorkbenchPage(page, /\/s\/([a-z2-7]{8})/.exec(page.url())?.[1] ?? '');
  try {
    // Nothing serves the file yet: that is what docker's absence or a dead link looks like, and it is not called ready.
    await workbench.expectText('voting: exit code 7');
    await workbench.type(
      `clear; mkdir /w; echo 'services: {web: {image: "drydock/web:1", ports: ["8080:80"]}}' > /w/stack.yml; docker run -d --net host -v /w:/w busybox httpd -f -p 8000 -h /w`,
    );
    await workbench.expectText(/[0-9a-f]{64}/);
    await workbench.type(`cd; ${command}`);
    await workbench.expectText('voting: exit code 0');
    await expect(workbench.portLink(8080)).toBeVisible();
    // Once: a reload starts nothing again.
    await page.reload();
    await workbench.expectText('voting: exit code 0');
    await expect(page.getByRole('button', { name: /^Open node\d$/ })).toHaveCount(1);
  } finally {
    await workbench.close();
  }
});

test('a link whose stack cannot be fetched says so, and Start works without it', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/?stack=/nginx/stack.yml`);
  await expect(page.getByRole('alert').filter({ hasText: '/nginx/stack.yml' })).toContainText('cannot be fetched');
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
});

test('a link with a template says what it would start, and Start starts it', async ({ page, stack }) => {
  await page.goto(`${stack.origin}/start?template=no-such-one`);
  await expect(page.getByRole('alert').filter({ hasText: 'no-such-one' })).toContainText('not here');
  const templates = await (await page.request.get(`${stack.origin}/api/v1/templates`)).json();
  const [template] = templates.filter(({ nodes }: { nodes: unknown[] }) => nodes.length === 2);
  await page.goto(`${stack.origin}/start?template=${template.id}`);
  await expect(page.getByRole('region', { name: 'A template to start' })).toContainText(template.title);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/s\/[a-z2-7]{8}/);
  const workbench = new WorkbenchPage(page, /\/s\/([a-z2-7]{8})/.exec(page.url())?.[1] ?? '');
  await expect(page.getByRole('button', { name: /^Open \w+$/ })).toHaveCount(2);
  await workbench.close();
});
