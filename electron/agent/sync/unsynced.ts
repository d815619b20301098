import type { Plan, Step } from '#shared/sync/plan.ts';

/** Bookkeeping and looks change nothing that anybody waits for. */
const silent: ReadonlySet<Step['kind']> = new Set(['agree', 'forget', 'adopt', 'renew', 'release', 'hash']);

/** Since when things are not in step: how old the oldest of them is tells whether something is stuck, however fast the others come and go. */
export class Unsynced {
  #since = new Map<string, number>();

  /** Takes in what a plan finds to do, or holds back; `now` in epoch milliseconds. */
  see({ steps, skipped }: Plan, now: number): void {
    const since = new Map<string, number>();
    const note = (id: string): void => void since.set(id, this.#since.get(id) ?? now);
    for (const { kind, id } of steps) if (!silent.has(kind)) note(id);
    for (const { id, reason } of skipped) if (reason === 'mass_delete' || reason === 'mass_rewrite') note(id);
    this.#since = since;
  }

  /** Epoch milliseconds; undefined where everything is in step. */
  get oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const at of this.#since.values()) if (oldest === undefined || at < oldest) oldest = at;
    return oldest;
  }
}
