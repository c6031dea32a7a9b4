/**
 * `/pwd-sdk/dist/pwd.js`: pages written for Play with Docker's SDK go on working, in both of its dialects: `window.pwd` is there at once, and
 * `PWD` is its class. Nothing starts before a visitor starts it, by a button in a place or by a press on a block; a reload goes on.
 */
import { base } from '../base.ts';
import type { DrydockElement } from '../element.ts';
import '../loader.ts';
import { Emitter } from './emitter.ts';
import { listenToMarkup, type PutFile, textOf } from './pwd-markup.ts';
import { fillPlaces, foreignImage, type Instance, nodeOf, placesOf, type Term, type TermHandle } from './pwd-terms.ts';

type Callback = (error?: Error, value?: unknown) => void;

interface Options {
  baseUrl?: string;
  ImageName?: string;
  [name: string]: unknown;
}

const DEFAULTS = {
  baseUrl: base.replace(/\/$/, ''),
  ports: [],
  ImageName: '',
  Envs: [],
  Networks: [],
  oauthProvider: 'docker',
};
/** Frames have no more nodes than that. */
const MAX_NODES = 5;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const joined = (folder: string, name: string) => (folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`);
const later = (callback: Callback | undefined, error?: Error, value?: unknown) =>
  queueMicrotask(() => callback?.(error, value));

/** The instance whose session the page's blocks belong to. */
let current: PWD | undefined;

class PWD extends Emitter {
  sessionId = '';
  instances: Record<string, Instance> = {};
  terms: Term[] = [];
  opts: Options = { ...DEFAULTS };
  #elements: DrydockElement[] = [];
  #isReady = false;
  #waiting: (() => void)[] = [];

  setOpts(opts: Options = {}): void {
    this.opts = Object.assign(opts, { ...DEFAULTS, ...opts });
  }

  /** Fills the places of `terms`; calls back when a visitor has started it and the nodes are there. */
  newSession(terms: readonly Term[], opts?: Options, callback?: Callback): void {
    if (!Array.isArray(terms) || terms.length === 0) {
      this.#sayNothingToStart('No terms were given.');
      return;
    }
    this.setOpts(opts);
    this.terms = terms.slice(0, MAX_NODES).map((term) => Object.assign(term, { name: term.name ?? term.selector }));
    current = this;
    this.#fill();
    if (this.#elements.length === 0) {
      this.#sayNothingToStart('No place of this page matches the terms.');
      later(callback);
      return;
    }
    this.#sayForeignImages();
    this.#whenReady(() => callback?.());
  }

  createSession(callback?: Callback): void {
    this.newSession(this.terms, this.opts, callback);
  }

  /** Was the entry to a session by its id; here the page's own session goes on by itself. */
  init(sessionId: string, opts?: Options, callback?: Callback): void {
    this.sessionId = sessionId;
    this.setOpts(opts);
    later(callback);
  }

  terminal(term: Term, callback?: Callback): void {
    if (this.terms.length >= MAX_NODES) {
      later(callback, new Error('Max instances reached'));
      return;
    }
    this.terms.push(Object.assign(term, { name: term.name ?? term.selector }));
    current = this;
    this.#fill();
    const name = term.name ?? term.selector;
    this.#whenReady(() => {
      this.createTerminal(term, name);
      callback?.(undefined, this.instances[name]);
    });
  }

  /** The terminals of a term, one for each of its places. */
  createTerminal(term: Term, name: string): TermHandle[] {
    const index = this.terms.findIndex(({ selector }) => selector === term.selector);
    if (index === -1) return [];
    const terms = fillPlaces(term, index, this.terms.length).map((element) => ({
      element,
      write: () => undefined,
      focus: () => element.focus(),
    }));
    const instance = { name, hostname: nodeOf(index), ip: '', proxy_host: '', terms };
    this.instances[name] = instance;
    this.emitEvent('instanceNew', [name]).emitEvent('instanceCreate', [instance]);
    return terms;
  }

  getInstances(): Instance[] {
    return Object.values(this.instances);
  }

  /** Frames keep their size by themselves. Pages call it without an instance. */
  resize(): void {}

  /** Puts a file of text by `data` (a form with one file), or lets the node fetch `url`. */
  upload(
    name: string,
    file: { path?: string; url?: string; data?: FormData; name?: string } = {},
    callback?: Callback,
  ): void {
    const index = this.#indexOf(name);
    const { path: folder = '', url, data } = file;
    if ((url === undefined) === (data === undefined)) {
      later(callback, new Error('Either data or url is needed'));
      return;
    }
    if (url !== undefined) this.put(index, folder, { url }, callback);
    else {
      const [given] = [...(data?.values() ?? [])].filter((value) => value instanceof File);
      if (given === undefined) later(callback, new Error('The form has no file'));
      else
        given.arrayBuffer().then(
          (bytes) => this.put(index, folder, { name: given.name, content: new Uint8Array(bytes) }, callback),
          (error: Error) => callback?.(error),
        );
    }
  }

  /** Types a command that the page gives as a list; its exit code was never told. */
  exec(name: string, command: readonly string[], callback?: Callback): void {
    this.#run(this.#indexOf(name), command.map(quoted).join(' ')).then(
      () => callback?.(),
      (error: Error) => callback?.(error),
    );
  }

  /** Made nodes with roles before; a template of the place does that now. */
  setup(_setup: unknown, callback?: Callback): void {
    later(callback, new Error('setup is not here: begin with a template'));
  }

  /** Pages say it whenever a visitor leaves, for a reload too: the session goes on until its time is over. */
  closeSession(callback?: Callback): void {
    later(callback);
  }

  getUserInfo(callback?: (user?: unknown) => void): void {
    queueMicrotask(() => callback?.(undefined));
  }

  /** There is no account to log in to. */
  login(callback?: Callback): void {
    later(callback);
  }

  /** Its terms, when the page has a place for any. */
  shownTerms(): readonly Term[] {
    return this.#elements.length === 0 ? [] : this.terms;
  }

  /** Types what a block says. */
  type(index: number, text: string): void {
    // Old pages know of no failure; the frame says it.
    this.#run(index, text).catch(() => undefined);
  }

  put(index: number, folder: string, file: PutFile, callback?: Callback): void {
    const name = 'url' in file ? undefined : file.name;
    const instance = this.instances[this.terms[index]?.name ?? ''];
    const over = (error?: Error) => {
      this.emitEvent('uploadEnd', [error, `${folder}/${name}`, instance]);
      callback?.(error);
    };
    this.emitEvent('uploadStart', [joined(folder, name ?? ''), instance]);
    this.#put(index, folder, file).then(() => over(), over);
  }

  async #put(index: number, folder: string, file: PutFile): Promise<void> {
    if ('url' in file) return this.#run(index, fetchCommand(folder, file.url));
    const content = textOf(file.content);
    return this.#elementOf(index).write({ path: joined(folder, file.name), content, node: nodeOf(index) });
  }

  open(index: number, port: number, path: string): void {
    const element = this.#elementOf(index);
    element.openPort({ node: nodeOf(index), port, path });
    element.scrollIntoView({ block: 'nearest' });
  }

  async #run(index: number, text: string): Promise<void> {
    await this.#elementOf(index).run(text, { node: nodeOf(index) });
  }

  #indexOf(name: string): number {
    return Math.max(
      0,
      this.terms.findIndex((term) => term.name === name || term.selector === name),
    );
  }

  /** The element in the term's own place, else the first: it types into any node. */
  #elementOf(index: number): DrydockElement {
    const own = this.#elements.find((element) => element.getAttribute('show') === nodeOf(index));
    const element = own ?? this.#elements[0];
    if (element === undefined) throw new Error('pwd: no place of the page matches');
    return element;
  }

  #fill(): void {
    for (const [index, term] of this.terms.entries())
      for (const element of fillPlaces(term, index, this.terms.length)) {
        if (this.#elements.includes(element)) continue;
        this.#elements.push(element);
        element.addEventListener('drydock-state', () => this.#onState(element));
        element.addEventListener('drydock-ready', () => this.#onReady());
        element.addEventListener('drydock-error', (event) => this.#onError(event as CustomEvent));
      }
  }

  /** A visitor who starts one starts all: they are one session. */
  #onState({ state }: DrydockElement): void {
    if (state === 'starting' || state === 'ready') for (const each of this.#elements) each.start();
  }

  #onReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.emitEvent('init');
    for (const term of this.terms) if (placesOf(term).length > 0) this.createTerminal(term, term.name ?? term.selector);
    for (const callback of this.#waiting) callback();
    this.#waiting = [];
    this.emitEvent('ready');
  }

  #onError({ detail }: CustomEvent): void {
    this.emitEvent('error', [detail]);
    if (detail.code === 'SIGN_IN_REQUIRED') this.emitEvent('unauthorized');
  }

  #sayNothingToStart(message: string): void {
    this.emitEvent('error', [{ code: 'BAD_REQUEST', message }]);
  }

  #whenReady(callback: () => void): void {
    if (this.#isReady) queueMicrotask(callback);
    else this.#waiting.push(callback);
  }

  #sayForeignImages(): void {
    const images = this.terms.flatMap((term) => foreignImage(term, this.opts.ImageName ?? '') ?? []);
    const [place] = this.terms.flatMap(placesOf);
    if (images.length === 0 || place === undefined || place.querySelector('.drydock-note') !== null) return;
    const note = document.createElement('p');
    note.className = 'drydock-note';
    note.textContent = `This page asks for ${[...new Set(images)].join(', ')}, which is not here. It has standard Docker nodes.`;
    place.prepend(note);
  }
}

/** What is typed to fetch a file: nothing that one could not have typed oneself. */
function fetchCommand(folder: string, url: string): string {
  const name = URL.canParse(url) ? (new URL(url).pathname.split('/').pop() ?? '') : '';
  return `curl -fsSL -o ${quoted(joined(folder, name === '' ? 'file' : name))} ${quoted(url)}`;
}

// Twice on one page does no harm. An element with the id `pwd` is no instance.
if (!Object.hasOwn(window, 'PWD')) {
  Object.assign(window, { PWD });
  if (!Object.hasOwn(window, 'pwd')) Object.assign(window, { pwd: new PWD() });
  listenToMarkup({
    terms: () => current?.shownTerms() ?? [],
    type: (index, text) => current?.type(index, text),
    put: (index, folder, file) => current?.put(index, folder, file),
    open: (index, port, path) => current?.open(index, port, path),
  });
}
