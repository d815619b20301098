import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Farewell } from '#shared/model/farewell.ts';
import { AccountId } from '#shared/model/ids.ts';
import { FolderFate } from '#shared/model/rules-account.ts';
import { writeAtomically } from '../host/atomic-file.ts';
import { Survey } from './survey.ts';

/** What is to become of one folder; written down before anything of it is touched. */
export const RootTask = z.object({
  rootId: z.string(),
  folder: z.string(),
  /** The folder's own identity, without its device. */
  identity: z.string(),
  fate: FolderFate.exclude(['keep']),
  /** Where its content goes; null for erasing. */
  target: z.string().nullable(),
  survey: Survey,
});
export type RootTask = z.infer<typeof RootTask>;

/** A farewell under way: what a restart must go on with. */
const Journal = z.object({
  accountId: AccountId,
  farewell: Farewell,
  recoveryKey: z.string().nullable(),
  /** Folders that are not done yet. */
  tasks: z.array(RootTask),
  /** Unsent messages are sealed, or there is nothing to read them with any more. */
  messagesDone: z.boolean(),
  /** Everything is gone but the device's key: the server must still hear of it. */
  onlyTell: z.boolean(),
});
export type Journal = z.infer<typeof Journal>;

/** The farewells under way, one file for each account. */
export class Journals {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #file(accountId: string): string {
    return path.join(this.#folder, `${accountId}.json`);
  }

  all(): Journal[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((name) => {
      const id = /^([^.]+)\.json$/.exec(name)?.[1];
      const journal = id === undefined ? null : this.get(id);
      return journal === null ? [] : [journal];
    });
  }

  get(accountId: string): Journal | null {
    try {
      return Journal.parse(JSON.parse(readFileSync(this.#file(accountId), 'utf8')));
    } catch {
      // None, or one that cannot be read: then nothing more is erased.
      return null;
    }
  }

  put(journal: Journal): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeAtomically(this.#file(journal.accountId), JSON.stringify(journal));
  }

  remove(accountId: string): void {
    rmSync(this.#file(accountId), { force: true });
  }
}
