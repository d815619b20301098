import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '#shared/contract/admin-devices.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { useExplain } from '../../app/explain.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/input.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { useAsk } from '../app/use-server.tsx';

const pageSize = 50;
const actions: Readonly<Record<string, 'action_login' | 'action_refresh' | 'action_logout' | 'action_idle' | 'action_reauthenticate'>> = {
  'session.login': 'action_login',
  'session.refresh': 'action_refresh',
  'session.end': 'action_logout',
  'session.idle': 'action_idle',
  'session.reauthenticate': 'action_reauthenticate',
};

/** Accesses of 90 days, by environment (ACC-40). */
export function MemberHistory({ memberId, first }: { memberId: string; first: readonly HistoryEntry[] }) {
  const { t } = useTranslation('members');
  const format = useFormat();
  const ask = useAsk();
  const explain = useExplain();
  const language = useLanguage();
  const [kind, setKind] = useState<ClientKind | ''>('');
  const query = useInfiniteQuery({
    queryKey: ['member.history', memberId, kind],
    queryFn: ({ pageParam }) =>
      ask('member.history', {
        member: memberId,
        limit: pageSize,
        ...(kind === '' ? {} : { kind }),
        ...(pageParam === 0 ? {} : { before: pageParam }),
      }),
    initialPageParam: 0,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? undefined : entries.at(-1)?.at),
  });
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? (kind === '' ? first : []);
  const countries = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' });
  const countryOf = (code: string | null) => (code !== null && /^[A-Z]{2}$/u.test(code) ? (countries.of(code) ?? code) : (code ?? ''));
  return (
    <section aria-labelledby="member-history">
      <div className="section-head">
        <h2 id="member-history">{t('history')}</h2>
        <span className="push">
          <Select
            label={t('environment')}
            value={kind}
            options={[{ value: '', text: t('kind_all') }, ...ClientKind.options.map((one) => ({ value: one, text: t(`kind_${one}`) }))]}
            onChange={setKind}
          />
        </span>
      </div>
      <div className="box">
        {entries.length === 0 ? (
          <p className="box-row sm t3">{query.isPending ? '' : t('historyNone')}</p>
        ) : (
          <table className="plain-table">
            <thead>
              <tr>
                <th>{t('when')}</th>
                <th>{t('action')}</th>
                <th>{t('result')}</th>
                <th>{t('environment')}</th>
                <th>{t('device')}</th>
                <th>{t('address')}</th>
                <th>{t('country')}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry, index) => (
                <tr key={`${entry.at} ${index}`}>
                  <td className="num">{format.stamp(entry.at)}</td>
                  <td>{t(actions[entry.action] ?? 'action_other')}</td>
                  <td>
                    {entry.result === 'success' ? (
                      <span className="positive">{t('result_success')}</span>
                    ) : (
                      <span className="row">
                        <Chip tone="danger" icon="forbidden">
                          {t(entry.result === 'denied' ? 'result_denied' : 'result_failure')}
                        </Chip>
                        {entry.reason !== null && (
                          <span className="xs t3 cut" title={explain({ code: 'denied', reason: entry.reason })}>
                            {explain({ code: 'denied', reason: entry.reason })}
                          </span>
                        )}
                      </span>
                    )}
                  </td>
                  <td>{entry.kind === null ? '' : kindWord(entry.kind, (one) => t(`kind_${one}`))}</td>
                  <td>{format.facts([entry.deviceName, entry.platform, entry.version])}</td>
                  <td className="num">{entry.address}</td>
                  <td>{countryOf(entry.country)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {query.hasNextPage && (
        <Button look="quiet" size="small" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('historyMore')}
        </Button>
      )}
    </section>
  );
}

/** Kinds of newer servers are shown as they are. */
const kindWord = (kind: string, word: (known: ClientKind) => string): string => {
  const known = ClientKind.safeParse(kind);
  return known.success ? word(known.data) : kind;
};
