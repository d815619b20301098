import type { Plan, PlanOptions, Step } from '#shared/sync/plan.ts';
import { samePlace, type Trees } from '#shared/sync/tree.ts';
import { massDelete } from './guards.ts';
import { becameRandom } from './looks-random.ts';
import { Rewrites, type LooksRandom, type Rewritten } from './rewrites.ts';
import { pathOf, type RootContext } from './root-context.ts';
import { thereKinds } from './round.ts';
import type { StateStore } from './state-store.ts';
import { undoForbidden } from './undo-forbidden.ts';

/** What waits for a person's answer. */
export type GuardHalt = 'mass_delete' | 'mass_rewrite';
export const isGuard = (halted: string | null): halted is GuardHalt => halted === 'mass_delete' || halted === 'mass_rewrite';
type Hold = PlanOptions['hold'];

/** A deletion is sent only when the file stays away for so long: until then it may be half of a move, or of a program's way to save. */
const goneMilliseconds = 500;
const nobody: ReadonlySet<string> = new Set();

/**
 * Stands between planning and doing: what would destroy too much waits for a person, in memory of what they said (S12), and what was just seen to vanish
 * waits for a moment. Guards come after moves were found. Everything else goes on.
 */
export class Guarding {
  halted: GuardHalt | null = null;
  /** Files that wait for the answer, and on which side they would go. */
  held: { readonly files: number; readonly side: 'here' | 'there' | null } = { files: 0, side: null };
  /** Milliseconds until something that vanished may be told to the server; null when nothing waits for that. */
  wait: number | null = null;
  readonly #store: StateStore;
  readonly #rewrites = new Rewrites();
  readonly #gone = new Map<string, number>();
  #allowed: ReadonlySet<string>;
  #isRewrite: boolean;
  #last: Plan | null = null;

  constructor(store: StateStore, now: number) {
    this.#store = store;
    const allowed = store.meta('allowedDeletions') ?? '';
    this.#allowed = allowed === '' ? nobody : new Set(JSON.parse(allowed) as string[]);
    const rewrites = store.meta('massRewrite') ?? '';
    this.#isRewrite = rewrites !== '';
    if (this.#isRewrite) this.#rewrites.load((JSON.parse(rewrites) as Rewritten[]).map((file) => ({ ...file, at: now })));
    if (this.#isRewrite) this.halted = 'mass_rewrite';
  }

  /** A plan that may be carried out now; `make` plans, with or without deletions. */
  judge(trees: Trees, make: (hold: Hold) => Plan, context: Pick<RootContext, 'clock' | 'disk' | 'failures' | 'topId'>): Plan {
    const now = context.clock.monotonic();
    const looksRandom: LooksRandom = (id, extension) => {
      const { disk, topId } = context;
      return becameRandom(disk.files, disk.at(pathOf(this.#store, id, topId)), extension);
    };
    let plan = make({ here: false, there: false });
    if (undoForbidden(this.#store, plan, context.failures)) plan = make({ here: false, there: false });
    this.halted = null;
    this.#isRewrite ||= this.#rewrites.take(plan, trees, now, trees.synced.size, looksRandom);
    if (this.#isRewrite) return this.#holdUploads(plan, make);
    const asked = massDelete(trees, this.#notAllowed(plan.deletions));
    if (plan.deletions.here.length + plan.deletions.there.length === 0) this.#allow(nobody);
    this.#last = plan;
    if (asked.here || asked.there) {
      this.halted = 'mass_delete';
      this.held = { files: asked.files, side: asked.here && asked.there ? null : asked.here ? 'here' : 'there' };
      plan = make({ here: asked.here, there: asked.there });
    }
    return this.#holdFresh(trees, plan, now);
  }

  /** The person means it: this batch, and nothing that comes after it. Nothing is to be brought back. */
  proceed(): readonly Rewritten[] {
    if (this.halted === 'mass_rewrite') {
      this.#rewrites.allow();
      this.#settleRewrite();
    } else if (this.#last !== null) this.#allow(new Set([...this.#allowed, ...this.#last.deletions.here, ...this.#last.deletions.there]));
    this.#store.commit(true);
    return [];
  }

  /** Everything back: deleted here comes down again, deleted there goes up again. Returns what was rewritten, for whoever brings that back. */
  restore(): readonly Rewritten[] {
    const { deletions } = this.#last ?? { deletions: { here: [], there: [] } };
    const back = this.halted === 'mass_rewrite' ? deletions.there : [...deletions.there, ...deletions.here];
    for (const id of back) this.#store.synced.delete(id);
    this.#store.commit(true);
    return this.halted === 'mass_rewrite' ? this.#rewrites.files : [];
  }
  /** What was rewritten is back; ids of new files that go with it are no mass deletion. */
  restored(gone: readonly string[]): void {
    this.#rewrites.clear();
    this.#settleRewrite();
    this.#allow(new Set([...this.#allowed, ...gone]));
    this.#store.commit(true);
  }

  #settleRewrite(): void {
    this.#isRewrite = false;
    this.#store.setMeta('massRewrite', '');
  }

  #allow(ids: ReadonlySet<string>): void {
    if (ids.size === 0 && this.#allowed.size === 0) return;
    this.#allowed = ids;
    this.#store.setMeta('allowedDeletions', ids.size === 0 ? '' : JSON.stringify([...ids]));
  }

  #notAllowed({ here, there }: Plan['deletions']): Plan['deletions'] {
    if (this.#allowed.size === 0) return { here, there };
    const isNew = (id: string): boolean => !this.#allowed.has(id);
    return { here: here.filter(isNew), there: there.filter(isNew) };
  }

  /** Nothing goes to the server; what comes from it goes on. */
  #holdUploads(plan: Plan, make: (hold: Hold) => Plan): Plan {
    this.halted = 'mass_rewrite';
    this.#last = plan;
    this.held = { files: this.#rewrites.files.length, side: null };
    this.#store.setMeta('massRewrite', JSON.stringify(this.#rewrites.files));
    const { steps, skipped, deletions } = make({ here: true, there: true });
    const [held, free]: [Step[], Step[]] = [[], []];
    for (const step of steps) (thereKinds.has(step.kind) ? held : free).push(step);
    return {
      steps: free,
      skipped: [...skipped, ...held.map(({ id }) => ({ id, side: 'there' as const, reason: 'mass_rewrite' }))],
      deletions,
    };
  }

  /**
   * A file that vanished a moment ago: where another one took its name meanwhile it is the same file, saved by a program that writes a new one; else its deletion
   * waits a little.
   */
  #holdFresh(trees: Trees, plan: Plan, now: number): Plan {
    this.wait = null;
    const gone = plan.deletions.there;
    if (gone.length === 0) {
      this.#gone.clear();
      return plan;
    }
    const going = new Set(gone);
    for (const id of this.#gone.keys()) if (!going.has(id)) this.#gone.delete(id);
    for (const id of gone) if (!this.#gone.has(id)) this.#gone.set(id, now);
    const adopted = this.#heirs(trees, plan);
    if (adopted.length > 0) return { ...plan, steps: adopted };
    const isFresh = ({ kind, id }: Step): boolean => kind === 'delete_there' && now - this.#since(id) < goneMilliseconds;
    const fresh = plan.steps.filter(isFresh);
    if (fresh.length === 0) return plan;
    this.wait = goneMilliseconds - (now - Math.max(...fresh.map(({ id }) => this.#since(id))));
    return { ...plan, steps: plan.steps.filter((step) => !isFresh(step)) };
  }

  #since(id: string): number {
    return this.#gone.get(id) ?? 0;
  }

  #heirs({ local, remote, synced }: Trees, plan: Plan): Step[] {
    return plan.steps.flatMap((step): Step[] => {
      const there = step.kind === 'delete_there' ? remote.get(step.id) : undefined;
      const agreed = synced.get(step.id);
      if (there?.kind !== 'file' || there.parentId === null || agreed === undefined || !samePlace(there, agreed)) return [];
      const heir = this.#store.local.occupants(there.parentId, there.name).find(({ name }) => name === there.name);
      const isNew = heir !== undefined && heir.kind === 'file' && !synced.has(heir.id) && !remote.has(heir.id) && !local.has(step.id);
      return isNew ? [{ kind: 'adopt', id: step.id, localId: heir.id }] : [];
    });
  }
}
