import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredLink } from '#shared/contract/admin-links.ts';
import { LinkScope } from '#shared/model/rules-drive.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../../ui/file.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { Empty } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { DataGrid, type Column } from '../app/data-grid.tsx';
import { FormDialog } from '../app/form.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';

const most = 1_000;

/** Every link of the company (DRV-11 to DRV-14): who may open what until when, and ending any of them. */
export function LinksScreen() {
  const { t } = useTranslation(['drives', 'ruleNames']);
  const toast = useToast();
  const [text, setText] = useState('');
  const [scope, setScope] = useState<LinkScope | 'all'>('all');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const wanted = useDeferredValue(text.trim());
  const question = { limit: most, ...(wanted === '' ? {} : { text: wanted }), ...(scope === 'all' ? {} : { scope }) };
  const answer = useAnswer('link.all', question, { keep: true });
  const act = useAct('link.end');
  const columns = useColumns();
  const ids = (answer.data?.links ?? []).filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const end = async () => {
    const done = await act.run({ linkIds: ids });
    if (done === null) return;
    setAsking(false);
    setChosen(new Set());
    toast({ text: t('linksEnded', { count: done.ended }), icon: 'done' });
  };
  return (
    <Page
      title={t('allLinks')}
      mark={answer.data !== undefined && <span className="sm t3 num">{t('nLinks', { count: answer.data.total })}</span>}
      actions={
        <Button
          icon="close"
          disabled={ids.length === 0}
          title={ids.length === 0 ? t('chooseLinks') : undefined}
          onClick={() => setAsking(true)}
        >
          {t('endLinks')}
        </Button>
      }
    >
      <search className="filters">
        <Input
          label={null}
          aria-label={t('searchLinks')}
          placeholder={t('searchLinks')}
          type="search"
          className="grow"
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select
          label={t('linkScope')}
          value={scope}
          options={[
            { value: 'all' as const, text: t('allScopes') },
            ...LinkScope.options.map((value) => ({ value, text: t(`ruleNames:of_${value}`) })),
          ]}
          onChange={setScope}
        />
      </search>
      <Answered answer={answer}>
        {({ links }) =>
          links.length === 0 ? (
            <Empty icon="link" title={t(wanted === '' && scope === 'all' ? 'noLinksYet' : 'noLinksFound')} />
          ) : (
            <DataGrid
              label={t('allLinks')}
              columns={columns}
              rows={links}
              keyOf={({ id }) => id}
              rowHeight={44}
              selection={{ chosen, change: setChosen, labelOf: ({ nodeName }) => nodeName, all: t('chooseAllLinks') }}
            />
          )
        }
      </Answered>
      {asking && (
        <FormDialog
          title={t('endLinksTitle', { count: ids.length })}
          submit={t('endLinksDo')}
          look="danger"
          busy={act.busy}
          problem={act.problem}
          onClose={() => setAsking(false)}
          onSubmit={() => void end()}
        >
          <p className="prose">{t('endLinksMore')}</p>
        </FormDialog>
      )}
    </Page>
  );
}

function useColumns(): readonly Column<AdministeredLink>[] {
  const { t } = useTranslation(['drives', 'ruleNames']);
  const format = useFormat();
  return [
    {
      id: 'what',
      title: t('linkTo'),
      width: 'minmax(180px, 2fr)',
      render: ({ nodeName, nodeKind, spaceName }) => (
        <span className="row">
          <FileIcon small kind={nodeKind === 'folder' ? 'folder' : fileKind(nodeName)} />
          <span className="col grow">
            <FileName name={nodeName} />
            <span className="xs t3 cut">{spaceName}</span>
          </span>
        </span>
      ),
    },
    {
      id: 'who',
      title: t('linkScope'),
      width: 'minmax(160px, 1.2fr)',
      render: ({ scope, hasPassword, permission }) => (
        <span className="col">
          <span className="cut">{t(`ruleNames:of_${scope}`)}</span>
          <span className="row">
            {hasPassword && <Chip icon="lock">{t('withPassword')}</Chip>}
            {permission === 'edit' && <Chip tone="caution">{t('mayAdd')}</Chip>}
          </span>
        </span>
      ),
    },
    {
      id: 'maker',
      title: t('linkMaker'),
      width: 'minmax(100px, 1fr)',
      render: ({ createdByName }) => <span className="cut">{createdByName}</span>,
    },
    {
      id: 'until',
      title: t('linkUntil'),
      width: '120px',
      minor: true,
      render: ({ expiresAt }) => <span className="num">{expiresAt === null ? t('linkForEver') : format.date(expiresAt)}</span>,
    },
    {
      id: 'opened',
      title: t('linkOpened'),
      width: '150px',
      end: true,
      render: ({ opened, lastOpenedAt }) => (
        <span className="num">{format.facts([String(opened), lastOpenedAt === null ? null : format.moment(lastOpenedAt)])}</span>
      ),
    },
  ];
}
