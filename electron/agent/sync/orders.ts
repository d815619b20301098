import type { RootContext } from './root-context.ts';

interface Order {
  readonly work: (context: RootContext) => Promise<void>;
  readonly refuse: (error: Error) => void;
}

/** What people order of a root, to be done between two steps of its loop: the folder is held then, and both sides were just looked at. */
export class Orders {
  #waiting: Order[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add<T>(work: (context: RootContext) => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        work: async (context) => {
          try {
            resolve(await work(context));
          } catch (error) {
            reject(error as Error);
          }
        },
        refuse: reject,
      });
    });
  }

  async run(context: RootContext): Promise<void> {
    for (let order = this.#waiting.shift(); order !== undefined; order = this.#waiting.shift()) await order.work(context);
  }

  /** They cannot be done now: whoever ordered hears why. */
  refuse(error: Error): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const order of refused) order.refuse(error);
  }
}
