import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError, reasonOf } from '#shared/base/errors.ts';
import type { Space } from '#shared/model/drive.ts';
import type { RootRecord } from './root-record.ts';
import { freePath, missingDrives, type WholeAccount } from './whole-account.ts';

/** What the mode needs of the pairs of one account. */
export interface Pairs {
  all(): readonly RootRecord[];
  add(space: Space, folder: string): Promise<unknown>;
  /** The pair goes on with its folder under another name; `move` gives it that name, in between. */
  moveTo(record: RootRecord, folder: string, move: () => void): Promise<void>;
  report(error: unknown): void;
}

/** Whole-account mode: brings the pairs of an account to what its drives are now. Drives that went keep their folder; nothing is deleted. */
export async function keepWhole(whole: WholeAccount, spaces: readonly Space[], pairs: Pairs): Promise<void> {
  // The disk may not be there: nothing is made where the account's folder was.
  if (!existsSync(whole.folder)) return;
  for (const record of pairs.all().filter((one) => one.whole === true && one.ended === undefined)) {
    const space = spaces.find(({ id }) => id === record.spaceId);
    if (space !== undefined) await follow(whole, record, space, pairs);
  }
  const records = pairs.all();
  const taken = new Set(records.flatMap(({ folder }) => inWhole(whole, folder)));
  for (const { space, path } of missingDrives(whole, spaces, new Set(records.map(({ spaceId }) => spaceId)), taken)) {
    const folder = join(whole.folder, ...path.split('/'));
    try {
      mkdirSync(folder, { recursive: true });
      await pairs.add(space, folder);
    } catch (error) {
      // One that cannot be synced (such as a folder that another program uses) does not stop the others.
      if (!(error instanceof AppError) || reasonOf(error) === undefined) pairs.report(error);
    }
  }
}

/** A drive that was renamed has its folder renamed, where that is free and lies where it was made. */
async function follow(whole: WholeAccount, record: RootRecord, space: Space, pairs: Pairs): Promise<void> {
  const [own] = inWhole(whole, record.folder);
  if (own === undefined) return;
  const others = new Set(pairs.all().flatMap(({ rootId, folder }) => (rootId === record.rootId ? [] : inWhole(whole, folder))));
  const bare = (path: string): string => path.replace(/ \(\d+\)$/, '');
  const wanted = freePath(whole, space, others);
  if (wanted === own || bare(own) === bare(wanted)) return;
  const folder = join(whole.folder, ...wanted.split('/'));
  if (existsSync(folder) || !existsSync(record.folder)) return;
  await pairs.moveTo(record, folder, () => renameSync(record.folder, folder));
}

/** The path of a folder within that of the account, with `/`; none where it lies elsewhere. */
function inWhole({ folder }: WholeAccount, path: string): string[] {
  const below = relative(folder, path);
  const isBelow = below !== '' && !below.startsWith('..') && join(folder, below) === join(dirname(path), basename(path));
  return isBelow ? [below.split(sep).join('/')] : [];
}
