import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { Chip } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Input } from '../../ui/input.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';

/** A browser keeps nothing that could be erased. */
const holdsData = ({ kinds }: AdministeredDevice): boolean => kinds.some((kind) => kind !== 'browser' && kind !== 'dav');

/** The devices of one member: trusted or not, and the way to erase what they hold (ACC-28, ACC-49, ACC-51). */
export function MemberDevices({ devices }: { devices: readonly AdministeredDevice[] }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const untrust = useAct('device.untrust');
  const cancel = useAct('device.cancelWipe');
  const [wiping, setWiping] = useState<AdministeredDevice | null>(null);
  const entriesOf = (device: AdministeredDevice): readonly MenuEntry[] => [
    ...(device.trustedUntil === null
      ? []
      : [{ text: t('untrust'), icon: 'shield' as const, onSelect: () => void untrust.run({ deviceId: device.id }) }]),
    ...(device.wipe === 'ordered'
      ? [{ text: t('cancelWipe'), icon: 'history' as const, onSelect: () => void cancel.run({ deviceId: device.id }) }]
      : []),
    ...(device.wipe === 'none' && holdsData(device)
      ? [{ text: t('wipe'), icon: 'trash' as const, danger: true, onSelect: () => setWiping(device) }]
      : []),
  ];
  return (
    <section aria-labelledby="member-devices">
      <div className="section-head">
        <h2 id="member-devices">
          {t('devices')} <span className="t3 num count-of">{devices.length}</span>
        </h2>
      </div>
      {(untrust.problem ?? cancel.problem) !== null && (
        <Note icon="error" tone="danger" alert>
          {untrust.problem ?? cancel.problem}
        </Note>
      )}
      <div className="box">
        {devices.length === 0 && <p className="box-row sm t3">{t('devicesNone')}</p>}
        {devices.map((device) => (
          <div key={device.id} className="box-row">
            <Icon name={holdsData(device) ? 'device' : 'globe'} size={16} className="t3" />
            <span className="col grow">
              <span className="row wrap">
                <span className="cut">{device.name}</span>
                {device.trustedUntil !== null && (
                  <Chip tone="positive" icon="shield">
                    {t('trusted', { at: format.date(device.trustedUntil) })}
                  </Chip>
                )}
                {device.wipe !== 'none' && (
                  <Chip tone={device.wipe === 'done' ? 'neutral' : 'danger'} icon="trash">
                    {t(`wipe_${device.wipe}`)}
                  </Chip>
                )}
              </span>
              <span className="xs t3 num cut">
                {format.facts([
                  ...device.kinds.map((kind) => t(`kind_${kind}`)),
                  device.platform,
                  device.appVersion,
                  device.address,
                  device.country,
                  format.moment(device.lastSeenAt),
                ])}
              </span>
            </span>
            {entriesOf(device).length > 0 && (
              <Menu align="end" entries={entriesOf(device)}>
                <IconButton icon="more" small label={`${device.name}: ${t('more')}`} />
              </Menu>
            )}
          </div>
        ))}
      </div>
      {wiping !== null && <WipeDialog device={wiping} onClose={() => setWiping(null)} />}
    </section>
  );
}

/** Erasing cannot be undone: the device's name must be typed. */
export function WipeDialog({ device, onClose }: { device: AdministeredDevice; onClose: () => void }) {
  const { t } = useTranslation('members');
  const wipe = useAct('device.wipe');
  const [typed, setTyped] = useState('');
  const isMeant = typed.trim() === device.name.trim();
  const run = async () => {
    if (isMeant && (await wipe.run({ deviceId: device.id })) !== null) onClose();
  };
  return (
    <FormDialog
      title={t('wipeTitle', { name: device.name })}
      submit={t('wipeDo')}
      look="danger"
      busy={wipe.busy || !isMeant}
      problem={wipe.problem}
      onClose={onClose}
      onSubmit={() => void run()}
    >
      <p className="t2 prose">{t('wipeMore')}</p>
      <Input label={t('wipeType', { name: device.name })} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </FormDialog>
  );
}
