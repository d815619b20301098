import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { useAccount, useAnswer } from '../../app/host-context.tsx';
import { useMembers } from '../../app/people.tsx';
import { Avatar, TileAvatar } from '../../ui/avatar.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';

const mostShown = 5;
const everybody = '*';

/** With whom it is shared, in short, and the way to change that. */
export function SharedWith({ node, onShare }: { node: Node; onShare: (start: 'people' | 'links') => void }) {
  const { t } = useTranslation('sharing');
  const format = useFormat();
  const people = useMembers();
  const { accountId } = useAccount();
  // A file is used by whoever uses its folder.
  const folderId = node.kind === 'folder' ? node.id : node.parentId;
  const permissions = useAnswer('drive.permissions', folderId === null ? null : { accountId, folderId });
  const links = useAnswer('link.list', { accountId, nodeId: node.id });
  const members = (permissions.data?.members ?? []).filter(({ permission }) => permission !== 'none');
  return (
    <section className="details-part" aria-label={t('sharedWith')}>
      <h2>{t('sharedWith')}</h2>
      <ul className="shared-people">
        {members.slice(0, mostShown).map(({ member, permission }) => {
          const name = member === everybody ? t('everybody') : (people.get(member)?.name ?? member);
          return (
            <li key={member} className="row sm">
              {member === everybody ? <TileAvatar icon="group" size="small" /> : <Avatar id={member} name={name} size="small" />}
              <span className="grow cut">{name}</span>
              <span className="xs t3">{t(`may_${permission}`)}</span>
            </li>
          );
        })}
      </ul>
      {members.length > mostShown && (
        <LinkButton className="xs" onClick={() => onShare('people')}>
          {format.facts([`+${members.length - mostShown}`, t('openShare')])}
        </LinkButton>
      )}
      <div className="row wrap shared-buttons">
        {node.kind === 'folder' && (
          <Button size="small" icon="group" onClick={() => onShare('people')}>
            {t('share')}
          </Button>
        )}
        <Button size="small" icon="link" onClick={() => onShare('links')}>
          {format.facts([t('links'), links.data === undefined || links.data.links.length === 0 ? null : String(links.data.links.length)])}
        </Button>
      </div>
    </section>
  );
}
