/**
 * Whose turn it is (EXP-20). A person's "this one first" goes before everything else of the next portion of work; transfers look at `asked` between two
 * portions and, when it has changed since they began, leave the rest of their list for the next round, which begins with what was asked for.
 */
export class Turns {
  readonly #first: string[] = [];
  #asked = 0;

  /** The latest wish goes before earlier ones. */
  first(id: string): void {
    this.#forget(id);
    this.#first.unshift(id);
    this.#asked += 1;
  }

  /** How often somebody asked: another number than before means that the order has changed. */
  get asked(): number {
    return this.#asked;
  }

  isFirst(id: string): boolean {
    return this.#first.includes(id);
  }

  /** The same things with the wished ones at the head, in the order of wishes; otherwise as they were. */
  ordered<T>(things: readonly T[], idOf: (thing: T) => string): T[] {
    if (this.#first.length === 0) return [...things];
    const rank = (thing: T): number => {
      const at = this.#first.indexOf(idOf(thing));
      return at === -1 ? this.#first.length : at;
    };
    return things
      .map((thing, index) => ({ thing, index, at: rank(thing) }))
      .sort((a, b) => a.at - b.at || a.index - b.index)
      .map(({ thing }) => thing);
  }

  /** Wishes for what is no longer waiting are over. */
  keepOnly(waiting: ReadonlySet<string>): void {
    for (const id of [...this.#first]) if (!waiting.has(id)) this.#forget(id);
  }

  #forget(id: string): void {
    const at = this.#first.indexOf(id);
    if (at !== -1) this.#first.splice(at, 1);
  }
}
