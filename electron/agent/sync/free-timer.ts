import { AppError } from '#shared/base/errors.ts';
import type { SyncHost } from './account.ts';
import { freeByItself, type FreeSettings } from './auto-free.ts';
import type { RootEngine } from './root-engine.ts';

const freeMilliseconds = 3_600_000;

/** Frees by the settings once an hour (EXP-07). */
export class FreeTimer {
  readonly #host: SyncHost;
  readonly #settings: () => Promise<FreeSettings>;
  readonly #engines: () => readonly RootEngine[];
  #cancel: () => void = () => undefined;

  constructor(host: SyncHost, settings: () => Promise<FreeSettings>, engines: () => readonly RootEngine[]) {
    this.#host = host;
    this.#settings = settings;
    this.#engines = engines;
  }

  start(): void {
    this.#cancel = this.#host.clock.after(freeMilliseconds, () => {
      this.start();
      void this.run();
    });
  }
  stop(): void {
    this.#cancel();
  }

  /** Frees what was not used for long, or what the disk has no room for. */
  async run(): Promise<void> {
    const settings = await this.#settings();
    for (const engine of this.#engines()) {
      try {
        if (!engine.paused && !engine.stopped && engine.record.ended === undefined) await freeByItself(engine, settings, this.#host);
      } catch (error) {
        // Offline, or the root stands still: the next hour is another one.
        if (!(error instanceof AppError)) this.#host.report(error);
      }
    }
  }
}
