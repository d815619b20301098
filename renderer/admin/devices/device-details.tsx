import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { useKindName } from '../rules/client-kinds.ts';
import { countryName } from '../rules/countries.ts';
import { useRuleTexts } from '../rules/rule-text.ts';

/** One device, with what can be done to it. */
export function DeviceDetails({ device, onClose }: { device: AdministeredDevice; onClose: () => void }) {
  const { t } = useTranslation('devices');
  const format = useFormat();
  const language = useLanguage();
  const kindName = useKindName();
  const toast = useToast();
  const untrust = useAct('device.untrust');
  const cancel = useAct('device.cancelWipe');
  const [wiping, setWiping] = useState(false);
  const { id, name, memberId, memberName } = device;
  const country = device.country === null ? null : countryName(device.country, language);
  const facts: readonly (readonly [string, string])[] = [
    [t('platform'), device.platform],
    [t('programs'), format.facts(device.kinds.map(kindName))],
    [t('version'), device.appVersion],
    [t('firstSeen'), format.stamp(device.firstSeenAt)],
    [t('lastSeen'), format.stamp(device.lastSeenAt)],
    [t('address'), format.facts([device.address, country])],
    [t('sessions'), String(device.openSessions)],
    [t('trusted'), device.trustedUntil === null ? t('none') : t('trustedUntil', { date: format.date(device.trustedUntil) })],
  ];
  return (
    <aside className="device-details" aria-label={t('about')}>
      <div className="row">
        <h2 className="grow">{name}</h2>
        <IconButton icon="close" small label={t('close')} onClick={onClose} />
      </div>
      <span className="row">
        <Avatar id={memberId} name={memberName} size="small" />
        {memberName}
      </span>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label} className="facts-pair">
            <dt>{label}</dt>
            <dd className="selectable">{value}</dd>
          </div>
        ))}
      </dl>
      {(untrust.problem ?? cancel.problem) !== null && (
        <Note icon="error" tone="danger" alert>
          {untrust.problem ?? cancel.problem}
        </Note>
      )}
      {device.wipe === 'ordered' && (
        <Note icon="warning" tone="caution">
          {t('wipeOrdered')}
        </Note>
      )}
      {device.wipe === 'done' && (
        <Note icon="info" tone="danger">
          {t('wipeDone')}
        </Note>
      )}
      {device.trustedUntil !== null && (
        <Button
          disabled={untrust.busy}
          onClick={() =>
            void untrust.run({ deviceId: id }).then((done) => done !== null && toast({ text: t('untrusted', { name }), icon: 'done' }))
          }
        >
          {t('untrust')}
        </Button>
      )}
      {device.wipe === 'ordered' && (
        <Button
          disabled={cancel.busy}
          onClick={() =>
            void cancel.run({ deviceId: id }).then((done) => done !== null && toast({ text: t('wipeCancelled', { name }), icon: 'done' }))
          }
        >
          {t('cancelWipe')}
        </Button>
      )}
      {device.wipe === 'none' && device.kinds.some((kind) => kind === 'pc-app' || kind === 'drive-explorer') && (
        <Button onClick={() => setWiping(true)}>{t('wipe')}</Button>
      )}
      {wiping && <WipeDialog device={device} onClose={() => setWiping(false)} />}
    </aside>
  );
}

/** ACC-51: an order to erase, given only by who types the device's name and proves who they are. */
function WipeDialog({ device, onClose }: { device: AdministeredDevice; onClose: () => void }) {
  const { t } = useTranslation('devices');
  const { t: ui } = useTranslation('ui');
  const toast = useToast();
  const texts = useRuleTexts();
  const { run, busy, problem } = useAct('device.wipe');
  const fate = useAnswer('policy.get', {}).data?.policy.syncedFolders.wipe;
  const [typed, setTyped] = useState('');
  const { id, name, memberName } = device;
  const wipe = async () => {
    if ((await run({ deviceId: id })) === null) return;
    toast({ text: t('wipeOrderedFor', { name }), icon: 'done' });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('wipeTitle', { name })}
      footer={
        <>
          <Button onClick={onClose}>{ui('cancel')}</Button>
          <Button look="danger" disabled={busy || typed.trim() !== name.trim()} onClick={() => void wipe()}>
            {t('wipeButton')}
          </Button>
        </>
      }
    >
      <div className="form">
        <p className="prose">{t('wipeText', { member: memberName })}</p>
        {fate !== undefined && <p className="sm t2 prose">{t('wipeFolders', { fate: texts.value('syncedFolders.wipe', fate) })}</p>}
        <Note icon="info">{t('wipeUnsent')}</Note>
        <Input label={t('wipeType', { name })} value={typed} autoFocus onChange={(event) => setTyped(event.target.value)} />
        {problem !== null && (
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
