import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Farewell, FolderFarewell } from '#shared/model/farewell.ts';
import { LinkButton } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import { useHost, useHostEvent } from './host-context.tsx';

/** What became of local data when accounts left this device (EXP-08, ACC-50, ACC-51): once, until somebody has read it. */
export function FarewellNotes() {
  const { t } = useTranslation('login');
  const host = useHost();
  const [farewells, setFarewells] = useState<readonly Farewell[]>([]);
  const ask = (seen: string[] = []) =>
    host.workspace['account.farewell']({ seen }).then(
      (answer) => setFarewells(answer.farewells),
      () => undefined,
    );
  useEffect(() => {
    void ask();
    // Once, when the form appears; after that events say when there is more.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  useHostEvent((event) => {
    if (event.type === 'accounts.changed') void ask();
  });

  const folderLine = ({ folder, fate, movedTo, done, sealed, stayed, trouble }: FolderFarewell): string => {
    if (trouble !== null) return t('farewellTrouble', { folder });
    if (fate === 'keep') return t('farewellKept', { folder });
    if (fate === 'recovery') return t('farewellMoved', { folder, place: movedTo ?? '' });
    return [
      t('farewellErased', { folder, count: done }),
      sealed > 0 ? t('farewellSealed', { count: sealed }) : '',
      stayed > 0 ? t('farewellStayed', { count: stayed }) : '',
    ].join('');
  };
  return farewells.map((farewell) => (
    <div key={farewell.id} className="farewell" role="status">
      <Note icon="info" action={<LinkButton onClick={() => void ask([farewell.id])}>{t('farewellSeen')}</LinkButton>}>
        <b>{t(farewell.erased ? 'farewellGone' : 'farewellLeft', { member: `${farewell.memberId}@${farewell.tenant}` })}</b>
        {farewell.folders.map((folder) => (
          <span key={folder.folder} className="farewell-line">
            {folderLine(folder)}
          </span>
        ))}
        {farewell.messages > 0 && <span className="farewell-line">{t('farewellMessages', { count: farewell.messages })}</span>}
        {farewell.sealedIn !== null && <span className="farewell-line">{t('farewellSealedIn', { place: farewell.sealedIn })}</span>}
      </Note>
    </div>
  ));
}
