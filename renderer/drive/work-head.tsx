import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, Space } from '#shared/model/drive.ts';
import type { WayStep } from '../app/drive-way.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { Chip } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Select } from '../ui/input.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { useTools } from './drive-tools.ts';
import type { DrivePlace } from './place.ts';
import { SearchField } from './search-field.tsx';
import type { ViewPrefs } from './view-prefs.ts';

interface WorkHeadProps {
  place: DrivePlace;
  space: Space | undefined;
  way: readonly WayStep[];
  folder: Node | null;
  isViewOnly: boolean;
  prefs: ViewPrefs;
  onPrefs: (change: Partial<ViewPrefs>) => void;
  search: { readonly text: string; readonly isOn: boolean };
  field: Ref<HTMLInputElement>;
  onSearch: (text: string) => void;
  onIntoResults: () => void;
  onLeaveSearch: () => void;
  /** Null where there are no details, or no room for them. */
  details: { readonly on: boolean; readonly set: (on: boolean) => void } | null;
  onShowTree: (() => void) | null;
}

/** Where one is, the search box, and how the place is looked at. */
export function WorkHead(props: WorkHeadProps) {
  const { place, space, way, folder, prefs, onPrefs, search, field, onSearch, onIntoResults, onLeaveSearch, details, onShowTree } = props;
  const { t } = useTranslation(['drive', 'explorer']);
  const { marks, actions } = useTools();
  const isFolder = place.kind === 'folder';
  const isTiles = prefs.view === 'tiles';
  // A drive's root is no folder of its own: there is nothing to star.
  const mayStar = folder !== null && folder.parentId !== null && !search.isOn;
  const isStarred = folder !== null && marks.isStarred(folder.id);
  return (
    <div className="head">
      {onShowTree !== null && <IconButton icon="back" label={t('backToFolders')} onClick={onShowTree} />}
      <HeadTitle place={place} space={space} way={way} />
      {mayStar && (
        <IconButton
          small
          icon={isStarred ? 'starred' : 'star'}
          label={t(isStarred ? 'explorer:do_unstar' : 'explorer:do_star')}
          onClick={() => void actions.setStarred([{ ...folder, name: way.at(-1)?.name ?? folder.name }], !isStarred)}
        />
      )}
      {props.isViewOnly && isFolder && <Chip icon="lock">{t('viewOnly')}</Chip>}
      <span className="push" />
      <SearchField ref={field} text={search.text} isOn={search.isOn} onText={onSearch} onInto={onIntoResults} onLeave={onLeaveSearch} />
      {isFolder && !search.isOn && (
        <IconButton
          icon={isTiles ? 'list' : 'tiles'}
          label={t(isTiles ? 'explorer:asList' : 'explorer:asTiles')}
          onClick={() => onPrefs({ view: isTiles ? 'list' : 'tiles' })}
        />
      )}
      {details !== null && !search.isOn && (
        <IconButton icon="details" label={t('details')} keys="Ctrl Shift I" pressed={details.on} onClick={() => details.set(!details.on)} />
      )}
    </div>
  );
}

function HeadTitle({ place, space, way }: Pick<WorkHeadProps, 'place' | 'space' | 'way'>) {
  const { t } = useTranslation(['drive', 'explorer']);
  const router = useRouter();
  const { spaces } = useTools();
  if (place.kind === 'folder') {
    return space === undefined ? <h1 className="unseen">{t('title')}</h1> : <Breadcrumbs space={space} way={way} />;
  }
  if (place.kind !== 'trash') return <h1 className="cut">{t(`explorer:place_${place.kind}`)}</h1>;
  return (
    <>
      <h1 className="cut">{t('trashOf', { space: space?.name ?? '' })}</h1>
      {spaces.length > 1 && (
        <Select
          label={t('explorer:trashOfWhich')}
          value={place.spaceId}
          options={spaces.map(({ id, name }) => ({ value: id, text: name }))}
          onChange={(id) => router.go(pathOf('drive', 'trash', id))}
        />
      )}
    </>
  );
}
