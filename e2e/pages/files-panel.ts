/** The Files panel and the editor as a learner uses them: by the names of their controls. */
import { expect, type Locator, type Page } from '@playwright/test';

export class FilesPanel {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The panel beside the terminals, or the sheet over them. */
  get panel(): Locator {
    return this.page
      .getByRole('complementary', { name: 'Files', exact: true })
      .or(this.page.getByRole('dialog', { name: 'Files', exact: true }));
  }

  get tree(): Locator {
    return this.panel.getByRole('tree');
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Files', exact: true }).click();
    await expect(this.tree).toBeVisible();
    await expect(this.tree).not.toContainText('Reading');
  }

  item(name: string): Locator {
    return this.tree.getByRole('treeitem', { name, exact: true });
  }

  /** Makes a file or folder in the chosen folder. */
  async create(what: 'New file' | 'New folder', name: string): Promise<void> {
    await this.panel.getByRole('button', { name: what }).click();
    const dialog = this.page.getByRole('dialog', { name: what });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toBeHidden();
  }

  /** A command of an entry's menu. */
  async menu(name: string, command: string): Promise<void> {
    await this.item(name).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: command }).click();
  }

  /** The text of the file that is shown. */
  editor(name: string): Locator {
    return this.page.getByRole('textbox', { name: `Text of ${name}`, exact: true });
  }

  /** Drops files on an element, each with its path; a path with slashes makes a folder. */
  async drop(target: Locator, files: readonly { path: string; content: string }[]): Promise<void> {
    await target.evaluate((element, given) => {
      // A script cannot make the entries of a real drop from a disk, so the entries are made of the same interfaces.
      type Tree = Map<string, Tree | File>;
      const tree: Tree = new Map();
      for (const { path, content } of given) {
        const parts = path.split('/');
        const name = parts.pop() ?? '';
        let folder = tree;
        for (const part of parts) {
          const next = folder.get(part) ?? new Map();
          folder.set(part, next);
          folder = next as Tree;
        }
        folder.set(name, new File([content], name));
      }
      const entryOf = (name: string, node: Tree | File): object =>
        node instanceof File
          ? { name, isFile: true, isDirectory: false, file: (done: (file: File) => void) => done(node) }
          : {
              name,
              isFile: false,
              isDirectory: true,
              createReader() {
                const batches = [[...node].map(([child, below]) => entryOf(child, below)), []];
                return { readEntries: (done: (entries: object[]) => void) => done(batches.shift() ?? []) };
              },
            };
      const transfer = new DataTransfer();
      for (const [name, node] of tree) transfer.items.add(node instanceof File ? node : new File([], name));
      const items = [...tree].map(([name, node]) => ({
        kind: 'file',
        getAsFile: () => (node instanceof File ? node : null),
        webkitGetAsEntry: () => entryOf(name, node),
      }));
      const fire = (type: string) => {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer });
        if (type === 'drop') {
          Object.defineProperty(event, 'dataTransfer', {
            value: { types: ['Files'], items, getData: () => '', dropEffect: 'copy' },
          });
        }
        element.dispatchEvent(event);
      };
      for (const type of ['dragenter', 'dragover', 'drop']) fire(type);
    }, files);
  }
}
