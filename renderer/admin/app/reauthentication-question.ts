/**
 * The question "who are you?" that dangerous calls wait for. However many calls wait, it is asked once;
 * the answer (true: proved) goes to all of them.
 */
export class ReauthenticationQuestion {
  #waiting: ((proved: boolean) => void)[] = [];
  readonly #listeners = new Set<() => void>();

  /** Asks, and resolves once the person proved who they are or gave up. */
  readonly ask = (): Promise<boolean> =>
    new Promise((resolve) => {
      this.#waiting = [...this.#waiting, resolve];
      this.#tell();
    });

  readonly isOpen = (): boolean => this.#waiting.length > 0;

  readonly answer = (proved: boolean): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(proved);
    this.#tell();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
