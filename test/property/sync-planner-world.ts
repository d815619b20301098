import fc from 'fast-check';
import { expect } from 'vitest';
import { reconcile } from '#shared/sync/reconcile.ts';
import { act, onClient, onServer, type Deed } from './sync-people.ts';
import { SimClient, SimServer, visible, type Tokens } from './sync-world.ts';

export const deed = (people: number): fc.Arbitrary<Deed> =>
  fc.record({
    who: fc.nat(people - 1),
    what: fc.constantFrom('file', 'folder', 'file', 'folder', 'edit', 'same', 'rename', 'move', 'move', 'delete', 'swap', 'recreate'),
    a: fc.nat(20),
    b: fc.nat(20),
    name: fc.nat(5),
  });

/** A reproducible shuffle, so that steps are carried out in any order. */
export const shuffler = (seed: number) => {
  let state = seed | 1;
  return <T>(items: readonly T[]): T[] => {
    const shuffled = [...items];
    for (let index = shuffled.length - 1; index > 0; index -= 1) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      const other = state % (index + 1);
      [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
    }
    return shuffled;
  };
};

export const mostRounds = 60;

/** One tree that people at some clients and on the server changed in different ways (P6: independent trees would share nothing and test little). */
export class World {
  readonly server = new SimServer();
  readonly clients: SimClient[];
  readonly tokens: Tokens = { written: new Set(), superseded: new Set() };
  readonly shuffle: <T>(items: readonly T[]) => T[];
  #minted = 0;

  constructor(clients: number | readonly string[], seed: number) {
    const names = typeof clients === 'number' ? Array.from({ length: clients }, (_, index) => `c${index}-`) : clients;
    this.clients = names.map((name) => new SimClient(name, this.server));
    this.shuffle = shuffler(seed);
  }
  do(next: Deed): void {
    const client = this.clients[next.who];
    act(next, client === undefined ? onServer(this.server, () => `s${(this.#minted += 1)}`) : onClient(client), this.tokens);
  }
  /** Lets the clients take turns until nobody has anything to do. */
  rest(): void {
    for (let round = 0; round < mostRounds; round += 1) {
      let steps = 0;
      for (const client of this.clients) steps += client.round(this.shuffle);
      if (steps === 0) return;
    }
    throw new Error(
      `No rest after ${mostRounds} rounds: ${JSON.stringify(this.clients.map((client) => reconcile(client.trees(), client.options()).steps))}`,
    );
  }
  checkRest(): void {
    const there = visible(new Map(this.server.live().map((node) => [node.id, node])));
    for (const client of this.clients) {
      expect(visible(client.local)).toEqual(there);
      expect(visible(client.synced)).toEqual(there);
    }
    const live = new Set(this.server.live().map(({ content }) => content));
    for (const token of this.tokens.written) if (!this.tokens.superseded.has(token)) expect(live).toContain(token);
  }
  names(): string[] {
    return this.server.live().map(({ name }) => name);
  }
}

export const runs = (count: number) => ({ numRuns: count, endOnFailure: false });
