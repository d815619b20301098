import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '#shared/sync/plan.ts';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { NodeMap } from '#shared/sync/tree.ts';
import { act, onClient, onServer, type Deed } from './sync-people.ts';
import { SimClient, SimServer, visible, type Tokens } from './sync-world.ts';

const deed = (people: number): fc.Arbitrary<Deed> =>
  fc.record({
    who: fc.nat(people - 1),
    what: fc.constantFrom('file', 'folder', 'file', 'folder', 'edit', 'same', 'rename', 'move', 'move', 'delete', 'swap', 'recreate'),
    a: fc.nat(20),
    b: fc.nat(20),
    name: fc.nat(5),
  });

/** A reproducible shuffle, so that steps are carried out in any order. */
const shuffler = (seed: number) => {
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

const mostRounds = 60;

class World {
  readonly server = new SimServer();
  readonly clients: SimClient[];
  readonly tokens: Tokens = { written: new Set(), superseded: new Set() };
  readonly shuffle: <T>(items: readonly T[]) => T[];
  #minted = 0;

  constructor(clients: number, seed: number) {
    this.clients = Array.from({ length: clients }, (_, index) => new SimClient(`c${index}-`, this.server));
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

const runs = (count: number) => ({ numRuns: count, endOnFailure: false });

describe('the planner', () => {
  it('brings two clients and the server to the same tree and loses nothing that anybody wrote', () => {
    fc.assert(
      fc.property(
        fc.array(deed(3), { maxLength: 12 }),
        fc.array(deed(3), { minLength: 1, maxLength: 14 }),
        fc.nat(),
        (before, after, seed) => {
          const world = new World(2, seed);
          for (const next of before) world.do(next);
          world.rest();
          world.checkRest();
          for (const next of after) world.do(next);
          world.rest();
          world.checkRest();
        },
      ),
      runs(5_000),
    );
  });

  it('comes to rest also when people go on working between its steps', () => {
    fc.assert(
      fc.property(
        fc.array(deed(3), { maxLength: 10 }),
        fc.array(deed(3), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (before, during, seed) => {
          const world = new World(2, seed);
          for (const next of before) world.do(next);
          world.rest();
          const waiting = [...during];
          const someoneActs = (): void => {
            const next = waiting.shift();
            if (next !== undefined) world.do(next);
          };
          for (let turn = 0; waiting.length > 0 && turn < 100; turn += 1) {
            someoneActs();
            world.clients[turn % 2]!.round(world.shuffle, someoneActs);
          }
          world.rest();
          world.checkRest();
        },
      ),
      runs(5_000),
    );
  });

  it('is a pure function: neither the order of maps nor asking twice changes the plan', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 10 }), fc.array(deed(3), { maxLength: 10 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        client.pull();
        const plan = reconcile(client.trees(), client.options());
        const mixed = <N extends { id: string }>(nodes: NodeMap<N>): Map<string, N> =>
          new Map(world.shuffle([...nodes.values()]).map((node) => [node.id, node]));
        const { rootId, remote, local, synced } = client.trees();
        expect(reconcile({ rootId, remote: mixed(remote), local: mixed(local), synced: mixed(synced) }, client.options())).toEqual(plan);
      }),
      runs(3_000),
    );
  });

  it('issues only steps whose preconditions hold, in whatever order they are done', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 12 }), fc.array(deed(3), { maxLength: 14 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        for (let round = 0; round < mostRounds; round += 1) {
          const failed: Step[] = [];
          const apply = client.apply.bind(client);
          client.apply = (step, seen) => {
            const done = apply(step, seen);
            if (!done) failed.push(step);
            return done;
          };
          const steps = client.round(world.shuffle);
          client.apply = apply;
          expect(failed).toEqual([]);
          if (steps === 0) return;
        }
      }),
      runs(5_000),
    );
  });

  it('touches nothing that nobody changed', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 14 }), fc.array(deed(3), { maxLength: 4 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        const client = world.clients[0]!;
        const old = { local: new Map(client.local), remote: new Map(world.server.nodes) };
        for (const next of after) world.do(next);
        client.pull();
        const same = (id: string): boolean => client.local.get(id) === old.local.get(id) && client.remote.get(id) === old.remote.get(id);
        const quiet = new Set([...client.synced.keys()].filter((id) => same(id) && client.local.has(id)));
        const plan = reconcile(client.trees(), client.options());
        for (const step of plan.steps) if (step.kind !== 'renew' && step.kind !== 'delete_here') expect(quiet).not.toContain(step.id);
      }),
      runs(3_000),
    );
  });

  it('never makes a conflict copy or another name for one client that works alone', () => {
    fc.assert(
      fc.property(fc.array(deed(1), { maxLength: 30 }), fc.array(fc.boolean(), { maxLength: 30 }), fc.nat(), (deeds, syncs, seed) => {
        const world = new World(1, seed);
        deeds.forEach((next, index) => {
          world.do(next);
          if (syncs[index] === true) world.clients[0]!.round(world.shuffle);
        });
        world.rest();
        world.checkRest();
        expect(world.names().filter((name) => /\(/.test(name))).toEqual([]);
      }),
      runs(5_000),
    );
  });

  it('makes no more conflict copies than there were edits that lost', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 10 }), fc.array(deed(3), { maxLength: 14 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const conflicts = (): number => world.clients.reduce((sum, { forks }) => sum + forks, 0);
        const old = conflicts();
        const writes = after.filter(({ what }) => ['file', 'edit', 'same', 'recreate'].includes(what)).length;
        world.rest();
        expect(conflicts() - old).toBeLessThanOrEqual(writes);
      }),
      runs(3_000),
    );
  });

  it('deletes nothing in either place while deletions are held', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 12 }), fc.array(deed(3), { maxLength: 10 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        client.pull();
        const plan = reconcile(client.trees(), client.options({ hold: { here: true, there: true } }));
        expect(plan.steps.filter(({ kind }) => kind === 'delete_here' || kind === 'delete_there')).toEqual([]);
        const open = reconcile(client.trees(), client.options());
        expect(plan.deletions).toEqual(open.deletions);
      }),
      runs(500),
    );
  });

  it('adopts equal trees after a lost database without a transfer or a copy', () => {
    fc.assert(
      fc.property(fc.array(deed(2), { maxLength: 20 }), fc.nat(), (deeds, seed) => {
        const world = new World(1, seed);
        for (const next of deeds) world.do(next);
        world.rest();
        const client = world.clients[0]!;
        const before = world.server.mutations;
        const there = visible(client.local);
        const fresh = new SimClient('x-', world.server);
        const ids = new Map([...client.local.keys()].map((id) => [id, id === 'root' ? id : fresh.newId()]));
        for (const node of client.local.values()) {
          const id = ids.get(node.id)!;
          fresh.local.set(id, { ...node, id, parentId: node.parentId === null ? null : ids.get(node.parentId)!, content: null });
          const bytes = client.bytes.get(node.id);
          if (bytes !== undefined) fresh.bytes.set(id, bytes);
        }
        world.clients[0] = fresh;
        world.rest();
        world.checkRest();
        expect(visible(fresh.local)).toEqual(there);
        expect(world.server.mutations).toBe(before);
      }),
      runs(3_000),
    );
  });
});
