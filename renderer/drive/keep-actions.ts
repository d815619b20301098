import type { SyncKeep } from '#shared/contract/sync-keeping.ts';
import type { Node } from '#shared/model/drive.ts';
import { failedText, thingsText, type Acting } from './acting.ts';

/** What is kept on this PC, and what is not (EXP-07). */
export interface KeepActions {
  readonly keep: (nodes: readonly Node[], keep: SyncKeep) => Promise<void>;
}

export function keepActions(acting: Acting): KeepActions {
  const { accountId, sync, t, toast, complain } = acting;
  return {
    keep: async (nodes, keep) => {
      const [first] = nodes;
      if (sync === null || first === undefined) return;
      complain(null);
      const names = nodes.map(({ name }) => name);
      try {
        const nodeIds = nodes.map(({ id }) => id);
        const { freedFiles, freedBytes, kept } = await sync['sync.keep']({ accountId, spaceId: first.spaceId, nodeIds, keep });
        const [held] = kept;
        if (held !== undefined) {
          const name = held.path.split('/').at(-1) ?? held.path;
          complain(t(kept.length === 1 ? 'explorer:keptOne' : 'explorer:keptSeveral', { name, count: kept.length - 1 }));
        } else if (keep === 'always') toast({ text: t('explorer:keepsHere', { what: thingsText(t, names) }), icon: 'kept' });
        else toast({ text: t('explorer:freed', { count: freedFiles, size: acting.size(freedBytes) }), icon: 'cloud' });
      } catch (error) {
        complain(failedText(acting, 'keep', names, error));
      }
    },
  };
}
