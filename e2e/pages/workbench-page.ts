/** The workbench as a learner uses it: by the names of its controls. */
import { expect, type Locator, type Page } from '@playwright/test';

/** A cold node's prompt, with room for a busy machine. */
const PROMPT_TIMEOUT_MS = 30_000;

export class WorkbenchPage {
  readonly page: Page;
  readonly sessionId: string;

  constructor(page: Page, sessionId: string) {
    this.page = page;
    this.sessionId = sessionId;
  }

  async ready(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Add node' }).first()).toBeVisible();
  }

  /** Adds a node and waits for its prompt. */
  async addNode(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add node' }).first().click();
    await this.expectPrompt(name);
  }

  /** The rows of the terminal that is shown. */
  get screen(): Locator {
    return this.page.locator('.xterm-rows:visible').first();
  }

  async expectPrompt(node: string): Promise<void> {
    await expect(this.screen).toContainText(`root@${node}:`, { timeout: PROMPT_TIMEOUT_MS });
  }

  /** Types a line into the shown terminal and presses Enter. */
  async type(line: string): Promise<void> {
    await this.page.locator('.xterm-helper-textarea:visible, .xterm:visible textarea').first().focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the shown terminal holds `text`. */
  async expectText(text: string | RegExp, timeout = 60_000): Promise<void> {
    await expect(this.screen).toContainText(text, { timeout });
  }

  /** The link of a published port. */
  portLink(port: number): Locator {
    return this.page.getByRole('link', { name: new RegExp(`\\b${port}\\b`) }).first();
  }

  /** Opens the question whether to close the session, from the session's menu. */
  async askToClose(): Promise<void> {
    await this.page.getByRole('button', { name: /^Session / }).click();
    await this.page.getByRole('menuitem', { name: 'Close session…' }).click();
  }

  /** Closes the session through the confirmation. */
  async close(): Promise<void> {
    await this.askToClose();
    await this.page
      .getByRole('alertdialog')
      .or(this.page.getByRole('dialog'))
      .getByRole('button', { name: 'Close session' })
      .click();
  }
}
