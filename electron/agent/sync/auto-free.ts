import { settings } from '#shared/model/settings.ts';
import type { SyncHost } from './account.ts';
import { freeFiles, type Freed } from './free-files.ts';
import { keepHere } from './keep-orders.ts';
import type { RootEngine } from './root-engine.ts';
import { pathOf, type RootContext } from './root-context.ts';
import type { LocalRow } from './rows.ts';

/** When files that were only opened go again by themselves (EXP-07); zero is never. */
export interface FreeSettings {
  readonly freeAfterDays: number;
  readonly freeBelowGiB: number;
}

/** The settings of the app that say so; what is none of them counts as not set. */
export function freeSettings(values: Readonly<Record<string, unknown>>): FreeSettings {
  const read = (key: 'freeAfterDays' | 'freeBelowGiB'): number => settings[key].schema.catch(settings[key].fallback).parse(values[key]);
  return { freeAfterDays: read('freeAfterDays'), freeBelowGiB: read('freeBelowGiB') };
}

const dayMilliseconds = 24 * 3_600_000;
const gibibyte = 1024 ** 3;

/**
 * Frees what nobody decided to have here and nobody has used for `freeAfterDays`; then, where the disk has less than `freeBelowGiB` left, what was not used for longest until there is room.
 * Used means: opened through us, read or written, whichever was last.
 */
export async function freeByItself(engine: RootEngine, wanted: FreeSettings, { clock }: Pick<SyncHost, 'clock'>): Promise<Freed | null> {
  if (wanted.freeAfterDays === 0 && wanted.freeBelowGiB === 0) return null;
  const kept = keepHere(engine);
  if ((engine.record.keep ?? 'always') === 'always' && ![...engine.keeping.rows.values()].some(({ keep }) => keep === 'online_only'))
    return null;
  return engine.order((context) => {
    const due = dueFiles(
      context,
      temporaryFiles(context, (id) => kept(id) === 'online_only'),
      wanted,
      clock.now(),
    );
    return due.length === 0 ? null : freeFiles(context, due, (folderId) => kept(folderId) === 'online_only');
  });
}

interface Used {
  readonly row: LocalRow;
  readonly at: number;
}

/** Oldest first. */
function temporaryFiles(context: RootContext, isTemporary: (id: string) => boolean): Used[] {
  const { store, disk, keeping, topId } = context;
  const found: Used[] = [];
  for (const row of store.local.values()) {
    if (row.kind !== 'file' || !isTemporary(row.id)) continue;
    const read = disk.files.lstat(disk.at(pathOf(store, row.id, topId)))?.atimeMs;
    const opened = keeping.rows.get(row.id)?.openedAt ?? 0;
    found.push({ row, at: Math.max(row.modifiedAt, opened, read === undefined ? 0 : Number(read)) });
  }
  return found.sort((a, b) => a.at - b.at);
}

function dueFiles({ disk }: RootContext, files: readonly Used[], { freeAfterDays, freeBelowGiB }: FreeSettings, now: number): LocalRow[] {
  const before = freeAfterDays === 0 ? -Infinity : now - freeAfterDays * dayMilliseconds;
  const { bavail, bsize } = disk.files.statfs(disk.root);
  let missing = freeBelowGiB === 0 ? 0 : freeBelowGiB * gibibyte - bavail * bsize;
  const due: LocalRow[] = [];
  for (const { row, at } of files) {
    if (at >= before && missing <= 0) break;
    due.push(row);
    missing -= row.sizeBytes;
  }
  return due;
}
