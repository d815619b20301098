import { AppError } from '#shared/base/errors.ts';

/** Runs work that brings something up to date: one at a time; asked again meanwhile, it runs once more. Failures end it quietly, bugs are reported. */
export class Puller {
  readonly #work: () => Promise<void>;
  readonly #report: (bug: unknown) => void;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(work: () => Promise<void>, report: (bug: unknown) => void) {
    this.#work = work;
    this.#report = report;
  }

  /** Resolves when what was asked for by now has been tried. */
  run(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Resolves when nothing is running. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #loop(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#work();
      } catch (error) {
        // Whoever keeps the connection knows of failures; the next connect asks for everything since the cursor.
        if (!(error instanceof AppError)) this.#report(error);
        return;
      }
    } while (this.#again);
  }
}
