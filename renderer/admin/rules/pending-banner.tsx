import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { draftOf, type RulePath } from './draft.ts';
import { minutesAndSeconds, outcomeOf, secondsLeft } from './pending.ts';
import { useRuleTexts } from './rule-text.ts';
import type { RulesInForce } from './rules-context.tsx';
import './rules.css';

type Pending = NonNullable<RulesInForce['pending']>;

/** NET-08: over every screen while a change waits to be confirmed, and afterwards when it went back by itself. */
export function PendingBanner() {
  const { t } = useTranslation('rules');
  const toast = useToast();
  const client = useQueryClient();
  const { data } = useAnswer('policy.get', {});
  const confirm = useAct('policy.confirm');
  const revert = useAct('policy.revert');
  const waited = useRef<Pending | null>(null);
  const [rolledBack, setRolledBack] = useState<Pending | null>(null);
  const pending = data?.pending ?? null;

  useEffect(() => {
    if (data === undefined) return;
    const before = waited.current;
    waited.current = data.pending;
    if (data.pending !== null) setRolledBack(null);
    else if (before !== null && outcomeOf(before, data) === 'rolled_back') setRolledBack(before);
  }, [data]);

  const keep = async (revision: number) => {
    waited.current = null;
    if ((await confirm.run({ revision })) !== null) toast({ text: t('pendingKept'), icon: 'done', key: 'rules' });
    else void client.invalidateQueries({ queryKey: ['policy.get'] });
  };
  const takeBack = async (revision: number) => {
    waited.current = null;
    if ((await revert.run({ revision })) !== null) toast({ text: t('pendingReverted'), icon: 'history', key: 'rules' });
    else void client.invalidateQueries({ queryKey: ['policy.get'] });
  };

  if (pending !== null) {
    return (
      <div className="pending" role="status" aria-live="off">
        <Icon name="clock" size={18} />
        <span className="col grow">
          <b>
            <Countdown pending={pending} />
          </b>
          <span className="sm prose">
            {t('pendingText')} <What pending={pending} />
          </span>
          {(confirm.problem ?? revert.problem) !== null && (
            <span className="sm danger" role="alert">
              {confirm.problem ?? revert.problem}
            </span>
          )}
        </span>
        <Button disabled={revert.busy || confirm.busy} onClick={() => void takeBack(pending.revision)}>
          {t('pendingRevert')}
        </Button>
        <Button look="primary" disabled={revert.busy || confirm.busy} onClick={() => void keep(pending.revision)}>
          {t('pendingKeep')}
        </Button>
      </div>
    );
  }
  if (rolledBack === null) return null;
  return (
    <div className="pending calm" role="alert">
      <Icon name="history" size={18} />
      <span className="col grow">
        <b>{t('pendingRolledBack')}</b>
        <span className="sm t2 prose">
          <What pending={rolledBack} />
        </span>
      </span>
      <IconButton icon="close" label={t('dismiss')} onClick={() => setRolledBack(null)} />
    </div>
  );
}

function What({ pending }: { pending: Pending }) {
  const { t } = useTranslation('rules');
  const texts = useRuleTexts();
  const format = useFormat();
  const what = Object.entries(draftOf(pending.patch)).map(([path, value]) => {
    const rule = path as RulePath;
    return `${texts.name(rule)} → ${texts.value(rule, value)}`;
  });
  return <>{t('pendingWhat', { what: format.facts(what) })}</>;
}

/** Counts down by the second, and asks the server when the time is over. */
function Countdown({ pending }: { pending: Pending }) {
  const { t } = useTranslation('rules');
  const client = useQueryClient();
  const [left, setLeft] = useState(() => secondsLeft(pending, Date.now()));
  useEffect(() => {
    const look = () => {
      const seconds = secondsLeft(pending, Date.now());
      setLeft(seconds);
      if (seconds === 0) void client.invalidateQueries({ queryKey: ['policy.get'] });
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [pending, client]);
  return <span className="num">{t('pendingTitle', { time: minutesAndSeconds(left) })}</span>;
}
