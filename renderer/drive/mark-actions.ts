import type { QueryClient } from '@tanstack/react-query';
import type { Node } from '#shared/model/drive.ts';
import { actOnAll, actOnEach, failedText, type Acting, type Named } from './acting.ts';

/** Marks that are one's own (stars, quick access), and locks, which are everybody's. */
export interface MarkActions {
  readonly setStarred: (nodes: readonly Named[], starred: boolean) => Promise<void>;
  /** Quick access as it is to be: the folders' ids in order. */
  readonly setPinned: (folderIds: readonly string[], name: string) => Promise<void>;
  readonly lock: (nodes: readonly Node[]) => Promise<void>;
  readonly unlock: (nodes: readonly Node[]) => Promise<void>;
}

export function markActions(acting: Acting, client: QueryClient): MarkActions {
  const { accountId, workspace, complain } = acting;
  const again = (operation: string) => client.invalidateQueries({ queryKey: [operation, { accountId }] });
  return {
    setStarred: async (nodes, starred) => {
      complain(null);
      await actOnAll(acting, 'star', nodes, (nodeIds) => workspace['drive.setStarred']({ accountId, nodeIds, starred }));
      await again('drive.starred');
    },
    setPinned: async (folderIds, name) => {
      complain(null);
      try {
        await workspace['drive.setPinned']({ accountId, folderIds: [...folderIds] });
      } catch (error) {
        complain(failedText(acting, 'pin', [name], error));
      }
      await again('drive.pinned');
    },
    lock: async (nodes) => {
      complain(null);
      await actOnEach(acting, 'lock', nodes, ({ spaceId, id: nodeId }) => workspace['drive.lock']({ accountId, spaceId, nodeId }));
    },
    unlock: async (nodes) => {
      complain(null);
      await actOnEach(acting, 'unlock', nodes, ({ spaceId, id: nodeId }) => workspace['drive.unlock']({ accountId, spaceId, nodeId }));
    },
  };
}
