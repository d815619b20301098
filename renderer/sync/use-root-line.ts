import { useTranslation } from 'react-i18next';
import { assertNever } from '#shared/base/assert.ts';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { useFormat } from '../ui/use-format.ts';
import { rootLine, type RootLine } from './root-line.ts';

/** The words of a root's line in the list. */
export function useRootLine(): (root: SyncRoot) => RootLine & { readonly text: string } {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const textOf = ({ says }: RootLine): string => {
    switch (says.key) {
      case 'idle':
      case 'pausedUntil':
        return t(says.key, { moment: format.moment(says.at) });
      case 'syncing':
        return t('syncing', { done: says.done, total: says.total, size: format.size(says.bytes) });
      case 'done':
      case 'attention':
        return t(says.key, { count: says.count });
      case 'idleUnknown':
      case 'syncingPlain':
      case 'attentionPlain':
      case 'paused':
      case 'logged_out':
      case 'unstable':
        return t(says.key);
      default:
        return assertNever(says, 'line');
    }
  };
  return (root) => {
    const line = rootLine(root);
    return { ...line, text: textOf(line) };
  };
}

/** The sentence at the head of a root. `needs` counts what its cards ask of the person. */
export function useRootHeadline(): (root: SyncRoot, needs: number) => string {
  const { t } = useTranslation('sync');
  const format = useFormat();
  return (root, needs) => {
    const { state, pendingFiles, pendingBytes, lastAnswerAt, doneFiles, issues } = root;
    switch (state) {
      case 'idle':
        return lastAnswerAt === null ? t('headIdleUnknown') : t('headIdle', { time: format.moment(lastAnswerAt) });
      case 'done':
        return t('headDone', { count: doneFiles });
      case 'syncing':
        return pendingFiles === 0 ? t('headSyncingPlain') : t('headSyncing', { count: pendingFiles, size: format.size(pendingBytes) });
      case 'attention': {
        const count = Math.max(needs, issues);
        const head = count === 0 ? t('headAttentionPlain') : t('headAttention', { count });
        return pendingFiles === 0 && root.halted === null ? head + t('space') + t('headRest') : head;
      }
      case 'paused':
        return root.pausedUntil === null ? t('headPaused') : t('headPausedUntil', { moment: format.moment(root.pausedUntil) });
      case 'logged_out':
        return t(
          root.waits === undefined ? 'headLoggedOut' : root.waits === 'keep_login_forbidden' ? 'headWaitsForbidden' : 'headWaitsOff',
        );
      case 'unstable':
        return t('headUnstable');
      default:
        return assertNever(state, 'sync state');
    }
  };
}
