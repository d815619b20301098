import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { reasonOf } from '#shared/base/errors.ts';
import type { AccountSecurity } from '#shared/contract/account.ts';
import { answerPasskey } from '../app/account-passkey.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';

/** Does something that may ask again who the person is: then they are asked, and it is done once more. Null when they gave up. */
type Guarded = <T>(act: () => Promise<T>) => Promise<T | null>;
const GuardContext = createContext<Guarded | null>(null);

export function useGuarded(): Guarded {
  const guarded = useContext(GuardContext);
  if (guarded === null) throw new Error('A SecurityGuard stands around the settings of security');
  return guarded;
}

/** Asks again for everything that is shown of one's own security. */
export function useRefreshSecurity(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    void client.invalidateQueries({ queryKey: ['security.get'] });
    void client.invalidateQueries({ queryKey: ['security.sessions'] });
  }, [client]);
}

/** Stands around what asks for a proof: shows the dialog that takes it. */
export function SecurityGuard({ security, children }: { security: AccountSecurity; children: ReactNode }) {
  const [asking, setAsking] = useState<{ done: (proved: boolean) => void } | null>(null);
  const guarded = useCallback<Guarded>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (reasonOf(error) !== 'reauthentication_required') throw error;
    }
    const proved = await new Promise<boolean>((done) => {
      setAsking({ done });
    });
    setAsking(null);
    return proved ? act() : null;
  }, []);
  return (
    <GuardContext.Provider value={guarded}>
      {children}
      {asking !== null && <ProofDialog security={security} onDone={asking.done} />}
    </GuardContext.Provider>
  );
}

/** Takes the password, a code or a passkey, before a dangerous act. What is typed lives in its field only. */
function ProofDialog({ security, onDone }: { security: AccountSecurity; onDone: (proved: boolean) => void }) {
  const { t } = useTranslation(['security', 'ui']);
  const host = useHost();
  const explain = useExplain();
  const { accountId } = useAccount();
  const canPassword = security.password.set;
  const canCode = security.twoStep.totp;
  const canPasskey = host.shell === null && security.twoStep.passkeys.length > 0;
  const [byCode, setByCode] = useState(!canPassword);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [byCode]);

  const prove = async (proof: { password?: string; code?: string; passkey?: unknown }) => {
    setBusy(true);
    setProblem(null);
    try {
      await host.workspace['security.reauthenticate']({ accountId, ...proof });
      onDone(true);
    } catch (error) {
      setProblem(explain(problemOf(error)));
      setBusy(false);
      field.current?.focus();
    }
  };
  const submit = () => {
    const typed = field.current?.value ?? '';
    if (typed === '') return field.current?.focus();
    if (field.current !== null) field.current.value = '';
    return void prove(byCode ? { code: typed.normalize('NFKC').trim() } : { password: typed });
  };
  const withPasskey = async () => {
    const { options } = await host.workspace['security.passkeyOptions']({ accountId });
    const passkey = await answerPasskey(options);
    if (passkey === null) setProblem(t('security:passkeyGivenUp'));
    else await prove({ passkey });
  };
  return (
    <Dialog
      open
      onClose={() => onDone(false)}
      title={t('security:proofTitle')}
      footer={
        <>
          <Button onClick={() => onDone(false)}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={busy} onClick={submit}>
            {t('security:proofConfirm')}
          </Button>
        </>
      }
    >
      <p className="t2 prose" style={{ marginBottom: 12 }}>
        {t('security:proofLead')}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Input
          key={String(byCode)}
          ref={field}
          label={t(byCode ? 'security:code' : 'security:currentPassword')}
          type={byCode ? 'text' : 'password'}
          inputMode={byCode ? 'numeric' : 'text'}
          autoComplete={byCode ? 'one-time-code' : 'current-password'}
          problem={problem}
        />
      </form>
      <div className="row sm" style={{ marginTop: 8, gap: 16 }}>
        {canPassword && canCode && (
          <LinkButton className="sm" onClick={() => setByCode(!byCode)}>
            {t(byCode ? 'security:proofByPassword' : 'security:proofByCode')}
          </LinkButton>
        )}
        {canPasskey && (
          <LinkButton className="sm" onClick={() => void withPasskey().catch((error: unknown) => setProblem(explain(problemOf(error))))}>
            {t('security:proofByPasskey')}
          </LinkButton>
        )}
      </div>
    </Dialog>
  );
}

/** One act with its own place for what went wrong. */
export function useAct() {
  const explain = useExplain();
  const guarded = useGuarded();
  const refresh = useRefreshSecurity();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** Resolves with null when it was given up or refused; `problem` then says why. */
  const act = async <T,>(what: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    setProblem(null);
    try {
      return await guarded(what);
    } catch (error) {
      setProblem(explain(problemOf(error)));
      return null;
    } finally {
      setBusy(false);
      refresh();
    }
  };
  return useMemo(() => ({ act, busy, problem, setProblem }), [busy, problem]); // oxlint-disable-line react/exhaustive-deps
}

export const ActProblem = ({ children }: { children: string | null }) =>
  children === null ? null : (
    <div style={{ margin: '8px 0' }}>
      <Note icon="error" tone="danger" alert>
        {children}
      </Note>
    </div>
  );
