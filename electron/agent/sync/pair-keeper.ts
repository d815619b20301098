import { AppError } from '#shared/base/errors.ts';
import type { Space } from '#shared/model/drive.ts';
import type { Keep } from '#shared/sync/keeping.ts';
import type { SyncHost } from './account.ts';
import { keepWhole } from './account-mode.ts';
import { enrol } from './enrolment.ts';
import type { OpenAccount } from './open-account.ts';
import { endByDisk, endByFolder, endByRights, type PairEnd } from './pair-ends.ts';
import { spacesOf } from './pairing.ts';
import type { RootEngine } from './root-engine.ts';
import type { RootRecord } from './root-record.ts';

/** What keeping the pairs true needs of whoever runs them. */
export interface PairKeeperOptions {
  readonly host: SyncHost;
  /** How long a folder must be gone before its pair ends, in milliseconds. */
  readonly graceMilliseconds: number;
  isOpen(open: OpenAccount): boolean;
  /** The same pair under another record; `between` is done while nobody works on it. */
  restart(open: OpenAccount, engine: RootEngine, record: RootRecord, between?: () => void): Promise<void>;
  /** Makes a pair of the whole-account mode. */
  add(open: OpenAccount, spaceId: string, folder: string, keep: Keep): Promise<unknown>;
  /** What people see of the account's pairs may have changed. */
  onChange(open: OpenAccount): void;
}

/** Keeps pairs true to what the drives, the rights and the folders are: names, ends (EXP-06), the number of PCs (EXP-02), and the whole-account mode. */
export class PairKeeper {
  readonly #options: PairKeeperOptions;
  readonly #missing = new Set<RootEngine>();

  constructor(options: PairKeeperOptions) {
    this.#options = options;
  }

  /** Asks the server about this PC and the drives; what cannot be asked now is asked again with the next connection. Never rejects. */
  refresh(open: OpenAccount): Promise<void> {
    open.refreshing = open.refreshing.then(() => this.#look(open));
    return open.refreshing;
  }

  async #look(open: OpenAccount): Promise<void> {
    if (!this.#options.isOpen(open)) return;
    try {
      if (open.engines.size > 0) await this.#enrol(open);
      const spaces = await spacesOf(open.account);
      if (!this.#options.isOpen(open)) return;
      const known = new Map(spaces.map((space) => [space.id, space]));
      for (const engine of [...open.engines.values()]) await this.#take(open, engine, known.get(engine.record.spaceId));
      await this.#keepWhole(open, spaces);
    } catch (error) {
      if (AppError.from(error).code === 'internal') this.#options.host.report(error);
    }
  }

  /** EXP-02: a PC that is one too many stands still until another was withdrawn. */
  async #enrol(open: OpenAccount): Promise<void> {
    const tooManyPcs = !(await enrol(open.account)).enrolled;
    if (open.tooManyPcs === tooManyPcs || !this.#options.isOpen(open)) return;
    open.tooManyPcs = tooManyPcs;
    for (const engine of [...open.engines.values()]) await this.#options.restart(open, engine, engine.record);
  }

  /** Name, kind and rights of a drive as they are now. */
  async #take(open: OpenAccount, engine: RootEngine, space: Space | undefined): Promise<void> {
    const { record } = engine;
    const end = endByRights(engine, space);
    if (record.ended !== undefined) {
      const isBack = record.whole === true && end === null && (record.ended === 'drive_lost' || record.ended === 'edit_right_lost');
      if (isBack) await this.#options.restart(open, engine, { ...record, ended: undefined });
      return;
    }
    if (end !== null || space === undefined) return this.#end(open, engine, end ?? 'drive_lost');
    if (record.spaceKind !== space.kind || record.spaceName !== space.name) {
      engine.record = { ...record, spaceKind: space.kind, spaceName: space.name };
      open.list.put(engine.record);
      this.#options.onChange(open);
    }
    if (engine.report.writable !== (space.permission === 'edit')) {
      engine.report.writable = space.permission === 'edit';
      engine.nudge();
    }
  }

  /** The pair is over; what it brought stays, and it is listed with the reason until a person takes it away. */
  async #end(open: OpenAccount, engine: RootEngine, ended: PairEnd): Promise<void> {
    await this.#options.restart(open, engine, { ...engine.record, ended });
    open.engines.get(engine.record.rootId)?.forget();
  }

  async #keepWhole(open: OpenAccount, spaces: readonly Space[]): Promise<void> {
    const whole = open.list.whole();
    if (whole === null || open.tooManyPcs) return;
    await keepWhole(whole, spaces, {
      all: () => open.list.all(),
      add: ({ id }, folder) => this.#options.add(open, id, folder, whole.keep),
      moveTo: async (record, folder, move) => {
        const engine = open.engines.get(record.rootId);
        if (engine !== undefined) await this.#options.restart(open, engine, { ...engine.record, folder }, move);
      },
      report: this.#options.host.report,
    });
  }

  /** Ends pairs whose folder is gone, on either side. */
  lookForEnds(open: OpenAccount): void {
    const engines = [...open.engines.values()];
    for (const engine of engines) {
      if (engine.record.ended !== undefined || engine.stopped) continue;
      if (engine.halted === 'root_missing') this.#endIfGone(open, engine);
      const others = engines.filter((other) => other !== engine);
      const end = endByFolder(engine, others);
      if (end !== null) void this.#end(open, engine, end);
    }
  }

  #endIfGone(open: OpenAccount, engine: RootEngine): void {
    const { host, graceMilliseconds } = this.#options;
    if (this.#missing.has(engine) || endByDisk(engine, host) === null) return;
    this.#missing.add(engine);
    host.clock.after(graceMilliseconds, () => {
      this.#missing.delete(engine);
      const end = engine.stopped ? null : endByDisk(engine, host);
      if (end !== null) void this.#end(open, engine, end);
    });
  }
}
