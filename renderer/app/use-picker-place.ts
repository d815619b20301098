import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { wayTo, type WayStep } from './drive-way.ts';
import { folderRows, spaceRows, type PickerRow, type Wanted } from './drive-picker-rows.ts';
import { problemOf, type Problem } from './explain.ts';
import { useAccount, useAnswer } from './host-context.tsx';
import { useRemembered } from './use-remembered.ts';

/** Where the picker is and what is there. */
export interface PickerPlace {
  /** Null where all drives are listed. */
  readonly folderId: string | null;
  readonly space: Space | undefined;
  /** From the drive to the folder in view; empty at the top and until it is known. */
  readonly way: readonly WayStep[];
  /** Undefined while the answer is on its way. */
  readonly rows: readonly PickerRow[] | undefined;
  readonly problem: Problem | null;
  readonly retry: () => void;
  readonly go: (folderId: string | null) => void;
}

/** One walk through the drives, which begins where the last one of this account in this window ended. */
export function usePickerPlace(wanted: Wanted): PickerPlace {
  const { t } = useTranslation('drive');
  const { accountId, policy } = useAccount();
  const [place, setPlace] = useRemembered('picker.place', '');
  const folderId = place === '' ? null : place;
  const drives = useAnswer('drive.spaces', { accountId });
  const listing = useAnswer('drive.children', folderId === null ? null : { accountId, folderId });
  // One's own drive is called so in one's own language, whatever the server's is.
  const spaces = useMemo(
    () => drives.data?.spaces.map((space) => (space.kind === 'my' ? { ...space, name: t('mySpaces') } : space)),
    [drives.data, t],
  );
  const space = spaces?.find(({ id }) => id === listing.data?.folder.spaceId);
  const asked = folderId === null ? drives : listing;
  const rows = useMemo(() => {
    if (folderId === null) return spaces === undefined ? undefined : spaceRows(spaces, wanted);
    return listing.data === undefined ? undefined : folderRows(listing.data.nodes, wanted, policy);
  }, [folderId, spaces, listing.data, wanted, policy]);
  const way = useMemo(
    () =>
      folderId === null || space === undefined || listing.data === undefined ? [] : wayTo(space, listing.data.path, listing.data.folder),
    [folderId, space, listing.data],
  );
  return {
    folderId,
    space: folderId === null ? undefined : space,
    way,
    rows,
    problem: asked.isError && rows === undefined ? problemOf(asked.error) : null,
    retry: () => void asked.refetch(),
    go: (next) => setPlace(next ?? ''),
  };
}
