import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantedHere, type Keep, type KeepRow } from '#shared/sync/keeping.ts';
import { samePlace } from '#shared/sync/tree.ts';
import { act, onClient, onServer, type Deed } from './sync-people.ts';
import { rootId, SimClient, SimServer, visible, type Tokens } from './sync-world.ts';

/** What happens: somebody works on the files, or decides what is on the PC. */
type Event =
  | { readonly what: 'deed'; readonly deed: Deed }
  | { readonly what: 'always' | 'online_only' | 'inherit' | 'bring' | 'free'; readonly who: number; readonly a: number }
  | { readonly what: 'round'; readonly who: number };

const deed: fc.Arbitrary<Event> = fc
  .record({
    who: fc.nat(2),
    what: fc.constantFrom('file', 'folder', 'file', 'edit', 'same', 'rename', 'move', 'move', 'delete', 'swap', 'recreate'),
    a: fc.nat(20),
    b: fc.nat(20),
    name: fc.nat(5),
  })
  .map((done) => ({ what: 'deed', deed: done as Deed }));
const decision: fc.Arbitrary<Event> = fc.record({
  what: fc.constantFrom('always', 'online_only', 'inherit', 'bring', 'free', 'free'),
  who: fc.nat(1),
  a: fc.nat(20),
});
const round: fc.Arbitrary<Event> = fc.record({ what: fc.constant('round'), who: fc.nat(1) });
const events = fc.array(fc.oneof({ weight: 5, arbitrary: deed }, { weight: 4, arbitrary: decision }, { weight: 2, arbitrary: round }), {
  minLength: 5,
  maxLength: 40,
  size: 'max',
});

/** A PC with decisions on what is kept on it. */
class Keeper extends SimClient {
  readonly rows = new Map<string, KeepRow>();
  keep: Keep = 'online_only';

  wanted(): ((id: string) => boolean) | undefined {
    return wantedHere({ topId: rootId, rows: this.rows, keep: this.keep, remote: this.remote });
  }
  turn(): number {
    this.pull();
    const wanted = this.wanted();
    return this.round(
      (steps) => steps,
      () => undefined,
      wanted === undefined ? {} : { wanted },
    );
  }
  decide(id: string, change: Partial<KeepRow>): void {
    this.rows.set(id, { ...(this.rows.get(id) ?? { id, keep: null, bring: false, openedAt: null }), ...change });
  }
  /** Removes from this disk what is on the server just so, as the engine does; the person's order, not a deletion. */
  free(): void {
    this.pull();
    for (const local of [...this.local.values()]) {
      const [synced, remote] = [this.synced.get(local.id), this.remote.get(local.id)];
      const isSame = remote?.trashed === false && synced?.content === remote.content && this.bytes.get(local.id) === remote.content;
      if (local.kind !== 'file' || !isSame || !samePlace(local, remote)) continue;
      this.local.delete(local.id);
      this.bytes.delete(local.id);
      this.synced.delete(local.id);
    }
  }
}

class World {
  readonly server = new SimServer();
  readonly clients = [new Keeper('a', this.server), new Keeper('b', this.server)];
  readonly tokens: Tokens = { written: new Set(), superseded: new Set() };
  #minted = 0;

  do(event: Event): void {
    if (event.what === 'round') return void this.clients[event.who]!.turn();
    if (event.what === 'deed') {
      const client = this.clients[event.deed.who];
      const hands = client === undefined ? onServer(this.server, () => `s${(this.#minted += 1)}`) : onClient(client);
      return act(event.deed, hands, this.tokens);
    }
    const client = this.clients[event.who]!;
    const ids = [...this.server.nodes.keys()].sort();
    const id = ids[event.a % ids.length]!;
    if (id === rootId) client.keep = event.what === 'always' ? 'always' : 'online_only';
    else if (event.what === 'bring') client.decide(id, { bring: true });
    else if (event.what !== 'free') client.decide(id, { keep: event.what === 'inherit' ? null : event.what, bring: false });
    if (event.what === 'free' || event.what === 'online_only') client.free();
  }

  rest(): void {
    for (let turn = 0; turn < 80; turn += 1) {
      if (this.clients.map((client) => client.turn()).every((steps) => steps === 0)) return;
    }
    throw new Error('No rest');
  }

  check(): void {
    const there = visible(new Map(this.server.live().map((node) => [node.id, node])));
    const live = new Set(this.server.live().map(({ content }) => content));
    for (const token of this.tokens.written) if (!this.tokens.superseded.has(token)) expect(live).toContain(token);
    for (const client of this.clients) {
      for (const line of visible(client.local)) expect(there).toContain(line);
      const wanted = client.wanted();
      for (const { id } of this.server.live()) {
        if (wanted === undefined || (id !== rootId && wanted(id))) expect(client.local.has(id)).toBe(true);
      }
    }
  }
}

describe('what is kept on a PC', () => {
  it('never loses anything, and never deletes on the server what a person did not see, whatever is decided', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const world = new World();
        for (const event of happened) world.do(event);
        world.rest();
        world.check();
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 4_000) },
    );
  });

  it('changes nothing on the server by deciding, freeing and bringing alone', () => {
    fc.assert(
      fc.property(events, fc.array(decision, { minLength: 1, maxLength: 20 }), (before, decisions) => {
        const world = new World();
        for (const event of before) world.do(event);
        world.rest();
        const mutations = world.server.mutations;
        for (const event of decisions) {
          world.do(event);
          world.clients[0]!.turn();
        }
        world.rest();
        world.check();
        expect(world.server.mutations).toBe(mutations);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 1_500) },
    );
  });
});
