import { AppError } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Space } from '#shared/model/drive.ts';
import type { Keep } from '#shared/sync/keeping.ts';
import type { SyncAccount } from './account.ts';
import { enrol } from './enrolment.ts';
import { judgePlace, judgeVolume } from './places.ts';
import type { RootRecord } from './root-record.ts';

/** What a person wants to be synced where. */
export interface Wish {
  readonly spaceId: string;
  /** Where only a folder of the space is meant. */
  readonly driveFolderId?: string | undefined;
  readonly folder: string;
  readonly keep?: Keep | undefined;
}

/** What a wish comes to, once nothing stands in its way. */
export interface Match {
  readonly space: Space;
  readonly record: Omit<RootRecord, 'rootId' | 'paused'>;
}

export const refused = (reason: string, subject?: string) =>
  new AppError('invalid', `This folder cannot be synced: ${reason}`, {
    details: { reason, ...(subject === undefined ? {} : { subject }) },
  });

export const spacesOf = async ({ transport }: Pick<SyncAccount, 'transport'>): Promise<Space[]> =>
  (await connect(tenant, transport.call)['drive.spaces']({})).spaces;

/** The ids from the top of the space down to a folder of it, and its path for people. Throws `not_found` for what is no folder there. */
export async function pathThere(account: Pick<SyncAccount, 'transport'>, folderId: string): Promise<{ ids: string[]; names: string[] }> {
  const { folder, path } = await connect(tenant, account.transport.call)['drive.children']({ folderId, limit: 1 });
  if (folder.trashed || folder.kind !== 'folder') throw new AppError('not_found', 'No such folder');
  return { ids: path.map(({ id }) => id), names: path.slice(1).map(({ name }) => name) };
}

/** EXP-02: this PC syncs from now on. Throws `invalid` with `too_many_pcs` where the member has as many as the rule says. */
export async function requirePc(account: SyncAccount): Promise<void> {
  const { enrolled, most } = await enrol(account);
  if (!enrolled) throw refused('too_many_pcs', String(most));
}

/**
 * Judges a wish: the number of pairs (EXP-04), the place on this PC (EXP-05), and that no two pairs hold the same part of a
 * space. Throws `invalid` with the reason, `not_found` for a space or folder that the member does not see.
 * @param own the pairs of the account
 * @param folders of all pairs on this PC
 * @param whole it is made by the whole-account mode, whose pairs nobody counts
 */
export async function match(
  account: SyncAccount,
  wish: Wish,
  own: readonly RootRecord[],
  folders: readonly string[],
  whole = false,
): Promise<Match> {
  const rules = account.policy().sync;
  const { spaceId, driveFolderId } = wish;
  if (!whole && rules.mostPairs > 0 && own.filter(({ whole }) => whole !== true).length >= rules.mostPairs)
    throw refused('too_many_roots', String(rules.mostPairs));
  const { folder, refusal } = judgePlace(wish.folder, folders, { accountId: account.accountId, spaceId }, rules);
  if (refusal !== null) throw refused(refusal);
  const place = await judgeVolume(folder, rules);
  if (place !== null) throw refused(place);
  const space = (await spacesOf(account)).find(({ id }) => id === spaceId);
  if (space === undefined || space.permission === 'none') throw new AppError('not_found', 'No such space');
  const isWhole = driveFolderId === undefined || driveFolderId === space.rootId;
  const there = isWhole ? { ids: [space.rootId], names: [] } : await pathThere(account, driveFolderId);
  if (!there.ids.includes(space.rootId)) throw new AppError('not_found', 'No such folder');
  const topId = there.ids.at(-1)!;
  for (const other of own.filter((record) => record.spaceId === spaceId)) {
    if (other.topId === topId) throw refused('space_in_use');
    if (there.ids.includes(other.topId)) throw refused('drive_folder_nested', other.folder);
    const above =
      other.topId === space.rootId
        ? []
        : await pathThere(account, other.topId).then(
            ({ ids }) => ids,
            () => [],
          );
    if (above.includes(topId)) throw refused('drive_folder_nested', other.folder);
  }
  const record = {
    spaceId,
    spaceName: space.name,
    spaceKind: space.kind,
    topId,
    folder,
    keep: wish.keep ?? 'always',
    writable: space.permission === 'edit',
    ...(isWhole ? {} : { drivePath: there.names.join('/') }),
  } as const;
  return { space, record };
}
