import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useExplain } from '../app/explain.ts';
import { useToast } from '../ui/toast.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { Acting } from './acting.ts';
import { changeActions, type ChangeActions } from './change-actions.ts';
import { keepActions, type KeepActions } from './keep-actions.ts';
import { markActions, type MarkActions } from './mark-actions.ts';
import { transferActions, type TransferActions } from './transfer-actions.ts';
import { UndoHistory } from './undo.ts';

/** What people do in Drive: each answers when the host has, tells what did not happen where it is seen, and can be taken back where that is possible. */
export interface DriveActions extends ChangeActions, TransferActions, MarkActions, KeepActions {
  /** What did not happen last, as a sentence. */
  readonly problem: string | null;
  readonly dismiss: () => void;
  readonly complain: (text: string) => void;
}

export function useDriveActions(): DriveActions {
  const { t } = useTranslation(['drive', 'explorer']);
  const { workspace, shell, sync, registerFiles } = useHost();
  const { size } = useFormat();
  const { accountId } = useAccount();
  const client = useQueryClient();
  const explain = useExplain();
  const show = useToast();
  const [problem, complain] = useState<string | null>(null);
  const [history] = useState(() => new UndoHistory());
  const dismiss = useCallback(() => complain(null), []);

  const acts = useMemo(() => {
    const acting: Acting = {
      accountId,
      workspace,
      shell,
      sync,
      registerFiles,
      t,
      explain,
      size,
      complain,
      toast: (content) => show({ key: 'drive', ...content }),
      told: (text, done) => {
        history.push(done);
        const action = { text: t('undo'), onPress: () => void changes.undo(done) };
        acting.toast({ text, icon: done.kind === 'delete' ? 'trash' : 'done', action });
      },
    };
    const changes = changeActions(acting, history);
    return { ...changes, ...transferActions(acting), ...markActions(acting, client), ...keepActions(acting) };
  }, [t, workspace, shell, sync, registerFiles, accountId, client, explain, size, show, history]);
  return useMemo(() => ({ ...acts, problem, dismiss, complain }), [acts, problem, dismiss]);
}
