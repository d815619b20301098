import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { VersionNumber } from '#shared/model/rules-reach.ts';
import { Chip } from '../../ui/badge.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { Empty } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { DataGrid, type Column } from '../app/data-grid.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { useKindName } from '../rules/client-kinds.ts';
import { DeviceDetails } from './device-details.tsx';
import './devices.css';

const most = 1_000;

/** Where the company's programs run (ACC-28, ACC-49, ACC-51, ADM-20, ADM-21). The path may name a version: `version/3.4.0`. */
export function DevicesScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation('devices');
  const [text, setText] = useState('');
  const [trusted, setTrusted] = useState<'all' | 'yes' | 'no'>('all');
  const [upTo, setUpTo] = useState(path[0] === 'version' ? (path[1] ?? '') : '');
  const [openId, setOpenId] = useState<string | null>(null);
  const wanted = useDeferredValue(text.trim());
  const version = upTo.trim().normalize('NFKC');
  const isVersion = VersionNumber.safeParse(version).success;
  const answer = useAnswer(
    'device.list',
    {
      limit: most,
      ...(wanted === '' ? {} : { text: wanted }),
      ...(trusted === 'all' ? {} : { trusted: trusted === 'yes' }),
      ...(isVersion ? { versionUpTo: version } : {}),
    },
    { keep: true },
  );
  const columns = useColumns();
  const open = answer.data?.devices.find(({ id }) => id === openId) ?? null;
  return (
    <Page
      title={t('title')}
      mark={answer.data !== undefined && <span className="sm t3 num">{t('count', { count: answer.data.devices.length })}</span>}
    >
      <search className="device-filters">
        <Input
          label={null}
          aria-label={t('search')}
          placeholder={t('search')}
          type="search"
          className="grow"
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select
          label={t('trusted')}
          value={trusted}
          options={[
            { value: 'all', text: t('trustedAll') },
            { value: 'yes', text: t('trustedYes') },
            { value: 'no', text: t('trustedNo') },
          ]}
          onChange={setTrusted}
        />
        <span className="row">
          <span className="sm t2 nowrap" id="up-to">
            {t('upTo')}
          </span>
          <Input
            label={null}
            aria-labelledby="up-to"
            placeholder={t('upToHint')}
            className="device-version"
            value={upTo}
            problem={version === '' || isVersion ? null : t('versionFault')}
            onChange={(event) => setUpTo(event.target.value)}
          />
        </span>
      </search>
      <Answered answer={answer}>
        {({ devices }) => (
          <div className="device-columns">
            {devices.length === 0 ? (
              <Empty icon="device" title={t('nothing')} />
            ) : (
              <DataGrid
                label={t('title')}
                columns={columns}
                rows={devices}
                keyOf={({ id }) => id}
                rowHeight={44}
                onOpen={({ id }) => setOpenId(id)}
              />
            )}
            {open !== null && <DeviceDetails key={open.id} device={open} onClose={() => setOpenId(null)} />}
          </div>
        )}
      </Answered>
    </Page>
  );
}

function useColumns(): readonly Column<AdministeredDevice>[] {
  const { t } = useTranslation('devices');
  const format = useFormat();
  const kindName = useKindName();
  return [
    {
      id: 'device',
      title: t('device'),
      width: 'minmax(130px, 1.3fr)',
      render: ({ name, platform }) => (
        <span className="col">
          <span className="cut">{name}</span>
          <span className="xs t3 cut">{platform}</span>
        </span>
      ),
    },
    { id: 'member', title: t('member'), width: 'minmax(96px, 1fr)', render: ({ memberName }) => <span className="cut">{memberName}</span> },
    {
      id: 'programs',
      title: t('programs'),
      width: 'minmax(110px, 1fr)',
      render: ({ kinds, appVersion }) => (
        <span className="col">
          <span className="cut">{format.facts(kinds.map(kindName))}</span>
          <span className="xs t3 num cut">{appVersion}</span>
        </span>
      ),
    },
    {
      id: 'lastSeen',
      title: t('lastSeen'),
      width: '140px',
      render: ({ lastSeenAt, address }) => (
        <span className="col">
          <span className="num cut">{format.stamp(lastSeenAt)}</span>
          <span className="xs t3 num cut">{address}</span>
        </span>
      ),
    },
    { id: 'state', title: t('state'), width: '132px', render: (device) => <DeviceState device={device} /> },
  ];
}

function DeviceState({ device }: { device: AdministeredDevice }) {
  const { t } = useTranslation('devices');
  if (device.wipe === 'ordered') return <Chip tone="caution">{t('wipeOrdered')}</Chip>;
  if (device.wipe === 'done') return <Chip tone="danger">{t('wipeDone')}</Chip>;
  return device.trustedUntil === null ? null : (
    <Chip tone="positive" icon="shield">
      {t('trusted')}
    </Chip>
  );
}
