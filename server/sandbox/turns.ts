import type { JobTicket } from './job.ts';

/** Something that waits for its turn. */
export interface Waiting<T> {
  readonly ticket: JobTicket;
  readonly work: T;
}

/**
 * Who comes next. Askers take turns; what somebody looks at goes before what is done in the background; and what is heavy or in the
 * background never takes every place, so that pictures come while a document is being converted.
 */
export class Turns<T> {
  readonly #soon = new Map<string, Waiting<T>[]>();
  readonly #slow = new Map<string, Waiting<T>[]>();
  readonly #background = new Map<string, Waiting<T>[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiting: Waiting<T>): void {
    const lines = this.#lines(waiting.ticket);
    const key = askerKey(waiting.ticket);
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [waiting]);
    else line.push(waiting);
    this.#size += 1;
  }

  /** Takes one away that waits no longer. False when it had its turn already. */
  remove(waiting: Waiting<T>): boolean {
    const lines = this.#lines(waiting.ticket);
    const key = askerKey(waiting.ticket);
    const line = lines.get(key) ?? [];
    const index = line.indexOf(waiting);
    if (index < 0) return false;
    line.splice(index, 1);
    if (line.length === 0) lines.delete(key);
    this.#size -= 1;
    return true;
  }

  /** The next one, or undefined. `slowToo`: whether one that is heavy or in the background may go. */
  next(slowToo: boolean): Waiting<T> | undefined {
    for (const lines of slowToo ? [this.#soon, this.#slow, this.#background] : [this.#soon]) {
      for (const [key, line] of lines) {
        const waiting = line.shift()!;
        // Whoever had a turn goes to the end.
        lines.delete(key);
        if (line.length > 0) lines.set(key, line);
        this.#size -= 1;
        return waiting;
      }
    }
    return undefined;
  }

  #lines({ urgency }: JobTicket): Map<string, Waiting<T>[]> {
    switch (urgency) {
      case 'soon':
        return this.#soon;
      case 'heavy':
        return this.#slow;
      case 'background':
        return this.#background;
    }
  }
}

const askerKey = ({ tenantId, asker }: JobTicket): string => `${tenantId} ${asker}`;
export const isSlow = ({ urgency }: JobTicket): boolean => urgency !== 'soon';
