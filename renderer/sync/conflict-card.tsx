import { useTranslation } from 'react-i18next';
import type { SyncConflict } from '#shared/contract/sync-care.ts';
import { useMembers } from '../app/people.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FileName } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import { ConflictPage, useSideText } from './conflict-page.tsx';
import { splitPath } from './issues.ts';

export type ConflictChoice = 'both' | 'mine' | 'theirs';

interface ConflictCardProps {
  conflict: SyncConflict;
  onShow: (path: string) => void;
  onChoose: (choice: ConflictChoice) => void;
}

/** Two contents of one file side by side (EXP-13), with the choice; the one that is not kept stays a version or in the trash. */
export function ConflictCard({ conflict, onShow, onChoose }: ConflictCardProps) {
  const { t } = useTranslation('sync');
  const { theirs, mine } = conflict;
  const { name, folders } = splitPath(theirs.path);
  const theirText = useSideText(theirs);
  const myText = useSideText(mine);
  return (
    <article className="sync-card" aria-label={name}>
      <div className="sync-card-head">
        <Icon name="both" size={18} className="caution" />
        <span className="col grow">
          <span className="row">
            <b className="cut">{name}</b>
            <span className="t3 sm cut">{folders.join(' › ')}</span>
          </span>
          <span className="sm t2">{t('conflict')}</span>
        </span>
        <Menu
          align="end"
          entries={[theirs, mine].map(({ path }) => ({
            text: t('showFileOf', { name: splitPath(path).name }),
            icon: 'open' as const,
            onSelect: () => onShow(path),
          }))}
        >
          <IconButton icon="more" label={t('moreFor', { name })} />
        </Menu>
      </div>
      <div className="conflict-sides">
        <Side title={t('serverVersion')} side={theirs} text={theirText} other={myText} />
        <Side title={t('localVersion')} side={mine} text={myText} other={theirText} />
      </div>
      <div className="sync-card-foot row wrap">
        <span className="sm t2 phrase prose grow">{t('conflictHint')}</span>
        <Button size="small" onClick={() => onChoose('theirs')}>
          {t('keepTheirs')}
        </Button>
        <Button size="small" onClick={() => onChoose('mine')}>
          {t('keepMine')}
        </Button>
        <Button size="small" look="primary" onClick={() => onChoose('both')}>
          {t('keepBoth')}
        </Button>
      </div>
    </article>
  );
}

interface SideProps {
  title: string;
  side: SyncConflict['mine'];
  text: string | null;
  other: string | null;
}

function Side({ title, side, text, other }: SideProps) {
  const format = useFormat();
  const members = useMembers();
  const author = side.by === null ? undefined : members.get(side.by);
  return (
    <section className="conflict-side" aria-label={title}>
      <span className="row conflict-title">
        <b className="sm nowrap">{title}</b>
        <span className="push xs t3 conflict-name selectable">
          <FileName name={splitPath(side.path).name} />
        </span>
      </span>
      <span className="row conflict-title">
        {author !== undefined && (
          <>
            <Avatar id={author.id} name={author.name} size="small" />
            <span className="sm cut">{author.name}</span>
          </>
        )}
        <span className="push xs t3 num nowrap">{format.facts([format.moment(side.modifiedAt), format.size(side.sizeBytes)])}</span>
      </span>
      <ConflictPage side={side} text={text} other={other} />
    </section>
  );
}
