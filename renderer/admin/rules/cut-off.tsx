import { useTranslation } from 'react-i18next';
import type { CutOff } from '#shared/contract/admin-rules.ts';
import type { AdminRulesContract } from '#shared/contract/admin-rules.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { useKindName } from './client-kinds.ts';
import { countryName } from './countries.ts';

export type Preview = OutputOf<AdminRulesContract, 'policy.preview'>;

/** Who would be stopped by the draft, oneself first. */
export function CutOffList({ preview, compact = false }: { preview: Preview; compact?: boolean }) {
  const { t } = useTranslation('network');
  const { cutOff, total, openSessions, self } = preview;
  const stopped = cutOff.reduce((sum, { sessions }) => sum + sessions.length, 0);
  return (
    <>
      <div className={compact ? 'col' : 'impact'}>
        {!compact && <h2>{t('cut')}</h2>}
        <div className="impact-number">
          <b className={total > 0 ? 'num danger' : 'num'}>{total}</b>
          <span>{t('people')}</span>
          <span className="sm t3 num">{t('ofSessions', { count: openSessions })}</span>
        </div>
        {total > 0 && (
          <div className="impact-bar" aria-hidden>
            <i style={{ flex: Math.max(0, openSessions - stopped) }} />
            <i style={{ flex: Math.max(stopped, openSessions / 40) }} />
          </div>
        )}
        {total === 0 && <p className="sm t2">{t('nobody')}</p>}
        {self && (
          <div style={{ marginTop: 12 }}>
            <Note icon="warning" tone="danger" alert>
              <b>{t('yourself')}</b>
              <br />
              {t('yourselfMore')}
            </Note>
          </div>
        )}
      </div>
      {cutOff.length > 0 && (
        <ul aria-label={t('cut')} className={compact ? 'scroll-box' : undefined}>
          {cutOff.map((person) => (
            <Person key={person.memberId} person={person} />
          ))}
        </ul>
      )}
      {total > cutOff.length && <p className="impact sm t2">{t('more', { count: total - cutOff.length })}</p>}
      {total > 0 && !compact && (
        <div className="impact">
          <Note icon="info">{t('unsent')}</Note>
        </div>
      )}
    </>
  );
}

const reasons = ['network_denied', 'country_denied', 'country_unverified'] as const;

function Person({ person }: { person: CutOff }) {
  const { t } = useTranslation('network');
  const format = useFormat();
  const language = useLanguage();
  const kindName = useKindName();
  const why = (reason: string): string => {
    const known = reasons.find((one) => one === reason);
    return t(known === undefined ? 'why_other' : `why_${known}`);
  };
  return (
    <li className="impact-person">
      <Avatar id={person.memberId} name={person.name} size="medium" />
      <span className="col grow">
        <span className="row">
          <span className="cut">{person.name}</span>
          {person.self && <Chip tone="danger">{t('you')}</Chip>}
        </span>
        {person.sessions.map((session, index) => (
          <span key={index} className="xs t3 prose">
            {format.facts([
              session.address,
              session.country === null ? null : countryName(session.country, language),
              kindName(session.kind),
              session.deviceName,
              why(session.reason),
            ])}
          </span>
        ))}
      </span>
    </li>
  );
}
