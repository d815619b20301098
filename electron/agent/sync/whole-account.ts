import type { Space } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { diskName } from '#shared/sync/disk-name.ts';
import { numberedName } from '#shared/sync/conflict-name.ts';
import type { Keep } from '#shared/sync/keeping.ts';

/** Whole-account mode: one folder on this PC with one folder for each drive of the account. */
export interface WholeAccount {
  readonly folder: string;
  readonly keep: Keep;
  /** Folders of rooms too, in a folder of their own. */
  readonly rooms: boolean;
  /** What that folder and one's own drive are called here: chosen once, in the person's language. */
  readonly names: { readonly rooms: string; readonly my: string };
}

/** What folders without a name of their own are called, by the app's setting for the language. */
export function placeNames(
  { language }: Readonly<Record<string, unknown>>,
  system = Intl.DateTimeFormat().resolvedOptions().locale,
): WholeAccount['names'] {
  const isJapanese = language === 'ja' || (language !== 'en' && system.startsWith('ja'));
  return isJapanese ? { rooms: 'ルームのフォルダー', my: 'マイドライブ' } : { rooms: 'Room folders', my: 'My Drive' };
}

/** A drive that has no pair yet, and the path of its folder within that of the account. */
export interface Missing {
  readonly space: Space;
  readonly path: string;
}

/** Names that every disk holds, whatever this one can. */
const strictest = { caseSensitive: false, windowsNames: true };

/** Which drives want a pair: those that have none at all, each under its name, with a number where two are called the same. */
export function missingDrives(
  whole: WholeAccount,
  spaces: readonly Space[],
  paired: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): Missing[] {
  const used = new Set([...taken].map(foldedName));
  return spaces.flatMap((space) => {
    if (paired.has(space.id) || space.permission === 'none' || (space.kind === 'room' && !whole.rooms)) return [];
    const path = freePath(whole, space, used);
    used.add(foldedName(path));
    return [{ space, path }];
  });
}

/** Where the folder of a drive lies: under its name, or the next free number of that. */
export function freePath(whole: WholeAccount, space: Pick<Space, 'kind' | 'name'>, used: ReadonlySet<string>): string {
  const inside = space.kind === 'room' ? `${whole.names.rooms}/` : '';
  const name = diskName(space.kind === 'my' ? whole.names.my : space.name, strictest);
  const isTaken = (candidate: string): boolean =>
    used.has(foldedName(inside + candidate)) || (inside === '' && candidate === whole.names.rooms);
  return inside + (isTaken(name) ? numberedName(name, isTaken) : name);
}
