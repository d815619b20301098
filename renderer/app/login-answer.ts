import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonOf } from '#shared/base/errors.ts';
import type { LoginAnswer } from '#shared/contract/login.ts';
import type { LoginProgress } from '#shared/contract/workspace.ts';
import { problemOf, useExplain, waitSecondsOf } from './explain.ts';
import { useHost } from './host-context.tsx';
import { useWait } from './login-wait.ts';

/** What a step of the login is given. */
export interface LoginStepProps<Need> {
  readonly loginId: string;
  readonly need: Need;
  /** As it was typed; for the rules of passwords and for what is written over recovery codes. */
  readonly member: string;
  readonly onProgress: (progress: LoginProgress) => void;
  /** The login is over before it was finished: begin again. */
  readonly onGone: (reason: string) => void;
  readonly onBack: () => void;
}

/** The reasons after which a login must begin again. */
const gone: ReadonlySet<string> = new Set(['ticket_expired', 'wrong_credentials', 'session_missing', 'member_suspended_failures']);

/** Gives an answer to the host: what it said stays on screen until the next one is sent. */
export function useLoginAnswer({ loginId, onProgress, onGone }: Pick<LoginStepProps<unknown>, 'loginId' | 'onProgress' | 'onGone'>) {
  const { t } = useTranslation('login');
  const host = useHost();
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wait, setWait] = useWait();
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  /** Resolves with whether the server took it. */
  const send = async (answer: LoginAnswer): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      const progress = await host.workspace['account.continueLogin']({ loginId, answer });
      if (mounted.current) onProgress(progress);
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      if (!mounted.current) return false;
      if (reason !== undefined && gone.has(reason)) onGone(reason);
      setWait(waitSecondsOf(error) ?? 0);
      setProblem(explain(problemOf(error)));
      return false;
    } finally {
      if (mounted.current) setBusy(false);
    }
  };
  return { send, busy, blocked: busy || wait > 0, problem: wait > 0 ? t('tooManyCodes', { count: wait }) : problem, setProblem };
}
