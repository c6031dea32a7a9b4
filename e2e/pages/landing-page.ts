/** The landing page as a visitor uses it. */
import { expect, type Page } from '@playwright/test';
import { WorkbenchPage } from './workbench-page.ts';

export class LandingPage {
  readonly page: Page;
  readonly origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
  }

  async open(): Promise<void> {
    await this.page.goto(this.origin);
    await expect(this.page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  }

  /** Starts a session without nodes and waits for the workbench. */
  async start(): Promise<WorkbenchPage> {
    return this.#started('Start an empty session');
  }

  /** Presses Start: a node and its prompt. */
  async startNode(): Promise<WorkbenchPage> {
    return this.#started('Start');
  }

  async #started(button: string): Promise<WorkbenchPage> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
    await this.page.waitForURL(/\/s\/[a-z2-7]{8}/);
    const sessionId = /\/s\/([a-z2-7]{8})/.exec(this.page.url())?.[1] ?? '';
    const workbench = new WorkbenchPage(this.page, sessionId);
    await workbench.ready();
    return workbench;
  }
}
