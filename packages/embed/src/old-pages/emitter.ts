/** Events as old pages know them: the names of the emitter that Play with Docker's SDK was built on. */

export type Listener = (...args: unknown[]) => void;

/** Of one instance; a page that adds more has lost count (listeners). */
const MAX_LISTENERS = 100;

export class Emitter {
  #listeners: { event: string; listener: Listener; once: boolean }[] = [];

  on(event: string, listener: Listener): this {
    return this.#add(event, listener, false);
  }

  once(event: string, listener: Listener): this {
    return this.#add(event, listener, true);
  }

  off(event: string, listener: Listener): this {
    this.#listeners = this.#listeners.filter((each) => each.event !== event || each.listener !== listener);
    return this;
  }

  getListeners(event: string): Listener[] {
    return this.#listeners.filter((each) => each.event === event).map(({ listener }) => listener);
  }

  /** Tells all of them; one that throws is the page's own fault and keeps nothing from the others. */
  emitEvent(event: string, args: readonly unknown[] = []): this {
    for (const each of this.#listeners.filter((one) => one.event === event)) {
      if (each.once) this.off(event, each.listener);
      try {
        each.listener.apply(this, [...args]);
      } catch (error) {
        reportError(error);
      }
    }
    return this;
  }

  emit(event: string, ...args: unknown[]): this {
    return this.emitEvent(event, args);
  }

  trigger(event: string, args: readonly unknown[] = []): this {
    return this.emitEvent(event, args);
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  addOnceListener(event: string, listener: Listener): this {
    return this.once(event, listener);
  }

  #add(event: string, listener: Listener, once: boolean): this {
    if (this.#listeners.length < MAX_LISTENERS) this.#listeners.push({ event, listener, once });
    return this;
  }
}
