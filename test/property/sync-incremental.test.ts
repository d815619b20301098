import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { Trees } from '#shared/sync/tree.ts';
import { openDatabase } from '../../electron/agent/store/database.ts';
import type { LocalRow, RemoteRow, SyncedRow } from '../../electron/agent/sync/rows.ts';
import { StateStore } from '../../electron/agent/sync/state-store.ts';
import { act, onClient, onServer, type Deed } from './sync-people.ts';
import { SimClient, SimServer, type Tokens } from './sync-world.ts';

const deed: fc.Arbitrary<Deed> = fc.record({
  who: fc.nat(1),
  what: fc.constantFrom(
    'file',
    'folder',
    'folder',
    'file',
    'edit',
    'same',
    'rename',
    'move',
    'move',
    'delete',
    'delete',
    'swap',
    'recreate',
  ),
  a: fc.nat(20),
  b: fc.nat(20),
  name: fc.nat(5),
});

/** Brings a store to what the trees are, as the engine does: what vanished goes, the rest is put. */
function fill(store: StateStore, { remote, local, synced }: Trees): void {
  for (const tree of ['remote', 'local', 'synced'] as const) {
    const now = { remote, local, synced }[tree];
    for (const id of [...store[tree].keys()]) if (!now.has(id)) store[tree].delete(id);
  }
  for (const node of remote.values()) store.remote.put({ ...node, revision: node.version, sequence: 1, file: null } satisfies RemoteRow);
  for (const node of local.values()) {
    const disk = { diskName: node.name, identity: `1:${node.id.length}:3`, stamp: '', modifiedAt: 0, executable: false, racy: false };
    store.local.put({ ...node, ...disk } satisfies LocalRow);
  }
  for (const node of synced.values()) store.synced.put({ ...node, chunks: null } satisfies SyncedRow);
}

/** The same trees as a server tells them that marks only the folder that was deleted, not what lies in it. */
function tersely(trees: Trees): Trees {
  const remote = new Map(
    [...trees.remote.values()].map((node) => {
      const isWithin = node.trashed && trees.remote.get(node.parentId ?? '')?.trashed === true;
      return [node.id, isWithin ? { ...node, trashed: false } : node];
    }),
  );
  return { ...trees, remote };
}

it('a plan made of what differs alone is the plan that is made of everything', () => {
  let differing = 0;
  fc.assert(
    fc.property(
      fc.array(deed, { maxLength: 16 }),
      fc.array(deed, { minLength: 1, maxLength: 16 }),
      fc.nat(4),
      fc.boolean(),
      (before, after, rounds, terse) => {
        const server = new SimServer();
        const client = new SimClient('c-', server);
        const tokens: Tokens = { written: new Set(), superseded: new Set() };
        let minted = 0;
        const people = [onClient(client), onServer(server, () => `s${(minted += 1)}`)];
        const plans = (steps: <T>(items: readonly T[]) => readonly T[]): number => client.round(steps);
        for (const next of before) act(next, people[next.who]!, tokens);
        for (let round = 0; round < 60 && plans((items) => items) > 0;) round += 1;
        const store = new StateStore(openDatabase(null, new Uint8Array(32)));
        fill(store, client.trees());
        store.commit();
        for (const next of after) act(next, people[next.who]!, tokens);
        for (let round = 0; round <= rounds; round += 1) {
          client.pull();
          const all = terse ? tersely(client.trees()) : client.trees();
          fill(store, all);
          const trees = store.trees('root');
          differing += trees.near!.open.length;
          expect(reconcile(trees, client.options())).toEqual(reconcile(all, client.options()));
          // Only some of the steps come to pass before the next plan is made.
          plans((items) => items.filter((_item, index) => (index + round) % 2 === 0));
        }
        store.close();
      },
    ),
    { numRuns: 600 },
  );
  expect(differing).toBeGreaterThan(0);
});
