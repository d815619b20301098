import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { Farewell } from '#shared/model/farewell.ts';
import { writeAtomically } from '../host/atomic-file.ts';

/** What people have still to be told about accounts that left this device; kept until they say that they have read it. */
export class ToldFarewells {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  all(): Farewell[] {
    if (!existsSync(this.#file)) return [];
    try {
      return z.array(Farewell).parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return [];
    }
  }

  add(farewell: Farewell): void {
    this.#write([...this.all().filter(({ id }) => id !== farewell.id), farewell]);
  }

  seen(ids: readonly string[]): void {
    this.#write(this.all().filter(({ id }) => !ids.includes(id)));
  }

  #write(all: readonly Farewell[]): void {
    if (all.length === 0) rmSync(this.#file, { force: true });
    else writeAtomically(this.#file, JSON.stringify(all));
  }
}
