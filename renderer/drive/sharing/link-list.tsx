import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import type { Link } from '#shared/model/link.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ErrorNote, Note, RuleNote } from '../../ui/note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMemberName } from '../use-names.ts';
import { LinkForm } from './link-form.tsx';
import { LinkHistory } from './link-history.tsx';

/** The links to a file or folder: copied, ended, looked into; and a new one (DRV-13, DRV-14). */
export function LinkList({ node }: { node: Node }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { accountId } = useAccount();
  const [isMaking, setMaking] = useState(false);
  const [history, setHistory] = useState<Link | null>(null);
  const answer = useAnswer('link.list', { accountId, nodeId: node.id });
  if (answer.data === undefined) {
    if (answer.error === null) return <Skeleton rows={3} height={38} label={t('links')} />;
    return (
      <ErrorNote title={t('loadFailed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(answer.error))}
      </ErrorNote>
    );
  }
  const { links, mayCreate } = answer.data;
  const again = () => void answer.refetch();
  if (history !== null) return <LinkHistory link={history} onBack={() => setHistory(null)} />;
  return (
    <div className="share-body">
      {isMaking ? (
        <LinkForm
          node={node}
          onDone={() => {
            setMaking(false);
            again();
          }}
          onCancel={() => setMaking(false)}
        />
      ) : mayCreate ? (
        <Button icon="link" onClick={() => setMaking(true)}>
          {t('linkNew')}
        </Button>
      ) : (
        <RuleNote>{t('linkDenied')}</RuleNote>
      )}
      {links.length === 0 && !isMaking && <p className="sm t3">{t('linkNone')}</p>}
      <ul className="share-links">
        {links.map((link) => (
          <LinkRow key={link.id} link={link} onChanged={again} onHistory={() => setHistory(link)} />
        ))}
      </ul>
    </div>
  );
}

function LinkRow({ link, onChanged, onHistory }: { link: Link; onChanged: () => void; onHistory: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const format = useFormat();
  const nameOf = useMemberName();
  const toast = useToast();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const [problem, setProblem] = useState<string | null>(null);
  const [shownUrl, setShownUrl] = useState(false);
  const [now] = useState(() => Date.now());
  const isOver = link.expiresAt !== null && link.expiresAt <= now;
  const copy = () =>
    navigator.clipboard.writeText(link.url).then(
      () => toast({ key: 'drive', text: t('copied'), icon: 'done' }),
      () => setShownUrl(true),
    );
  const remove = async () => {
    try {
      await workspace['link.delete']({ accountId, linkId: link.id });
      onChanged();
    } catch (error) {
      setProblem(explain(problemOf(error)));
    }
  };
  const facts = [
    t(`permission_${link.permission}`),
    link.mayDownload ? null : t('noDownload'),
    link.hasPassword ? t('hasPassword') : null,
    isOver ? t('expired') : link.expiresAt === null ? t('expiresNever') : t('expiresAt', { at: format.stamp(link.expiresAt) }),
    link.opened === 0 ? t('openedNever') : t('opened', { count: link.opened }),
  ];
  return (
    <li className="share-link">
      <Icon name={link.scope === 'company' ? 'group' : 'globe'} size={16} className={isOver ? 't3' : 'accent'} />
      <span className="col grow">
        <span className="cut">{t(`scope_${link.scope}`)}</span>
        <span className="xs t3 num prose">{format.facts(facts)}</span>
        <span className="xs t3 cut">{format.facts([t('byWhom', { name: nameOf(link.createdBy) }), ...link.addresses])}</span>
        {(shownUrl || problem !== null) && (
          <Note icon={problem === null ? 'info' : 'error'} tone={problem === null ? 'caution' : 'danger'} alert>
            {problem ?? t('copyFailed')}
            {problem === null && <span className="selectable share-url">{link.url}</span>}
          </Note>
        )}
      </span>
      {!isOver && (
        <Button size="small" icon="copy" onClick={() => void copy()}>
          {t('copy')}
        </Button>
      )}
      <Menu
        align="end"
        entries={[
          { text: t('history'), icon: 'history', onSelect: onHistory },
          'line',
          { text: t('deleteLink'), icon: 'trash', danger: true, onSelect: () => void remove() },
        ]}
      >
        <IconButton small icon="more" label={t('linkMore')} />
      </Menu>
    </li>
  );
}
