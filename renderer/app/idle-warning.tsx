import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '#shared/contract/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useHost, useHostEvent } from './host-context.tsx';

/** The host hears that somebody is there at most this often. */
const everyMs = 10_000;
/** What counts as somebody being there (ACC-34). */
const touches = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** Calls `onTouch` when a person does something with the page, at most every `milliseconds`. */
function useTouch(onTouch: () => void, milliseconds: number): void {
  const latest = useRef(onTouch);
  useEffect(() => {
    latest.current = onTouch;
  });
  useEffect(() => {
    let lastAt = Number.NEGATIVE_INFINITY;
    const touched = () => {
      const now = performance.now();
      if (now - lastAt < milliseconds) return;
      lastAt = now;
      latest.current();
    };
    for (const touch of touches) window.addEventListener(touch, touched, { capture: true, passive: true });
    return () => {
      for (const touch of touches) window.removeEventListener(touch, touched, { capture: true });
    };
  }, [milliseconds]);
}

/** ACC-31, ACC-33: tells the host of every touch, and counts down before an account is logged out for want of one. */
export function IdleWarning({ accounts }: { accounts: readonly Account[] }) {
  const host = useHost();
  const [ends, setEnds] = useState<ReadonlyMap<string, number>>(new Map());
  useHostEvent((event) => {
    if (event.type !== 'idle.warning' && event.type !== 'account.ended') return;
    const endsAt = event.type === 'idle.warning' ? event.endsAt : null;
    setEnds((now) => {
      const next = new Map(now);
      if (endsAt === null) next.delete(event.accountId);
      else next.set(event.accountId, endsAt);
      return next;
    });
  });
  useTouch(() => void host.workspace['account.active']({}).catch(() => undefined), everyMs);

  const warned = accounts.filter(({ accountId }) => ends.has(accountId));
  if (warned.length === 0) return null;
  const endsAt = Math.min(...warned.map(({ accountId }) => ends.get(accountId)!));
  const names = accounts.length > 1 ? warned.map(({ tenantName }) => tenantName) : [];
  const stay = async () => {
    await host.workspace['account.active']({});
    setEnds(new Map());
  };
  return <Countdown endsAt={endsAt} names={names} onStay={() => void stay().catch(() => undefined)} />;
}

function Countdown({ endsAt, names, onStay }: { endsAt: number; names: readonly string[]; onStay: () => void }) {
  const { t } = useTranslation('states');
  const format = useFormat();
  const left = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 1_000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- `left` reads `endsAt`
  }, [endsAt]);
  // While it is on screen every touch is told at once, but a pointer that only moves is told no oftener than needed.
  useTouch(onStay, 500);
  return (
    <Dialog
      open
      onClose={onStay}
      title={t('idleSoon')}
      footer={
        <Button look="primary" onClick={onStay}>
          {t('idleStay')}
        </Button>
      }
    >
      <p className="num idle-seconds" role="timer" aria-label={t('idleSeconds', { count: seconds })}>
        {t('idleSeconds', { count: seconds })}
      </p>
      {names.length > 0 && <p className="t2 prose">{format.facts(names)}</p>}
      <p className="t2 prose">{t('idleKept')}</p>
    </Dialog>
  );
}
