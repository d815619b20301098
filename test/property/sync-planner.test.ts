import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '#shared/sync/plan.ts';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { NodeMap } from '#shared/sync/tree.ts';
import { deed, mostRounds, runs, shuffler, World } from './sync-planner-world.ts';
import { SimClient, visible } from './sync-world.ts';

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

  it('P2: gives the same trees in whatever order the steps of a round are done', () => {
    fc.assert(
      fc.property(
        fc.array(deed(3), { maxLength: 12 }),
        fc.array(deed(3), { maxLength: 12 }),
        fc.nat(),
        fc.nat(),
        (before, after, one, other) => {
          const trees = [one, other].map((seed) => {
            const world = new World(2, 1);
            for (const next of before) world.do(next);
            world.rest();
            for (const next of after) world.do(next);
            const client = world.clients[0]!;
            client.round(shuffler(seed));
            return [visible(client.local), visible(new Map(world.server.live().map((node) => [node.id, node])))];
          });
          expect(trees[1]).toEqual(trees[0]);
        },
      ),
      runs(2_000),
    );
  });

  it('P4: what both agree on only moves towards what the server or the disk says', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 12 }), fc.array(deed(3), { maxLength: 14 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        for (let round = 0; round < mostRounds; round += 1) {
          const old = new Map(client.synced);
          const sides = [new Map(client.local), new Map(world.server.nodes)];
          const steps = client.round(world.shuffle);
          sides.push(client.local as (typeof sides)[0], world.server.nodes as (typeof sides)[0]);
          for (const [id, now] of client.synced) {
            const known = [old.get(id), ...sides.map((side) => side.get(id))].filter((node) => node !== undefined);
            expect(known.map(({ content }) => content)).toContain(now.content);
            expect(known.map(({ name }) => name)).toContain(now.name);
          }
          if (steps === 0) return;
        }
      }),
      runs(2_000),
    );
  });

  it('P5: what is only here survives; what was deleted there and is untouched here goes', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 12 }), fc.array(deed(3), { maxLength: 14 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        const isFile = ({ kind }: { kind: string }): boolean => kind === 'file';
        const only = [...client.local.values()].filter(({ id }) => !client.synced.has(id) && !world.server.nodes.has(id)).filter(isFile);
        const gone = [...client.local.values()].filter(isFile).filter(({ id, parentId, name }) => {
          const synced = client.synced.get(id);
          const isSame =
            synced !== undefined && synced.parentId === parentId && synced.name === name && synced.content === client.bytes.get(id);
          return isSame && world.server.nodes.get(id)?.trashed === true && parentId === 'root';
        });
        const bytes = only.map(({ id }) => client.bytes.get(id)!);
        for (let round = 0; round < mostRounds && client.round(world.shuffle) > 0;) round += 1;
        for (const held of bytes) expect([...client.bytes.values()]).toContain(held);
        for (const { id } of gone) expect(client.local.has(id)).toBe(false);
      }),
      runs(3_000),
    );
  });

  it('L2: ends within two rounds for each thing that differs, and ten', () => {
    fc.assert(
      fc.property(fc.array(deed(3), { maxLength: 12 }), fc.array(deed(3), { maxLength: 20 }), fc.nat(), (before, after, seed) => {
        const world = new World(2, seed);
        for (const next of before) world.do(next);
        world.rest();
        for (const next of after) world.do(next);
        const client = world.clients[0]!;
        const ids = new Set([...client.local.keys(), ...client.synced.keys(), ...world.server.nodes.keys()]);
        const gist = (node: { parentId: string | null; name: string; content: string | null } | undefined): string =>
          node === undefined ? '' : `${node.parentId} ${node.name} ${node.content}`;
        const differs = [...ids].filter((id) => {
          const remote = world.server.nodes.get(id);
          const sides = [client.local.get(id), client.synced.get(id), remote?.trashed === true ? undefined : remote];
          return new Set(sides.map(gist)).size > 1;
        });
        let rounds = 0;
        while (client.round(world.shuffle) > 0) {
          rounds += 1;
          expect(rounds).toBeLessThanOrEqual(2 * differs.length + 10);
        }
      }),
      runs(3_000),
    );
  });
});
