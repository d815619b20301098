import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncNodeState } from '#shared/contract/sync-keeping.ts';
import type { Node } from '#shared/model/drive.ts';
import { useAccount, useAnswer } from '../app/host-context.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

/** How the things of a folder stand on this PC (EXP-07); null where no synced pair has it, and in a browser. */
type StateOf = (nodeId: string) => { readonly state: SyncNodeState; readonly reason?: string | undefined } | null;

const SyncStatesContext = createContext<StateOf>(() => null);

/** Asks for the folder in view; nothing where none is. */
export function SyncStatesProvider({ folder, children }: { folder: Pick<Node, 'id' | 'spaceId'> | null; children: ReactNode }) {
  const { accountId } = useAccount();
  const { data } = useAnswer('sync.nodeStates', folder === null ? null : { accountId, spaceId: folder.spaceId, parentId: folder.id });
  const stateOf = useMemo((): StateOf => {
    const states = new Map((data?.states ?? []).map((state) => [state.nodeId, state]));
    return (nodeId) => states.get(nodeId) ?? null;
  }, [data]);
  return <SyncStatesContext value={stateOf}>{children}</SyncStatesContext>;
}

export const useSyncStates = (): StateOf => useContext(SyncStatesContext);

const looks: Readonly<Record<SyncNodeState, { readonly icon: IconName; readonly tone: string }>> = {
  online_only: { icon: 'cloud', tone: 't3' },
  temporary: { icon: 'done', tone: 't3' },
  always: { icon: 'kept', tone: 'positive' },
  mixed: { icon: 'both', tone: 't3' },
  syncing: { icon: 'sync', tone: 'accent' },
  waiting: { icon: 'clock', tone: 't3' },
  failed: { icon: 'error', tone: 'danger' },
  not_synced: { icon: 'forbidden', tone: 't3' },
};

/** The sign behind a name: where the file is, in a picture and in a word. */
export function SyncSign({ nodeId }: { nodeId: string }) {
  const { t } = useTranslation('explorer');
  const state = useSyncStates()(nodeId)?.state;
  if (state === undefined) return null;
  const { icon, tone } = looks[state];
  const word = t(`sync_${state}`);
  return (
    <span className={`node-sign ${tone}`} title={word}>
      <Icon name={icon} size={14} label={word} />
    </span>
  );
}
