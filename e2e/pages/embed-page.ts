/** A page of another site with an element of ours, as its visitor uses both. */
import { expect, type FrameLocator, type Page } from '@playwright/test';

/** A prompt of a fresh node, with room for a busy machine. */
const PROMPT_TIMEOUT_MS = 60_000;

export class EmbedPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The frame of the element number `index`. */
  frame(index = 0): FrameLocator {
    return this.page.locator('drydock-terminal, drydock-lab').nth(index).locator('iframe').contentFrame();
  }

  /** Presses Start on the element's poster. */
  async start(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start', exact: true }).first().click();
  }

  async expectPrompt(node: string, index = 0): Promise<void> {
    const region = this.frame(index).getByRole('region', { name: `Terminal ${node}` });
    await expect(region.first()).toContainText(`root@${node}:`, { timeout: PROMPT_TIMEOUT_MS });
  }

  /** Runs the page's block number `index` by its button, and waits for its end; a shell that was just drawn may not tell the exit code. */
  async run(index: number, asked = false): Promise<void> {
    await this.page.getByRole('button', { name: /^Run/ }).nth(index).click();
    if (asked) await this.frame().getByRole('button', { name: 'Let it type' }).click();
    await expect(this.page.getByRole('status').nth(index)).toHaveText(/Finished with 0|Typed into the terminal/, {
      timeout: 60_000,
    });
  }
}
